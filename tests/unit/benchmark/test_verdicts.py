"""Spread, posterior, tiers, fifths, verdicts: against their definitions."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from simulated_spells import simulate_spells

from kommunebench.benchmark import benchmark_spells
from kommunebench.benchmark.comparison.fifths import fifths_from_highest
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.pace import PaceScale
from kommunebench.benchmark.comparison.shrinkage import posterior
from kommunebench.benchmark.comparison.spread import estimate_spread, heterogeneity
from kommunebench.benchmark.comparison.tiers import _partition, find_tiers
from kommunebench.benchmark.comparison.verdicts import benjamini_hochberg, judge
from kommunebench.verdict_rules import VerdictRules

RATIO = Indicator("ratio", "restricted_mean")


def test_paule_mandel_solves_its_equation_and_the_interval_contains_it():
    rng = np.random.default_rng(1)
    s = rng.uniform(0.02, 0.06, 60)
    y = rng.normal(0, 0.05, 60) + rng.normal(0, s)
    spread = estimate_spread(y, s, 0.95)
    assert heterogeneity(y, s, spread.tau**2) == pytest.approx(len(y) - 1, rel=1e-8)
    assert spread.tau_low < spread.tau < spread.tau_high
    assert spread.chance_share == pytest.approx(np.mean(s**2) / (np.mean(s**2) + spread.tau**2))


def test_spread_is_zero_where_the_units_vary_less_than_chance():
    s = np.full(20, 0.1)
    assert estimate_spread(np.linspace(-0.05, 0.05, 20), s, 0.95).tau == 0.0


def test_posterior_has_the_moments_of_the_hierarchical_model_given_tau():
    y, s = np.array([0.1, -0.05, 0.02, 0.0]), np.array([0.03, 0.05, 0.02, 0.04])
    known = posterior(y, s, estimate_spread(y, s, 0.95))
    tau = np.linspace(0, 1, 400)[1:]
    for row in (5, 100):
        upper = max(2.5 * estimate_spread(y, s, 0.95).tau_high, 3 * np.median(s))
        tau = (row + 0.5) * upper / 200
        # Joint normal of (y, theta): conditional mean by generalised least squares with a flat
        # mean.
        weight = 1 / (s**2 + tau**2)
        centre = weight @ y / weight.sum()
        b = s**2 * weight
        np.testing.assert_allclose(known.means[row], y + b * (centre - y), rtol=1e-12)
        np.testing.assert_allclose(known.own_variance[row], s**2 * (1 - b), rtol=1e-12)
        assert known.mean_variance[row] == pytest.approx(1 / weight.sum())
    draws = known.draw(200_000, 3)
    np.testing.assert_allclose(draws.mean(axis=0), known.mean, atol=5e-4)
    np.testing.assert_allclose(draws.std(axis=0), known.sd, rtol=0.02)
    above = (draws[:, 0] > draws[:, 1]).mean()
    assert known.probability_above()[0, 1] == pytest.approx(above, abs=0.005)
    assert known.quantile(0.025)[0] == pytest.approx(np.quantile(draws[:, 0], 0.025), abs=1.5e-3)


def test_tiers_maximise_their_criterion_over_all_contiguous_partitions():
    rng = np.random.default_rng(4)
    for _ in range(20):
        mean = np.sort(rng.normal(0, 1, 6))[::-1]
        right = stats.norm.cdf(mean[:, None] - mean[None, :])
        weight = rng.uniform(0.05, 1.0)
        gain = weight * right - (1 - right)

        def total(cuts, gain=gain):
            label = np.concatenate([[0], np.cumsum(cuts)])
            return gain[np.triu(label[:, None] < label[None, :], 1)].sum()

        best = max(total(cuts) for cuts in product([0, 1], repeat=5))
        starts = _partition(right, weight)
        found = [int(i in starts) for i in range(1, 6)]
        assert total(found) == pytest.approx(best, abs=1e-12)


def test_units_without_differences_are_one_tier_and_distant_ones_are_told_apart():
    same = np.full((10, 10), 0.5)
    assert find_tiers(same, np.zeros(10), 0.10).tier.tolist() == [1] * 10
    mean = np.array([3.0, 2.9, -3.0, -3.1])
    above = stats.norm.cdf((mean[:, None] - mean[None, :]) / 0.3)
    tiers = find_tiers(above, mean, 0.10)
    assert tiers.tier[0] < tiers.tier[2]
    assert tiers.error_rate <= 0.10


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (92, [19, 19, 18, 18, 18]),
        (91, [19, 18, 18, 18, 18]),
        (5, [1] * 5),
        (52, [11, 11, 10, 10, 10]),
    ],
)
def test_fifths_are_contiguous_and_the_larger_ones_are_at_the_high_end(count, sizes):
    value = np.random.default_rng(count).permutation(count).astype(float)
    group = fifths_from_highest(value)
    assert [int((group == g).sum()) for g in range(1, 6)] == sizes
    assert (np.diff(group[np.argsort(-value)]) >= 0).all()


def test_benjamini_hochberg_rejects_up_to_the_last_p_value_below_its_line():
    p = np.array([0.001, 0.011, 0.02, 0.04, 0.5])
    assert benjamini_hochberg(p, 0.05).tolist() == [True, True, True, True, False]
    assert benjamini_hochberg(np.array([0.02, 0.5, 0.6]), 0.05).tolist() == [False, False, False]


def test_a_unit_whose_spells_all_ended_in_events_early_has_a_verdict():
    """Unit a is observed completely by week 20 of 30, in unit b the last spells are censored
    there."""
    spells = simulate_spells(1200, 3)
    late = spells["unit"].isin(["a", "b"]) & (spells["duration"] > 20)
    spells.loc[late, ["duration", "event"]] = 20, 0
    spells.loc[spells["unit"] == "a", "event"] = 1
    table = benchmark_spells(
        spells, unit="unit", duration="duration", event="event", horizon=30, covariates=["x"],
        min_spells=20, replicates=0,
    ).indicators.set_index("municipality_code")  # fmt: skip
    assert table["support_week"].tolist() == [20, 20, 30, 30]
    assert table["tail_extended"].tolist() == [False, True, False, False]
    assert table["no_verdict_reason"].tolist() == [None, "nobody_at_risk_late", None, None]
    assert table.loc["a", "assessment"] == "better"


def test_verdicts_follow_the_t_interval_and_reasons_are_given():
    reasons = [
        None,
        None,
        "too_few_events",
        "too_few_spells",
        "nobody_at_risk_late",
        "standard_error_not_computed",
        "nothing_to_compare_with",
        None,
    ]
    units = pd.DataFrame(
        {
            "spells": 200,
            "events": 50,
            "included": True,
            "support_week": 156,
            "tail_extended": False,
        },
        range(8),
    )
    units.loc[2, "events"], units.loc[3, "included"], units.loc[4, "support_week"] = 9, False, 100
    units.loc[4, "tail_extended"] = True
    # Nobody is at risk late in the last one either, but its curve is zero: nothing is extrapolated.
    units.loc[7, "support_week"] = 100
    y, s = np.array([0.2, -0.01, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2]), np.full(8, 0.05)
    s[5:7] = np.nan, 1e-17
    columns = judge(
        units,
        y,
        s,
        scale=PaceScale.straight(np.ones(len(y))),
        indicator=RATIO,
        horizon=156,
        rules=VerdictRules(),
    ).columns
    assert columns["no_verdict_reason"].tolist() == reasons
    assert columns["assessment"].tolist()[:2] == ["better", "as_expected"]
    half = stats.t.ppf(0.975, 49) * 0.05
    assert columns.loc[0, "ci_low"] == pytest.approx(np.exp(0.2 - half))
    assert columns.loc[2:6, "ci_low"].isna().all()


def test_a_share_needs_non_events_too():
    units = pd.DataFrame(
        {
            "spells": [60, 59],
            "events": 50,
            "included": True,
            "support_week": 156,
            "tail_extended": False,
        }
    )
    y, s = np.array([3.0, 3.0]), np.array([1.0, 1.0])
    share = Indicator("difference", "share")
    reasons = judge(
        units,
        y,
        s,
        scale=PaceScale.straight(np.ones(len(y))),
        indicator=share,
        horizon=156,
        rules=VerdictRules(),
    ).columns
    assert reasons["no_verdict_reason"].tolist() == [None, "too_few_non_events"]
    ratio = judge(
        units,
        y,
        s,
        scale=PaceScale.straight(np.ones(len(y))),
        indicator=RATIO,
        horizon=156,
        rules=VerdictRules(),
    ).columns
    assert ratio["no_verdict_reason"].isna().all()


@pytest.mark.parametrize(
    ("name", "measure", "printed"),
    [
        ("ratio", "restricted_mean", (1.25, 0.8)),
        ("inverse", "restricted_mean", (0.8, 1.25)),
        ("difference", "restricted_mean", (-20.0, 20.0)),
        ("ratio", "share", (1.25, 0.8)),
        ("inverse", "share", (0.8, 1.25)),
        ("difference", "share", (10.0, -10.0)),
    ],
)
def test_better_is_a_positive_performance_whatever_is_printed(name, measure, printed):
    indicator = Indicator(name, measure)
    duration = measure == "restricted_mean"
    better = (100.0, 80.0) if duration else (0.4, 0.5)
    worse = better[::-1]
    for (expected, observed), sign, value in zip((better, worse), (1, -1), printed, strict=True):
        y = indicator.performance(np.array([expected]), np.array([observed]))
        assert np.sign(y[0]) == sign
        assert indicator.printed(y)[0] == pytest.approx(value)
        low, high = indicator.printed_interval(y - 0.01, y + 0.01)
        assert low[0] < value < high[0]


def test_fewer_verdicts_than_asked_for_have_no_ranks():
    units = pd.DataFrame(
        {
            "spells": 200,
            "events": 50,
            "included": True,
            "support_week": 156,
            "tail_extended": False,
        },
        range(4),
    )
    verdicts = judge(
        units,
        np.zeros(4),
        np.full(4, 0.1),
        scale=PaceScale.straight(np.ones(4)),
        indicator=RATIO,
        horizon=156,
        rules=VerdictRules(),
    )
    assert verdicts.spread is None and verdicts.tiers is None
    assert verdicts.columns["assessment"].notna().all()
    # The columns are there all the same, and missing.
    with_ranks = judge(
        pd.concat([units] * 3, ignore_index=True),
        np.zeros(12),
        np.full(12, 0.1),
        scale=PaceScale.straight(np.ones(12)),
        indicator=RATIO,
        horizon=156,
        rules=VerdictRules(),
    )
    assert list(verdicts.columns) == list(with_ranks.columns)
    assert with_ranks.columns["rank"].notna().all()
    assert verdicts.columns[["tier", "rank", "indicator_shrunk", "p_quintile_5"]].isna().all(None)


@pytest.mark.parametrize("level", [0.90, 0.95, 0.99])
def test_the_confidence_level_reaches_every_interval(level):
    rng = np.random.default_rng(2)
    y, s = rng.normal(0, 0.1, 30), rng.uniform(0.03, 0.08, 30)
    units = pd.DataFrame(
        {
            "spells": 200,
            "events": 60,
            "included": True,
            "support_week": 156,
            "tail_extended": False,
        },
        range(30),
    )
    rules = VerdictRules(confidence_level=level, pace_error="standard")
    verdicts = judge(
        units,
        y,
        s,
        scale=PaceScale.straight(np.ones(len(y))),
        indicator=RATIO,
        horizon=156,
        rules=rules,
    )
    half = stats.t.ppf(0.5 + level / 2, 59) * s
    np.testing.assert_allclose(verdicts.columns["ci_low"].astype(float), np.exp(y - half))
    spread = estimate_spread(y, s, level)
    known = posterior(y, s, spread)
    np.testing.assert_allclose(
        verdicts.columns["shrunk_high"].astype(float), np.exp(known.quantile(0.5 + level / 2))
    )
    assert stats.chi2.cdf(heterogeneity(y, s, spread.tau_low**2), 29) == pytest.approx(
        0.5 + level / 2, abs=1e-8
    )
