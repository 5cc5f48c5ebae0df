"""Verdicts: intervals, assessments, flags of the units compared (method, section 7)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.normal import two_sided_z
from kommunebench.benchmark.comparison.pace import (
    SHRUNK_COLUMNS,
    PaceScale,
    paces_of,
    shrunk_columns,
)
from kommunebench.benchmark.comparison.ranks import RANK_COLUMNS, rank_columns
from kommunebench.benchmark.comparison.shrinkage import posterior
from kommunebench.benchmark.comparison.spread import Spread, estimate_spread
from kommunebench.benchmark.comparison.tiers import Tiers
from kommunebench.verdict_rules import VerdictRules

BETTER, AS_EXPECTED, WORSE = "better", "as_expected", "worse"
TOO_SMALL = "too_few_spells"
TOO_FEW_EVENTS, TOO_FEW_NON_EVENTS = "too_few_events", "too_few_non_events"
SHORT_SUPPORT = "nobody_at_risk_late"
NO_STANDARD_ERROR = "standard_error_not_computed"
NOTHING_TO_COMPARE = "nothing_to_compare_with"
NO_VERDICT_REASONS = (
    TOO_SMALL,
    TOO_FEW_EVENTS,
    TOO_FEW_NON_EVENTS,
    SHORT_SUPPORT,
    NO_STANDARD_ERROR,
    NOTHING_TO_COMPARE,
)
# A standard error below this, relative to the performance's own scale, is zero up to rounding.
_ZERO_ERROR = 1e-8


@dataclass(frozen=True, slots=True)
class Verdicts:
    """``columns``: the verdict columns of the gold table of indicators, one row per unit, missing
    where there is no verdict; and the summary's spread and tiers (None with too few verdicts)."""

    columns: pd.DataFrame
    spread: Spread | None
    tiers: Tiers | None


def judge(
    units: pd.DataFrame,
    performance: Floats,
    se: Floats,
    *,
    scale: PaceScale,
    indicator: Indicator,
    horizon: int,
    rules: VerdictRules,
) -> Verdicts:
    """Verdicts on the performances (K,) chosen for them, with their standard errors; ``scale``:
    between performances and paces. ``units``: included, spells, events, support_week,
    tail_extended in the order of the units."""
    reason = no_verdict_reason(units, se, indicator=indicator, horizon=horizon, rules=rules)
    judged = np.flatnonzero(reason == "")
    columns = pd.DataFrame(index=range(len(units)))
    columns["no_verdict_reason"] = [text or None for text in reason]
    y, s = performance[judged], se[judged]
    n_events = units["events"].to_numpy()[judged]
    half = half_width(s, n_events, rules.confidence_level)
    p_value = 2 * stats.t.sf(np.abs(y) / s, n_events - 1.0)
    low, high = indicator.printed_interval(y - half, y + half)
    fill(columns, judged, ci_low=low, ci_high=high, p_value=p_value)
    fill(columns, judged, assessment=assess(y - half, y + half))
    flagged = benjamini_hochberg(p_value, rules.fdr_level)
    direction = np.where(y > 0, BETTER, WORSE)
    fill(columns, judged, assessment_fdr=np.where(flagged, direction, AS_EXPECTED))
    scale = scale.under(rules)
    paces = paces_of(y, normal_error(s, n_events, rules), scale.of_units(judged))
    fill(columns, judged, **paces.columns(half))
    if len(judged) < rules.min_verdicts:
        nothing = {name: np.zeros(0) for name in (*RANK_COLUMNS, *SHRUNK_COLUMNS)}
        fill(columns, judged[:0], **nothing)
        return Verdicts(columns, None, None)
    spread = estimate_spread(paces.value, paces.se, rules.confidence_level)
    known = posterior(paces.value, paces.se, spread)
    ranked, tiers = rank_columns(known, rules)
    fill(columns, judged, **ranked)
    fill(columns, judged, **shrunk_columns(known, paces, spread, indicator, rules))
    small = _too_small(units, se, indicator=indicator, horizon=horizon, rules=rules)
    error = normal_error(se[small], units["events"].to_numpy()[small], rules)
    paces = paces_of(performance[small], error, scale.of_units(small))
    drawn = known.of_others(paces.value, paces.se)
    fill(columns, small, **shrunk_columns(drawn, paces, spread, indicator, rules))
    return Verdicts(columns, spread, tiers)


