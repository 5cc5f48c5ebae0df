"""The whole benchmark of a frame of spells: what a notebook calls, and an example of how the pieces
fit together. The stages of a run compose the same pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.bootstrap.replicates import bootstrap_performance, bootstrap_se
from kommunebench.benchmark.comparison.indicator import Indicator, IndicatorName
from kommunebench.benchmark.comparison.published import (
    published_columns,
    published_fifth_means,
    published_variance_reduction,
)
from kommunebench.benchmark.comparison.table import with_bootstrap
from kommunebench.benchmark.covariates.specification import infer_specs, usable_covariates
from kommunebench.benchmark.durations.chain import expected_measure
from kommunebench.benchmark.durations.measure import Measure, MeasureName
from kommunebench.benchmark.in_memory import fit_models, lay_out_spells
from kommunebench.benchmark.model.national import Baseline, ModelChoice
from kommunebench.benchmark.model.tables import (
    baseline_table,
    coefficient_table,
    second_stage_table,
)
from kommunebench.benchmark.verdict_models import judge_models, models_for
from kommunebench.errors import InputError
from kommunebench.survival.arguments import as_frame, column_names
from kommunebench.survival.checks import whole_number
from kommunebench.survival.partial_likelihood import Ties
from kommunebench.verdict_rules import PIECEWISE_CUTS, VerdictModel, VerdictRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """``indicators``: columns of gold.benchmark_indicators (restricted mean) or
    gold.share_indicators (share), as far as they apply; ``variance_reduction``: table 3.1;
    ``quintile_means``: table 3.2; ``coefficients``: gold.cox_coefficients; ``baseline``:
    gold.cox_baseline; ``summary``: gold.benchmark_summary (one entry each); ``expected``: expected
    duration or share of each spell by the pooled model, in the order given; ``model_verdicts``:
    gold.model_verdicts, and ``second_stage``: gold.second_stage (no rows under the pooled
    model)."""

    indicators: pd.DataFrame
    variance_reduction: pd.DataFrame
    quintile_means: pd.DataFrame
    coefficients: pd.DataFrame
    baseline: pd.DataFrame
    summary: pd.Series
    expected: Floats
    model_verdicts: pd.DataFrame = field(default_factory=pd.DataFrame)
    second_stage: pd.DataFrame = field(default_factory=pd.DataFrame)


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
    model: VerdictModel = "within",
    ties: Ties = "breslow",
    baseline: Baseline = "kalbfleisch_prentice",
    piecewise_cuts: Sequence[int] = PIECEWISE_CUTS,
) -> Benchmark:
    """The whole benchmark of units on their spells, observed against expected, with its
    uncertainty.

    ``spells``: one row per spell; ``duration`` whole numbers of 1 or more, ``event`` 0 or 1;
    ``covariates``: text and category columns are dummy coded, numbers are linear; ``group``: a
    model for each of its values; ``replicates``: bootstrap as a check on the analytic errors;
    ``measure`` and ``indicator``: what is compared, and how (Measure, Indicator); ``model``: the
    model that carries the verdicts, ``within`` with effects of the units or ``pooled`` without;
    ``ties``, ``baseline`` and ``piecewise_cuts``: the hazard model of both (ModelChoice).
    Raises InputError naming column and first rows; ConvergenceError naming the terms.
    """
    frame = as_frame("spells", spells)
    frame = frame.set_axis(column_names("spells", frame), axis=1).reset_index(drop=True)
    names = covariate_names(covariates, frame)
    refuse_outcomes(names, {str(event): "the event", str(duration): "the duration"})
    frame = usable_covariates(frame, names)
    check_choices(replicates, seed, measure, indicator)
    whole_number("min_spells", min_spells, least=1)
    check_model(model)
    choice = hazard_choice(ties, baseline, piecewise_cuts)
    columns = spell_columns(
        frame,
        unit=str(unit),
        duration=str(duration),
        event=str(event),
        horizon=horizon,
        person=None if person is None else str(person),
        group=None if group is None else str(group),
    )
    if baseline == "piecewise":
        columns = columns.cut_at_horizon()
    within = model == "within"
    laid_out = lay_out_spells(frame, columns, infer_specs(frame, names), unit_effects=within)
    rules = VerdictRules(verdict_model=model)
    rules = rules if seed is None else replace(rules, seed=seed)
    chosen = Indicator(indicator, measure)
    results = judge_models(
        laid_out.blocks,
        laid_out.facts,
        fit_models(laid_out.blocks, laid_out.layout, choice, models_for(model)),
        measure=Measure.named(measure, columns.horizon),
        indicator=chosen,
        min_spells=min_spells,
        rules=rules,
    )
    comparison, chain = results.comparison, results.pooled.chain
    if replicates:
        drawn = bootstrap_performance(
            laid_out.blocks,
            results.carrying.chain.models,
            chain.measure,
            chosen,
            replicates=range(replicates),
            seed=seed or 0,
        )
        comparison = with_bootstrap(comparison, bootstrap_se(drawn), rules)
    return Benchmark(
        indicators=published_columns(comparison, rules),
        variance_reduction=published_variance_reduction(comparison),
        quintile_means=published_fifth_means(comparison),
        coefficients=coefficient_table(chain.models),
        baseline=baseline_table(chain.models),
        summary=results.summary,
        expected=laid_out.blocks.by_spell(
            lambda block: expected_measure(block, chain.hazards, chain.measure)
        ),
        model_verdicts=results.model_verdicts,
        second_stage=second_stage_table(results.carrying.chain.models),
    )


def covariate_names(covariates: object, spells: pd.DataFrame) -> list[str]:
    """The covariates as column names of the frame. Raises InputError where they are no list, or
    not in the frame."""
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


def refuse_outcomes(names: Sequence[str], outcomes: Mapping[str, str]) -> None:
    """Raises InputError where a covariate is what the model is to explain; ``outcomes``: what it
    is, by column."""
    for name in names:
        if name in outcomes:
            raise InputError(f"covariates: column {name} is {outcomes[name]}; leave it out.")


def check_choices(replicates: object, seed: object, measure: object, indicator: object) -> None:
    """Raises InputError for choices that are none."""
    whole_number("replicates", replicates, least=0)
    if seed is not None:
        whole_number("seed", seed, least=0)
    if measure not in ("restricted_mean", "share"):
        raise InputError(f"measure: {measure!r} is neither 'restricted_mean' nor 'share'.")
    if indicator not in ("ratio", "difference", "inverse"):
        raise InputError(
            f"indicator: {indicator!r} is none of 'ratio', 'difference' and 'inverse'."
        )


def hazard_choice(ties: str, baseline: str, piecewise_cuts: object) -> ModelChoice:
    """The hazard model of these choices. Raises InputError for choices that are none."""
    for name, value, known in (
        ("ties", ties, get_args(Ties)),
        ("baseline", baseline, get_args(Baseline)),
    ):
        if value not in known:
            raise InputError(f"{name}: {value!r} is none of {', '.join(map(repr, known))}.")
    if isinstance(piecewise_cuts, str) or not isinstance(piecewise_cuts, Sequence | np.ndarray):
        raise InputError(
            f"piecewise_cuts: expected a list of weeks, got {type(piecewise_cuts).__name__}."
        )
    cuts = tuple(whole_number("piecewise_cuts", week, least=1) for week in piecewise_cuts)
    if list(cuts) != sorted(set(cuts)):
        raise InputError(f"piecewise_cuts: weeks must be rising, got {list(cuts)}.")
    return ModelChoice(ties, baseline, cuts)  # type: ignore[arg-type]  # checked above


def check_model(model: object) -> None:
    """Raises InputError for a model that is none."""
    if model not in ("within", "pooled"):
        raise InputError(f"model: {model!r} is neither 'within' nor 'pooled'.")
