"""Covariates that hardly vary within units: found in blocks as in the whole, and sent to the second
stage, by durations and by shares."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laid_out import estimate, lay_out
from simulated_spells import simulate_spells

from kommunebench.benchmark import benchmark_cases
from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.checks.recoded_effects import recoded_effects
from kommunebench.benchmark.covariates.constant import ValuesByUnit, values_by_unit
from kommunebench.benchmark.covariates.specification import CovariateSpec, infer_specs
from kommunebench.benchmark.in_memory import lay_out_spells

SPECS = (CovariateSpec("x", "number", "x", None), CovariateSpec("c", "category", "c", "A"))
AREA = {"a": 0.31, "b": 0.55, "c": 0.72, "d": 0.90}


def drifting(spells: pd.DataFrame, step: float = 0.001) -> pd.DataFrame:
    """Spells with an area of their unit that moves a little from year to year."""
    year = np.random.default_rng(2).integers(0, 5, len(spells))
    return spells.assign(area=spells["unit"].map(AREA) + step * year)


def constants(spells: pd.DataFrame, covariates: list[str], **share: float) -> list[list[str]]:
    """The terms of each group that go to the second stage."""
    columns = spell_columns(
        spells, unit="unit", duration="duration", event="event", group="group", horizon=30
    )
    specs = infer_specs(spells, covariates)
    laid = lay_out_spells(spells, columns, specs, unit_effects=True, **share).layout
    return [
        [design.terms[position] for position in effects.constant.positions]
        for design, effects in zip(laid.designs, laid.unit_effects, strict=True)
    ]


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), cuts=st.lists(st.integers(0, 120), max_size=4))
def test_values_of_blocks_add_up_to_those_of_the_whole(seed: int, cuts: list[int]) -> None:
    spells = simulate_spells(120, seed=seed)
    spells["x"] += 2000.0
    whole, merged = values_by_unit(spells, spells["unit"], SPECS), ValuesByUnit.zero()
    for block in np.split(np.arange(120), sorted(cuts)):
        rows = spells.iloc[block]
        merged = merged.merge(values_by_unit(rows, rows["unit"], SPECS))
    assert merged.levels == whole.levels
    for unit, number in whole.numbers["x"].items():
        other, rows = merged.numbers["x"][unit], spells.loc[spells["unit"] == unit, "x"]
        assert (other.count, other.low, other.high) == (len(rows), rows.min(), rows.max())
        assert other.mean == pytest.approx(rows.mean(), rel=1e-14)
        assert other.squares == pytest.approx(((rows - rows.mean()) ** 2).sum(), rel=1e-9, abs=1e-9)
        assert number.mean == pytest.approx(rows.mean(), rel=1e-14)


def test_a_number_of_whose_variance_a_hundredth_lies_within_units_counts_as_constant() -> None:
    spells = drifting(simulate_spells(900, seed=3))
    assert constants(spells, ["x", "c", "area"]) == [["area"], ["area"]]
    assert constants(spells, ["x", "c", "area"], constant_share=0.0) == [[], []]
    # Steps of a twentieth are a quarter of the variance.
    moving = drifting(simulate_spells(900, seed=3), step=0.05)
    assert constants(moving, ["x", "c", "area"]) == [[], []]


def test_a_level_that_changes_for_a_spell_or_two_counts_as_constant() -> None:
    spells = simulate_spells(2500, seed=3)
    coast = np.where(spells["unit"].isin(["a", "b"]), "yes", "no")
    coast[np.flatnonzero(spells["unit"] == "a")[:2]] = "no"
    assert constants(spells.assign(coast=coast), ["x", "coast"]) == [["coast_yes"], ["coast_yes"]]


def test_durations_with_a_drifting_area_are_those_with_its_mean() -> None:
    spells = drifting(simulate_spells(2500, seed=5, effect=0.5))
    mean = spells.groupby(["group", "unit"])["area"].transform("mean")
    drifted, fixed = (
        estimate(lay_out(rows, ["x", "c", "area"], unit_effects=True), unit_effects=True)
        for rows in (spells, spells.assign(area=mean))
    )
    for one, other in zip(drifted.models, fixed.models, strict=True):
        assert one.second_stage is not None and other.second_stage is not None
        np.testing.assert_allclose(
            one.second_stage.coefficients, other.second_stage.coefficients, rtol=1e-6
        )
    np.testing.assert_allclose(drifted.expected, fixed.expected, rtol=1e-4)


def test_shares_with_a_drifting_area_do_not_rest_on_its_drift() -> None:
    """By the drift alone the area's coefficient has an error of dozens, and what is expected of a
    municipality is 0 or 1."""
    rng = np.random.default_rng(4)
    unit = rng.integers(0, 20, 6000)
    year = rng.integers(0, 2, len(unit))
    area = np.linspace(0.5, 0.97, 20)
    odds = rng.normal(0, 0.2, 20)[unit] + 0.5 * area[unit]
    cases = pd.DataFrame(
        {
            "unit": unit.astype(str),
            "urban_share": area[unit] + 0.002 * year,
            "outcome": (rng.random(len(unit)) < 1 / (1 + np.exp(-odds))).astype(int),
        }
    )
    result = benchmark_cases(
        cases, unit="unit", outcome="outcome", covariates=["urban_share"], min_cases=50
    )
    assert result.second_stage["term"].tolist() == ["urban_share"]
    assert result.indicators["difference"].abs().max() < 15
    carried, pooled = result.indicators["difference"], result.indicators["difference_plain"]
    assert np.corrcoef(carried, pooled)[0, 1] > 0.9


def test_models_of_the_checks_find_the_same_columns() -> None:
    """From blocks, as the checks of recoded groups do it."""
    laid_out = lay_out(
        drifting(simulate_spells(900, seed=3)), ["x", "c", "area"], unit_effects=True
    )
    again = recoded_effects(laid_out.blocks, laid_out.layout)
    for one, other in zip(laid_out.layout.unit_effects, again, strict=True):
        np.testing.assert_array_equal(one.constant.positions, other.constant.positions)
        np.testing.assert_allclose(one.constant.values, other.constant.values, atol=1e-12)
