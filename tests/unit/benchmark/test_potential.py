"""The potential from measured and from shrunk differences, and the lists of the best and worst."""

import numpy as np
import pytest

from kommunebench.benchmark.comparison.fifths import fifths_from_highest
from kommunebench.benchmark.comparison.pace import PaceScale
from kommunebench.benchmark.comparison.potential import potentials, ten_best
from kommunebench.benchmark.influence.covariance import PerformanceCovariance
from kommunebench.verdict_rules import VerdictRules


def drawn(tau: float, s: float, count: int = 100, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """True differences and measured ones."""
    chance = np.random.default_rng(seed)
    true = tau * chance.standard_normal(count)
    return true, true + s * chance.standard_normal(count)


def errors(s: float, count: int) -> PerformanceCovariance:
    """Independent errors of the same size; one percentage point is a pace of 0.05."""
    squares = s**2 * np.eye(count)
    return PerformanceCovariance(
        plain=squares,
        robust=squares,
        between=squares,
        pace_scale=PaceScale.straight(np.full(count, 20.0)),
    )


def table(measured: np.ndarray, s: float):  # type: ignore[no-untyped-def]
    covariance = errors(s, len(measured))
    fifth = fifths_from_highest(measured).astype(float)
    return potentials(measured, covariance, fifth, VerdictRules()).set_index("basis"), fifth


def test_the_raw_potential_is_the_difference_of_the_outer_fifths_means() -> None:
    measured = np.array([5.0, 4, 3, 2, 1, 0, -1, -2, -3, -4])
    rows, _ = table(measured, 1.0)
    assert rows.loc["raw", ["best_fifth", "worst_fifth", "potential"]].tolist() == [4.5, -3.5, 8.0]
    # Two units in either fifth: variance 4 times a quarter.
    assert rows.loc["raw", "ci_high"] - 8.0 == pytest.approx(1.959963985)


def test_chance_alone_has_a_potential_that_shrinkage_takes_away() -> None:
    _, measured = drawn(tau=0.0, s=5.0)
    rows, _ = table(measured, 5.0)
    assert rows.loc["raw", "potential"] > 10
    assert rows.loc["shrunk", "potential"] < 3
    assert rows.loc["shrunk", "ci_low"] < 1


def test_shrunk_potentials_are_right_on_average_and_raw_ones_too_large() -> None:
    raw, shrunk, inside = [], [], []
    for seed in range(60):
        true, measured = drawn(tau=5.0, s=4.0, seed=seed)
        rows, fifth = table(measured, 4.0)
        truth = true[fifth == 1].mean() - true[fifth == 5].mean()
        raw.append(rows.loc["raw", "potential"] - truth)
        shrunk.append(rows.loc["shrunk", "potential"] - truth)
        inside.append(rows.loc["shrunk", "ci_low"] <= truth <= rows.loc["shrunk", "ci_high"])
    assert np.mean(raw) > 4
    assert abs(np.mean(shrunk)) < 3 * np.std(shrunk) / np.sqrt(60)
    assert np.mean(inside) > 0.85


def test_few_units_have_no_shrunk_potential_and_an_empty_fifth_none() -> None:
    five = np.array([2.0, 1, 0, -1, -2])
    assert list(table(five, 1.0)[0].index) == ["raw", "shrunk"]
    missing = np.array([np.nan, 2.0, np.nan])
    assert potentials(five[:3], errors(1.0, 3), missing, VerdictRules()).empty


def test_the_lists_hold_the_compared_units_only() -> None:
    difference = np.arange(30.0)
    fifth = np.where(difference == 29, np.nan, 3.0)
    rows = ten_best(difference, fifth, [str(k) for k in range(30)])
    by_side = rows.groupby("side")["municipality_code"].apply(set)
    assert by_side["best"] == {str(k) for k in range(19, 29)}
    assert by_side["worst"] == {str(k) for k in range(10)}
    few = ten_best(difference[:5], np.ones(5), list("abcde"))
    assert few["side"].tolist() == ["best", "best", "worst", "worst"]
