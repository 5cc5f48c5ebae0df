"""A whole run of one analysis: its stages inside a tracked run, then what is published, report
last."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kommunebench.pipeline import Run, run_stages, timed
from kommunebench.report import ReportData, build_report, report_figures
from kommunebench.stages.order import stages_of
from kommunebench.stages.published import PublishedResults, read_published, run_information
from kommunebench.stages.run_metrics import run_metrics
from kommunebench.storage import TableVersion
from kommunebench.tracking import (
    TrackedRun,
    TrackingError,
    calling,
    explain_tracking_failure,
    log_national_model,
    tracked_run,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Language = Literal["da", "en"]
LANGUAGES: tuple[Language, ...] = ("da", "en")
_LANGUAGE_OF_FIGURES: Language = "en"
_NOT_TRACKED = "not tracked"


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """Where a run's results are: report pages by language, and the tracked run. ``not_sent``: why
    the tracking server does not have them, where it does not; ``not_registered``: why no model was
    registered, where one was asked for and there is none."""

    pages: dict[str, str]
    tracking_uri: str = ""
    mlflow_run_id: str = ""
    not_sent: str | None = None
    not_registered: str | None = None


@dataclass(frozen=True, slots=True)
class _Published:
    """What a run publishes: results after the disclosure rules, the figures of the report in
    English, its pages by language, and where those lie."""

    results: PublishedResults
    figures: "dict[str, Figure]"
    pages: dict[Language, str]
    places: dict[str, str]


def run_tracked(run: Run, register: str | None = None) -> FinishedRun:
    """Run all stages of an analysis and record settings, metrics, tables, figures, model and
    report. If the tracking server does not answer, the results are in the store nevertheless.

    ``register``: NAME or NAME@ALIAS under which the model is registered.
    """
    published: _Published | None = None
    try:
        with tracked_run(run.store, run.settings, run.run_id) as tracked:
            published = _publish(run, tracked.mlflow_run_id)
            not_registered = _record(tracked, run, published, register)
        return FinishedRun(
            published.places,
            tracked.tracking_uri,
            tracked.mlflow_run_id,
            not_registered=not_registered,
        )
    except TrackingError as error:
        not_sent = explain_tracking_failure(run.store, error)
    if published is None:
        published = _publish(run, _NOT_TRACKED)
    return FinishedRun(published.places, not_sent=not_sent)


def _publish(run: Run, mlflow_run_id: str) -> _Published:
    """Run the stages and make the report."""
    run_stages(run, stages_of(run.settings))
    with run.progress.step("report") as step, timed(run.metrics, "report"):
        results = read_published(run.store, run.settings, run.run_id)
        information = run_information(run.run_id, run.metrics, results.simulated, mlflow_run_id)
        data = results.report_data(information)
        figures = report_figures(data, run.settings, _LANGUAGE_OF_FIGURES)
        pages = _pages(data, run, figures)
        places = _keep_pages(run, pages)
        step.note(places.get("en", "as artifact of the tracked run"))
    return _Published(results, figures, pages, places)


def _pages(data: ReportData, run: Run, figures: "dict[str, Figure]") -> dict[Language, str]:
    """The report in every language; ``figures`` are drawn already in one of them."""
    return {
        language: build_report(
            data,
            run.settings,
            language=language,
            figures=figures if language == _LANGUAGE_OF_FIGURES else None,
        )
        for language in LANGUAGES
    }


def _versions_read(run: Run) -> tuple[TableVersion, ...]:
    """The versions of the tables the stages read and did not write."""
    written = {version.table for version in run.written}
    return tuple(
        TableVersion(name, version)
        for name, version in sorted(run.versions.items())
        if name not in written
    )


def _keep_pages(run: Run, pages: Mapping[Language, str]) -> dict[str, str]:
    """Write the pages beside the tables where the store is a folder; elsewhere they are artifacts
    only."""
    folder = run.store.local_folder()
    if folder is None:
        return {}
    target = folder / "reports" / run.settings.name / run.run_id
    target.mkdir(parents=True, exist_ok=True)
    places: dict[str, str] = {}
    for language, page in pages.items():
        path = target / f"report_{language}.html"
        path.write_text(page, encoding="utf-8")
        places[language] = str(path)
    return places


def _record(
    tracked: TrackedRun, run: Run, published: _Published, register: str | None
) -> str | None:
    """Record everything a tracked run has; only tables that passed the disclosure rules. Returns
    why no model was registered, where one was asked for and there is none. Raises TrackingError
    where the server does not take it."""
    results, pages = published.results, published.pages
    metrics = run_metrics(run.metrics, results.tables)
    model, survival = results.national_model(run.settings), results.national_survival()
    with calling(run.store):
        tracked.metrics(metrics)
        tracked.tables({name: frame for name, frame in results.tables.items() if len(frame)})
        tracked.texts({"report.html": pages["da"], "report_en.html": pages["en"]})
        tracked.versions(run.store, _versions_read(run), tuple(run.written))
        tracked.tag("simulated", str(results.simulated is not None).lower())
        if results.simulated:
            tracked.tag("simulation", results.simulated)
        tracked.tag("skipped_stages", ",".join(run.skipped) or "none")
        tracked.curve("survival_all", survival)
        if model is not None:
            log_national_model(tracked, model, register)
        tracked.figures(published.figures)
    if register is None or model is not None:
        return None
    return (
        f"nothing was registered as {register}: no group's model may leave, because in none"
        f" {run.settings.disclosure.min_persons} persons (disclosure.min_persons) have had the"
        " event."
    )
