"""Spread, posterior, tiers, ranks and limits, each against its definition computed another way
(method, section 7)."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from kommunebench.benchmark.comparison.funnel import funnel_limits
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.pace import PaceScale
from kommunebench.benchmark.comparison.shrinkage import posterior
from kommunebench.benchmark.comparison.spread import estimate_spread, heterogeneity
from kommunebench.benchmark.comparison.tiers import find_tiers
from kommunebench.benchmark.comparison.verdicts import judge
from kommunebench.verdict_rules import VerdictRules

RATIO = Indicator("ratio", "restricted_mean")
RULES = VerdictRules(draws=4000, seed=3, pace_error="standard")


def units(count: int, seed: int, spread: float = 0.06):
    rng = np.random.default_rng(seed)
    s = rng.uniform(0.02, 0.06, count)
    return rng.normal(0, spread, count) + rng.normal(0, s), s


def judged(count: int, seed: int):
    y, s = units(count, seed)
    table = pd.DataFrame(
        {
            "included": True,
            "spells": 200,
            "events": 40 + np.arange(count),
            "support_week": 156,
            "tail_extended": False,
        }
    )
    return (
        y,
        s,
        judge(
            table,
            y,
            s,
            scale=PaceScale.straight(np.ones(count)),
            indicator=RATIO,
            horizon=156,
            rules=RULES,
        ).columns,
    )


def test_the_interval_of_the_spread_is_where_heterogeneity_meets_quantiles_of_chi_squared():
    y, s = units(40, 2)
    spread = estimate_spread(y, s, 0.95)
    for tau, probability in ((spread.tau_low, 0.975), (spread.tau_high, 0.025)):
        assert stats.chi2.cdf(heterogeneity(y, s, tau**2), 39) == pytest.approx(
            probability, abs=1e-8
        )
    weight = 1 / (s**2 + spread.tau**2)
    assert spread.mean == pytest.approx(np.average(y, weights=weight), rel=1e-12)


def test_posterior_weights_are_the_likelihood_of_tau_with_the_mean_integrated_out():
    y, s = units(6, 4)
    spread = estimate_spread(y, s, 0.95)
    known = posterior(y, s, spread)
    upper = max(2.5 * spread.tau_high, 3 * float(np.median(s)))
    tau = (np.arange(200) + 0.5) * upper / 200

    def marginal(t: float) -> float:
        density = lambda mu: np.prod(stats.norm.pdf(y, mu, np.sqrt(s**2 + t**2)))  # noqa: E731
        return integrate.quad(
            density, -1.5, 1.5, points=[float(np.mean(y))], epsabs=0, epsrel=1e-10
        )[0]

    chosen = [0, 10, 40, 120, 199]
    ratio = np.array([marginal(tau[j]) for j in chosen]) / known.weight[chosen]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-7)
    assert known.weight.sum() == pytest.approx(1.0)
    assert len(known.weight) == 200


def best_by_trying_all(right: np.ndarray, weight: float) -> np.ndarray:
    """Labels of the best contiguous partition; among equals fewer tiers, then the later cuts."""
    found = []
    for cuts in product([0, 1], repeat=len(right) - 1):
        label = np.concatenate([[0], np.cumsum(cuts)])
        apart = np.triu(label[:, None] < label[None, :], 1)
        found.append(
            (
                round(-(weight * right - (1 - right))[apart].sum(), 9),
                label.max(),
                tuple(cuts),
                label,
            )
        )
    return min(found, key=lambda one: one[:3])[3]


@pytest.mark.parametrize("seed", range(6))
def test_tiers_are_those_of_the_largest_lambda_whose_errors_are_within_the_rate(seed):
    y, s = units(6, seed, spread=0.1)
    known = posterior(y, s, estimate_spread(y, s, 0.95))
    above, mean = known.probability_above(), known.mean
    order = np.argsort(-mean)
    right = above[np.ix_(order, order)]
    wanted, rate = np.zeros(6, int), 0.0
    for step in range(100, 0, -1):
        label = best_by_trying_all(right, step / 100)
        apart = np.triu(label[:, None] < label[None, :], 1)
        if apart.any() and (1 - right)[apart].mean() <= 0.10:
            wanted, rate = label, (1 - right)[apart].mean()
            break
    tiers = find_tiers(above, mean, 0.10)
    assert tiers.tier[order].tolist() == (wanted + 1).tolist()
    assert tiers.error_rate == pytest.approx(rate)
    apart = tiers.tier[:, None] != tiers.tier[None, :]
    assert tiers.share_apart == pytest.approx(apart.sum() / 30)
    assert tiers.discordance == pytest.approx(rate * apart.sum() / 30)


def test_intervals_and_p_values_are_those_of_t_with_the_events_less_one():
    y, s, columns = judged(12, 5)
    degrees = 39 + np.arange(12)
    half = stats.t.ppf(0.975, degrees) * s
    np.testing.assert_allclose(columns["ci_low"].astype(float), np.exp(y - half))
    np.testing.assert_allclose(columns["ci_high"].astype(float), np.exp(y + half))
    p = 2 * stats.t.cdf(-np.abs(y / s), degrees)
    np.testing.assert_allclose(columns["p_value"].astype(float), p)
    # Benjamini and Hochberg: all up to the largest p below its line.
    line = np.sort(p) <= 0.05 * np.arange(1, 13) / 12
    threshold = np.sort(p)[line].max() if line.any() else -1.0
    assert ((columns["assessment_fdr"] != "as_expected") == (p <= threshold)).all()


def test_ranks_and_fifths_come_from_draws_of_all_units_together():
    y, s, columns = judged(15, 6)
    known = posterior(y, s, estimate_spread(y, s, 0.95))
    ranks = stats.rankdata(-known.draw(RULES.draws, RULES.seed), axis=1)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0, method="inverted_cdf")
    assert (columns["rank_low"] == low).all() and (columns["rank_high"] == high).all()
    assert sorted(columns["rank"]) == list(range(1, 16))
    assert (columns["rank"] == stats.rankdata(-known.mean)).all()
    fifths = columns[[f"p_quintile_{fifth}" for fifth in range(1, 6)]].astype(float)
    np.testing.assert_allclose(fifths.sum(axis=1), 1.0)
    # Three units a fifth: each fifth is filled in every draw.
    np.testing.assert_allclose(fifths.sum(axis=0), 3.0)
    np.testing.assert_allclose(fifths["p_quintile_1"], (ranks <= 3).mean(axis=0))
    np.testing.assert_allclose(columns["indicator_shrunk"].astype(float), np.exp(known.mean))


@pytest.mark.parametrize("z", [1.96, 3.09])
def test_funnel_limits_without_and_with_overdispersion(z):
    """Half widths on the log scale: the limits are exp(± them)."""
    s = np.array([0.02, 0.05])
    chance, overdispersed = funnel_limits(s, 0.03, z)
    np.testing.assert_allclose(chance, [z * 0.02, z * 0.05])
    np.testing.assert_allclose(overdispersed, [z * np.sqrt(0.0013), z * np.sqrt(0.0034)])
