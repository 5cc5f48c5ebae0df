"""The stages of an analysis, in order."""

from kommunebench.settings import AnalysisSettings
from kommunebench.stages.costs import COST_STAGE
from kommunebench.stages.counts import COUNTS_STAGE, curves_stage
from kommunebench.stages.efficiency import EFFICIENCY_STAGE
from kommunebench.stages.estimates import benchmark_stage, uncertainty_stage
from kommunebench.stages.panel import CANDIDATES_STAGE, PANEL_STAGE, POPULATION_STAGE, SPELLS_STAGE
from kommunebench.stages.stage import Stage


def stages_of(settings: AnalysisSettings) -> tuple[Stage, ...]:
    """Every stage the settings ask for; an analysis that starts from spells has no registers behind
    it."""
    if settings.starts_from == "spells":
        return (
            curves_stage(()),
            benchmark_stage((), settings.model.proportionality_test),
            uncertainty_stage(),
        )
    made = ("spells",)
    money = [
        stage
        for stage, section in ((COST_STAGE, settings.cost), (EFFICIENCY_STAGE, settings.efficiency))
        if section
    ]
    return (
        POPULATION_STAGE,
        PANEL_STAGE,
        CANDIDATES_STAGE,
        SPELLS_STAGE,
        COUNTS_STAGE,
        curves_stage(made),
        benchmark_stage(made, settings.model.proportionality_test),
        uncertainty_stage(),
        *money,
    )
