"""The checks of the national model against the estimates they must agree with."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from laid_out import HORIZON, estimate, lay_out
from lifelines import CoxPHFitter
from scipy import stats
from simulated_spells import simulate_spells

from kommunebench.benchmark.checks.calibration import Breakdown, calibration, expected_events
from kommunebench.benchmark.checks.facts import UNKNOWN, MemoryFacts, Recoded
from kommunebench.benchmark.checks.groups import by_kind, chain_of_more_groups
from kommunebench.benchmark.checks.halves import estimate_halves, stability
from kommunebench.benchmark.checks.moves import at_destination, measures_after_moves
from kommunebench.benchmark.checks.split import measures_of_periods, periods_of
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.durations.chain import estimate_chain
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.model.national import ModelChoice

CHOICE = ModelChoice()
RATIO = Indicator("ratio", "restricted_mean")


@pytest.fixture(scope="module")
def spells():
    return simulate_spells(900, 3, effect=0.5)


@pytest.fixture(scope="module")
def laid_out(spells):
    return lay_out(spells)


@pytest.fixture(scope="module")
def chain(laid_out):
    return estimate(laid_out)


def with_facts(laid_out, **facts):
    return MemoryFacts(laid_out.blocks, {name: np.asarray(f) for name, f in facts.items()})


def table(laid_out, chain, spells, **facts):
    breakdowns = {name: Breakdown(name, ("A", "B", "C")) for name in facts}
    of_units = {"place": ["west", "west", "east", "east"]}
    rows = calibration(with_facts(laid_out, **facts), chain.models, breakdowns, of_units, 0.95)
    return rows.set_index(["breakdown", "value"])


def test_expected_events_of_a_level_in_the_model_are_those_observed(laid_out, chain, spells):
    """The likelihood's equations: what a model has a term for agrees, as do all spells."""
    rows = table(laid_out, chain, spells, c=pd.Categorical(spells["c"]).codes)
    levels = rows.loc["c"]
    assert levels["observed_events"].tolist() == spells.groupby("c")["event"].sum().tolist()
    np.testing.assert_allclose(levels["expected_events"], levels["observed_events"], rtol=1e-8)
    tenths = rows.loc["risk_tenth"]
    assert tenths["expected_events"].sum() == pytest.approx(spells["event"].sum(), rel=1e-9)
    assert len(tenths) == 10
    by_place = spells["unit"].map(dict(zip("abcd", ["west", "west", "east", "east"], strict=True)))
    assert (rows.loc["place"]["observed_events"] == spells.groupby(by_place)["event"].sum()).all()
    # Unit d, in the east, has the greater hazards, which no term of the model knows.
    assert rows.loc[("place", "east"), "ci_low"] > 1 > rows.loc[("place", "west"), "ci_high"]


