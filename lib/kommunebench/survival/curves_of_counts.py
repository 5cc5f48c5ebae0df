"""Kaplan-Meier curves of weekly counts through lifelines, as gold.km_curves holds them."""

import numpy as np
import pandas as pd

from kommunebench.survival.curves import Floats, greenwood_terms

# lifelines adds up logarithms, so that a curve that is one half may lie above it by rounding.
_ROUNDING = 1e-9


def fit_curve(counts: pd.DataFrame, confidence_level: float) -> pd.DataFrame:
    """The curve of one municipality (or of all) from its weekly counts.

    ``counts``: rows with ``week``, ``at_risk`` (just before the week's end), ``events`` and
    ``censored``, in any order; spells that are still open after the last row are at risk in all of
    them. Returns the rows in order of their week with ``survival`` and its log-log limits
    ``ci_low`` and ``ci_high`` (NaN where the curve is 0, where they do not exist; lifelines'
    KaplanMeierFitter), ``survival_se`` (Greenwood) and ``median_duration`` (the first week in which
    at most half are without the event, the same in all rows; NaN where the curve stays above one
    half).
    """
    # Importing lifelines takes seconds; only the tasks that fit curves pay for it.
    from lifelines import KaplanMeierFitter
    from lifelines.utils import qth_survival_time

    ordered = counts.sort_values("week")
    week, at_risk, events = (
        ordered[name].to_numpy(float) for name in ("week", "at_risk", "events")
    )
    # A spell that ends without the event or goes on is at risk in the week and censored after it.
    leaving = at_risk - np.append(at_risk[1:], 0.0)
    rows = np.concatenate([leaving - events, events])
    happened = np.repeat([False, True], len(week))
    counted = rows > 0
    fitter = KaplanMeierFitter(alpha=1.0 - confidence_level).fit(
        np.tile(week, 2)[counted], happened[counted], timeline=week, weights=rows[counted]
    )
    survival = fitter.survival_function_.to_numpy()[:, 0]
    low, high = fitter.confidence_interval_.to_numpy().T
    median = qth_survival_time(0.5 + _ROUNDING, fitter.survival_function_.iloc[:, 0])
    return pd.DataFrame(
        {
            "municipality_code": ordered["municipality_code"].to_numpy(),
            "week": ordered["week"].to_numpy(),
            "at_risk": at_risk.astype("int64"),
            "events": events.astype("int64"),
            "censored": ordered["censored"].to_numpy("int64"),
            "survival": survival,
            "survival_se": _standard_error(survival, at_risk, events),
            "ci_low": np.where(survival > 0, low, np.nan),
            "ci_high": np.where(survival > 0, high, np.nan),
            "median_duration": median if np.isfinite(median) else np.nan,
        }
    )


def _standard_error(survival: Floats, at_risk: Floats, events: Floats) -> Floats:
    """Greenwood's standard error, which lifelines keeps to itself."""
    error: Floats = survival * np.sqrt(np.cumsum(greenwood_terms(at_risk, events)))
    return error
