"""The potential from measured and from shrunk differences, and the lists of the best and worst."""

import numpy as np
import pytest
from scipy import stats

from kommunebench.benchmark.comparison.fifths import fifths_from_highest
from kommunebench.benchmark.comparison.pace import PaceScale
from kommunebench.benchmark.comparison.potential import potentials, ten_best
from kommunebench.benchmark.comparison.shrinkage import posterior
from kommunebench.benchmark.comparison.spread import estimate_spread
from kommunebench.benchmark.influence.covariance import PerformanceCovariance
from kommunebench.verdict_rules import VerdictRules


def drawn(tau: float, s: float, count: int = 100, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """True differences and measured ones."""
    chance = np.random.default_rng(seed)
    true = tau * chance.standard_normal(count)
    return true, true + s * chance.standard_normal(count)


def errors(s: float | np.ndarray, count: int) -> PerformanceCovariance:
    """Independent errors; one percentage point is a pace of 0.05."""
    squares = np.diag(np.broadcast_to(s, count) ** 2)
    return PerformanceCovariance(
        plain=squares,
        robust=squares,
        between=squares,
        pace_scale=PaceScale.straight(np.full(count, 20.0)),
    )


def of_fifths(  # type: ignore[no-untyped-def]
    measured: np.ndarray, s: float | np.ndarray, fifth: np.ndarray, events=10_000, judged=True,
    **rules,
):  # fmt: skip
    """The table of units with so many events, with a verdict or without."""
    count = len(measured)
    return potentials(
        measured,
        errors(s, count),
        fifth,
        VerdictRules(**rules),
        n_events=np.broadcast_to(events, count).astype(float),
        judged=np.broadcast_to(judged, count),
    ).set_index("basis")


def table(measured: np.ndarray, s: float):  # type: ignore[no-untyped-def]
    fifth = fifths_from_highest(measured).astype(float)
    return of_fifths(measured, s, fifth), fifth


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
    nothing = potentials(
        five[:3],
        errors(1.0, 3),
        missing,
        VerdictRules(),
        n_events=np.ones(3),
        judged=np.ones(3, bool),
    )
    assert nothing.empty
    # Five are compared, and four of them have a verdict.
    four = np.arange(5) > 0
    fifths = np.arange(1.0, 6.0)
    assert list(of_fifths(five, 1.0, fifths, judged=four).index) == ["raw"]
    assert len(of_fifths(five, 1.0, fifths, judged=four, min_verdicts=4)) == 2


def test_errors_of_the_shrunk_potential_are_those_of_the_run() -> None:
    """As wide as the intervals of verdicts, which rest on few events, or the standard errors."""
    _, measured = drawn(tau=5.0, s=4.0)
    fifth = fifths_from_highest(measured).astype(float)
    interval = of_fifths(measured, 4.0, fifth, events=12)
    standard = of_fifths(measured, 4.0, fifth, events=12, pace_error="standard")
    wider = 4.0 * stats.t.ppf(0.975, 11) / stats.norm.ppf(0.975)
    same = of_fifths(measured, wider, fifth, events=12, pace_error="standard")
    names = ["best_fifth", "worst_fifth", "potential", "ci_low", "ci_high"]
    np.testing.assert_allclose(
        interval.loc["shrunk", names].astype(float), same.loc["shrunk", names].astype(float)
    )
    assert interval.loc["shrunk", "potential"] < standard.loc["shrunk", "potential"] - 0.3
    assert interval.loc["raw", names].tolist() == standard.loc["raw", names].tolist()


def test_units_without_a_verdict_do_not_say_how_much_units_differ() -> None:
    """Wild ones in the middle fifth change nothing; one in the best fifth is drawn towards the mean
    of the judged by its own error."""
    _, measured = drawn(tau=5.0, s=4.0)
    fifth = fifths_from_highest(measured).astype(float)
    alone = of_fifths(measured, 4.0, fifth)
    wild = np.concatenate([measured, [80.0, -80.0, 60.0]])
    beside = of_fifths(wild, 4.0, np.append(fifth, [3.0] * 3), judged=np.arange(103) < 100)
    assert beside.loc["shrunk", "potential"] == pytest.approx(alone.loc["shrunk", "potential"])
    assert beside.loc["shrunk", "ci_low"] == pytest.approx(alone.loc["shrunk", "ci_low"], abs=0.3)
    everybody = of_fifths(wild, 4.0, np.append(fifth, [3.0] * 3))
    assert everybody.loc["shrunk", "potential"] > beside.loc["shrunk", "potential"] + 3
    s = np.append(np.full(100, 4.0), 30.0)
    one = of_fifths(
        np.append(measured, 40.0), s, np.append(np.where(fifth == 1, 2.0, fifth), 1.0),
        judged=np.arange(101) < 100, pace_error="standard",
    )  # fmt: skip
    spread = estimate_spread(measured / 20, np.full(100, 0.2), 0.95)
    known = posterior(measured / 20, np.full(100, 0.2), spread)
    wanted = 20 * known.of_others(np.array([2.0]), np.array([1.5])).mean[0]
    assert one.loc["shrunk", "best_fifth"] == pytest.approx(wanted) and wanted < 5
    # One event gives no interval: of such a unit only the mean of all is known.
    events = np.append(np.full(100, 10_000), 1)
    blind = of_fifths(
        np.append(measured, 40.0), s, np.append(np.where(fifth == 1, 2.0, fifth), 1.0),
        events=events, judged=events > 9,
    )  # fmt: skip
    mean_of_all = 20 * known.weight @ known.centre
    assert blind.loc["shrunk", "best_fifth"] == pytest.approx(mean_of_all, rel=0.01)
    assert np.isfinite(blind.loc["shrunk", ["ci_low", "ci_high"]].astype(float)).all()


def test_the_lists_hold_the_compared_units_only() -> None:
    difference = np.arange(30.0)
    fifth = np.where(difference == 29, np.nan, 3.0)
    rows = ten_best(difference, fifth, [str(k) for k in range(30)])
    by_side = rows.groupby("side")["municipality_code"].apply(set)
    assert by_side["best"] == {str(k) for k in range(19, 29)}
    assert by_side["worst"] == {str(k) for k in range(10)}
    few = ten_best(difference[:5], np.ones(5), list("abcde"))
    assert few["side"].tolist() == ["best", "best", "worst", "worst"]
