"""The overview page over the analyses a store holds: the newest run of each, through the disclosure
rules, as one page per language."""

from collections.abc import Sequence
from dataclasses import dataclass

from kommunebench.errors import ConfigError
from kommunebench.report.overview import FACTSHEET, AnalysisShown, build_overview
from kommunebench.run_log import RunLog
from kommunebench.settings import AnalysisSettings, load_analysis
from kommunebench.stages.order import stages_of
from kommunebench.stages.published import PublishedResults, read_published, run_information
from kommunebench.stages.valid_records import is_whole
from kommunebench.storage import Store
from kommunebench.tracked import LANGUAGES

# The stage after which a run has its verdicts.
_LAST_STAGE = "uncertainty"
_HALF_DONE = "its newest run was interrupted, or a stage of it ran again without those after it"


@dataclass(frozen=True, slots=True)
class WrittenOverview:
    """Where the pages are, by language; which analyses of the store are not on them, with the
    reason; and those on them whose run does not say which delivery it was made from."""

    pages: dict[str, str]
    left_out: dict[str, str]
    of_unknown_delivery: tuple[str, ...]


def write_overview(store: Store, names: Sequence[str]) -> WrittenOverview:
    """Write the page in both languages into the store's folder.

    ``names``: analyses by name in conf/analyses or path; none: all that the store holds and
    conf/analyses describes. Raises ConfigError where an analysis has no finished run in the store,
    or a newest one of which a stage ran again and those that build on it did not, and where the
    store is no folder.
    """
    folder = store.local_folder()
    if folder is None:
        raise ConfigError(f"{store.location}: overview writes its pages into a store on a folder.")
    log = RunLog(store)
    chosen, left_out = [load_analysis(name) for name in names], dict[str, str]()
    if not names:
        chosen, left_out = _analyses_of(log)
    if not chosen:
        because = "".join(f" {name}: {reason}." for name, reason in left_out.items())
        raise ConfigError(
            f"The store {store.location} holds no finished run of an analysis in conf/analyses:"
            f" `kommunebench run` first, or give the analysis' YAML file.{because}"
        )
    shown, unknown = [], list[str]()
    for settings in chosen:
        run_id, results = _read(store, log, settings)
        information = run_information(run_id, {}, results.simulated, "")
        shown.append(AnalysisShown(results.report_data(information), settings))
        if results.delivery is not None and not results.delivery.is_of_the_run:
            unknown.append(settings.name)
    target = folder / "reports" / "overview"
    target.mkdir(parents=True, exist_ok=True)
    places = {}
    for language in LANGUAGES:
        path = target / f"overview_{language}.html"
        path.write_text(build_overview(shown, language=language), encoding="utf-8")
        places[str(language)] = str(path)
    return WrittenOverview(places, left_out, tuple(unknown))


def _analyses_of(log: RunLog) -> tuple[list[AnalysisSettings], dict[str, str]]:
    """Settings of the analyses with a finished run, the fact sheet's first and in its order; and
    the names of the others, each with the reason why it is not shown."""
    named = {record.analysis for record in log.records if record.stage == _LAST_STAGE}
    listed = list(FACTSHEET)
    order = sorted(named, key=lambda n: (listed.index(n) if n in listed else len(listed), n))
    chosen, left_out = [], {}
    for name in order:
        try:
            settings = load_analysis(name)
        except ConfigError:
            left_out[name] = "conf/analyses does not describe it; give its YAML file"
            continue
        if _finished_run(log, settings) is None:
            left_out[name] = f"{_HALF_DONE}; run it again"
        else:
            chosen.append(settings)
    return chosen, left_out


def _finished_run(log: RunLog, settings: AnalysisSettings) -> str | None:
    """The id of the newest run of an analysis with verdicts; None where it has none or a stage of
    it is half-done."""
    record = log.finished(_LAST_STAGE, settings.name)
    if record is None or not is_whole(log, stages_of(settings), settings.name, record.run_id):
        return None
    return record.run_id


def _read(store: Store, log: RunLog, settings: AnalysisSettings) -> tuple[str, PublishedResults]:
    """The newest finished run of an analysis, and what it publishes."""
    run_id = _finished_run(log, settings)
    if run_id is None:
        name = settings.name
        ran = bool(log.of_stage(_LAST_STAGE, name))
        raise ConfigError(
            f"The store {store.location} holds no finished run of {name}"
            f"{f' ({_HALF_DONE})' if ran else ''}: `kommunebench run {name}` first."
        )
    return run_id, read_published(store, settings, run_id)
