"""Made-up results of the other measures and forms of the indicator, of later columns, and of units
whose figures run out of bounds."""

from dataclasses import replace

import numpy as np
import pandas as pd
from synthetic_results import registers_results

from kommunebench.report import ReportData
from kommunebench.settings import AnalysisSettings

_VERDICT = ["verdict", "ci_low", "ci_high", "indicator_shrunk", "shrunk_low", "shrunk_high"]


def measuring(
    settings: AnalysisSettings, measure: str, indicator: str, **uncertainty: object
) -> AnalysisSettings:
    """The settings with another measure and form of the indicator, and other uncertainty."""
    changed = settings.uncertainty.model_copy(update=uncertainty)
    return settings.model_copy(
        update={"measure": measure, "indicator": indicator, "uncertainty": changed}
    )


def in_form(data: ReportData, indicator: str) -> ReportData:
    """The durations of a run with the indicator as inverse ratio or as a difference in weeks."""
    rows = data.benchmark_indicators.copy()
    names = [
        "indicator", "indicator_robust", "indicator_robust_pooled", "ci_low", "ci_high",
        "indicator_shrunk", "shrunk_low", "shrunk_high",
    ]  # fmt: skip
    values = rows[names].astype(float)
    if indicator == "inverse":
        turned = 1 / values
        errors: pd.DataFrame | None = None
    else:
        # Observed less expected, of the model that each belongs to.
        turned = values.rsub(1).mul(rows["observed_duration_robust"], axis=0)
        turned["indicator"] = (1 - values["indicator"]) * rows["observed_duration"]
        errors = rows[["indicator_se", "indicator_robust_se"]].mul(
            rows["expected_duration"], axis=0
        )
    for low, high in (("ci_low", "ci_high"), ("shrunk_low", "shrunk_high")):
        turned[low], turned[high] = turned[high].copy(), turned[low].copy()
    rows[names] = turned
    if errors is not None:
        rows[["indicator_se", "indicator_robust_se"]] = errors
    summary = data.benchmark_summary.copy()
    if indicator == "difference":
        summary[["tau", "tau_low", "tau_high"]] *= 118.0
        summary[["mean_log_plain_to_robust", "mean_log_plain_to_robust_se"]] *= 118.0
    means = data.quintile_means.copy()
    means["indicator"] = rows[rows["included"]].groupby("quintile")["indicator"].mean().to_numpy()
    return replace(data, benchmark_indicators=rows, benchmark_summary=summary, quintile_means=means)


