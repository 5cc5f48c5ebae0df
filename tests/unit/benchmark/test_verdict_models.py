"""The pooled model and the one within units side by side: which columns belong to which, and what
differs between them."""

import numpy as np
import pandas as pd
import pytest
from simulated_spells import simulate_spells

from kommunebench.benchmark import benchmark_spells
from kommunebench.benchmark.comparison.models import changes_from_pooled
from kommunebench.errors import InputError

UNITS = list("abcdefghi")
OF_THE_POOLED_MODEL = [
    "observed_duration", "expected_duration", "difference", "indicator", "indicator_se",
    "quintile", "robust_z",
]  # fmt: skip


@pytest.fixture(scope="module")
def spells() -> pd.DataFrame:
    """Nine units; the last six differ in their hazard, which goes with x; z never changes within a
    unit."""
    spells = simulate_spells(2400, 21)
    rng = np.random.default_rng(21)
    spells["unit"] = rng.choice(UNITS, len(spells), p=[0.02, *[0.1225] * 8])
    place = spells["unit"].map({name: k for k, name in enumerate(UNITS)})
    hastened = rng.random(len(spells)) < 0.06 * place
    sooner = spells["duration"].where(~hastened, (spells["duration"] + 1) // 2)
    return spells.assign(
        duration=sooner,
        x=spells["x"] + 0.2 * place,
        z=place.map(dict(enumerate(rng.normal(size=9)))),
    )


def run(spells, covariates=("x", "c", "z"), **more):
    return benchmark_spells(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        covariates=list(covariates),
        person="person",
        group="group",
        horizon=30,
        min_spells=100,
        **more,
    )


@pytest.fixture(scope="module")
def within(spells):
    return run(spells)


def test_plain_figures_and_tables_are_those_of_the_pooled_model(spells, within):
    pooled = run(spells, model="pooled")
    for column in OF_THE_POOLED_MODEL:
        np.testing.assert_allclose(
            within.indicators[column], pooled.indicators[column], rtol=1e-12, equal_nan=True
        )
    assert within.coefficients.equals(pooled.coefficients)
    assert within.quintile_means.equals(pooled.quintile_means)
    assert within.variance_reduction.equals(pooled.variance_reduction)
    np.testing.assert_array_equal(within.expected, pooled.expected)
    assert (within.indicators["indicator_robust"] != pooled.indicators["indicator_robust"]).all()
    assert pooled.model_verdicts.empty and pooled.second_stage.empty
    compared = within.indicators["included"].astype(bool)
    for column in ("indicator_robust", "assessment", "tier"):
        beside = within.indicators.loc[compared, f"{column}_pooled"]
        assert beside.tolist() == pooled.indicators.loc[compared, column].tolist()
    assert within.indicators.loc[~compared, "assessment_pooled"].isna().all()


def test_without_the_adjustment_is_the_model_without_the_constant_covariates(spells, within):
    verdicts = within.model_verdicts
    assert set(verdicts["model"]) == {"within", "pooled", "without_area_adjustment"}
    assert (verdicts.groupby("model").size() == 8).all()
    unadjusted = verdicts[verdicts["model"] == "without_area_adjustment"]
    without = run(spells, ("x", "c")).indicators.set_index("municipality_code")
    alone = without.loc[unadjusted["municipality_code"]]
    for column in ("indicator_robust", "indicator_robust_se"):
        np.testing.assert_allclose(unadjusted[column], alone[column].astype(float), rtol=1e-9)
    assert unadjusted["assessment"].tolist() == alone["assessment"].tolist()
    assert unadjusted["tier"].tolist() == alone["tier"].tolist()
    assert within.second_stage["term"].tolist() == ["z", "z"]
    assert within.second_stage["units"].tolist() == [9, 9]


def test_differences_between_models_are_counted_and_measured(within):
    verdicts = within.model_verdicts
    own = verdicts[verdicts["carries_verdicts"].astype(bool)].set_index("municipality_code")
    assert (own["model"] == "within").all() and not own["differs"].any()
    table = within.indicators.set_index("municipality_code").loc[own.index]
    np.testing.assert_array_equal(own["indicator_robust"], table["indicator_robust"])
    assert own["assessment"].tolist() == table["assessment"].tolist()
    pooled = verdicts[verdicts["model"] == "pooled"].set_index("municipality_code")
    change = np.log(pooled["indicator_robust"] / own["indicator_robust"])
    np.testing.assert_allclose(
        pooled["difference_in_se"], change / own["indicator_robust_se"], rtol=1e-9
    )
    columns = ["assessment", "fifth"]
    differs = (own[columns].fillna("none") != pooled[columns].fillna("none")).any(axis=1)
    assert pooled["differs"].astype(bool).tolist() == differs.tolist()
    # One cut more gives everybody below another number of a tier, which is no difference.
    assert ((own["tier"] != pooled["tier"]) & ~differs).any()
    counted = changes_from_pooled(verdicts)
    wanted = (own["fifth"] != pooled["fifth"]).sum()
    assert counted["fifths_changed_from_pooled"] == wanted
    assert set(counted) == {f"{k}_changed_from_pooled" for k in ("verdicts", "pairs", "fifths")}
    assert sorted(own["fifth"]) == [1, 1, 2, 2, 3, 3, 4, 5]


def test_a_model_of_another_name_is_refused(spells):
    with pytest.raises(InputError, match="model: 'both' is neither 'within' nor 'pooled'"):
        run(spells, model="both")


def test_a_unit_without_events_does_not_empty_the_mean_of_plain_against_robust(spells):
    """Its ratio of shares has no logarithm, and it has no verdict either."""
    silent = spells.assign(event=spells["event"].where(spells["unit"] != "i", 0))
    results = run(silent, ("x", "c"), measure="share", indicator="ratio", model="pooled")
    table = results.indicators.set_index("municipality_code")
    assert table.loc["i", "included"] and table.loc["i", "no_verdict_reason"] == "too_few_events"
    others = table[table["no_verdict_reason"].isna()]
    robust = np.log(others["indicator"].astype(float))
    gap = np.log(others["indicator_plain"].astype(float)) - robust
    assert len(others) == 7
    assert results.summary["mean_log_plain_to_robust"] == pytest.approx(gap.mean(), rel=1e-9)
    assert results.summary["mean_log_plain_to_robust_se"] > 0
