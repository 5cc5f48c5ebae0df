"""Numbers that are the same in all spells or cases: omitted with coefficient 0, marked, counted."""

from functools import reduce

import numpy as np
import pandas as pd
import pytest
from simulated_spells import simulate_spells

from kommunebench.benchmark import benchmark_cases, benchmark_spells
from kommunebench.benchmark.blocks.layout_json import layout_from_json, layout_to_json
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.covariates.counts import count_covariates
from kommunebench.benchmark.covariates.design import plan_design
from kommunebench.benchmark.covariates.specification import CovariateSpec, infer_specs
from kommunebench.errors import InputError

MODELS = ("pooled", "within")


def of_spells(spells, covariates, model):
    return benchmark_spells(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        covariates=covariates,
        person="person",
        group="group",
        horizon=30,
        min_spells=20,
        model=model,
    )


def simulate_cases(n=600, seed=4):
    draw = np.random.default_rng(seed)
    cases = pd.DataFrame(
        {
            "unit": draw.integers(0, 5, n).astype(str),
            "mother": draw.integers(0, n // 2, n),
            "age": draw.choice(["15", "16"], n),
            "urban": draw.normal(size=n),
        }
    )
    odds = np.exp(0.3 * cases["urban"] + 0.4 * (cases["age"] == "16"))
    return cases.assign(outcome=(draw.random(n) < odds / (1 + odds)).astype(int))


def of_cases(cases, covariates, model="pooled"):
    return benchmark_cases(
        cases,
        unit="unit",
        outcome="outcome",
        covariates=covariates,
        cluster="mother",
        min_cases=20,
        model=model,
    )


def assert_omitted(rows):
    """Rows of coefficients are omitted: 0, without errors, marked, and no reference."""
    assert len(rows)
    assert (rows["coefficient"] == 0.0).all() and (rows["mark"] == "omitted").all()
    assert rows[["se", "se_robust", "z", "p_value"]].isna().all(axis=None)
    assert not rows["is_reference"].astype(bool).any()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("value", [0, 1, 2013.5])
def test_a_constant_number_of_spells_is_omitted_and_moves_nothing(value, model):
    spells = simulate_spells(300, 8).assign(same=value)
    result = of_spells(spells, ["x", "same", "c"], model)
    rows = result.coefficients[result.coefficients["term"] == "same"]
    assert_omitted(rows)
    assert sorted(rows["group"]) == sorted(spells["group"].unique())
    without = of_spells(spells, ["x", "c"], model)
    pd.testing.assert_frame_equal(result.indicators, without.indicators)
    assert result.summary["terms_omitted"] == len(rows)
    assert without.summary["terms_omitted"] == 0


def test_a_number_that_is_constant_in_one_group_is_omitted_there_alone():
    spells = simulate_spells(300, 8).assign(extra=np.random.default_rng(1).normal(size=300))
    one_group = sorted(spells["group"].unique())[0]
    spells.loc[spells["group"] == one_group, "extra"] = 4.0
    table = of_spells(spells, ["x", "extra"], "pooled").coefficients
    marks = table[table["term"] == "extra"].set_index("group")["mark"]
    assert marks[one_group] == "omitted"
    assert marks.drop(one_group).isna().all()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("value", [0, 1, 2013.5])
def test_a_constant_number_of_cases_is_omitted_and_moves_nothing(value, model):
    cases = simulate_cases().assign(same=value)
    result = of_cases(cases, ["age", "same", "urban"], model)
    assert_omitted(result.coefficients[result.coefficients["term"] == "same"])
    without = of_cases(cases, ["age", "urban"], model)
    pd.testing.assert_frame_equal(result.indicators, without.indicators)
    assert result.summary["terms_omitted"] == 1
    assert without.summary["terms_omitted"] == 0


@pytest.mark.parametrize("model", MODELS)
def test_a_level_that_both_parents_have_in_the_same_cases_is_told_once(model):
    # Of years in which no register was delivered nothing is known of either parent.
    cases, draw = simulate_cases(), np.random.default_rng(9)
    undelivered = draw.random(len(cases)) < 0.4
    contacts = {
        parent: np.where(undelivered, "not_delivered", draw.choice(["0", "1_4"], len(cases)))
        for parent in ("mother_gp", "father_gp")
    }
    result = of_cases(cases.assign(**contacts), ["age", *contacts], model)
    rows = result.coefficients
    assert_omitted(rows[rows["term"] == "father_gp_not_delivered"])
    others = rows[~rows["is_reference"] & (rows["term"] != "father_gp_not_delivered")]
    assert others["mark"].isna().all() and (others["se"] < 1).all()


@pytest.mark.parametrize(("at_limit", "term"), [(1, "ill"), (0, "ill_0")])
def test_a_number_whose_other_value_is_at_the_limit_is_not_omitted(at_limit, term):
    """Nobody with one value of the number succeeds: those that are left all have the other one,
    which is the reference and not a number without information."""
    cases = simulate_cases().assign(ill=1 - at_limit)
    cases.loc[cases.index[:25], ["ill", "outcome"]] = [at_limit, 0]
    result = of_cases(cases, ["age", "ill"])
    table = result.coefficients.set_index("term")
    assert table.loc[term, "mark"] == "no_events"
    assert table.index.is_unique
    assert result.summary["terms_omitted"] == 0
    if at_limit == 0:
        assert table.loc["ill", "is_reference"] and table.loc["ill", "coefficient"] == 0.0


def test_a_number_that_is_constant_among_the_cases_that_are_left_is_omitted():
    """Only cases of an origin in which nobody succeeds have another number."""
    cases = simulate_cases().assign(origin="a", amount=2.0)
    cases.loc[cases.index[:30], ["origin", "outcome"]] = ["b", 0]
    cases.loc[cases.index[:30], "amount"] = np.linspace(3.0, 9.0, 30)
    table = of_cases(cases, ["age", "origin", "amount"]).coefficients.set_index("term")
    assert table.loc["origin_b", "mark"] == "no_events"
    assert_omitted(table.loc[["amount"]])


def test_tasks_plan_the_same_from_the_counts_of_blocks_and_store_it():
    spells = simulate_spells(300, 8).assign(same=7.0)
    specs = infer_specs(spells, ["x", "same", "c"])
    blocks = [spells.iloc[rows] for rows in np.array_split(np.arange(300), 4)]
    counts = [
        count_covariates(block, block["duration"].to_numpy(), block["event"].to_numpy(), specs)
        for block in blocks
    ]
    plan = plan_design(reduce(lambda one, other: one.merge(other), counts), specs)
    assert plan.no_information == ("same",) and "same" not in plan.terms
    layout = RecordLayout(unit_names=("a",), group_names=("all",), designs=(plan,), horizon=30)
    assert layout_from_json(layout_to_json(layout)).designs[0].no_information == ("same",)


def test_an_omitted_term_has_a_name_of_its_own():
    spells = simulate_spells(300, 8).assign(A=1.0)
    specs = (CovariateSpec("A", "number", "A"), CovariateSpec("c", "category", "", "A"))
    duration, event = spells["duration"].to_numpy(), spells["event"].to_numpy()
    with pytest.raises(InputError, match=r"terms \['A'\] are made by two covariates"):
        plan_design(count_covariates(spells, duration, event, specs), specs)
