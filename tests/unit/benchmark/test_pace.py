"""The pace scale: slopes, paces, what is drawn towards the mean, direct standardisation (method,
section 7, "Scale")."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laid_out import estimate, lay_out
from scipy import stats
from simulated_spells import simulate_spells

from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.pace import PaceScale, paces_of
from kommunebench.benchmark.comparison.shrinkage import posterior
from kommunebench.benchmark.comparison.spread import estimate_spread
from kommunebench.benchmark.comparison.verdicts import judge
from kommunebench.benchmark.durations.chain import expected_measure
from kommunebench.benchmark.influence.covariance import influence_plan
from kommunebench.verdict_rules import VerdictRules

RATIO = Indicator("ratio", "restricted_mean")
RULES = VerdictRules(draws=2000, seed=3)
STANDARD = replace(RULES, pace_error="standard")


def table(count, spells=200):
    return pd.DataFrame(
        {
            "included": True,
            "spells": spells,
            "events": 40 + np.arange(count),
            "support_week": 156,
            "tail_extended": False,
        }
    )


def judged(y, s, slope, units=None, rules=RULES):
    units = table(len(y)) if units is None else units
    scale = PaceScale.straight(slope)
    return judge(units, y, s, scale=scale, indicator=RATIO, horizon=156, rules=rules).columns


@pytest.mark.parametrize(
    ("measure", "form"),
    [("restricted_mean", "ratio"), ("restricted_mean", "difference"), ("share", "ratio"),
     ("share", "difference"), ("share", "inverse")],
)  # fmt: skip
def test_the_scale_has_the_derivatives_of_the_performance_in_the_log_hazard(measure, form):
    """A greater hazard makes the observed measure of the same people what the expected one becomes
    under that hazard."""
    laid_out = lay_out(simulate_spells(300, seed=3))
    chain, indicator = estimate(laid_out, measure), Indicator(form, measure)
    scale = influence_plan(laid_out.blocks, chain, indicator).pace_scale

    def performance(log_hazard):
        hazards = [replace(h, level=np.array([log_hazard])) for h in chain.hazards]
        observed = laid_out.blocks.by_spell(
            lambda block: expected_measure(block, hazards, chain.measure)
        )
        unit = laid_out.blocks.by_spell(lambda block: block.unit.astype(float)).astype(int)
        return indicator.performance(chain.expected, np.bincount(unit, observed) / chain.n_spells)

    step = 1e-4
    numerical = (performance(step) - performance(-step)) / (2 * step)
    np.testing.assert_allclose(scale.slope, numerical, rtol=1e-6)
    assert (scale.slope > 0).all()
    step = 1e-2
    second = (performance(step) + performance(-step) - 2 * performance(0.0)) / step**2
    np.testing.assert_allclose(scale.curvature, second, rtol=1e-3, atol=1e-4 * scale.slope.max())


@pytest.mark.parametrize("measure", ["restricted_mean", "share"])
def test_direct_standardisation_takes_every_spell_of_the_nation_through_each_unit(measure):
    laid_out = lay_out(simulate_spells(300, seed=4))
    chain = estimate(laid_out, measure)
    total = np.zeros(4)
    for block in laid_out.blocks.blocks:
        for g, (hazard, group) in enumerate(zip(chain.hazards, block.groups, strict=True)):
            log_survival = chain.curves.log_survival(hazard, g)
            survival = np.exp(hazard.risk(group)[:, 0][:, None, None] * log_survival[None])
            total += chain.measure.of_survival(survival, 2).sum(axis=0)
    np.testing.assert_allclose(chain.direct, total / 300, rtol=1e-8)


def test_units_of_one_composition_have_the_same_direct_and_indirect_order():
    """With one kind of spell the directly standardised indicator is the usual one."""
    spells = simulate_spells(400, seed=5, effect=0.5).assign(x=0.0, c="A")
    chain = estimate(lay_out(spells, [], group=None))
    np.testing.assert_allclose(chain.direct, chain.robust, rtol=1e-9)


@settings(max_examples=50)
@given(st.floats(0.02, 0.98), st.floats(-1.5, 1.5))
def test_a_pace_is_near_the_log_odds_and_its_error_does_not_depend_on_what_was_observed(p, theta):
    """Shares of cases that are alike: the standard error of a pace is nearly that of pace zero,
    while on the scales of the share and of the log odds it is not."""
    scale = PaceScale(np.array([p * (1 - p)]), np.array([p * (1 - p) * (1 - 2 * p)]))
    observed = 1 / (1 + (1 - p) / p * np.exp(-theta))
    y = np.array([observed - p])
    np.testing.assert_allclose(scale.performance(scale.pace(y)), y, atol=1e-12)
    assert abs(scale.pace(y)[0] - theta) <= 0.3 * theta**2 + 0.1 * abs(theta) ** 3 + 1e-12
    se = np.sqrt(observed * (1 - observed))
    of_pace = np.log(paces_of(y, np.array([se]), scale).se[0] * np.sqrt(p * (1 - p)))
    of_share = np.log(se / np.sqrt(p * (1 - p)))
    assert abs(of_pace) <= 0.36 * theta**2 + 1e-12
    assert abs(of_share - (1 - 2 * p) / 2 * theta) <= 0.13 * theta**2 + 1e-12


@settings(max_examples=50)
@given(st.floats(0.01, 50.0), st.floats(-3.0, 3.0), st.floats(-100.0, 100.0))
def test_paces_rise_everywhere_and_are_taken_back(slope, kappa, x):
    """Also far from what the second order is good for, as in a unit of cases with and without any
    prospects."""
    scale = PaceScale(np.array([slope]), np.array([kappa * slope]))
    y = np.array([slope * x])
    pace, further = scale.pace(y), scale.pace(y + 1e-3 * slope)
    assert np.isfinite(pace).all() and (further > pace).all()
    np.testing.assert_allclose(scale.performance(pace), y, rtol=1e-9, atol=1e-12)
    step = 1e-6 * slope * max(1.0, abs(x))
    numerical = 2 * step / (scale.pace(y + step) - scale.pace(y - step))
    np.testing.assert_allclose(scale.slope_at(y), numerical, rtol=1e-4)


def test_the_rules_can_ask_for_the_method_s_straight_line():
    curved = PaceScale(np.array([0.2]), np.array([0.15]))
    y, s = np.array([0.1]), np.array([0.02])
    linear = paces_of(y, s, curved.under(VerdictRules(pace="linear")))
    assert (linear.value[0], linear.se[0]) == (pytest.approx(0.5), pytest.approx(0.1))
    bent = paces_of(y, s, curved.under(VerdictRules()))
    assert bent.value[0] == pytest.approx(0.5 / (1 + 0.75 * 0.5 / 4))
    assert bent.se[0] == pytest.approx(0.1 / (1 + 0.75 * 0.5 / 4) ** 2)
    slower = paces_of(-y, s, curved.under(VerdictRules()))
    assert slower.value[0] == pytest.approx(-0.5 * (1 + 0.75 * 0.5 / 4))
    assert slower.se[0] == pytest.approx(0.1 * (1 + 0.75 * 0.5 / 2))


def test_pace_interval_and_hazard_ratio_to_erase_by_hand():
    y, s, slope = np.array([0.1, -0.1, 0.02]), np.full(3, 0.02), np.array([0.2, 0.1, 0.2])
    columns = judged(y, s, slope)
    half = stats.t.ppf(0.975, [39, 40, 41]) * 0.02
    np.testing.assert_allclose(columns["pace"], [0.5, -1.0, 0.1])
    np.testing.assert_allclose(columns["pace_low"], (y - half) / slope)
    np.testing.assert_allclose(columns["pace_high"], (y + half) / slope)
    wanted = [np.exp((0.1 - half[0]) / 0.2), np.exp((0.1 - half[1]) / 0.1), 1.0]
    np.testing.assert_allclose(columns["hazard_ratio_to_erase"], wanted)
    assert columns["assessment"].tolist() == ["better", "worse", "as_expected"]


@pytest.mark.parametrize("ratio", [1.2, 1.5, 0.67])
def test_the_hazard_ratio_to_erase_is_the_ratio_of_the_hazards(ratio):
    """A constant hazard of 0.0045 a week, half of the spells ended after 156 weeks, and an observed
    duration under that hazard times the ratio, known without error. The straight line has 1.22,
    1.62 and 1.40 (for 1 / 0.67), the pace, with half of the bend, 1.21, 1.55 and 1.44."""
    weeks = np.arange(156)

    def duration(log_ratio):
        return np.array([np.exp(-0.0045 * np.exp(log_ratio) * weeks).sum()])

    expected, step = duration(0.0), 1e-3
    up, down = duration(step), duration(-step)
    first, second = (up - down) / (2 * step), (up + down - 2 * expected) / step**2
    curved = PaceScale.at_expected(RATIO, expected, first, second)
    y = RATIO.performance(expected, duration(np.log(ratio)))
    wanted = max(ratio, 1 / ratio)

    def to_erase(scale):
        return paces_of(y, np.zeros(1), scale).columns(np.zeros(1))["hazard_ratio_to_erase"]

    np.testing.assert_allclose(to_erase(curved), wanted, rtol=0.015)
    straight = curved.under(VerdictRules(pace="linear"))
    np.testing.assert_allclose(to_erase(straight), np.exp(np.abs(y) / curved.slope))


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.floats(0.02, 20.0))
def test_a_slope_equal_for_all_changes_neither_tiers_nor_ranks_nor_shrunk_indicators(seed, slope):
    rng = np.random.default_rng(seed)
    s = rng.uniform(0.02, 0.06, 12)
    y = rng.normal(0, 0.08, 12) + rng.normal(0, s)
    one, other = judged(y, s, np.ones(12)), judged(y, s, np.full(12, slope))
    for column in ("tier", "rank", "rank_low", "rank_high", "assessment", "assessment_fdr"):
        assert one[column].tolist() == other[column].tolist()
    same = ["indicator_shrunk", "shrunk_low", "shrunk_high", "reliability", "false_sign_rate",
            "p_quintile_1", "p_quintile_5", "ci_low"]  # fmt: skip
    np.testing.assert_allclose(
        one[same].astype(float), other[same].astype(float), rtol=1e-6, atol=1e-12
    )


@pytest.mark.parametrize("rules", [RULES, STANDARD])
def test_spread_ranks_and_shrinkage_are_those_of_the_paces(rules):
    """The error of a pace is that of the verdict's interval, which comes from the t distribution
    with events - 1 degrees of freedom, or under ``standard`` the standard error."""
    rng = np.random.default_rng(8)
    slope = rng.uniform(0.1, 0.3, 20)
    s = rng.uniform(0.02, 0.05, 20)
    y = slope * rng.normal(0, 0.3, 20) + rng.normal(0, s)
    columns = judged(y, s, slope, rules=rules)
    # Of t distributions with 39 to 58 degrees of freedom.
    wider = stats.t.ppf(0.975, 39 + np.arange(20)) / stats.norm.ppf(0.975)
    assert wider[0] == pytest.approx(1.032, abs=5e-4)
    error = s * wider / slope if rules is RULES else s / slope
    spread = estimate_spread(y / slope, error, 0.95)
    known = posterior(y / slope, error, spread)
    np.testing.assert_allclose(columns["indicator_shrunk"], np.exp(slope * known.mean))
    np.testing.assert_allclose(columns["shrunk_low"], np.exp(slope * known.quantile(0.025)))
    assert (columns["rank"] == stats.rankdata(-known.mean)).all()
    np.testing.assert_allclose(columns["reliability"], spread.tau**2 / (spread.tau**2 + error**2))
    draws = known.draw(200_000, 5)
    wrong = np.minimum((draws > 0).mean(axis=0), (draws < 0).mean(axis=0))
    np.testing.assert_allclose(columns["false_sign_rate"], wrong, atol=0.005)


def test_units_below_the_least_size_are_drawn_to_the_mean_of_the_others_and_never_ranked():
    rng = np.random.default_rng(9)
    s, slope = rng.uniform(0.02, 0.05, 12), rng.uniform(0.1, 0.3, 12)
    y = rng.normal(0, 0.06, 12)
    units = table(12)
    # Two are too small; the second of them has too few events as well.
    units.loc[10:, "included"], units.loc[11, "events"] = False, 9
    columns = judged(y, s, slope, units, STANDARD)
    alone = judged(y[:10], s[:10], slope[:10], table(10), STANDARD)
    shared = ["indicator_shrunk", "tier", "rank", "rank_high", "p_quintile_1", "false_sign_rate"]
    np.testing.assert_array_equal(columns.loc[:9, shared], alone[shared])
    assert columns.loc[10, ["rank", "tier", "assessment", "ci_low", "pace"]].isna().all()
    pace, se = y / slope, s / slope
    known = posterior(pace[:10], se[:10], estimate_spread(pace[:10], se[:10], 0.95))
    one = known.of_others(pace[10:11], se[10:11])
    assert columns.loc[10, "indicator_shrunk"] == pytest.approx(np.exp(slope[10] * one.mean[0]))
    assert columns.loc[10, "false_sign_rate"] <= 0.5
    assert columns.loc[11, ["indicator_shrunk", "false_sign_rate", "reliability"]].isna().all()


def test_a_further_unit_is_treated_as_one_of_the_units_known():
    rng = np.random.default_rng(10)
    s = rng.uniform(0.02, 0.05, 9)
    y = rng.normal(0, 0.06, 9)
    known = posterior(y, s, estimate_spread(y, s, 0.95))
    again = known.of_others(y, s)
    np.testing.assert_allclose(again.mean, known.mean, rtol=1e-12)
    np.testing.assert_allclose(again.sd, known.sd, rtol=1e-12)
