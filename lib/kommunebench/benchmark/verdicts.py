"""Verdicts: intervals, assessments, flags, ranks, tiers of the units compared (method, section 7)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from kommunebench.benchmark.fifths import FIFTHS, fifths_from_highest
from kommunebench.benchmark.shrinkage import posterior
from kommunebench.benchmark.spell_arrays import Floats
from kommunebench.benchmark.spread import Spread, estimate_spread
from kommunebench.benchmark.tiers import Tiers, find_tiers

BETTER, AS_EXPECTED, WORSE = "better", "as_expected", "worse"
TOO_SMALL, FEW_EVENTS, SHORT_SUPPORT = "too_few_spells", "too_few_events", "nobody_at_risk_late"


@dataclass(frozen=True, slots=True)
class VerdictRules:
    """Limits of the verdicts; the defaults are the method's."""

    confidence_level: float = 0.95
    min_events: int = 10
    support_share: float = 0.9
    fdr_level: float = 0.05
    tier_error_rate: float = 0.10
    draws: int = 10_000
    seed: int = 20180


@dataclass(frozen=True, slots=True)
class Verdicts:
    """``columns``: verdict columns of gold.benchmark_indicators, one row per unit, missing where
    there is no verdict; and the summary's spread and tiers (None with fewer than two verdicts)."""

    columns: pd.DataFrame
    spread: Spread | None
    tiers: Tiers | None


def judge(
    units: pd.DataFrame, log_indicator: Floats, se: Floats, horizon: int, rules: VerdictRules
) -> Verdicts:
    """Verdicts on the indicator chosen for them. ``units``: included, events, support_week in the
    order of the arrays (K,)."""
    reason = no_verdict_reason(units, se, horizon, rules)
    judged = np.flatnonzero(reason == "")
    columns = pd.DataFrame(index=range(len(units)))
    columns["no_verdict_reason"] = [text or None for text in reason]
    y, s, degrees = log_indicator[judged], se[judged], units["events"].to_numpy()[judged] - 1.0
    half = stats.t.ppf(0.5 + rules.confidence_level / 2, degrees) * s
    p_value = 2 * stats.t.sf(np.abs(y) / s, degrees)
    _fill(columns, judged, ci_low=np.exp(y - half), ci_high=np.exp(y + half), p_value=p_value)
    _fill(columns, judged, assessment=assess(y - half, y + half))
    flagged = benjamini_hochberg(p_value, rules.fdr_level)
    _fill(
        columns,
        judged,
        assessment_fdr=np.where(flagged, np.where(y > 0, BETTER, WORSE), AS_EXPECTED),
    )
    if len(judged) < 2:
        return Verdicts(columns, None, None)
    spread = estimate_spread(y, s)
    tiers = _rank(columns, judged, y, s, spread, rules)
    return Verdicts(columns, spread, tiers)


def no_verdict_reason(
    units: pd.DataFrame, se: Floats, horizon: int, rules: VerdictRules
) -> np.ndarray:
    """Why a unit has no verdict, '' where it has one."""
    late = rules.support_share * horizon
    conditions = [
        ~units["included"].to_numpy(bool),
        units["events"].to_numpy() < rules.min_events,
        units["support_week"].to_numpy() < late,
        ~(np.isfinite(se) & (se > 0)),
    ]
    return np.select(conditions, [TOO_SMALL, FEW_EVENTS, SHORT_SUPPORT, FEW_EVENTS], "").astype(
        object
    )


def assess(low: Floats, high: Floats) -> np.ndarray:
    """better, worse or as_expected, from an interval of the log indicator."""
    return np.where(low > 0, BETTER, np.where(high < 0, WORSE, AS_EXPECTED)).astype(object)


def benjamini_hochberg(p_value: Floats, level: float) -> np.ndarray:
    """Which hypotheses are rejected at a false discovery rate (Benjamini and Hochberg 1995)."""
    if len(p_value) == 0:
        return np.zeros(0, bool)
    from statsmodels.stats.multitest import multipletests

    rejected: np.ndarray = multipletests(p_value, level, method="fdr_bh")[0]
    return rejected


def funnel_limits(s: Floats, tau: float, z: float) -> tuple[Floats, Floats]:
    """Half widths on the log scale of a funnel's limits: chance alone, and with overdispersion
    (Spiegelhalter 2005)."""
    return z * s, z * np.sqrt(s**2 + tau**2)


def _rank(
    columns: pd.DataFrame,
    judged: np.ndarray,
    y: Floats,
    s: Floats,
    spread: Spread,
    rules: VerdictRules,
) -> Tiers:
    """Shrunk indicators, tiers, ranks and probabilities of the fifths, filled in; rank 1 is the
    highest indicator."""
    known = posterior(y, s, spread)
    tail = (1 - rules.confidence_level) / 2
    _fill(
        columns,
        judged,
        indicator_shrunk=np.exp(known.mean),
        shrunk_low=np.exp(known.quantile(tail)),
        shrunk_high=np.exp(known.quantile(1 - tail)),
    )
    tiers = find_tiers(known.probability_above(), known.mean, rules.tier_error_rate)
    order = np.argsort(-known.mean, kind="stable")
    rank = np.empty(len(y))
    rank[order] = np.arange(1, len(y) + 1)
    draws = known.draw(rules.draws, rules.seed)
    ranks = np.argsort(np.argsort(-draws, axis=1, kind="stable"), axis=1) + 1
    low, high = np.quantile(ranks, [tail, 1 - tail], axis=0, method="inverted_cdf")
    _fill(columns, judged, tier=tiers.tier.astype(float), rank=rank, rank_low=low, rank_high=high)
    by_rank = fifths_from_highest(-np.arange(1, len(y) + 1, dtype=float))
    for fifth in range(1, FIFTHS + 1):
        _fill(
            columns, judged, **{f"p_quintile_{fifth}": (by_rank[ranks - 1] == fifth).mean(axis=0)}
        )
    return tiers


def _fill(columns: pd.DataFrame, rows: np.ndarray, **values: np.ndarray) -> None:
    for name, value in values.items():
        if name not in columns:
            columns[name] = pd.Series(
                None,
                index=columns.index,
                dtype=float if np.issubdtype(np.asarray(value).dtype, np.number) else object,
            )
        columns.loc[rows, name] = value
