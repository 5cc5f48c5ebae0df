"""Made-up results of a run, in the shape of the gold tables: for looking at the report before and
without a pipeline."""

from datetime import date

import numpy as np
import pandas as pd

from kommunebench.gold import COMPOSITION_SHARES
from kommunebench.reference import read_reference
from kommunebench.report import ReportData, RunInformation
from kommunebench.settings import AnalysisSettings, load_analysis

HORIZON = 156


def registers_settings() -> AnalysisSettings:
    """The main analysis as it is configured."""
    return load_analysis("integration_employment", ("cost={}", "efficiency={}"))


def dialysis_settings() -> AnalysisSettings:
    """The analysis that starts from spells, its event unwanted."""
    return load_analysis("dialysis_centres")


def registers_results(simulated: bool = True, costs: bool = True) -> ReportData:
    """A run of the main analysis: 98 municipalities, six of them too small to be compared."""
    rng = np.random.default_rng(20180)
    units = _municipalities()
    indicators = _indicators(units, rng, min_spells=100)
    tables = {
        "benchmark_indicators": indicators,
        "benchmark_summary": _summary(indicators),
        "km_curves": _curves(indicators, HORIZON),
        "cox_coefficients": _coefficients(rng),
        "cox_baseline": _baseline(("men", "women"), HORIZON),
        **_fifth_tables(indicators),
        "population_flow": _flow(),
        "spell_outcomes": _outcomes(),
        "rejected_rows": pd.DataFrame(
            [
                ("BFL", "AJO_LOENTIMER", "not_a_number", 12, "value_blanked"),
                ("BEF", "PNR", "missing", 3, "row_set_aside"),
                ("DREAM", "Y_YYWW", "unknown_code", 2, "code_kept"),
            ],
            columns=["register", "column_name", "reason", "rows", "consequence"],
        ),
    }
    if costs:
        tables |= _cost_tables(indicators, rng)
    run = RunInformation(
        run_id="a1b2c3d4",
        code_version="0.1.0",
        created=date(2026, 11, 24),
        simulated=simulated,
        scale=1.0 if simulated else None,
        simulation="seed=7 effects=report" if simulated else None,
        mlflow_run_id="9f0e",
        stage_seconds={"panel": 61.2, "benchmark": 48.0, "uncertainty": 122.9},
    )
    return ReportData(run=run, suppressed={"benchmark_indicators": 1, "km_curves": 34}, **tables)


def dialysis_results() -> ReportData:
    """A run that starts from spells: 67 centres by number, no flow, no spells by sex."""
    rng = np.random.default_rng(44)
    sizes = rng.integers(20, 260, 67)
    units = pd.DataFrame(
        {
            "code": [str(k) for k in range(101, 168)],
            "name": [str(k) for k in range(101, 168)],
            "spells": sizes,
        }
    )
    units["successes"] = (units["spells"] * rng.uniform(0.15, 0.4, 67)).astype(int)
    units["observed"] = rng.uniform(33, 40, 67)
    indicators = _indicators(units, rng, min_spells=50)
    coefficients = pd.DataFrame(
        [
            ("all", "age_0-29", True),
            ("all", "age_30-44", False),
            ("all", "age_75+", False),
            ("all", "disease_hypert", True),
            ("all", "disease_diabetes", False),
        ],
        columns=["group", "term", "is_reference"],
    )
    run = RunInformation(
        run_id="d1a2", code_version="0.1.0", created=date(2026, 11, 24), simulated=False
    )
    return ReportData(
        run=run,
        benchmark_indicators=indicators,
        benchmark_summary=_summary(indicators),
        km_curves=_curves(indicators, 44),
        cox_coefficients=_estimated(coefficients, rng),
        cox_baseline=_baseline(("all",), 44),
        **_fifth_tables(indicators),
    )


def _municipalities() -> pd.DataFrame:
    names = read_reference("municipalities")
    printed = read_reference("appendix_5_1_municipalities").set_index("municipality_code")
    own = printed.reindex(names["municipality_code"])
    # Aabenraa and Aalborg are not in the printed table.
    return pd.DataFrame(
        {
            "code": names["municipality_code"].to_numpy(),
            "name": names["municipality"].to_numpy(),
            "spells": pd.to_numeric(own["corrected_spells"]).fillna(815).to_numpy(),
            "successes": pd.to_numeric(own["corrected_successes"]).fillna(225).to_numpy(),
            "observed": pd.to_numeric(own["mean_observed_weeks"]).fillna(118.0).to_numpy(),
        }
    )


