"""The stages of an analysis, in order."""

from kommunebench.settings import AnalysisSettings
from kommunebench.silver import SPELLS
from kommunebench.spell_files import IMPORTED_SPELLS
from kommunebench.stages.cases import CASE_STAGES
from kommunebench.stages.checks import checks_stage
from kommunebench.stages.costs import cost_stage
from kommunebench.stages.counts import COUNTS_STAGE, curves_stage
from kommunebench.stages.delivery import DELIVERY_STAGE
from kommunebench.stages.efficiency import efficiency_stage
from kommunebench.stages.estimates import benchmark_stage, uncertainty_stage
from kommunebench.stages.immigrants import IMMIGRANT_STAGES
from kommunebench.stages.model_cases import MODEL_CASES_STAGE
from kommunebench.stages.model_spells import model_spells_stage
from kommunebench.stages.panel import (
    PANEL_STAGE,
    PERMIT_HOLDERS_STAGE,
    POPULATION_STAGE,
    SPELL_CANDIDATES_STAGE,
    SPELLS_STAGE,
)
from kommunebench.stages.share_checks import share_checks_stage
from kommunebench.stages.share_estimates import (
    share_benchmark_stage,
    share_uncertainty_stage,
)
from kommunebench.stages.stage import Stage


def stages_of(settings: AnalysisSettings) -> tuple[Stage, ...]:
    """Every stage the settings ask for; an analysis that starts from spells has no registers behind
    it."""
    if settings.starts_from_cases:
        return (
            DELIVERY_STAGE,
            *CASE_STAGES,
            MODEL_CASES_STAGE,
            share_benchmark_stage(settings),
            share_uncertainty_stage(settings),
            share_checks_stage(settings),
        )
    from_spells = settings.starts_from == "spells"
    spells = IMPORTED_SPELLS if from_spells else SPELLS
    made = () if from_spells else ("spells",)
    estimates = (
        curves_stage(made, (spells,)),
        model_spells_stage(made, (spells,)),
        benchmark_stage(settings),
        uncertainty_stage(settings),
        checks_stage(settings),
    )
    if from_spells:
        return estimates
    if settings.immigrants is not None:
        return (DELIVERY_STAGE, *IMMIGRANT_STAGES, *estimates)
    money = [
        stage(settings)
        for stage, section in ((cost_stage, settings.cost), (efficiency_stage, settings.efficiency))
        if section
    ]
    return (
        DELIVERY_STAGE,
        PERMIT_HOLDERS_STAGE,
        POPULATION_STAGE,
        PANEL_STAGE,
        SPELL_CANDIDATES_STAGE,
        SPELLS_STAGE,
        COUNTS_STAGE,
        *estimates,
        *money,
    )