def share_results(indicator: str, **changes: bool) -> ReportData:
    """A run of the main analysis measured as shares, the indicator in one of its three forms."""
    data = registers_results(**changes)
    rows = data.benchmark_indicators
    ratio = rows["indicator_robust"].astype(float) ** 1.5
    plain = rows["indicator"].astype(float) ** 1.5
    expected = 0.5 + 0.1 * np.sin(np.arange(len(rows)))
    se = rows["indicator_robust_se"].astype(float) * 1.5
    observed, observed_plain = expected * ratio, expected * plain
    shares = rows.drop(
        columns=[
            "spells", "observed_duration", "observed_duration_robust", "expected_duration",
            "indicator", "indicator_robust", "indicator_robust_se", "indicator_se",
            "se_bootstrap_robust", "difference",
        ]
    ).assign(
        cases=rows["spells"],
        observed_share=observed_plain,
        observed_se=0.02,
        observed_share_robust=observed,
        expected_share=expected,
        difference=100 * (observed - expected),
        difference_plain=100 * (observed_plain - expected),
        difference_se=100 * se * observed,
        se_bootstrap_plain=se,
        difference_shrunk=None,
    )  # fmt: skip
    half = 1.98 * se
    log_shrunk = 0.6 * np.log(ratio)
    bounds = {
        "indicator": np.log(ratio),
        "indicator_plain": np.log(plain),
        "indicator_robust_pooled": 0.8 * np.log(ratio),
        "ci_low": np.log(ratio) - half,
        "ci_high": np.log(ratio) + half,
        "indicator_shrunk": log_shrunk,
        "shrunk_low": log_shrunk - half / 2,
        "shrunk_high": log_shrunk + half / 2,
    }
    for name, log_value in bounds.items():
        shares[name] = _formed(log_value, expected, indicator).where(
            rows["included"] | name.startswith("indicator") & (name != "indicator_shrunk")
        )
    if indicator == "inverse":
        for low, high in (("ci_low", "ci_high"), ("shrunk_low", "shrunk_high")):
            shares[low], shares[high] = shares[high].copy(), shares[low].copy()
    shares["indicator_se"] = 100 * se * observed if indicator == "difference" else se
    factor = 50.0 if indicator == "difference" else 1.0
    summary = data.benchmark_summary.copy()
    summary[["tau", "tau_low", "tau_high"]] *= factor
    summary[["mean_log_plain_to_robust", "mean_log_plain_to_robust_se"]] *= factor
    summary[["pooled_observed_duration", "pooled_expected_duration"]] = np.nan
    kept = shares[shares["included"]]
    gap = kept["observed_share"] - kept["expected_share"]
    variance = pd.DataFrame(
        {
            "component": ["observed", "unexplained"],
            "mean_weeks": None,
            "sd_weeks": None,
            "mean_share": [kept["observed_share"].mean(), gap.mean()],
            "sd_share": [kept["observed_share"].std(), gap.std()],
            "variance": [kept["observed_share"].var(), gap.var()],
            "variance_reduction": [None, 1 - gap.var() / kept["observed_share"].var()],
        }
    )
    means = (
        kept.groupby("quintile")
        .agg(
            units=("cases", "size"),
            indicator=("indicator_plain", "mean"),
            observed_share=("observed_share", "mean"),
            expected_share=("expected_share", "mean"),
            difference=("difference_plain", "mean"),
        )
        .assign(observed_duration=None, expected_duration=None)
    )
    return replace(
        data,
        benchmark_indicators=None,
        share_indicators=shares,
        benchmark_summary=summary,
        variance_reduction=variance,
        quintile_means=means.reset_index(),
    )


def _formed(log_ratio: pd.Series, expected: np.ndarray, indicator: str) -> pd.Series:
    """log(observed/expected) as the indicator."""
    if indicator == "difference":
        return 100 * expected * np.expm1(log_ratio)
    return np.exp(log_ratio if indicator == "ratio" else -log_ratio)


def with_checks(data: ReportData) -> ReportData:
    """The run with verdicts of other models beside its own, and checks of the model."""
    rng = np.random.default_rng(14)
    rows = data.benchmark_indicators
    verdicts = _model_verdicts(rows[rows["included"]], rng)
    pooled = verdicts[verdicts["model"] == "pooled"].set_index("municipality_code")
    units = rows.assign(
        **{
            f"{name}_pooled": rows["municipality_code"].map(pooled[name])
            for name in ("indicator_robust", "assessment", "tier")
        }
    )
    second_stage = pd.DataFrame(
        {
            "group": ["men", "men", "women", "women"],
            "term": ["unemployment", "skilled_jobs"] * 2,
            "coefficient": [-0.051, 0.12, -0.043, 0.0],
            "se": [0.012, 0.08, 0.015, np.nan],
            "omitted": [False, False, False, True],
            "unit_sd": 0.11,
            "units": 92,
        }
    )
    return replace(
        data,
        benchmark_indicators=units,
        model_verdicts=verdicts,
        second_stage=second_stage,
        calibration=_calibration(rng),
        sensitivity=_sensitivity(units, rng),
        cumulative_incidence=_incidence(),
    )


