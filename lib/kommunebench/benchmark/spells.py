"""The whole benchmark of a frame of spells: what a notebook calls, and an example of how the pieces
fit together. The stages of a run compose the same pieces."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Floats, MemoryBlocks
from kommunebench.benchmark.blocks.columns import SpellColumns, spell_columns
from kommunebench.benchmark.blocks.records import RecordLayout, encode_spells, memory_blocks
from kommunebench.benchmark.bootstrap.replicates import bootstrap_performance, bootstrap_se
from kommunebench.benchmark.comparison.indicator import Indicator, IndicatorName
from kommunebench.benchmark.comparison.table import (
    UnitFacts,
    compare,
    published_columns,
    published_fifth_means,
    published_variance_reduction,
    summarise,
    with_bootstrap,
    with_verdicts,
)
from kommunebench.benchmark.covariates.counts import count_covariates
from kommunebench.benchmark.covariates.design import DesignPlan, plan_design
from kommunebench.benchmark.covariates.specification import (
    CovariateSpec,
    infer_specs,
    usable_covariates,
)
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.durations.chain import (
    ChainEstimate,
    estimate_chain,
    expected_measure,
    with_baselines,
)
from kommunebench.benchmark.durations.measure import Measure, MeasureName
from kommunebench.benchmark.influence.covariance import performance_covariance
from kommunebench.benchmark.model.memory_fit import fit_in_memory
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.benchmark.model.tables import baseline_table, coefficient_table
from kommunebench.errors import InputError
from kommunebench.survival.arguments import as_frame, column_names
from kommunebench.verdict_rules import VerdictRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """``indicators``: columns of gold.benchmark_indicators (restricted mean) or
    gold.share_indicators (share), as far as they apply; ``variance_reduction``: table 3.1;
    ``quintile_means``: table 3.2; ``coefficients``: gold.cox_coefficients; ``baseline``:
    gold.cox_baseline; ``summary``: gold.benchmark_summary (one entry each); ``expected``: expected
    duration or share of each spell, in the order given."""

    indicators: pd.DataFrame
    variance_reduction: pd.DataFrame
    quintile_means: pd.DataFrame
    coefficients: pd.DataFrame
    baseline: pd.DataFrame
    summary: pd.Series
    expected: Floats


@dataclass(frozen=True, slots=True)
class SpellsInMemory:
    """Spells laid out in blocks, with what is known of their units."""

    blocks: MemoryBlocks
    layout: RecordLayout
    facts: UnitFacts


def benchmark_spells(
    spells: pd.DataFrame,
    *,
    unit: str,
    duration: str,
    event: str,
    covariates: Sequence[str],
    person: str | None = None,
    group: str | None = None,
    horizon: int,
    min_spells: int,
    replicates: int = 0,
    seed: int | None = None,
    measure: MeasureName = "restricted_mean",
    indicator: IndicatorName = "ratio",
) -> Benchmark:
    """The whole benchmark of units on their spells, observed against expected, with its
    uncertainty.

    ``spells``: one row per spell; ``duration`` whole numbers of 1 or more, ``event`` 0 or 1;
    ``covariates``: text and category columns are dummy coded, numbers are linear; ``group``: a
    model for each of its values; ``replicates``: bootstrap as a check on the analytic errors;
    ``measure`` and ``indicator``: what is compared, and how (Measure, Indicator). Raises InputError
    naming column and first rows; ConvergenceError naming the terms.
    """
    frame = as_frame("spells", spells)
    frame = frame.set_axis(column_names("spells", frame), axis=1).reset_index(drop=True)
    names = _covariate_names(covariates, frame)
    frame = usable_covariates(frame, names)
    _check_choices(replicates, min_spells, seed, measure, indicator)
    columns = spell_columns(
        frame,
        unit=str(unit),
        duration=str(duration),
        event=str(event),
        horizon=horizon,
        person=None if person is None else str(person),
        group=None if group is None else str(group),
    )
    laid_out = lay_out_spells(frame, columns, infer_specs(frame, names))
    chain = estimate_in_memory(laid_out, ModelChoice(), measure)
    chosen = Indicator(indicator, measure)
    rules = VerdictRules() if seed is None else VerdictRules(seed=seed)
    comparison = compare(laid_out.facts, chain, chosen, min_spells)
    covariance = performance_covariance(laid_out.blocks, chain, chosen)
    comparison, verdicts = with_verdicts(comparison, covariance, columns.horizon, rules)
    if replicates:
        drawn = bootstrap_performance(
            laid_out.blocks,
            chain.models,
            chain.measure,
            chosen,
            replicates=range(replicates),
            seed=seed or 0,
        )
        comparison = with_bootstrap(comparison, bootstrap_se(drawn))
    return Benchmark(
        indicators=published_columns(comparison, rules),
        variance_reduction=published_variance_reduction(comparison),
        quintile_means=published_fifth_means(comparison),
        coefficients=coefficient_table(chain.models),
        baseline=baseline_table(chain.models),
        summary=summarise(comparison, chain, covariance, verdicts),
        expected=laid_out.blocks.by_spell(
            lambda block: expected_measure(block, chain.hazards, chain.measure)
        ),
    )


def lay_out_spells(
    spells: pd.DataFrame,
    columns: SpellColumns,
    specs: Sequence[CovariateSpec],
    *,
    unit_effects: bool = False,
) -> SpellsInMemory:
    """Spells in blocks, their designs planned from their counts. Raises InputError as plan_design,
    with the group's name in front."""
    designs = []
    for code, name in enumerate(columns.group_names):
        rows = np.flatnonzero(columns.group == code)
        try:
            designs.append(_plan(spells.iloc[rows], columns, rows, specs))
        except InputError as error:
            raise InputError(f"model of group {name}: {error}") from error
    layout = RecordLayout(
        columns.unit_names,
        columns.group_names,
        tuple(designs),
        columns.horizon,
        _unit_effects(columns) if unit_effects else None,
    )
    records = encode_spells(
        _covariates(spells, specs),
        layout,
        duration=columns.duration,
        event=columns.event,
        unit=_categorical(columns.unit, columns.unit_names),
        group=_categorical(columns.group, columns.group_names),
    )
    blocks = memory_blocks(records, columns.person_key, layout)
    return SpellsInMemory(blocks, layout, unit_facts(columns))


