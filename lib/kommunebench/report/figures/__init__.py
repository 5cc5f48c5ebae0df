"""All figures of a report, by name."""

from collections.abc import Callable
from typing import Literal

from matplotlib.figure import Figure

from kommunebench.report.data import ReportData, tidy
from kommunebench.report.edition import Edition
from kommunebench.report.figures import (
    calibration,
    caterpillar,
    costs,
    efficiency,
    frontier,
    funnel,
    incidence,
    robust,
    survival,
    tiles,
)
from kommunebench.report.figures.style import drawing, mark_simulated
from kommunebench.settings.analysis import AnalysisSettings

_EVERYWHERE: dict[str, Callable[[Edition], Figure | None]] = {
    "caterpillar": caterpillar.caterpillar,
    "funnel": funnel.funnel,
    "survival": survival.survival,
    "plain_robust": robust.plain_robust,
    "calibration": calibration.calibration,
    "cumulative_incidence": incidence.cumulative_incidence,
}
_MAPS: dict[str, Callable[[Edition], Figure | None]] = {
    "map_assessment": tiles.assessment_map,
    "map_fifths": tiles.fifths_map,
}
_COSTS: dict[str, Callable[[Edition], Figure | None]] = {
    "figure_4_1": costs.expenditure,
    "figure_4_2": costs.unit_costs,
    "figure_5_1": efficiency.result_by_cost,
    "figure_5_2": efficiency.classes,
    "figure_5_3": lambda edition: frontier.frontier(edition, "production"),
    "figure_5_4": lambda edition: frontier.frontier(edition, "cost"),
}


def report_figures(
    data: ReportData, settings: AnalysisSettings, language: Literal["da", "en"]
) -> dict[str, Figure]:
    """Figures of the report by name, those the analysis has tables for. Raises InputError as
    build_report does."""
    return draw_figures(Edition(tidy(data), settings, language))


def draw_figures(edition: Edition) -> dict[str, Figure]:
    """The figures of an edition, marked where registers are simulated."""
    wanted = dict(_EVERYWHERE)
    if edition.from_registers:
        wanted = {**_MAPS, **wanted}
    if edition.settings.cost is not None:
        wanted |= _COSTS
    figures: dict[str, Figure] = {}
    with drawing():
        for name, draw in wanted.items():
            figure = draw(edition)
            if figure is not None:
                figures[name] = mark_simulated(figure, edition)
    return figures
