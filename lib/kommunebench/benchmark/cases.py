"""The whole benchmark of a frame of cases, one row a person with an outcome that happened or not:
what a notebook calls. The stages of a run compose the same pieces."""

from collections.abc import Sequence

import pandas as pd

from kommunebench.benchmark.bootstrap.replicates import bootstrap_se
from kommunebench.benchmark.comparison.indicator import Indicator, IndicatorName
from kommunebench.benchmark.comparison.published import (
    published_fifth_means,
    published_variance_reduction,
)
from kommunebench.benchmark.comparison.table import (
    compare,
    summarise,
    with_bootstrap,
    with_verdicts,
)
from kommunebench.benchmark.covariates.specification import infer_specs, usable_covariates
from kommunebench.benchmark.shares.bootstrap import bootstrap_shares
from kommunebench.benchmark.shares.chain import PERIODS, estimate_shares
from kommunebench.benchmark.shares.in_memory import case_columns, lay_out_cases
from kommunebench.benchmark.shares.influence import share_covariance
from kommunebench.benchmark.shares.model import fit_shares, probabilities, share_coefficients
from kommunebench.benchmark.shares.published import published_case_columns, rules_of_cases
from kommunebench.benchmark.spells import Benchmark, check_choices, covariate_names
from kommunebench.errors import InputError
from kommunebench.survival.arguments import as_frame, column_names
from kommunebench.verdict_rules import VerdictRules


def benchmark_cases(
    cases: pd.DataFrame,
    *,
    unit: str,
    outcome: str,
    covariates: Sequence[str],
    cluster: str | None = None,
    group: str | None = None,
    min_cases: int,
    replicates: int = 0,
    seed: int | None = None,
    indicator: IndicatorName = "difference",
) -> Benchmark:
    """The whole benchmark of units on their cases: the share in which the outcome happened against
    the share a logistic model over all units expects, with its uncertainty.

    ``cases``: one row per case; ``outcome`` 0 or 1; ``covariates``: text and category columns are
    dummy coded, numbers are linear; ``cluster``: cases of one value are not independent (siblings);
    ``group``: a model for each of its values; ``replicates``: bootstrap over clusters as a check on
    the analytic errors. ``indicator``: ``difference``, observed less expected share in percentage
    points, or a ratio (Indicator).

    Returns a Benchmark: ``indicators`` in the columns of gold.share_indicators, ``coefficients`` in
    those of gold.logit_coefficients, an empty ``baseline``, ``expected`` the probability of each
    case. Raises InputError naming column and first rows; ConvergenceError naming the terms.
    """
    frame = as_frame("cases", cases)
    frame = frame.set_axis(column_names("cases", frame), axis=1).reset_index(drop=True)
    names = covariate_names(covariates, frame)
    if str(outcome) in names:
        raise InputError(f"covariates: column {outcome} is the outcome.")
    frame = usable_covariates(frame, names)
    check_choices(replicates, min_cases, seed, "share", indicator)
    columns = case_columns(
        frame,
        unit=str(unit),
        outcome=str(outcome),
        cluster=None if cluster is None else str(cluster),
        group=None if group is None else str(group),
    )
    laid_out = lay_out_cases(frame, columns, infer_specs(frame, names))
    models = fit_shares(laid_out.blocks, laid_out.layout)
    chain, chosen = estimate_shares(laid_out.blocks, models), Indicator(indicator, "share")
    rules = rules_of_cases(VerdictRules() if seed is None else VerdictRules(seed=seed))
    comparison = compare(laid_out.facts, chain, chain, indicator=chosen, min_spells=min_cases)
    covariance = share_covariance(laid_out.blocks, models, chain, chosen)
    comparison, verdicts = with_verdicts(
        comparison, covariance, covariance, horizon=PERIODS, rules=rules
    )
    if replicates:
        drawn = bootstrap_shares(
            laid_out.blocks, models, chosen, replicates=range(replicates), seed=seed or 0
        )
        comparison = with_bootstrap(comparison, bootstrap_se(drawn), rules)
    return Benchmark(
        indicators=published_case_columns(comparison, rules),
        variance_reduction=published_variance_reduction(comparison),
        quintile_means=published_fifth_means(comparison),
        coefficients=share_coefficients(models),
        baseline=pd.DataFrame(),
        summary=summarise(comparison, chain, covariance, verdicts),
        expected=laid_out.blocks.by_spell(lambda block: probabilities(block, models)),
    )