def _model_verdicts(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Verdicts within municipalities, pooled, and without the adjustment between areas."""
    log_robust, n = np.log(rows["indicator_robust"].astype(float)), len(rows)
    frames = []
    for model, share in (("within", 1.0), ("pooled", 0.8), ("without_area_adjustment", 0.95)):
        own = model == "within"
        value = share * log_robust + (0 if own else rng.normal(0, 0.004, n))
        assessment = rows["assessment"].where(own | (rng.random(n) > 0.08), "better")
        frames.append(
            pd.DataFrame(
                {
                    "model": model,
                    "municipality_code": rows["municipality_code"],
                    "carries_verdicts": own,
                    "indicator_robust": np.exp(value),
                    "indicator_robust_se": rows["indicator_robust_se"].astype(float),
                    "difference_in_se": (value - log_robust) / rows["indicator_robust_se"],
                    "assessment": assessment,
                    "tier": rows["tier"].where(own | (rng.random(n) > 0.1), 2),
                    "fifth": np.ceil((-value).rank() / n * 5),
                    "differs": not own,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _calibration(rng: np.random.Generator) -> pd.DataFrame:
    values = {
        "risk_tenth": [str(k) for k in range(1, 11)],
        "start_year": [str(year) for year in range(2008, 2016)],
        "residence_basis": ["refugee_convention", "refugee_quota", "family_danish_nordic"],
        "province": ["Nordjylland", "Østjylland", "Fyn", "Byen København"],
    }
    rows = []
    for breakdown, names in values.items():
        for name in names:
            expected = float(rng.uniform(150, 1500))
            observed = rng.poisson(expected * (1.12 if name in ("10", "Fyn") else 1.0))
            half = 1.96 / np.sqrt(observed)
            ratio = observed / expected
            rows.append(
                (breakdown, name, observed, expected, ratio * np.exp(-half), ratio * np.exp(half))
            )
    names = ["breakdown", "value", "observed_events", "expected_events", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=names)


def _sensitivity(units: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    kept = units[units["included"]]
    parts = []
    spreads = {"groups": 0.1, "split_hazards": 0.2, "moves_half": 0.05, "moves_double": 0.1,
               "pooled": 0.6, "without_area_adjustment": 0.3, "first_half": 1.2,
               "second_half": 1.2}  # fmt: skip
    for check, spread in spreads.items():
        change = rng.normal(0, spread, len(kept))
        log_indicator = np.log(kept["indicator_robust"].astype(float))
        log_indicator = log_indicator + change * kept["indicator_robust_se"].astype(float)
        verdict = kept["assessment"].where(np.abs(change) < 2.5 * 0.1 + spread, "as_expected")
        parts.append(
            pd.DataFrame(
                {
                    "check": check,
                    "municipality_code": kept["municipality_code"],
                    "log_indicator": log_indicator,
                    "difference_in_se": change,
                    "assessment": verdict,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _incidence() -> pd.DataFrame:
    weeks = np.arange(1, 157)
    parts = []
    panels = [
        ("all", "all", 0.40), ("sex", "men", 0.55), ("sex", "women", 0.27),
        ("residence_basis", "refugee", 0.36), ("residence_basis", "family_reunified", 0.47),
    ]  # fmt: skip
    for breakdown, value, final in panels:
        for end, share in (("success", final), ("left", 0.05), ("moved", 0.12)):
            parts.append(
                pd.DataFrame(
                    {
                        "breakdown": breakdown,
                        "value": value,
                        "week": weeks,
                        "end": end,
                        "share": share * (1 - np.exp(-weeks / 70)) / (1 - np.exp(-156 / 70)),
                        "se": 0.003,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def out_of_bounds(data: ReportData) -> ReportData:
    """The run with one unit whose interval runs from 1e-50 to 1e50, one without any end, one with
    an infinite end and an enormous indicator, and one without a usable standard error."""
    rows = data.benchmark_indicators.copy()
    at = rows.index[rows["included"]][:4]
    rows.loc[at[0], ["ci_low", "ci_high"]] = [1e-50, 1e50]
    rows.loc[at[0], ["indicator_robust_se", "indicator_se"]] = 57.0
    rows.loc[at[1], ["ci_low", "ci_high", "indicator_robust_se"]] = np.nan
    rows.loc[at[2], ["ci_low", "ci_high"]] = [0.9, np.inf]
    rows.loc[at[2], ["indicator_robust", "indicator", "indicator_shrunk"]] = 1e30
    rows.loc[at[3], "indicator_robust_se"] = np.inf
    return replace(data, benchmark_indicators=rows)