def _indicators(units: pd.DataFrame, rng: np.random.Generator, min_spells: int) -> pd.DataFrame:
    n = len(units)
    included = (units["spells"] >= min_spells).to_numpy()
    se = 0.62 / np.sqrt(units["spells"].to_numpy(float))
    truth = rng.normal(0, 0.03, n)
    robust = np.exp(truth + rng.normal(0, se))
    plain = robust * np.exp(rng.normal(0.006, 0.005, n))
    half = 1.98 * se
    shrink = 0.03**2 / (0.03**2 + se**2)
    shrunk = np.exp(shrink * np.log(robust))
    spread = np.sqrt(shrink) * se
    frame = pd.DataFrame(
        {
            "municipality_code": units["code"],
            "municipality": units["name"],
            "spells": units["spells"].astype(int),
            "persons": (units["spells"] * 0.93).astype(int),
            "events": units["successes"].astype(int),
            "observed_duration": units["observed"],
            "observed_se": 2.0,
            "observed_duration_robust": units["observed"] * 1.005,
            "expected_duration": units["observed"] * plain,
            "difference": units["observed"] * (1 - plain),
            "indicator": plain,
            "indicator_se": se,
            "indicator_robust": robust,
            "indicator_robust_se": se * 1.01,
            "robust_z": rng.normal(0.8, 1.0, n),
            "se_bootstrap": se * 1.02,
            "se_bootstrap_robust": se * 1.01,
            "bootstrap_ratio": np.where(np.arange(n) == 0, 1.13, 1.01),
            "ci_low": robust * np.exp(-half),
            "ci_high": robust * np.exp(half),
            "p_value": 0.3,
            "indicator_shrunk": shrunk,
            "shrunk_low": shrunk * np.exp(-1.96 * spread),
            "shrunk_high": shrunk * np.exp(1.96 * spread),
            "included": included,
            # The made-up slope of log indicator in log hazard is 0.2 everywhere.
            "pace": np.log(robust) / 0.2,
            "pace_low": (np.log(robust) - half) / 0.2,
            "pace_high": (np.log(robust) + half) / 0.2,
            "indicator_direct": robust**1.02,
            # The pooled model takes some of the performance for circumstances.
            "indicator_robust_pooled": robust**0.8,
            "assessment_pooled": None,
            "tier_pooled": np.nan,
            "reliability": shrink,
            "hazard_ratio_to_erase": np.exp(np.maximum(0, np.abs(np.log(robust)) - half) / 0.2),
            "false_sign_rate": rng.uniform(0, 0.5, n),
            "tail_extended": False,
            "support_week": 156,
            "share_short_follow_up": rng.uniform(0.3, 0.5, n),
            "no_verdict_reason": None,
        }
    )
    frame["assessment"] = np.select(
        [frame["ci_low"] > 1, frame["ci_high"] < 1], ["better", "worse"], "as_expected"
    )
    frame["assessment_fdr"] = np.where(frame["p_value"] < 0.05, frame["assessment"], "as_expected")
    frame = _ranked(frame, included)
    verdict = [
        "ci_low",
        "ci_high",
        "p_value",
        "assessment",
        "assessment_fdr",
        "indicator_shrunk",
        "shrunk_low",
        "shrunk_high",
        "pace",
        "pace_low",
        "pace_high",
        "hazard_ratio_to_erase",
    ]
    frame[verdict] = frame[verdict].astype(object)
    frame.loc[~included, verdict] = None
    return frame


def _ranked(frame: pd.DataFrame, included: np.ndarray) -> pd.DataFrame:
    shrunk = frame["indicator_shrunk"].where(included)
    frame["rank"] = shrunk.rank(ascending=False)
    frame["rank_low"], frame["rank_high"] = (
        (frame["rank"] - 30).clip(lower=1),
        (frame["rank"] + 30).clip(upper=included.sum()),
    )
    order = frame["indicator"].where(included).rank(ascending=False)
    frame["quintile"] = np.ceil(order / included.sum() * 5)
    frame["tier"] = np.where(
        frame["rank"].isna(),
        np.nan,
        np.where(frame["rank"] <= 18, 1, np.where(frame["rank"] <= 80, 2, 3)),
    )
    for fifth in range(1, 6):
        frame[f"p_quintile_{fifth}"] = np.where(
            frame["quintile"].isna(), np.nan, np.where(frame["quintile"] == fifth, 0.5, 0.125)
        )
    return frame