@pytest.mark.parametrize("within", [False, True])
def test_levels_in_the_model_agree_with_many_events_tied(spells, within):
    """Efron's events are exposed to a share of the hazard of their week: with five weeks to a step
    most events are tied, and the whole hazard would be too much."""
    coarse = spells.assign(duration=np.ceil(spells["duration"] / 5).astype(int))
    out = lay_out(coarse, horizon=HORIZON // 5, unit_effects=within)
    chain = estimate(out, ties="efron", unit_effects=within)
    rows = table(out, chain, coarse, c=pd.Categorical(coarse["c"]).codes)
    levels = rows.loc["c"]
    np.testing.assert_allclose(levels["expected_events"], levels["observed_events"], rtol=1e-8)
    total = rows.loc["risk_tenth"]["expected_events"].sum()
    assert total == pytest.approx(coarse["event"].sum(), rel=1e-8)


def test_expected_events_are_those_of_lifelines():
    """Events less martingale residuals; times without ties, where Efron and Breslow are one."""
    rng = np.random.default_rng(6)
    frame = pd.DataFrame(
        {
            "unit": rng.choice(["a", "b"], 150),
            "duration": rng.permutation(150) + 1,
            "event": rng.integers(0, 2, 150),
            "x": rng.normal(size=150),
            "z": rng.normal(size=150),
        }
    )
    out = lay_out(frame, covariates=("x", "z"), horizon=200, person=None, group=None)
    models = estimate(out).models
    ours = out.blocks.by_spell(lambda block: expected_events(block, models))
    rows = frame.drop(columns="unit")
    fitter = CoxPHFitter().fit(rows, "duration", "event")
    residuals = fitter.compute_residuals(rows, "martingale").sort_index()["martingale"]
    np.testing.assert_allclose(ours, frame["event"] - residuals, atol=1e-6)


def test_limits_are_those_of_a_poisson_count(laid_out, chain, spells):
    rows = table(laid_out, chain, spells)
    low, high = (rows[name] * rows["expected_events"] for name in ("ci_low", "ci_high"))
    np.testing.assert_allclose(stats.poisson.sf(rows["observed_events"] - 1, low), 0.025)
    np.testing.assert_allclose(stats.poisson.cdf(rows["observed_events"], high), 0.025)


def test_spells_of_unknown_value_are_left_out(laid_out, chain, spells):
    codes = np.where(spells["c"] == "A", UNKNOWN, pd.Categorical(spells["c"]).codes)
    rows = table(laid_out, chain, spells, c=codes)
    assert rows.loc["c"].index.tolist() == ["B", "C"]


def test_one_period_is_the_chain(laid_out, chain):
    periods = periods_of((0, 30, 52), HORIZON)
    assert [(p.start, p.end) for p in periods] == [(0, HORIZON)]
    expected, robust = measures_of_periods(
        with_facts(laid_out), laid_out.layout, CHOICE, chain.measure, periods
    )
    np.testing.assert_allclose(expected, chain.expected, rtol=1e-9)
    np.testing.assert_allclose(robust, chain.robust, rtol=1e-9)


@pytest.mark.parametrize("covariates", [("x", "c"), ("x", "c", "area")])
def test_one_period_within_units_is_the_chain_within_units(spells, covariates):
    """The second stage included, to which a covariate that is constant within units goes."""
    area = spells["unit"].map({"a": 0.1, "b": 0.4, "c": 0.3, "d": 0.9})
    out = lay_out(spells.assign(area=area), covariates, unit_effects=True)
    chain = estimate(out, unit_effects=True)
    assert (chain.models[0].second_stage is None) is ("area" not in covariates)
    expected, robust = measures_of_periods(
        with_facts(out),
        out.layout,
        CHOICE,
        chain.measure,
        periods_of((), HORIZON),
        unit_effects=True,
    )
    np.testing.assert_allclose(expected, chain.expected, rtol=1e-9)
    np.testing.assert_allclose(robust, chain.robust, rtol=1e-9)


def test_periods_without_covariates_are_the_chain():
    """Without covariates a split changes nothing: every curve is Kaplan-Meier in pieces."""
    plain = lay_out(simulate_spells(600, 8, effect=0.4), covariates=())
    chain = estimate(plain)
    expected, robust = measures_of_periods(
        with_facts(plain), plain.layout, CHOICE, chain.measure, periods_of((8, 19), HORIZON)
    )
    np.testing.assert_allclose(expected, chain.expected, rtol=1e-9)
    np.testing.assert_allclose(robust, chain.robust, rtol=1e-9)


def test_split_coefficients_see_an_effect_that_turns():
    """A covariate that helps early and harms late: one coefficient cannot tell, two can."""
    rng = np.random.default_rng(1)
    n = 4000
    x = rng.integers(0, 2, n)
    early, late = 0.06 * np.exp(1.2 * x), 0.06 * np.exp(-1.2 * x)
    first = np.ceil(rng.exponential(1 / early))
    time = np.where(first <= 10, first, 10 + np.ceil(rng.exponential(1 / late))).astype(int)
    rare = rng.random(n) < 0.01
    spells = pd.DataFrame(
        {
            "unit": np.where(x == 1, rng.choice(["a", "b"], n, p=[0.8, 0.2]), "b"),
            "person": np.arange(n).astype(str),
            "group": "all",
            "x": np.where(x == 1, "one", "zero"),
            # A level that succeeds in the first weeks only has no events left in the second period.
            "c": np.where(rare, "rare", "usual"),
            "duration": np.where(rare, np.minimum(time, 9), np.minimum(time, HORIZON)),
            "event": np.where(rare, time <= 9, time <= HORIZON).astype(int),
        }
    )
    out = lay_out(spells)
    chain = estimate(out)
    expected, robust = measures_of_periods(
        with_facts(out), out.layout, CHOICE, chain.measure, periods_of((10,), HORIZON)
    )
    one = RATIO.performance(chain.expected, chain.robust)
    two = RATIO.performance(expected, robust)
    # No unit differs: the split model says so better.
    assert np.abs(two).max() < 0.6 * np.abs(one).max()


@pytest.mark.parametrize("rare", ["0, the reference level", "2, a level with a column"])
def test_a_level_without_events_in_a_period_has_no_hazard_there(rare):
    """Nobody is censored: the robust measure is the observed mean, though the spells of one level
    that are left after week 10 never have the event."""
    rng = np.random.default_rng(5)
    n = 4000
    unit, is_rare = rng.choice(["a", "b"], n), rng.random(n) < 0.3
    time = np.ceil(rng.exponential(1 / np.where(unit == "a", 0.06, 0.09))).astype(int)
    time[is_rare & (time > 10)] = HORIZON + 1
    spells = pd.DataFrame(
        {
            "unit": unit,
            "c": np.where(is_rare, rare, "1"),
            "duration": np.minimum(time, HORIZON),
            "event": (time <= HORIZON).astype(int),
        }
    )
    out = lay_out(spells, covariates=("c",), person=None, group=None)
    assert (out.layout.designs[0].terms == ("c_1",)) is rare.startswith("0")
    _, robust = measures_of_periods(
        with_facts(out),
        out.layout,
        CHOICE,
        Measure.named("restricted_mean", HORIZON),
        periods_of((10,), HORIZON),
    )
    # The multipliers make it so only nearly; with another level's hazard it was 9 and 12 % off.
    observed = spells.groupby("unit")["duration"].mean()
    np.testing.assert_allclose(robust, observed, rtol=0.003)


def test_groups_by_kind_are_the_groups_of_an_analysis(spells, laid_out, chain):
    together = lay_out(spells, group=None)
    kind = (spells["group"] == "w").to_numpy().astype(int)
    more = chain_of_more_groups(
        with_facts(together, kind=kind), together.layout, CHOICE, chain.measure
    )
    np.testing.assert_allclose(more.expected, chain.expected, rtol=1e-8)
    np.testing.assert_allclose(more.robust, chain.robust, rtol=1e-8)


def test_groups_by_kind_within_units_are_the_groups_of_an_analysis(spells):
    directly = estimate(lay_out(spells, unit_effects=True), unit_effects=True)
    together = lay_out(spells, group=None, unit_effects=True)
    kind = (spells["group"] == "w").to_numpy().astype(int)
    more = chain_of_more_groups(
        with_facts(together, kind=kind),
        together.layout,
        CHOICE,
        directly.measure,
        unit_effects=True,
    )
    np.testing.assert_allclose(more.expected, directly.expected, rtol=1e-8)
    np.testing.assert_allclose(more.robust, directly.robust, rtol=1e-8)


@pytest.mark.parametrize("within", [False, True])
def test_a_covariate_that_is_the_kind_does_not_stop_the_groups(spells, chain, within):
    """Within a kind the level that defines it does not vary, and the reference may be missing."""
    marked = spells.assign(basis=np.where(spells["x"] > 0, "family", "refugee"))
    out = lay_out(marked, covariates=("basis", "c"))
    kind = (marked["basis"] == "family").to_numpy().astype(int)
    more = chain_of_more_groups(
        with_facts(out, kind=kind), out.layout, CHOICE, chain.measure, unit_effects=within
    )
    assert within is (more.models[0].unit_effects is not None)
    assert np.isfinite(more.robust).all() and np.isfinite(more.expected).all()


def test_moves_with_the_same_hazard_change_nothing(laid_out, chain, spells):
    moved = ((spells["event"] == 0) & (spells.index % 3 == 0)).to_numpy().astype(int)
    blocks = with_facts(laid_out, moved=moved)
    same = measures_after_moves(blocks, chain, 1.0)
    np.testing.assert_allclose(same[0], chain.expected, rtol=1e-12)
    np.testing.assert_allclose(same[1], chain.robust, rtol=1e-12)
    slower, faster = (measures_after_moves(blocks, chain, factor)[1] for factor in (0.5, 2.0))
    assert (slower > chain.robust).all() and (faster < chain.robust).all()


def test_moves_without_covariates_by_hand():
    """Four spells: one succeeds in week 2, one moves after week 1, two go on."""
    spells = pd.DataFrame(
        {
            "unit": "a",
            "person": list("pqrs"),
            "group": "all",
            "duration": [2, 1, HORIZON, HORIZON],
            "event": [1, 0, 0, 0],
        }
    )
    out = lay_out(spells, covariates=())
    chain = estimate(out)
    survival = 2 / 3
    assert chain.robust[0] == pytest.approx(2 + (HORIZON - 2) * survival)
    moved = with_facts(out, moved=np.array([0, 1, 0, 0]))
    expected, robust = measures_after_moves(moved, chain, 2.0)
    change = (HORIZON - 2) * (survival**2 - survival) / 4
    assert robust[0] == pytest.approx(chain.robust[0] + change)
    # The only unit is the nation: its indicator stays as it was.
    assert robust[0] / expected[0] == pytest.approx(chain.robust[0] / chain.expected[0])


def test_movers_may_count_where_they_went(laid_out, chain, spells):
    codes = pd.Categorical(spells["unit"]).codes.astype(int)
    target = np.where(spells["event"] == 0, (codes + 1) % 4, UNKNOWN)
    moved = with_facts(laid_out, moved_to=target).recoded(at_destination)
    elsewhere = spells.assign(
        unit=np.where(target == UNKNOWN, spells["unit"], np.array(list("abcd"))[target])
    )
    again = estimate_chain(moved, chain.models, chain.measure)
    directly = estimate(lay_out(elsewhere))
    np.testing.assert_allclose(again.robust, directly.robust, rtol=1e-9)
    np.testing.assert_allclose(again.expected, directly.expected, rtol=1e-9)


def test_halves_are_units_of_their_own(laid_out, chain, spells):
    half = np.where(spells.index % 7 == 0, UNKNOWN, spells.index % 2)
    halves = estimate_halves(with_facts(laid_out, half=half), chain, RATIO)
    first = spells[half == 0].reset_index(drop=True)
    counts = first.groupby("unit")["event"].agg(["size", "sum"])
    assert halves.n_spells[0].tolist() == counts["size"].tolist()
    seen = first[first["duration"] <= HORIZON].groupby("unit")["event"].sum()
    assert halves.n_events[0].tolist() == seen.tolist()
    alone = lay_out(first)
    same_models = [
        _centred_anew(model, design)
        for model, design in zip(chain.models, alone.layout.designs, strict=True)
    ]
    chain_alone = estimate_chain(alone.blocks, same_models, chain.measure)
    np.testing.assert_allclose(
        halves.performance[0], np.log(chain_alone.expected / chain_alone.robust), rtol=1e-9
    )


def _centred_anew(model, design):
    """The same model over columns with other centres."""
    assert design.terms == model.design.terms
    shift = (design.centre - model.design.centre) @ model.estimate.beta
    return replace(model, design=design).with_baseline(model.log_factors * np.exp(shift))


def test_a_unit_without_spells_in_a_half_has_no_performance_there(laid_out, chain, spells):
    half = np.where(spells["unit"] == "a", 1, spells.index % 2)
    halves = estimate_halves(with_facts(laid_out, half=half), chain, RATIO)
    assert np.isnan(halves.performance[0, 0])
    assert np.isfinite(halves.performance[:, 1:]).all()


def test_lasting_performances_repeat_themselves():
    rng = np.random.default_rng(2)
    n, error = 400, 0.02
    truth = rng.normal(0, 0.05, n)
    both = truth + rng.normal(0, error * np.sqrt(2), (2, n))
    whole, se = both.mean(axis=0), np.full(n, error)
    everyone = np.ones(n, bool)
    in_pace = stability(5 * both, everyone, 5 * whole, 5 * se, least_units=5)
    lasting = stability(both, everyone, whole, se, least_units=5)
    assert abs(lasting.repeated_share - 1) < 3 * lasting.repeated_share_se < 0.6
    shuffled = np.stack([both[0], rng.permutation(both[1])])
    chance = stability(shuffled, everyone, whole, se, least_units=5)
    assert abs(chance.repeated_share) < 3 * chance.repeated_share_se
    assert in_pace.covariance_of_halves == pytest.approx(25 * lasting.covariance_of_halves)
    assert in_pace.repeated_share == pytest.approx(lasting.repeated_share)
    assert lasting.better_first == (both[0] > 0).sum()
    for least, known in ((5, False), (4, True)):
        four = stability(both, np.arange(n) < 4, whole, se, least_units=least)
        assert (four is not None) is known
    # A unit without a pace in a half, or over the whole, is left out.
    both[1, 3], whole[5] = np.nan, np.inf
    assert stability(both, everyone, whole, se, least_units=5).units == n - 2


def test_the_error_of_the_repeated_share_exists_wherever_the_share_does():
    """Four units at ±1 and one at 4, equal errors: tau squared is the sample variance less 1.44,
    and 0 without the last unit, whose sample variance is then 4/3."""
    y = np.array([1.0, 1.0, -1.0, -1.0, 4.0]) - 0.8
    se = np.full(5, 1.2)
    lasting = stability(np.stack([y, y]), np.ones(5, bool), y, se, least_units=5)
    covariance = np.array([np.var(np.delete(y, k), ddof=1) for k in range(5)])
    variance = np.maximum(covariance - 1.44, 0.0)
    assert variance[4] == 0.0 < variance[:4].min()
    whole = np.var(y, ddof=1) - 1.44
    share = np.var(y, ddof=1) / whole
    assert lasting.repeated_share == pytest.approx(share)
    error = np.sqrt(4.0 * np.var((covariance - share * variance) / whole))
    assert lasting.repeated_share_se == pytest.approx(error)
    nothing = stability(np.stack([y, y]), np.ones(5, bool), y, 9 * se, least_units=5)
    assert np.isnan(nothing.repeated_share) and np.isnan(nothing.repeated_share_se)


def test_recoding_in_tasks_gives_the_same(laid_out, spells):
    """Recoded when asked for, as tasks do it, or once in memory."""
    kind = (spells.index % 2).to_numpy()
    blocks = with_facts(laid_out, kind=kind)
    once = blocks.recoded(by_kind)
    sizes = once.total(_group_sizes)
    assert np.array_equal(Recoded(blocks, by_kind).total(_group_sizes).values, sizes.values)
    assert sizes.values.sum() == len(spells)


def _group_sizes(block):
    from kommunebench.benchmark.checks.facts import UnitSums

    return UnitSums(np.array([len(group.x) for group in block.groups], float))
