"""The units compared as one table with one set of columns, whatever the run measured."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.report.scale import IndicatorScale

# Columns that both tables of indicators have under the same name.
_SHARED = (
    "municipality_code", "municipality", "persons", "events", "robust_z", "ci_low", "ci_high",
    "p_value", "assessment", "no_verdict_reason", "assessment_fdr", "indicator_shrunk",
    "shrunk_low", "shrunk_high", "tier", "rank", "rank_low", "rank_high", "quintile",
    "p_quintile_1", "p_quintile_2", "p_quintile_3", "p_quintile_4", "p_quintile_5", "included",
    "tail_extended", "support_week", "share_short_follow_up", "pace", "pace_low", "pace_high",
    "indicator_direct", "reliability", "hazard_ratio_to_erase", "false_sign_rate",
)  # fmt: skip


def unit_frame(
    rows: pd.DataFrame, scale: IndicatorScale, *, robust_decides: bool, within: bool
) -> pd.DataFrame:
    """One row per unit, from gold.benchmark_indicators or gold.share_indicators (K,).

    Beside the columns both tables have: ``cases`` (spells or persons), ``observed``,
    ``observed_robust`` and ``expected`` (weeks, or percent), ``plain`` and ``robust`` (the
    indicator), ``robust_pooled`` (the robust one of the pooled model, to which the plain one and
    ``robust_z`` belong), ``verdict`` (the one that decides), ``verdict_se``, on the scale of
    ``scale.position``, and ``ratio`` (what decides, as a ratio whatever its form, above 1 where the
    event comes sooner or more often). A column the table lacks is missing throughout. ``within``:
    the model within units carries the verdicts, so that the robust indicator is not the pooled one.
    """
    make = _from_shares if scale.measure == "share" else _from_durations
    frame = make(rows, scale, robust_decides)
    frame["robust_pooled"] = rows["indicator_robust_pooled"] if within else frame["robust"]
    shared = {name: rows.get(name, np.nan) for name in _SHARED}
    return pd.DataFrame({**shared, **frame}, index=rows.index).reset_index(drop=True)


def _from_durations(
    rows: pd.DataFrame, scale: IndicatorScale, robust_decides: bool
) -> dict[str, pd.Series]:
    suffix = "_robust" if robust_decides else ""
    decides = f"indicator{suffix}"
    observed = rows[f"observed_duration{suffix}"]
    return {
        "cases": rows["spells"],
        "observed": rows["observed_duration"],
        "observed_robust": rows["observed_duration_robust"],
        "expected": rows["expected_duration"],
        "plain": rows["indicator"],
        "robust": rows["indicator_robust"],
        "verdict": rows[decides],
        "verdict_se": rows[f"{decides}_se"],
        "ratio": _as_ratio(scale, rows[decides], observed),
    }


def _from_shares(
    rows: pd.DataFrame, scale: IndicatorScale, robust_decides: bool
) -> dict[str, pd.Series]:
    nothing = pd.Series(np.nan, index=rows.index)
    robust = rows.get("observed_share_robust", nothing)
    observed = robust if robust_decides else rows["observed_share"]
    return {
        "cases": rows["cases"],
        "observed": scale.factor * rows["observed_share"],
        "observed_robust": scale.factor * robust,
        "expected": scale.factor * rows["expected_share"],
        "plain": rows["indicator_plain"],
        "robust": rows["indicator"] if robust_decides else nothing,
        "verdict": rows["indicator"],
        "verdict_se": rows["indicator_se"],
        "ratio": _as_ratio(scale, rows["indicator"], observed),
    }


def _as_ratio(scale: IndicatorScale, indicator: pd.Series, observed: pd.Series) -> pd.Series:
    """The indicators as the ratios that efficiency takes them for."""
    form = Indicator(scale.form, scale.measure)
    return pd.Series(
        form.as_ratio(indicator.to_numpy(float), observed.to_numpy(float)), indicator.index
    )


def best_first(rows: pd.DataFrame, scale: IndicatorScale) -> pd.DataFrame:
    """The rows in the order of their ranks (those without one by their shrunk indicator, last);
    tiers are contiguous in it."""
    toward_best = -scale.sign * scale.position(rows["indicator_shrunk"].astype(float))
    ordered = rows.assign(_shrunk=toward_best).sort_values(["rank", "_shrunk"], kind="stable")
    return ordered.drop(columns="_shrunk").reset_index(drop=True)
