"""Gold tables that are counts: from permits to spells, outcomes, and Kaplan-Meier curves from
weekly counts."""

from typing import TYPE_CHECKING

import pandas as pd
from pyspark.sql import functions as F

from kommunebench.gold import KM_CURVES, POPULATION_FLOW, SPELL_OUTCOMES
from kommunebench.silver import POPULATION, POPULATION_DROPS, SPELL_CANDIDATES, SPELLS
from kommunebench.spells.flow import count_flow
from kommunebench.spells.outcomes import count_by_place, count_outcomes, keep_compared
from kommunebench.spells.risk_sets import count_risk_sets
from kommunebench.stages.model_spells import model_spells
from kommunebench.stages.stage import Stage, StageInputs, StageOutput
from kommunebench.survival import SurvivalCurve, kaplan_meier_from_counts
from kommunebench.survival.curves_of_counts import fit_curve
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_CURVE = ", ".join(
    f"{name} {kind}"
    for name, kind in KM_CURVES.columns.items()
    if name not in ("analysis", "run_id")
)


def _flow_and_outcomes(inputs: StageInputs) -> StageOutput:
    settings = inputs.settings
    flow = count_flow(
        inputs.read(POPULATION_DROPS),
        inputs.read(POPULATION),
        inputs.read(SPELL_CANDIDATES),
        settings.model.min_spells,
        settings.observation.age_limit_year,
    )
    compared = keep_compared(inputs.read(SPELLS), settings.model.min_spells)
    outcomes = count_outcomes(compared).join(
        _areas(inputs, compared), ["breakdown", "value", "outcome"], "left"
    )
    return StageOutput(
        {
            POPULATION_FLOW: inputs.of_run(POPULATION_FLOW, flow),
            SPELL_OUTCOMES: inputs.of_run(SPELL_OUTCOMES, outcomes),
        }
    )


def _areas(inputs: StageInputs, compared: "DataFrame") -> "DataFrame":
    """Pooled area under Kaplan-Meier for every value of a breakdown, from a few hundred counts."""
    counts = count_by_place(compared).toPandas()
    rows = []
    for (breakdown, value), of_place in counts.groupby(["breakdown", "value"]):
        curve = _estimate(of_place)
        rows.append(
            (
                breakdown,
                value,
                "total",
                curve.restricted_mean(inputs.settings.observation.horizon_weeks).value,
            )
        )
    return inputs.spark.createDataFrame(
        rows, "breakdown string, value string, outcome string, pooled_area_weeks double"
    )


def _estimate(counts: pd.DataFrame) -> SurvivalCurve:
    """The curve of one group from its weekly events and censored."""
    ordered = counts.sort_values("week")
    events, censored = ordered["events"].to_numpy(float), ordered["censored"].to_numpy(float)
    at_risk = (events + censored)[::-1].cumsum()[::-1]
    return kaplan_meier_from_counts(ordered["week"].to_numpy(float), at_risk, events, censored)


def _curves(inputs: StageInputs) -> StageOutput:
    counts = count_risk_sets(model_spells(inputs)).where(
        F.col("week") <= inputs.settings.observation.horizon_weeks
    )
    confidence_level = inputs.settings.uncertainty.confidence_level

    def fit(of_unit: pd.DataFrame) -> pd.DataFrame:
        return fit_curve(of_unit, confidence_level)

    curves = counts.groupBy("municipality_code").applyInPandas(fit, _CURVE)
    return StageOutput({KM_CURVES: inputs.of_run(KM_CURVES, curves)})


COUNTS_STAGE = Stage(
    name="flow",
    verb="benchmark",
    reads=(SPELLS, SPELL_CANDIDATES, POPULATION, POPULATION_DROPS),
    writes=(POPULATION_FLOW, SPELL_OUTCOMES),
    sections=("name", "model"),
    build=_flow_and_outcomes,
    after=("population", "spell_candidates", "spells"),
)


def curves_stage(after: tuple[str, ...], reads: tuple[Table, ...]) -> Stage:
    """The stage of Kaplan-Meier curves, after the stage that makes the spells."""
    return Stage(
        name="curves",
        verb="benchmark",
        reads=reads,
        writes=(KM_CURVES,),
        sections=("name", "observation", "model", "uncertainty"),
        build=_curves,
        after=after,
    )