def _summary(indicators: pd.DataFrame) -> pd.DataFrame:
    counts = indicators["assessment"].value_counts()
    row = {
        "units_compared": int(indicators["included"].sum()),
        "units_with_verdict": int(indicators["assessment"].notna().sum()),
        "tau": 0.031,
        "tau_low": 0.022,
        "tau_high": 0.043,
        "mean_pace": 0.001,
        "chance_share": 0.36,
        "tiers": 3,
        "tier_error_rate": 0.094,
        "tier_discordance": 0.2,
        "share_pairs_apart": 0.31,
        "better": counts.get("better", 0),
        "as_expected": counts.get("as_expected", 0),
        "worse": counts.get("worse", 0),
        "better_fdr": 4,
        "as_expected_fdr": 80,
        "worse_fdr": 3,
        "mean_log_plain_to_robust": 0.006,
        "mean_log_plain_to_robust_se": 0.001,
        "pooled_observed_duration": indicators["observed_duration"].mean(),
        "pooled_expected_duration": indicators["expected_duration"].mean(),
        "pooled_observed_share": None,
        "pooled_expected_share": None,
        "median_bootstrap_ratio": 1.01,
        "smallest_bootstrap_ratio": 0.96,
        "largest_bootstrap_ratio": 1.13,
        "bootstrap_ratios_outside": 1,
        "replicates": 1000,
        "terms_with_prior": 0,
        "terms_omitted": 0,
        "levels_at_limit": 0,
        "held_groups": None,
    }
    return pd.DataFrame([row])


