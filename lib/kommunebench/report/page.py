"""The page: one self-contained HTML file in one language."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from kommunebench.report import headline, summary
from kommunebench.report.chapters import chapters
from kommunebench.report.data import ReportData, tidy
from kommunebench.report.edition import Edition
from kommunebench.report.figures import draw_figures
from kommunebench.report.key_figures import key_figures
from kommunebench.report.svg import inline_svg
from kommunebench.settings.analysis import AnalysisSettings


def build_report(
    data: ReportData,
    settings: AnalysisSettings,
    *,
    language: Literal["da", "en"],
    figures: Mapping[str, Figure] | None = None,
) -> str:
    """The report as one HTML page: inline style and figures, no script, nothing fetched.

    ``data`` has passed the disclosure rules; numbers that are missing are printed as a dot.
    ``figures``: those `report_figures` has drawn of the same data in the same language; without
    them they are drawn here. Raises InputError when a table lacks its declared columns or the run
    has no benchmark.
    """
    edition = Edition(tidy(data), settings, language)
    drawn = {
        name: inline_svg(figure, name, _alternative(edition, name))
        for name, figure in (draw_figures(edition) if figures is None else figures).items()
    }
    return (
        templates()
        .get_template("page.html.j2")
        .render(
            language=language,
            words=edition.words,
            title=edition.words("title", title=edition.title),
            subtitle=edition.of_measure(
                "subtitle", n=edition.fmt.number(edition.summary["units_compared"])
            ),
            simulated=edition.data.run.simulated,
            unwanted=not edition.sooner_is_better,
            headline=headline.headline(edition),
            sentences=summary.sentences(edition),
            key_figures=key_figures(edition),
            chapters=chapters(edition, drawn),
            drawn={name: Markup(svg) for name, svg in drawn.items()},
            footer=_footer(edition),
        )
    )


def _alternative(edition: Edition, name: str) -> str:
    """What a reader who cannot see the figure is told it shows."""
    title = {"plain_robust": "fig_robust"}.get(
        name, name if name.startswith("figure_") else f"fig_{name}"
    )
    return edition.words(title)


def _footer(edition: Edition) -> str:
    run = edition.data.run
    return edition.words(
        "footer", version=run.code_version, run_id=run.run_id, day=edition.fmt.day(run.created)
    )


@cache
def templates() -> Environment:
    """The page templates of the report."""
    return Environment(
        loader=PackageLoader("kommunebench.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
