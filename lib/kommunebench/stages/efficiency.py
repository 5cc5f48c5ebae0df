"""The stage efficiency: benchmark against cost (method, sections 8.3 and 8.4), from gold tables."""

import pandas as pd

from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.costs import (
    LEAST_UNITS,
    BenchmarkColumns,
    Efficiency,
    EfficiencyRules,
    IntervalSettings,
    SimexSettings,
    assess_efficiency,
    benchmark_as_ratio,
    both_indicators,
    efficiency_notes,
    error_variance_if_known,
    sensitivity_if_any,
)
from kommunebench.disclosure import publish
from kommunebench.gold import (
    COST_BY_RESULT,
    COST_INDICATORS,
    COST_SENSITIVITY,
    EFFICIENCY_INFLUENCE,
    EFFICIENCY_NOTES,
    EFFICIENCY_REGRESSIONS,
    FRONTIER_PARAMETERS,
    FRONTIER_SCORES,
    UNIT_COSTS,
)
from kommunebench.settings.analysis import AnalysisSettings
from kommunebench.stages.estimates import indicator_table
from kommunebench.stages.stage import Stage, StageInputs, StageOutput


def _efficiency(inputs: StageInputs) -> StageOutput:
    rules = efficiency_rules(inputs.settings)
    benchmark, withheld = _benchmark(inputs)
    costs = inputs.rows(COST_INDICATORS).to_pandas()
    units = both_indicators(benchmark, costs, _error_variance(inputs))
    if len(units) < LEAST_UNITS:
        return _too_few(inputs, len(units), withheld)
    results = assess_efficiency(units, rules)
    fewer = benchmark.merge(inputs.rows(COST_SENSITIVITY).to_pandas(), on="municipality_code")
    sensitivity, fault = sensitivity_if_any(fewer, rules.outliers)
    not_fitted = pd.concat([results.not_fitted, fault], ignore_index=True)
    notes = efficiency_notes(benchmark, costs, units, not_fitted, rules.outliers, withheld=withheld)
    frames = {
        EFFICIENCY_REGRESSIONS: pd.concat([results.regressions, sensitivity], ignore_index=True),
        EFFICIENCY_INFLUENCE: results.influence,
        FRONTIER_PARAMETERS: results.parameters,
        FRONTIER_SCORES: results.scores,
        COST_BY_RESULT: results.cost_by_result,
        EFFICIENCY_NOTES: notes,
    }
    return StageOutput(
        {table: inputs.frame(table, rows) for table, rows in frames.items()},
        results.metrics,
        note(results, len(units), notes),
    )


def _too_few(inputs: StageInputs, units: int, withheld: frozenset[str]) -> StageOutput:
    """Empty tables and the reason: a small comparison keeps its benchmark and its costs."""
    reason = pd.DataFrame(
        [
            ("efficiency", None, "too_few_municipalities"),
            *(("units", code, "figures_withheld") for code in sorted(withheld)),
        ],
        columns=["part", "municipality_code", "reason"],
    )
    frames = {
        table: inputs.frame(table, reason if table is EFFICIENCY_NOTES else pd.DataFrame())
        for table in EFFICIENCY_TABLES
    }
    said = (
        f"not done: {units} municipalities have both a benchmark and a cost indicator,"
        f" {LEAST_UNITS} are needed"
    )
    return StageOutput(frames, {"efficiency_units": float(units)}, said)


def note(results: Efficiency, units: int, notes: pd.DataFrame) -> str:
    """One line for the terminal: how many municipalities, what the frontiers say, what was left
    out."""
    parts = [f"{units} municipalities"]
    sides = results.parameters["side"].unique() if len(results.parameters) else ()
    parts += [f"{side} side: {_of_side(results, side)}" for side in sides]
    reasons = notes["reason"].where(
        notes["part"].isin(["units", "outliers"]), notes["part"].astype(str) + " not fitted"
    )
    parts += [f"{count} {reason}" for reason, count in reasons.value_counts().items()]
    return "; ".join(parts)