def _curves(indicators: pd.DataFrame, horizon: int) -> pd.DataFrame:
    weeks = np.arange(1, horizon + 1)
    means = dict(
        zip(indicators["municipality_code"], indicators["observed_duration"] / horizon, strict=True)
    )
    parts = []
    for code, share in {None: 0.75, **means}.items():
        hazard = 2.2 * (1 - share) / horizon
        survival = np.exp(-hazard * np.maximum(weeks - 6, 0) ** 1.02)
        error = 0.004 + 0.00002 * weeks
        halved = weeks[survival <= 0.5]
        parts.append(
            pd.DataFrame(
                {
                    "municipality_code": code,
                    "week": weeks,
                    "at_risk": 500,
                    "events": 1,
                    "censored": 0,
                    "survival": survival,
                    "survival_se": error,
                    "ci_low": (survival - 2 * error).clip(min=0),
                    "ci_high": (survival + 2 * error).clip(max=1),
                    "median_duration": float(halved[0]) if len(halved) else np.nan,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _coefficients(rng: np.random.Generator) -> pd.DataFrame:
    printed = read_reference("appendix_6_1_cox_coefficients")
    terms = pd.DataFrame(
        {
            "group": printed["sex"],
            "term": printed["term_en"],
            "is_reference": printed["is_reference"] == "true",
        }
    )
    return _estimated(terms, rng, pd.to_numeric(printed["coefficient"]))


def _estimated(
    terms: pd.DataFrame, rng: np.random.Generator, centre: pd.Series | None = None
) -> pd.DataFrame:
    start = (
        rng.normal(0, 0.4, len(terms))
        if centre is None
        else centre + rng.normal(0, 0.05, len(terms))
    )
    estimate = pd.Series(start, index=terms.index).where(~terms["is_reference"])
    return terms.assign(
        coefficient=estimate,
        se=0.1,
        se_robust=0.11,
        z=estimate / 0.11,
        p_value=np.exp(-((estimate / 0.11) ** 2)),
        mark=None,
    )


def _baseline(groups: tuple[str, ...], horizon: int) -> pd.DataFrame:
    weeks = np.arange(1, horizon + 1)
    parts = [
        pd.DataFrame(
            {
                "group": g,
                "week": weeks,
                "events": None,
                "baseline_survival": 0.995**weeks,
                "cumulative_hazard": 0.005 * weeks,
            }
        )
        for g in groups
    ]
    return pd.concat(parts, ignore_index=True)


def _fifth_tables(indicators: pd.DataFrame) -> dict[str, pd.DataFrame]:
    kept = indicators[indicators["included"]]
    observed, gap = kept["observed_duration"], kept["difference"]
    variance = pd.DataFrame(
        {
            "component": ["observed", "unexplained"],
            "mean_weeks": [observed.mean(), gap.mean()],
            "sd_weeks": [observed.std(), gap.std()],
            "mean_share": None,
            "sd_share": None,
            "variance": [observed.var(), gap.var()],
            "variance_reduction": [None, 1 - gap.var() / observed.var()],
        }
    )
    means = (
        kept.groupby("quintile")
        .agg(
            units=("spells", "size"),
            indicator=("indicator", "mean"),
            observed_duration=("observed_duration", "mean"),
            expected_duration=("expected_duration", "mean"),
            difference=("difference", "mean"),
        )
        .assign(observed_share=None, expected_share=None)
    )
    return {"variance_reduction": variance, "quintile_means": means.reset_index()}


def _flow() -> pd.DataFrame:
    rows = [
        (1, "with_permit", 61000, None),
        (2, "permit_codes_unmapped", 3, None),
        (3, "western_origin", 20500, None),
        (4, "in_population", 38100, None),
        (5, "with_spells", 34800, None),
        (6, "lost_start_after_last_start_date", 900, 940),
        (7, "in_municipalities_too_small", 250, 266),
        (8, "in_comparison", 34500, 36583),
    ]
    return pd.DataFrame(rows, columns=["step", "reason", "persons", "spells"])


def _outcomes() -> pd.DataFrame:
    rows = []
    for breakdown, values in {
        "sex": ("men", "women", "total"),
        "residence_basis": ("refugee", "family_reunified", "total"),
    }.items():
        for k, value in enumerate(values):
            total = (17500, 19000, 36500)[k]
            shares = {"success": 0.33, "left": 0.024, "unfinished": 0.646, "total": 1.0}
            means = {"success": 61.0, "left": 70.0, "unfinished": 130.0, "total": 107.4}
            rows += [
                (breakdown, value, o, round(total * s), s, means[o], 117.0)
                for o, s in shares.items()
            ]
    names = ["breakdown", "value", "outcome", "spells", "share", "mean_weeks", "pooled_area_weeks"]
    return pd.DataFrame(rows, columns=names)


def _cost_tables(indicators: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    kept = indicators[indicators["included"]].reset_index(drop=True)
    n = len(kept)
    cost = np.exp(rng.normal(0, 0.2, n))
    half = rng.uniform(0.08, 0.35, n)
    costs = pd.DataFrame(
        {
            "municipality_code": kept["municipality_code"],
            "years": 5,
            "mean_unit_cost": 80000 * cost,
            "mean_cost_need": 80000.0,
            "full_year_persons": kept["spells"] * 0.15,
            "cost_indicator": cost,
            "se": half / 2.8,
            "ci_low": cost - half,
            "ci_high": cost + half,
        }
    )
    costs["assessment"] = np.select(
        [costs["ci_low"] > 1, costs["ci_high"] < 1], ["above", "below"], "as_expected"
    )
    costs["quintile"] = np.ceil(costs["cost_indicator"].rank() / n * 5)
    return {
        "cost_indicators": costs,
        "unit_costs": _unit_costs(kept, cost, rng),
        "cost_by_result": _cost_by_result(kept, costs),
        **_printed_cost_tables(),
        **_efficiency_tables(kept, rng),
    }


def _unit_costs(kept: pd.DataFrame, cost: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    parts = []
    for year in range(2011, 2016):
        persons = kept["spells"] * (0.12 + 0.02 * (year - 2011))
        unit = 80000 * cost * np.exp(rng.normal(0, 0.25, len(kept)))
        parts.append(
            pd.DataFrame(
                {
                    "municipality_code": kept["municipality_code"],
                    "year": year,
                    "programme_expenditure": unit * persons,
                    "full_year_persons": persons,
                    "unit_cost": unit,
                    "cost_need": 80000.0,
                    "cost_indicator": unit / 80000,
                }
            ).assign(**dict.fromkeys(COMPOSITION_SHARES, 0.3))
        )
    return pd.concat(parts, ignore_index=True)


def _cost_by_result(kept: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    both = pd.DataFrame(
        {
            "cost": costs["assessment"],
            "result": kept["assessment"],
            "unit": costs["mean_unit_cost"],
            "bi": kept["indicator"],
        }
    )
    rows = []
    for cost in ("above", "below", "as_expected", "total"):
        for result in ("worse", "better", "as_expected", "total"):
            part = both[
                ((both["cost"] == cost) | (cost == "total"))
                & ((both["result"] == result) | (result == "total"))
            ]
            rows.append((cost, result, part["unit"].mean(), part["bi"].mean(), len(part)))
    return pd.DataFrame(
        rows, columns=["cost_class", "result_class", "mean_unit_cost", "mean_indicator", "units"]
    )


def _printed_cost_tables() -> dict[str, pd.DataFrame]:
    """Tables 4.1, 4.2 and 5.1 with the printed figures a little off, so that differences show."""
    lines = read_reference("table_4_1_expenditure")
    groups = read_reference("table_4_2_expenditure_by_group")
    model = read_reference("table_5_1_cost_model")
    amount = {"million_dkk_2015": lambda rows: pd.to_numeric(rows["million_dkk_2015"]) * 1.01}
    terms = model.assign(
        model=model["model"].astype(int),
        is_reference=model["is_reference"] == "true",
        coefficient=pd.to_numeric(model["coefficient"]) + 150,
        t_value=pd.to_numeric(model["t_value"]),
        se=1000.0,
        se_clustered=1100.0,
        p_value=0.04,
        n=421,
        r_squared=0.18,
    )
    expenditure = lines.assign(**amount, year=lines["year"].astype(int))
    by_group = groups.assign(
        **amount,
        year=groups["year"].astype(int),
        account_group=groups["group_code"].str[-3:].replace("tal", "total"),
    )
    return {"expenditure": expenditure, "expenditure_by_group": by_group, "cost_model": terms}


def _efficiency_tables(kept: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    regressions = []
    for name, n in (("linear", 92), ("linear_without_outliers", 91)):
        regressions += [
            (name, "intercept", 0.96, 0.023, 41.0, 0.0, n, 0.05),
            (name, "cost_indicator", 0.045, 0.022, 2.1, 0.04, n, 0.05),
        ]
    parameters = []
    for side, sigma_u in (("production", 0.0), ("cost", 0.2)):
        terms = (
            ("intercept", "cost_indicator", "cost_indicator_squared")
            if side == "production"
            else ("intercept", "indicator", "indicator_squared")
        )
        values = (
            (0.96, 0.04, 0.0, sigma_u, 0.05)
            if side == "production"
            else (0.1, 0.9, -0.2, sigma_u, 0.05)
        )
        for term, value in zip((*terms, "sigma_u", "sigma_v"), values, strict=True):
            parameters.append(
                (
                    side,
                    "half_normal",
                    term,
                    value,
                    0.01,
                    101.2,
                    0.0 if sigma_u == 0 else 7.7,
                    1.0 if sigma_u == 0 else 0.003,
                )
            )
    scores = []
    for side in ("production", "cost"):
        order = rng.permutation(len(kept)) + 1
        scores.append(
            pd.DataFrame(
                {
                    "side": side,
                    "municipality_code": kept["municipality_code"],
                    "inefficiency": 0.0,
                    "efficiency": 1.0,
                    "ci_low": None,
                    "ci_high": None,
                    "rank": order,
                    "rank_low": np.maximum(order - 9, 1) if side == "cost" else np.nan,
                    "rank_high": order + 9 if side == "cost" else np.nan,
                    "ranked_by": "efficiency" if side == "cost" else "residual",
                    "ranks_span_most": False if side == "cost" else None,
                }
            )
        )
    return {
        "efficiency_regressions": pd.DataFrame(
            regressions,
            columns=[
                "specification",
                "term",
                "coefficient",
                "se",
                "t_value",
                "p_value",
                "n",
                "r_squared",
            ],
        ),
        "frontier_parameters": pd.DataFrame(
            parameters,
            columns=[
                "side",
                "distribution",
                "term",
                "estimate",
                "se",
                "log_likelihood",
                "lr_statistic",
                "lr_p_value",
            ],
        ).assign(aic=-190.0, skewness=0.4, n=92, n_effective=60.0),
        "frontier_scores": pd.concat(scores, ignore_index=True),
    }