def _plan(
    spells: pd.DataFrame, columns: SpellColumns, rows: np.ndarray, specs: Sequence[CovariateSpec]
) -> DesignPlan:
    counts = count_covariates(spells, columns.duration[rows], columns.event[rows], specs)
    return plan_design(counts, specs)


def estimate_in_memory(
    spells: SpellsInMemory, choice: ModelChoice, measure: MeasureName
) -> ChainEstimate:
    """The chain of spells in memory. Raises InputError and ConvergenceError as fit_in_memory."""
    models = fit_in_memory(spells.blocks, spells.layout, choice)
    models = with_baselines(spells.blocks, models)
    return estimate_chain(spells.blocks, models, Measure.named(measure, spells.layout.horizon))


def unit_facts(columns: SpellColumns) -> UnitFacts:
    """Persons, events and short follow-up of every unit."""
    n_spells = np.bincount(columns.unit, minlength=columns.n_units)
    pairs = np.unique(np.stack([columns.unit, columns.person]), axis=1)
    short = np.full(columns.n_units, np.nan)
    if columns.follow_up is not None:
        is_short = columns.follow_up < columns.horizon
        short = np.bincount(columns.unit, is_short, columns.n_units) / n_spells
    return UnitFacts(
        names=columns.unit_names,
        persons=np.bincount(pairs[0], minlength=columns.n_units).astype(float),
        events_ever=np.bincount(columns.unit, columns.event, columns.n_units).astype(float),
        short_follow_up=short,
    )


def _unit_effects(columns: SpellColumns) -> tuple[UnitEffects, ...]:
    effects = []
    for code in range(len(columns.group_names)):
        in_group = columns.group == code
        unit, n_units = columns.unit[in_group], columns.n_units
        n_spells = np.bincount(unit, minlength=n_units)
        n_events = np.bincount(unit, columns.event[in_group], n_units)
        effects.append(UnitEffects.of_counts(n_spells, n_events, columns.unit_names))
    return tuple(effects)


def _categorical(codes: np.ndarray, names: tuple[str, ...]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes.tolist(), categories=pd.Index(names))


def _covariates(spells: pd.DataFrame, specs: Sequence[CovariateSpec]) -> pd.DataFrame:
    """The covariates as records are made of them: texts as categories, numbers as floats."""
    return pd.DataFrame(
        {
            spec.column: pd.Categorical(spells[spec.column].astype(str))
            if spec.kind == "category"
            else pd.to_numeric(spells[spec.column]).to_numpy(float)
            for spec in specs
        },
        index=range(len(spells)),
    )


def _covariate_names(covariates: object, spells: pd.DataFrame) -> list[str]:
    if isinstance(covariates, str) or not isinstance(covariates, Sequence | pd.Index | np.ndarray):
        raise InputError(
            f"covariates: expected a list of column names, got {type(covariates).__name__}; "
            'write covariates=["sex"], or [] for none.'
        )
    names = [str(name) for name in covariates]
    absent = [name for name in names if name not in spells]
    if absent:
        raise InputError(f"covariates: columns {absent} missing; found {list(spells.columns)}.")
    return names


def _check_choices(
    replicates: object, min_spells: object, seed: object, measure: object, indicator: object
) -> None:
    whole = (int, np.integer)
    if not all(isinstance(value, whole) for value in (replicates, min_spells, seed or 0)):
        raise InputError("replicates, min_spells and seed must be whole numbers.")
    assert isinstance(replicates, int | np.integer) and isinstance(min_spells, int | np.integer)
    if replicates < 0 or min_spells < 1:
        raise InputError(
            f"replicates ({replicates}) must be 0 or more and min_spells ({min_spells}) 1 or more."
        )
    if measure not in ("restricted_mean", "share"):
        raise InputError(f"measure: {measure!r} is neither 'restricted_mean' nor 'share'.")
    if indicator not in ("ratio", "difference", "inverse"):
        raise InputError(
            f"indicator: {indicator!r} is none of 'ratio', 'difference' and 'inverse'."
        )
