"""Numbers far from zero, levels with hardly any event, groups that end, nothing to compare:
the right result or a reason (method, sections 6 and 7)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laid_out import estimate, lay_out
from simulated_spells import simulate_spells

from kommunebench.benchmark import benchmark_spells
from kommunebench.benchmark.model.tables import baseline_table, coefficient_table
from kommunebench.errors import InputError

NUMBERS = ["observed_duration_robust", "expected_duration", "indicator_se", "indicator_robust_se",
           "se_bootstrap_robust"]  # fmt: skip


def run(spells, covariates=("x", "c"), **changes):
    arguments = {
        "unit": "unit", "duration": "duration", "event": "event", "person": "person",
        "group": "group", "horizon": 30, "min_spells": 20, "replicates": 4,
    } | changes  # fmt: skip
    return benchmark_spells(spells, covariates=list(covariates), **arguments)


def years(count=240, seed=4):
    """Spells whose hazard rises by 0.35 a calendar year around 2013, over 52 weeks."""
    rng = np.random.default_rng(seed)
    spells = pd.DataFrame(
        {"unit": rng.choice(list("abcd"), count), "year": 2011.0 + rng.integers(0, 5, count)}
    )
    hazard = 0.02 * np.exp(0.35 * (spells["year"] - 2013))
    waited = np.ceil(rng.exponential(1 / hazard)).astype(int)
    ceiling = rng.integers(20, 60, count)
    return spells.assign(
        duration=np.minimum(waited, ceiling), event=(waited <= ceiling).astype(int)
    )


def test_a_calendar_year_gives_what_the_centred_year_gives():
    spells = years()
    far, near = (
        run(s, ["year"], horizon=52, person=None, group=None)
        for s in (spells, spells.assign(year=spells["year"] - 2013))
    )
    for column in NUMBERS:
        np.testing.assert_allclose(far.indicators[column], near.indicators[column], rtol=1e-8)
    assert far.indicators["indicator_robust_se"].between(0.05, 0.15).all()
    np.testing.assert_allclose(far.expected, near.expected, rtol=1e-8)


def test_the_baseline_at_year_zero_is_0_or_1_and_has_a_finite_hazard():
    """An effect of -0.8 a year is a factor beyond the range of numbers at year zero; nobody has the
    event before week 3, where the baseline is 1 at any factor."""
    rng = np.random.default_rng(8)
    spells = pd.DataFrame(
        {"unit": rng.choice(["a", "b"], 600), "year": rng.integers(2008, 2016, 600)}
    )
    waited = np.ceil(rng.exponential(1 / (0.1 * np.exp(-0.8 * (spells["year"] - 2011))))).astype(
        int
    )
    spells = spells.assign(duration=np.minimum(waited + 2, 30), event=(waited <= 28).astype(int))
    model = estimate(lay_out(spells, ("year",), person=None, group=None)).models[0]
    assert model.beta[0] * 2011 < -1000
    baseline = baseline_table([model]).set_index("week")
    assert baseline["events"].cumsum()[2] == 0 < baseline["events"][3]
    assert baseline["baseline_survival"].tolist() == [1.0] * 2 + [0.0] * 28
    assert baseline["cumulative_hazard"].tolist() == [0.0] * 2 + [np.finfo(float).max] * 28


@settings(max_examples=15)
@given(st.sampled_from([0.0, 2013.0, -4e5]), st.sampled_from([1.0, 1e-4, 1e5, -3.0]))
def test_shifting_and_scaling_a_number_changes_no_output(shift, scale):
    spells = simulate_spells(300, 21)
    moved, same = run(spells.assign(x=(spells["x"] + shift) * scale)), run(spells)
    np.testing.assert_allclose(moved.expected, same.expected, rtol=1e-8)
    for column in NUMBERS:
        np.testing.assert_allclose(moved.indicators[column], same.indicators[column], rtol=1e-8)


def jackknife_se(spells, **changes):
    """Standard errors of the log indicators, leaving out one spell at a time."""

    def logs(data):
        table = run(data, [], replicates=0, person=None, **changes).indicators
        return np.log(table[["indicator", "indicator_robust"]].to_numpy())

    left_out = np.stack([logs(spells.drop(index=i)) for i in spells.index])
    n = len(spells)
    return np.sqrt((n - 1) / n * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0))


def test_a_group_whose_last_spells_all_end_in_events_has_standard_errors():
    """Group m ends nationally in week 9 while f goes on."""
    m = [(2, 1, "a"), (3, 0, "b"), (4, 1, "b"), (5, 1, "a"), (6, 0, "a"), (7, 1, "b"), (9, 1, "a"),
         (9, 1, "b"), (9, 1, "a"), (3, 1, "b"), (8, 1, "a")]  # fmt: skip
    f = [(1, 1, "a"), (3, 1, "b"), (5, 0, "a"), (6, 1, "b"), (8, 1, "a"), (10, 1, "b"),
         (12, 0, "a"), (13, 1, "a"), (14, 0, "b"), (14, 0, "a"), (11, 1, "b"), (7, 1, "a"),
         (4, 1, "b"), (9, 1, "a"), (12, 1, "b")]  # fmt: skip
    spells = pd.DataFrame(
        [(*row, group) for group, rows in (("m", m), ("f", f)) for row in rows],
        columns=["duration", "event", "unit", "group"],
    )
    result = run(spells, [], person=None, horizon=14, min_spells=5, replicates=300, seed=1)
    table = result.indicators
    assert table["no_verdict_reason"].isna().sum() + (table["events"] < 10).sum() == 2
    jackknife = jackknife_se(spells, horizon=14, min_spells=5)
    np.testing.assert_allclose(table["indicator_se"], jackknife[:, 0], rtol=0.35)
    np.testing.assert_allclose(table["indicator_robust_se"], jackknife[:, 1], rtol=0.35)
    assert np.isfinite(table["se_bootstrap_robust"]).all()


@pytest.mark.parametrize("change", [{"unit": "a"}, {"person": "one"}])
def test_nothing_to_compare_with_is_a_reason_of_its_own(change):
    result = run(simulate_spells(300, 3).assign(**change))
    assert (result.indicators["no_verdict_reason"] == "nothing_to_compare_with").all()
    assert result.indicators["assessment"].isna().all()


def test_a_column_named_twice_is_refused():
    with pytest.raises(InputError, match=r"columns \['x'\] are named twice"):
        run(simulate_spells(100, 3), ["x", "c", "x"])


def test_a_level_with_few_events_is_held_by_a_prior_and_marked():
    """The only spell of a level succeeds first of all: without the prior its coefficient has no
    maximum."""
    spells = simulate_spells(300, 7)
    spells["duration"] += 1
    first = spells.index[0]
    spells.loc[first, ["c", "event", "group", "duration"]] = ["few", 1, "m", 1]
    result = run(spells)
    row = result.coefficients.set_index(["group", "term"]).loc[("m", "c_few")]
    assert row["mark"] == "few_events" and 0 < row["coefficient"] < 8
    merged = run(spells.assign(c=spells["c"].replace("few", "B")))
    change = np.log(result.indicators["indicator_robust"]) - np.log(
        merged.indicators["indicator_robust"]
    )
    assert (change.abs() < 0.25 * merged.indicators["indicator_robust_se"]).all()


def test_a_reference_without_events_is_exchanged():
    spells = simulate_spells(300, 7).assign(c=lambda d: pd.Categorical(d["c"], ["A", "B", "C"]))
    spells.loc[spells["c"] == "A", "event"] = 0
    table = run(spells).coefficients.set_index(["group", "term"])
    assert table.loc[("m", "c_A"), "mark"] == "no_events"
    assert table.loc["m"]["is_reference"].sum() == 1


def test_levels_without_information_are_omitted_and_marked():
    """A level whose spells all end before the first event, and an indicator that says what another
    column says."""
    spells = simulate_spells(300, 8).assign(duration=lambda d: d["duration"] + 1)
    spells["twin"] = (spells["c"] == "B").astype(float)
    early = spells.index[:6]
    spells.loc[early, ["c", "event", "duration", "twin"]] = ["early", 0, 1, 0.0]
    result = run(spells, ["x", "c", "twin"])
    marks = result.coefficients.set_index(["group", "term"])["mark"]
    assert (marks.xs("c_early", level="term") == "omitted").all()
    assert (marks.xs("twin", level="term") == "omitted").all()
    without = run(spells, ["x", "c"])
    np.testing.assert_allclose(
        result.indicators["indicator_robust_se"], without.indicators["indicator_robust_se"]
    )


def test_an_indicator_whose_ones_have_no_event_has_hazard_zero():
    spells = simulate_spells(300, 9).assign(ill=0)
    spells.loc[spells.index[:10], ["ill", "event"]] = [1, 0]
    result = run(spells, ["x", "ill"])
    assert result.expected[:10] == pytest.approx(30.0)
    healthy = run(spells.assign(ill=1 - spells["ill"]), ["x", "ill"])
    np.testing.assert_allclose(healthy.expected, result.expected, rtol=1e-9)


def test_with_few_events_a_column_every_level_has_the_prior():
    """24 events on ten columns, 4 a level, and the same three times over."""
    spells = pd.DataFrame(
        {
            "unit": "a",
            "person": [str(k) for k in range(24)],
            "group": "all",
            "c": [f"c{k % 6}" for k in range(24)],
            "d": [f"d{(k + k // 6) % 6}" for k in range(24)],
            "duration": np.arange(1, 25),
            "event": 1,
        }
    )
    plan = lay_out(spells, covariates=("c", "d")).layout.designs[0]
    assert len(plan.columns) == 10 and set(plan.priors) == set(plan.terms)
    many = pd.concat([spells] * 3, ignore_index=True)
    many["person"] = many.index.astype(str)
    assert lay_out(many, covariates=("c", "d")).layout.designs[0].priors == {}
    table = coefficient_table(estimate(lay_out(spells, covariates=("c", "d"))).models)
    estimated = table[~table["is_reference"]]
    assert (estimated["mark"] == "held").all()
    assert estimated["coefficient"].abs().max() < 8
