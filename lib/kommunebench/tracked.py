"""A whole run of one analysis: its stages inside a tracked run, then what is published, report
last."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kommunebench.pipeline import Run, run_stages, timed
from kommunebench.report import build_report, report_figures
from kommunebench.run_log import INGESTIONS
from kommunebench.stages.order import stages_of
from kommunebench.stages.published import PublishedResults, read_published, run_information
from kommunebench.storage import TableVersion
from kommunebench.tracking import TrackedRun, log_cox_model, tracked_run

Language = Literal["da", "en"]
LANGUAGES: tuple[Language, ...] = ("da", "en")


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """Where a run's results are: report pages by language, and the tracked run."""

    pages: dict[str, str]
    tracking_uri: str
    mlflow_run_id: str


def run_tracked(run: Run) -> FinishedRun:
    """Run all stages of an analysis and record settings, metrics, tables, figures, model and
    report."""
    stages = stages_of(run.settings)
    with tracked_run(run.store, run.settings, run.run_id, {}) as tracked:
        run_stages(run, stages)
        with run.progress.step("report") as step, timed(run.metrics, "report"):
            results = read_published(run.store, run.settings, run.run_id)
            data = results.report_data(run_information(run, tracked.mlflow_run_id))
            pages = {
                language: build_report(data, run.settings, language=language)
                for language in LANGUAGES
            }
            places = _keep_pages(run, pages)
            _record(tracked, run, results, pages)
            tracked.figures(report_figures(data, run.settings, language="en"))
            step.note(places.get("en", "as artifact of the tracked run"))
        return FinishedRun(places, tracked.tracking_uri, tracked.mlflow_run_id)


def _versions_read(run: Run) -> tuple[TableVersion, ...]:
    """The newest version of every table the ingestions wrote, which is what this run's stages read."""
    newest: dict[str, TableVersion] = {}
    for record in run.log:
        if record.stage in INGESTIONS and record.analysis in ("", run.settings.name):
            newest |= {version.table: version for version in record.tables_written}
    return tuple(newest.values())


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
        path: Path = target / f"report_{language}.html"
        path.write_text(page, encoding="utf-8")
        places[language] = str(path)
    return places


def _record(
    tracked: TrackedRun, run: Run, results: PublishedResults, pages: Mapping[Language, str]
) -> None:
    """Everything the contract asks of a tracked run; only tables that passed the disclosure rules."""
    tracked.metrics({**run.metrics, **results.headline_metrics()})
    tracked.tables({name: frame for name, frame in results.tables.items() if len(frame)})
    tracked.texts({"report.html": pages["da"], "report_en.html": pages["en"]})
    tracked.versions(run.store, _versions_read(run), tuple(run.written))
    tracked.tag("simulated", str(results.simulated is not None).lower())
    if results.simulated:
        tracked.tag("simulation", results.simulated)
    tracked.tag("skipped_stages", ",".join(run.skipped) or "none")
    tracked.curve("survival_all", results.national_survival())
    model = results.cox_model(run.settings)
    if model is not None:
        log_cox_model(tracked, model)
