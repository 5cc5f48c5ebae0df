"""The whole of section 8.3 and 8.4 on one country of municipalities: what each table holds, and
what happens where a part cannot be."""

import numpy as np
import pandas as pd
import pytest

from kommunebench.costs import (
    EfficiencyRules,
    IntervalSettings,
    SimexSettings,
    assess_efficiency,
    fit_frontier,
    frontier_parameter_draws,
    sensitivity_rows,
)
from kommunebench.errors import InputError
from kommunebench.stages.efficiency import note

QUICK = {"simex": SimexSettings(draws=20), "intervals": IntervalSettings(draws=200)}
RULES = EfficiencyRules(**QUICK)


def municipalities(seed: int = 5, inefficiency: float = 0.12) -> pd.DataFrame:
    """Results that fall short of a frontier by a half-normal amount, costs independent of that; 169
    spends twice what is expected."""
    rng = np.random.default_rng(seed)
    n = 90
    cost = np.exp(rng.normal(0.0, 0.2, n))
    cost[10] = 2.0
    codes = [str(101 + i) for i in range(n)]
    codes[10], codes[68] = "169", "111"
    short = np.abs(rng.normal(size=n)) * inefficiency
    classes = np.array(["above", "as_expected", "below"], dtype=object)
    verdicts = np.array(["better", "as_expected", "worse"], dtype=object)
    return pd.DataFrame(
        {
            "municipality_code": codes,
            "indicator": 1.05 + 0.05 * cost - short + 0.03 * rng.normal(size=n),
            "indicator_se": rng.uniform(0.01, 0.03, n),
            "persons": rng.integers(100, 900, n),
            "cost_indicator": cost,
            "cost_error_variance": rng.uniform(0.004, 0.012, n),
            "mean_unit_cost": 80_000 * cost,
            "result_assessment": verdicts[rng.integers(0, 3, n)],
            "cost_assessment": classes[rng.integers(0, 3, n)],
        }
    )


def test_every_part_is_there_and_no_efficiency_is_above_one() -> None:
    units = municipalities()
    found = assess_efficiency(units, RULES)
    assert set(found.regressions["specification"]) == {
        "linear",
        "linear_without_outliers",
        "quadratic",
        "quadratic_without_outliers",
        "plain_jackknife",
        "errors_in_variables",
        "simex",
    }
    assert found.influence.set_index("municipality_code").loc["169", "is_outlier"]
    assert found.scores.groupby("side").size().to_dict() == {"production": 90, "cost": 90}
    assert found.scores["efficiency"].between(0, 1).all()
    assert (
        found.scores.groupby("side")["rank"].apply(lambda r: sorted(r) == list(range(1, 91))).all()
    )
    known = found.scores.dropna(subset="rank_low")
    assert (
        (known["rank_low"] <= known["rank"]) & (known["rank"] <= known["rank_high"])
    ).mean() > 0.95
    assert found.cost_by_result["units"].max() == 90
    terms = found.parameters.groupby("side")["term"].apply(list)
    assert terms["production"][:3] == ["intercept", "cost_indicator", "cost_indicator_squared"]
    assert terms["cost"][:3] == ["intercept", "benchmark_indicator", "benchmark_indicator_squared"]
    wanted = {
        "slope_linear",
        "slope_linear_without_outliers",
        "reliability",
        "slope_simex",
        "frontier_production_sigma_u",
    }
    assert wanted | {"frontier_cost_lr"} <= set(found.metrics)
    assert found.metrics["frontier_production_sigma_u"] == pytest.approx(0.12, abs=0.05)
    assert "production side: sigma_u 0." in note(
        found, 90, pd.DataFrame({"part": [], "reason": []})
    )


def test_regressions_and_frontiers_are_weighted_by_persons() -> None:
    units = municipalities()
    rows = assess_efficiency(units, RULES).regressions.set_index(["specification", "term"])[
        "coefficient"
    ]
    slope, level = np.polyfit(
        units["cost_indicator"], units["indicator"], 1, w=np.sqrt(units["persons"])
    )
    assert rows[("linear", "cost_indicator")] == pytest.approx(slope)
    assert rows[("linear", "intercept")] == pytest.approx(level)


