"""Made-up results of an analysis of cases (persons with an outcome, no spells)."""

from dataclasses import replace

import numpy as np
import pandas as pd
from synthetic_measures import share_results

from kommunebench.report import ReportData
from kommunebench.settings import AnalysisSettings, load_analysis


def case_settings(name: str = "school_exams") -> AnalysisSettings:
    return load_analysis(name)


def case_results() -> ReportData:
    """Pupils with exams: model, lists, potentials, pupils without marks, flow."""
    data = share_results("difference", costs=False)
    shares = data.share_indicators.assign(
        observed_share_robust=np.nan, robust_z=np.nan, support_week=np.nan,
        share_short_follow_up=np.nan, tail_extended=False,
        indicator=data.share_indicators["indicator_plain"] + 0.5,
    )  # fmt: skip
    kept = shares[shares["included"]].sort_values("indicator_plain", ascending=False)
    codes = ["municipality_code", "municipality"]
    lists = pd.concat(
        [kept[codes].head(10).assign(side="best"), kept[codes].tail(10).assign(side="worst")]
    )
    potentials = pd.DataFrame(
        {
            "basis": ["raw", "shrunk"],
            "best_fifth": [8.25, 5.5],
            "worst_fifth": [-9.0, -6.0],
            "potential": [17.25, 11.5],
            "ci_low": [15.0, 8.0],
            "ci_high": [19.5, 14.75],
            "units": 92,
        }
    )
    return replace(
        data,
        share_indicators=shares,
        cox_coefficients=pd.DataFrame(),
        cox_baseline=pd.DataFrame(),
        km_curves=pd.DataFrame(),
        proportionality=None,
        spell_outcomes=None,
        logit_coefficients=_coefficients(),
        potentials=potentials,
        ten_best=lists,
        calibration=_calibration(),
        model_verdicts=_model_verdicts(shares),
        pupils_without_marks=_without_marks(shares),
        population_flow=_flow(),
    )


def made_up(name: str) -> ReportData:
    """Results of any of the fact sheet's analyses: of cases, or of durations as shares."""
    cases = case_results()
    if load_analysis(name).starts_from_cases:
        return cases
    durations = share_results("difference", costs=False)
    return replace(durations, ten_best=cases.ten_best, potentials=cases.potentials)


def _calibration() -> pd.DataFrame:
    rows = [
        *(("risk_tenth", str(k), 90 * k, 88.0 * k, 0.95, 1.1) for k in range(1, 11)),
        ("exam_year", "2011", 400, 410.5, 0.93, 1.02),
        ("province", "Fyn", 300, 250.0, 1.1, 1.3),
    ]
    names = ["breakdown", "value", "observed_events", "expected_events", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=names)


def _model_verdicts(shares: pd.DataFrame) -> pd.DataFrame:
    """Under the pooled model the first municipality has another verdict."""
    kept = shares[shares["included"]]
    frames = []
    for model in ("within", "pooled"):
        rows = pd.DataFrame(
            {
                "model": model,
                "municipality_code": kept["municipality_code"],
                "carries_verdicts": model == "within",
                "indicator_robust": kept["indicator"],
                "indicator_robust_se": 2.0,
                "difference_in_se": 0.0,
                "assessment": kept["assessment"],
                "tier": kept["tier"],
                "fifth": kept["quintile"],
                "differs": False,
            }
        )
        if model == "pooled":
            changed = "worse" if rows["assessment"].iloc[0] != "worse" else "better"
            rows.loc[rows.index[0], "assessment"] = changed
        frames.append(rows)
    return pd.concat(frames, ignore_index=True)


def _coefficients() -> pd.DataFrame:
    rows = [
        ("constant", False, 1.5, None),
        ("sex_women", False, 0.4, None),
        ("sex_men", True, 0.0, None),
        ("mother_higher", False, 0.8, None),
        ("mother_basic", True, 0.0, None),
        ("origin_turkey", True, 0.0, None),
        ("origin_sri_lanka", False, np.inf, "all_events"),
        ("origin_myanmar", False, -np.inf, "no_events"),
        ("origin_syria", False, 0.3, "few_events"),
        ("urban_share", False, -0.2, None),
    ]
    frame = pd.DataFrame(rows, columns=["term", "is_reference", "coefficient", "mark"])
    estimated = ~frame["is_reference"] & np.isfinite(frame["coefficient"])
    frame["se"] = frame["se_robust"] = np.where(estimated, 0.1, np.nan)
    frame["z"], frame["p_value"] = frame["coefficient"] / 0.1, np.where(estimated, 0.01, np.nan)
    return frame.assign(group="all")


def _without_marks(shares: pd.DataFrame) -> pd.DataFrame:
    codes = [*shares["municipality_code"], "all"]
    totals = pd.DataFrame(
        {"municipality_code": codes, "kind": "total", "reason": "total", "pupils": 12.0}
    )
    totals["all_pupils"] = 150.0
    national = pd.DataFrame(
        {
            "municipality_code": "all",
            "kind": ["no_exam_marks", "too_few_marks"],
            "reason": ["S", "not_given"],
            "pupils": [900.0, 204.0],
            "all_pupils": 13_800.0,
        }
    )
    return pd.concat([totals, national], ignore_index=True)


def _flow() -> pd.DataFrame:
    reasons = [
        "in_ninth_grade_exams", "western_origin", "arrived_above_age", "no_exam_marks",
        "in_population", "no_mother_id", "in_municipalities_too_small", "in_comparison",
    ]  # fmt: skip
    counts = [20_000, 1_000, 2_000, 900, 16_100, 300, 100, 16_000]
    return pd.DataFrame(
        {"step": range(1, 9), "reason": reasons, "persons": counts, "spells": np.nan}
    )
