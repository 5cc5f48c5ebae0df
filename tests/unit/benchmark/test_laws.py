"""What must hold whatever the data: without covariates expected is observed, order and names do not
matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_spells import simulate_spells
from test_influence import weighted_log_indicators

from kommunebench.benchmark import benchmark_spells
from kommunebench.benchmark.chain import estimate_chain
from kommunebench.benchmark.design import infer_specs
from kommunebench.benchmark.observed import count_by_unit, observed_durations, second_opinion
from kommunebench.benchmark.spell_arrays import spell_arrays
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


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(30, 200))
def test_without_covariates_expected_equals_observed_for_each_group(seed, count):
    spells = simulate_spells(count, seed)
    if spells.groupby("group")["event"].sum().min() == 0:
        return
    arrays = spell_arrays(
        spells, unit="group", duration="duration", event="event", group="group", horizon=HORIZON
    )
    chain = estimate_chain(arrays, spells, ())
    observed = observed_durations(arrays, count_by_unit(arrays)).value
    np.testing.assert_allclose(chain.expected, observed, rtol=1e-10)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_robust_duration_without_covariates_and_groups_is_kaplan_meier(seed):
    spells = simulate_spells(150, seed)
    arrays = spell_arrays(spells, unit="unit", duration="duration", event="event", horizon=HORIZON)
    chain = estimate_chain(arrays, spells, ())
    # Once nobody is at risk the robust curve goes on with the national hazard; Kaplan-Meier stays
    # flat.
    whole = chain.observed.support == HORIZON
    np.testing.assert_allclose(chain.robust.value[whole], chain.observed.value[whole], rtol=1e-10)


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
    np.testing.assert_allclose(other.expected_durations, one.expected_durations, rtol=1e-9)
    for column in ("indicator", "indicator_robust", "indicator_se", "indicator_robust_se"):
        np.testing.assert_allclose(other.indicators[column], one.indicators[column], rtol=1e-8)


def test_a_spells_weight_is_that_many_spells_through_the_whole_chain():
    """The weighted chain, which influences and bootstrap rest on, against spells written out again
    and again."""
    spells = simulate_spells(300, 16)
    arrays = spell_arrays(
        spells, unit="unit", duration="duration", event="event", group="group", horizon=HORIZON
    )
    specs = infer_specs(spells, ["x", "c"])
    weights = np.random.default_rng(2).integers(1, 4, 300)
    repeated = spells.loc[np.repeat(spells.index.to_numpy(), weights)].reset_index(drop=True)
    again = spell_arrays(
        repeated, unit="unit", duration="duration", event="event", group="group", horizon=HORIZON
    )
    written = estimate_chain(again, repeated, specs)
    plain, robust = weighted_log_indicators(
        arrays, estimate_chain(arrays, spells, specs), weights.astype(float)
    )
    np.testing.assert_allclose(plain, np.log(written.expected / written.observed.value), atol=1e-10)
    np.testing.assert_allclose(robust, np.log(written.expected / written.robust.value), atol=1e-10)


def test_a_level_without_events_has_hazard_zero_and_the_rest_is_fitted():
    spells = simulate_spells(300, 7)
    spells.loc[spells.index[:12], "c"] = "never"
    spells.loc[spells.index[:12], "event"] = 0
    result = run(spells)
    rows = result.coefficients.set_index(["group", "term"])
    assert np.isneginf(rows.loc[("m", "c_never"), "coefficient"])
    assert result.expected_durations[:12] == pytest.approx(HORIZON)
    assert np.isfinite(result.indicators["indicator_robust_se"]).all()


def test_second_opinion_is_close_to_the_robust_indicator():
    spells = simulate_spells(6000, 9)
    arrays = spell_arrays(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        group="group",
        follow_up="follow_up",
        horizon=HORIZON,
    )
    chain = estimate_chain(arrays, spells, infer_specs(spells, ["x", "c"]))
    np.testing.assert_allclose(
        second_opinion(arrays, chain.models), chain.expected / chain.robust.value, atol=0.03
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"duration": 0}, "duration: zero or negative in 1 of 50 rows, first at positions 3"),
        ({"duration": 2.5}, "duration: not whole"),
        ({"event": 2}, "event: neither 0 nor 1"),
        ({"unit": None}, "unit: missing"),
        ({"c": None}, "covariate c: missing in 1"),
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
