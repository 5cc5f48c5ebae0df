"""What must hold whatever the data: without covariates expected is observed, order and names do not
matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laid_out import estimate, lay_out
from plain_chain import covariate_matrix, plain_chain
from simulated_spells import simulate_spells

from kommunebench.benchmark import benchmark_spells
from kommunebench.benchmark.checks.facts import UNKNOWN, MemoryFacts
from kommunebench.benchmark.checks.weeks_seen import FOLLOW_UP, measures_of_weeks_seen
from kommunebench.benchmark.durations.chain import expected_measure
from kommunebench.errors import InputError

HORIZON = 30


def run(spells, **more):
    return benchmark_spells(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        covariates=["x", "c"],
        person="person",
        group="group",
        horizon=HORIZON,
        min_spells=20,
        **more,
    )


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(30, 200), st.sampled_from(["restricted_mean", "share"]))
def test_without_covariates_expected_equals_observed_for_each_group(seed, count, measure):
    spells = simulate_spells(count, seed)
    if spells.groupby("group")["event"].sum().min() == 0:
        return
    chain = estimate(lay_out(spells, [], unit="group", person=None), measure)
    np.testing.assert_allclose(chain.expected, chain.observed.value, rtol=1e-10)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from(["restricted_mean", "share"]))
def test_robust_measure_without_covariates_and_groups_is_kaplan_meiers(seed, measure):
    spells = simulate_spells(150, seed)
    chain = estimate(lay_out(spells, [], person=None, group=None), measure)
    # Once nobody is at risk the robust curve goes on with the national hazard; Kaplan-Meier stays
    # flat.
    followed = chain.observed.support == HORIZON
    np.testing.assert_allclose(chain.robust[followed], chain.observed.value[followed], rtol=1e-10)


def test_row_order_and_names_of_units_do_not_matter():
    spells = simulate_spells(400, 5)
    one = run(spells).indicators.set_index("municipality_code")
    shuffled = spells.sample(frac=1.0, random_state=2)
    shuffled["unit"] = shuffled["unit"].map({"a": "z", "b": "y", "c": "x", "d": "w"})
    other = run(shuffled).indicators.set_index("municipality_code").loc[["z", "y", "x", "w"]]
    for column in (
        "indicator",
        "indicator_robust",
        "indicator_se",
        "indicator_robust_se",
        "ci_low",
    ):
        np.testing.assert_allclose(
            other[column].astype(float), one.loc[list("abcd"), column].astype(float), rtol=1e-9
        )


def test_another_reference_category_changes_nothing_but_coefficients():
    spells = simulate_spells(400, 6)
    one, other = run(spells), run(spells.assign(c=pd.Categorical(spells["c"], ["C", "A", "B"])))
    np.testing.assert_allclose(other.expected, one.expected, rtol=1e-9)
    for column in ("indicator", "indicator_robust", "indicator_se", "indicator_robust_se"):
        np.testing.assert_allclose(other.indicators[column], one.indicators[column], rtol=1e-8)


def test_spells_written_out_again_and_again_are_the_weighted_chain():
    spells = simulate_spells(300, 16)
    weights = np.random.default_rng(2).integers(1, 4, 300)
    repeated = spells.loc[np.repeat(spells.index.to_numpy(), weights)].reset_index(drop=True)
    chain = estimate(lay_out(repeated, person=None))
    plain = plain_chain(spells, covariate_matrix(spells), weights.astype(float), HORIZON)
    for name, wanted in (("expected", plain.expected), ("robust", plain.robust)):
        np.testing.assert_allclose(getattr(chain, name), wanted, rtol=1e-9)
    np.testing.assert_allclose(chain.observed.value, plain.observed, rtol=1e-12)


def test_a_level_without_events_has_hazard_zero_and_the_rest_is_fitted():
    spells = simulate_spells(300, 7)
    spells.loc[spells.index[:12], "c"] = "never"
    spells.loc[spells.index[:12], "event"] = 0
    result = run(spells)
    rows = result.coefficients.set_index(["group", "term"])
    assert np.isneginf(rows.loc[("m", "c_never"), "coefficient"])
    assert result.expected[:12] == pytest.approx(HORIZON)
    assert np.isfinite(result.indicators["indicator_robust_se"]).all()


def test_a_second_opinion_on_the_robust_indicator():
    """Expected weeks within each spell's potential follow-up, over weeks seen and weeks expected
    after an earlier censoring (method, section 5)."""
    spells = simulate_spells(6000, 9)
    laid_out = lay_out(spells, person=None)
    chain = estimate(laid_out)
    risk, curve = np.empty(len(spells)), np.empty((len(spells), HORIZON + 1))
    for code, model in enumerate(chain.models):
        in_group = (spells["group"] == model.name).to_numpy()
        risk[in_group] = laid_out.blocks.by_spell(
            lambda block, code=code, model=model: _in_group(block, code, model)
        )[in_group]
        log_survival = np.concatenate([[0.0], np.cumsum(model.log_factors)])
        curve[in_group] = np.exp(risk[in_group][:, None] * log_survival)
    running = np.concatenate([np.zeros((len(spells), 1)), np.cumsum(curve[:, :-1], axis=1)], axis=1)
    rows = np.arange(len(spells))
    ceiling = np.minimum(spells["follow_up"].to_numpy(), HORIZON)
    duration = np.minimum(spells["duration"].to_numpy(), ceiling)
    later = (running[rows, ceiling] - running[rows, duration]) / curve[rows, duration]
    seen = duration + np.where(spells["event"] == 1, 0.0, later)
    unit = np.searchsorted(list("abcd"), spells["unit"])
    second = np.bincount(unit, running[rows, ceiling]) / np.bincount(unit, seen)
    np.testing.assert_allclose(second, chain.expected / chain.robust, atol=0.03)
    facts = MemoryFacts(laid_out.blocks, {FOLLOW_UP: ceiling})
    found = chain.expected / measures_of_weeks_seen(facts, chain)
    np.testing.assert_allclose(found, second, rtol=1e-12)


def test_the_second_opinion_on_a_share_counts_spells_followed_to_the_horizon():
    spells = simulate_spells(6000, 9)
    laid_out = lay_out(spells, person=None)
    chain = estimate(laid_out, "share")
    full = spells["follow_up"].to_numpy() >= HORIZON
    assert 200 < full.sum() < 1000
    codes = np.where(full, HORIZON, spells["follow_up"])
    facts = MemoryFacts(laid_out.blocks, {FOLLOW_UP: codes})
    # Nobody followed to the horizon is censored before it: what is known is the share itself.
    censored = (spells["event"] == 0) & (spells["duration"] < HORIZON)
    assert not (full & censored).any()
    found = measures_of_weeks_seen(facts, chain)
    unit = np.searchsorted(list("abcd"), spells["unit"])
    happened = (spells["event"] == 1) & (spells["duration"] <= HORIZON)
    observed = np.bincount(unit[full], happened[full]) / np.bincount(unit[full])
    share = laid_out.blocks.by_spell(
        lambda block: expected_measure(block, chain.hazards, chain.measure)
    )
    expected = np.bincount(unit[full], share[full]) / np.bincount(unit[full])
    np.testing.assert_allclose(found / chain.expected, observed / expected, rtol=1e-10)


def test_a_unit_without_known_follow_up_keeps_its_measure():
    spells = simulate_spells(600, 9)
    laid_out = lay_out(spells, person=None)
    chain = estimate(laid_out)
    codes = np.where(spells["unit"] == "b", UNKNOWN, HORIZON)
    found = measures_of_weeks_seen(MemoryFacts(laid_out.blocks, {FOLLOW_UP: codes}), chain)
    assert found[1] == pytest.approx(chain.robust[1], rel=1e-12)
    assert (found[[0, 2, 3]] != chain.robust[[0, 2, 3]]).all()


def _in_group(block, code, model):
    values = np.zeros(len(block.duration))
    group = block.groups[code]
    values[group.rows] = model.hazards.risk(group)[:, 0]
    return values


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"duration": 0}, "duration: zero or negative in 1 of 50 rows, first at positions 3"),
        ({"duration": 2.5}, "duration: not whole"),
        ({"event": 2}, "event: neither 0 nor 1"),
        ({"unit": None}, "unit: missing"),
        ({"c": None}, "covariate c: missing in 1 of 50 rows, first at positions 3; give"),
        ({"duration": float("nan")}, "duration: missing or infinite"),
    ],
)
def test_an_unusable_row_is_named(change, said):
    spells = simulate_spells(50, 1).astype({"duration": float})
    for column, value in change.items():
        spells.loc[3, column] = value
    with pytest.raises(InputError, match=said):
        run(spells)


def test_an_absent_column_is_named():
    with pytest.raises(InputError, match=r"covariates: columns \['x'\] missing"):
        run(simulate_spells(50, 1).drop(columns="x"))