def test_no_inefficiency_is_a_result_and_ranks_by_residual() -> None:
    """Results that exceed the line by a one-sided amount: the skew is the wrong one for a
    production frontier."""
    units = municipalities(inefficiency=0.0)
    extra = np.abs(np.random.default_rng(1).normal(size=len(units))) * 0.3
    found = assess_efficiency(units.assign(indicator=units["indicator"] + extra), RULES)
    own = found.scores[found.scores["side"] == "production"]
    assert (own["efficiency"] == 1.0).all()
    assert set(own["ranked_by"]) == {"residual"}
    assert own[["ci_low", "rank_low"]].isna().all(axis=None)
    production = found.parameters[found.parameters["side"] == "production"].set_index("term")
    assert production.loc["sigma_u", ["estimate", "lr_statistic", "lr_p_value"]].to_list() == [
        0.0,
        0.0,
        1.0,
    ]
    assert "production side: no inefficiency found" in note(
        found, 90, pd.DataFrame({"part": [], "reason": []})
    )


def test_known_error_variance_is_an_option() -> None:
    units = municipalities()
    found = assess_efficiency(units, EfficiencyRules(noise="known_variance", **QUICK))
    assert set(found.parameters["side"]) | {
        part.removeprefix("frontier_").removeprefix("intervals_")
        for part in found.not_fitted["part"]
    } == {"production", "cost"}
    production = found.parameters[found.parameters["side"] == "production"].set_index("term")[
        "estimate"
    ]
    x = units["cost_indicator"]
    design = pd.DataFrame({"constant": 1.0, "x": x, "x_squared": x**2})
    alone = fit_frontier(
        units["indicator"],
        design,
        side="production",
        noise="known_variance",
        noise_se=units["indicator_se"],
    )
    assert production["sigma_v"] == pytest.approx(alone.sigma_v)
    assert alone.n_effective == 90


def test_a_frontier_without_interior_maximum_is_named_and_the_rest_goes_on() -> None:
    """A noiseless one-sided shortfall drives the noise to zero."""
    units = municipalities()
    rng = np.random.default_rng(2)
    cost = units["cost_indicator"]
    units["indicator"] = 1.1 + 0.05 * cost - rng.exponential(0.1, len(units))
    found = assess_efficiency(units, EfficiencyRules(distribution="exponential", **QUICK))
    assert "frontier_production" in found.not_fitted["part"].to_list()
    assert found.not_fitted["reason"].str.contains("sigma_v goes to zero").any()
    assert len(found.regressions) > 0
    assert "frontier_production not fitted" in note(
        found, 90, found.not_fitted.assign(municipality_code=None)
    )


def test_intervals_that_cannot_be_drawn_leave_the_side_and_are_named(monkeypatch) -> None:
    monkeypatch.setattr(frontier_parameter_draws, "LEAST_EFFECTIVE", 1e9)
    found = assess_efficiency(municipalities(), EfficiencyRules(**QUICK))
    parts = found.not_fitted["part"].to_list()
    assert "intervals_production" in parts and "frontier_production" not in parts
    scores = found.scores[found.scores["side"] == "production"]
    assert scores["efficiency"].notna().all() and scores["rank"].notna().all()
    assert scores[["ci_low", "rank_high"]].isna().all(axis=None)
    assert "production" in set(found.parameters["side"])


def test_with_one_year_each_the_slope_is_not_corrected_and_the_rest_goes_on() -> None:
    found = assess_efficiency(municipalities().assign(cost_error_variance=np.nan), RULES)
    assert found.not_fitted["part"].to_list() == ["errors_in_variables"]
    assert "reliability" not in found.metrics
    assert "simex" not in set(found.regressions["specification"])
    assert len(found.scores) == 180


def test_too_few_municipalities_or_columns_say_what_to_do() -> None:
    with pytest.raises(
        InputError, match=r"9 municipalities .* efficiency needs 10. Lower model.min_spells"
    ):
        assess_efficiency(municipalities().head(9), RULES)
    with pytest.raises(InputError, match="lacks the columns cost_assessment"):
        assess_efficiency(municipalities().drop(columns="cost_assessment"), RULES)


def test_sensitivity_repeats_the_linear_regressions() -> None:
    rows = sensitivity_rows(municipalities(), ("169",))
    assert set(rows["specification"]) == {
        "linear_sensitivity",
        "linear_without_outliers_sensitivity",
    }
    assert rows["n"].to_list() == [90, 90, 89, 89]