def _of_side(results: Efficiency, side: str) -> str:
    rows = results.parameters[results.parameters["side"] == side].set_index("term")
    sigma_u, p_value = float(rows["estimate"]["sigma_u"]), rows["lr_p_value"].iloc[0]
    if sigma_u == 0.0:
        return "no inefficiency found"
    said = f"sigma_u {sigma_u:.3f}" + ("" if pd.isna(p_value) else f", p {p_value:.3f}")
    spans_most = results.scores.loc[results.scores["side"] == side, "ranks_span_most"]
    if spans_most.eq(True).any():
        said += ", intervals of the ranks span most of the list"
    return said


def efficiency_rules(settings: AnalysisSettings) -> EfficiencyRules:
    """The settings of an analysis as the functions of efficiency take them."""
    section = settings.efficiency
    assert section is not None
    return EfficiencyRules(
        outliers=section.outliers,
        distribution=section.distribution,
        noise=section.noise,
        simex=SimexSettings(section.simex_draws, section.seed),
        intervals=IntervalSettings(
            kind=section.interval,
            confidence_level=settings.uncertainty.confidence_level,
            draws=section.interval_draws,
            seed=section.seed,
        ),
    )


def _benchmark(inputs: StageInputs) -> tuple[pd.DataFrame, frozenset[str]]:
    """Municipalities compared that have the indicator on which verdicts rest, as a ratio; and the
    codes of those left out because their figures may not be published.

    A slope or a rank over all, less what is shown of the others, would be a hidden municipality's.
    """
    table = indicator_table(inputs.settings)
    indicators = inputs.rows(table).to_pandas()
    hidden = publish(table, indicators, inputs.settings.disclosure).hidden.indicators
    compared = indicators[indicators["included"].fillna(False).astype(bool)]
    is_hidden = compared["municipality_code"].isin(hidden)
    shown = benchmark_as_ratio(compared[~is_hidden], benchmark_columns(inputs.settings))
    return shown, frozenset(compared.loc[is_hidden, "municipality_code"])


def benchmark_columns(settings: AnalysisSettings) -> BenchmarkColumns:
    """The columns of the analysis' table of indicators that carry the verdicts."""
    suffix = "_robust" if settings.uncertainty.verdict_indicator == "robust" else ""
    shares = settings.measure == "share"
    # The table of shares holds only one indicator under this name: that of the verdicts.
    indicator = "indicator" if shares else f"indicator{suffix}"
    return BenchmarkColumns(
        observed=f"observed_{'share' if shares else 'duration'}{suffix}",
        indicator=indicator,
        indicator_se=f"{indicator}_se",
        form=Indicator(settings.indicator, settings.measure),
    )


def _error_variance(inputs: StageInputs) -> "pd.Series":
    """Of every municipality's cost indicator, from its counted years."""
    assert inputs.settings.cost is not None
    costs = inputs.rows(UNIT_COSTS).select(["municipality_code", "year", "cost_indicator"])
    counted = costs.filter(costs["cost_indicator"].is_valid()).to_pandas()
    return error_variance_if_known(counted, inputs.settings.cost.autocorrelation)


EFFICIENCY_TABLES = (
    EFFICIENCY_REGRESSIONS,
    EFFICIENCY_INFLUENCE,
    FRONTIER_PARAMETERS,
    FRONTIER_SCORES,
    COST_BY_RESULT,
    EFFICIENCY_NOTES,
)


def efficiency_stage(settings: AnalysisSettings) -> Stage:
    """Regressions, frontiers and classes of results against costs."""
    return Stage(
        name="efficiency",
        verb="efficiency",
        reads=(indicator_table(settings), COST_INDICATORS, COST_SENSITIVITY, UNIT_COSTS),
        writes=EFFICIENCY_TABLES,
        sections=(
            "name",
            "measure",
            "indicator",
            "uncertainty",
            "cost",
            "efficiency",
            "disclosure",
        ),
        build=_efficiency,
        after=("uncertainty", "cost"),
    )