def _too_small(
    units: pd.DataFrame, se: Floats, *, indicator: Indicator, horizon: int, rules: VerdictRules
) -> np.ndarray:
    """Positions of the units that nothing but their number of spells keeps from a verdict."""
    as_if = units.assign(included=True)
    reason = no_verdict_reason(as_if, se, indicator=indicator, horizon=horizon, rules=rules)
    return np.flatnonzero(~units["included"].to_numpy(bool) & (reason == ""))


def no_verdict_reason(
    units: pd.DataFrame, se: Floats, *, indicator: Indicator, horizon: int, rules: VerdictRules
) -> np.ndarray:
    """Why a unit has no verdict (K,), '' where it has one."""
    n_events = units["events"].to_numpy()
    non_events = units["spells"].to_numpy() - n_events
    # A curve that has reached zero needs nobody at risk late: nothing of it is extrapolated.
    extended = units["tail_extended"].to_numpy(bool)
    # Logarithms and shares are of order one; weeks are measured against the horizon.
    weeks = indicator.measure == "restricted_mean" and not indicator.is_logarithmic
    scale = float(horizon) if weeks else 1.0
    with np.errstate(invalid="ignore"):
        conditions = [
            ~units["included"].to_numpy(bool),
            n_events < rules.min_events,
            (non_events < rules.min_non_events) & (indicator.measure == "share"),
            extended & (units["support_week"].to_numpy() < rules.support_share * horizon),
            ~np.isfinite(se),
            se <= _ZERO_ERROR * scale,
        ]
    return np.select(conditions, NO_VERDICT_REASONS, "").astype(object)


def half_width(se: Floats, n_events: Floats, confidence_level: float) -> Floats:
    """Half the width of the interval of a performance, from the t distribution with events - 1
    degrees of freedom; NaN with fewer than two events."""
    degrees = np.where(n_events > 1, n_events - 1.0, np.nan)
    result: Floats = stats.t.ppf(0.5 + confidence_level / 2, degrees) * se
    return result


def normal_error(se: Floats, n_events: Floats, rules: VerdictRules) -> Floats:
    """Errors of performances (K,) for the posterior, whose distributions are normal: those with
    which a normal distribution has the verdict's interval, or the standard errors themselves."""
    if rules.pace_error == "standard":
        return se
    half = half_width(se, n_events, rules.confidence_level)
    return half / two_sided_z(rules.confidence_level)


def assess(low: Floats, high: Floats) -> np.ndarray:
    """better, worse or as_expected, from an interval of the performance."""
    return np.where(low > 0, BETTER, np.where(high < 0, WORSE, AS_EXPECTED)).astype(object)


def count_verdicts(rows: pd.DataFrame) -> dict[str, int]:
    """How many rows of a table of indicators are better, as_expected and worse, each by its
    interval and (names that end in _fdr) after Benjamini and Hochberg."""
    return {
        f"{name}{suffix}": int((rows[f"assessment{suffix}"] == name).sum())
        for suffix in ("", "_fdr")
        for name in (BETTER, AS_EXPECTED, WORSE)
    }


def benjamini_hochberg(p_value: Floats, level: float) -> np.ndarray:
    """Which hypotheses are rejected at a false discovery rate (Benjamini and Hochberg 1995)."""
    if len(p_value) == 0:
        return np.zeros(0, bool)
    from statsmodels.stats.multitest import multipletests

    rejected: np.ndarray = multipletests(p_value, level, method="fdr_bh")[0]
    return rejected


def fill(columns: pd.DataFrame, rows: np.ndarray, **values: np.ndarray) -> None:
    """Set columns of some rows; the other rows are missing."""
    for name, value in values.items():
        if name not in columns:
            is_number = np.issubdtype(np.asarray(value).dtype, np.number)
            empty = pd.Series(None, index=columns.index, dtype=float if is_number else object)
            columns[name] = empty
        columns.loc[rows, name] = value
