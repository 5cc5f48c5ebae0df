"""The overview page over the analyses a store holds: the newest run of each, through the disclosure
rules, as one page per language."""

from collections.abc import Sequence

from kommunebench.errors import ConfigError
from kommunebench.report.overview import FACTSHEET, AnalysisShown, build_overview
from kommunebench.run_log import RunLog
from kommunebench.settings import AnalysisSettings, load_analysis
from kommunebench.stages.published import read_published, run_information
from kommunebench.storage import Store
from kommunebench.tracked import LANGUAGES

# The stage after which a run has its verdicts.
_LAST_STAGE = "uncertainty"


def write_overview(store: Store, names: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Write the page in both languages into the store's folder; where they are, by language, and
    which analyses of the store are not on it.

    ``names``: analyses by name in conf/analyses or path; none: all that the store holds and
    conf/analyses describes. Raises ConfigError where an analysis has no finished run in the store,
    and where the store is no folder.
    """
    folder = store.local_folder()
    if folder is None:
        raise ConfigError(f"{store.location}: overview writes its pages into a store on a folder.")
    log = RunLog(store)
    chosen, left_out = [load_analysis(name) for name in names], list[str]()
    if not names:
        chosen, left_out = _analyses_of(log)
    if not chosen:
        raise ConfigError(
            f"The store {store.location} holds no finished run of an analysis in conf/analyses:"
            " `kommunebench run` first, or give the analysis' YAML file."
        )
    shown = [_read(store, log, settings) for settings in chosen]
    target = folder / "reports" / "overview"
    target.mkdir(parents=True, exist_ok=True)
    places = {}
    for language in LANGUAGES:
        path = target / f"overview_{language}.html"
        path.write_text(build_overview(shown, language=language), encoding="utf-8")
        places[str(language)] = str(path)
    return places, left_out


def _analyses_of(log: RunLog) -> tuple[list[AnalysisSettings], list[str]]:
    """Settings of the analyses with a finished run, the fact sheet's first and in its order; and
    the names of those that conf/analyses does not describe."""
    finished = {record.analysis for record in log.records if record.stage == _LAST_STAGE}
    named = [name for name in finished if log.finished(_LAST_STAGE, name) is not None]
    listed = list(FACTSHEET)
    order = sorted(named, key=lambda n: (listed.index(n) if n in listed else len(listed), n))
    chosen, left_out = [], []
    for name in order:
        try:
            chosen.append(load_analysis(name))
        except ConfigError:
            left_out.append(name)
    return chosen, left_out


def _read(store: Store, log: RunLog, settings: AnalysisSettings) -> AnalysisShown:
    """The newest finished run of an analysis."""
    record = log.finished(_LAST_STAGE, settings.name)
    if record is None:
        raise ConfigError(
            f"The store {store.location} holds no finished run of {settings.name}:"
            f" `kommunebench run {settings.name}` first."
        )
    results = read_published(store, settings, record.run_id)
    information = run_information(record.run_id, {}, results.simulated, "")
    return AnalysisShown(results.report_data(information), settings)
