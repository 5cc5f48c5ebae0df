"""What a person may hand to benchmark_spells and benchmark_cases: converted to the same result, or
refused by name."""

import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from laid_out import lay_out
from simulated_spells import simulate_spells

from kommunebench.benchmark import benchmark_cases, benchmark_spells
from kommunebench.benchmark.blocks.columns import identities, spell_columns
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.in_memory import lay_out_spells
from kommunebench.benchmark.model.block_fit import fit_over_blocks
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.errors import InputError

SPELLS = simulate_spells(300, 3)


def run(spells=SPELLS, covariates=("x", "c"), **changes):
    arguments = {
        "unit": "unit",
        "duration": "duration",
        "event": "event",
        "person": "person",
        "group": "group",
        "horizon": 30,
        "min_spells": 20,
    }
    return benchmark_spells(spells, covariates=covariates, **arguments | changes)


SAME = {
    "columns": SPELLS.to_dict("list"),
    "records": SPELLS.to_dict("records"),
    "arrow": pa.Table.from_pandas(SPELLS),
    "nullable": SPELLS.convert_dtypes(),
    "arrow types": SPELLS.convert_dtypes(dtype_backend="pyarrow"),
    "decimals": SPELLS.assign(x=[Decimal(str(value)) for value in SPELLS["x"]]),
    "objects": SPELLS.astype({"x": object, "duration": object}),
    "true and false": SPELLS.assign(event=SPELLS["event"] == 1),
    "another index": SPELLS.set_index(pd.Index([0] * 300)),
    "spaces in codes": SPELLS.assign(unit=SPELLS["unit"] + "\u00a0 "),
    "codes with decimals": SPELLS.assign(unit=SPELLS["unit"].map(lambda code: 100.0 + ord(code))),
    "levels nobody has": SPELLS.assign(c=pd.Categorical(SPELLS["c"], ["Z", "A", "B", "C"])),
}


@pytest.mark.parametrize("kind", SAME)
def test_any_kind_of_table_gives_the_same(kind):
    wanted, result = run().indicators, run(SAME[kind]).indicators
    for column in ("indicator_robust", "indicator_robust_se"):
        np.testing.assert_allclose(result[column], wanted[column], rtol=1e-8)


def test_integer_column_names_give_the_same():
    renamed = SPELLS.rename(columns={"x": 5, "c": 7, "unit": 1})
    result = run(renamed, [5, 7], unit=1)
    np.testing.assert_allclose(result.expected, run().expected)


REFUSED = [
    ({"covariates": "x"}, r"covariates: expected a list of column names, got str"),
    ({"covariates": None}, r"covariates: expected a list of column names, got NoneType"),
    ({"horizon": None}, r"horizon: must be a whole number of 2 or more, got None"),
    ({"horizon": float("nan")}, r"horizon: must be a whole number of 2 or more, got nan"),
    ({"horizon": float("inf")}, r"horizon: must be a whole number of 2 or more, got inf"),
    ({"replicates": 2.5}, r"replicates: must be a whole number of 0 or more, got 2.5"),
    ({"replicates": -1}, r"replicates: must be a whole number of 0 or more, got -1"),
    ({"min_spells": 0}, r"min_spells: must be a whole number of 1 or more, got 0"),
    ({"seed": "a"}, r"seed: must be a whole number of 0 or more, got 'a'"),
    ({"seed": ""}, r"seed: must be a whole number of 0 or more, got ''"),
    ({"seed": -1}, r"seed: must be a whole number of 0 or more, got -1"),
    ({"covariates": ["x", "event"]}, r"covariates: column event is the event; leave it out"),
    ({"covariates": ["duration"]}, r"covariates: column duration is the duration; leave it out"),
    ({"measure": "median"}, r"measure: 'median' is neither"),
    ({"indicator": "odds"}, r"indicator: 'odds' is none of"),
    ({"ties": "exact"}, r"ties: 'exact' is none of 'breslow', 'efron'"),
    ({"baseline": "weibull"}, r"baseline: 'weibull' is none of 'kalbfleisch_prentice', "),
    ({"piecewise_cuts": "4"}, r"piecewise_cuts: expected a list of weeks, got str"),
    ({"piecewise_cuts": [4, 2.5]}, r"piecewise_cuts: must be a whole number of 1 or more"),
    ({"piecewise_cuts": [8, 4]}, r"piecewise_cuts: weeks must be rising, got \[8, 4\]"),
    ({"spells": "spells.csv"}, r"spells: expected a table with named columns"),
    (
        {"spells": pd.concat([SPELLS, SPELLS[["x"]]], axis=1)},
        r"column names \['x'\] occur more than once",
    ),
]


@pytest.mark.parametrize(("change", "message"), REFUSED, ids=[text[:20] for _, text in REFUSED])
def test_an_argument_that_cannot_be_used_is_named(change, message):
    with pytest.raises(InputError, match=message):
        run(**change)


REFUSED_COLUMNS = [
    (
        "duration",
        pd.to_timedelta(SPELLS["duration"], unit="D"),
        r"expected numbers, got time spans",
    ),
    ("duration", pd.Timestamp("2020-01-01"), r"expected numbers, got dates"),
    ("duration", 3_000_000_000, r"duration: larger than 2,147,483,647 in 300 of 300 rows"),
    ("duration", SPELLS["duration"].astype(str), r"expected numbers, got text"),
    (
        "x",
        pd.Timestamp("2020-01-01"),
        r"covariate x: expected numbers, text or categories, got dates",
    ),
    ("x", [1.0, "a"] * 150, r"covariate x: expected numbers, text or categories, got mixed values"),
    (
        "x",
        SPELLS["x"].mask(SPELLS.index == 3, np.inf),
        r"covariate x: infinite in 1 of 300 rows, first at positions 3\.",
    ),
    (
        "x",
        SPELLS["x"].mask(SPELLS.index.isin([4, 290])),
        r"covariate x: missing in 2 of 300 rows, first at positions 4, 290; give unknown",
    ),
    (
        "c",
        SPELLS["c"].astype("category").mask(SPELLS.index == 7),
        r"covariate c: missing in 1 of 300 rows, first at positions 7; give unknown a category",
    ),
    ("x", SPELLS["x"] * 1e200, r"covariates: columns \['x'\] have values far out of range"),
    ("x", SPELLS["x"] * 1e-200, r"covariates: columns \['x'\] have values far out of range"),
    ("c", [np.nan, *SPELLS["c"].astype(object)[1:]], r"covariate c: missing in 1 of"),
    ("c", [None, *SPELLS["c"].astype(object)[1:]], r"covariate c: missing in 1 of"),
    ("unit", SPELLS["unit"].mask(SPELLS.index == 3, "  "), r"unit: blank in 1 of 300 rows"),
    ("unit", SPELLS["unit"].mask(SPELLS.index == 3), r"unit: missing in 1 of 300 rows"),
    ("unit", ["0101", "101"] * 150, r"codes \[\['0101', '101'\]\] differ only by leading zeros"),
    ("event", SPELLS["event"].astype("Int64").mask(SPELLS.index == 3), r"event: missing"),
]


@pytest.mark.parametrize(
    ("column", "values", "message"),
    REFUSED_COLUMNS,
    ids=[text[:25] for *_, text in REFUSED_COLUMNS],
)
def test_a_column_that_cannot_be_used_is_named(column, values, message):
    with pytest.raises(InputError, match=message):
        run(SPELLS.assign(**{column: values}))


@pytest.mark.parametrize("value", [np.nan, -np.inf])
def test_rows_of_an_unusable_covariate_are_positions_whatever_the_index_and_group(value):
    """The first offending row stands at position 5 of the frame, which is neither its label nor its
    place in its group."""
    spells = SPELLS.assign(x=SPELLS["x"].where(np.arange(300) != 5, value))
    with pytest.raises(InputError, match=r"covariate x: .* in 1 of 300 rows, first at positions 5"):
        run(spells.set_axis(range(1000, 1300)))


def test_laid_out_spells_tell_a_count_of_missing_values_alone():
    """Tasks plan designs from counts of blocks, in which rows have no position."""
    spells = SPELLS.assign(x=SPELLS["x"].mask(SPELLS.index == 5))
    with pytest.raises(InputError, match=r"covariate x: missing in 1 of \d+ spells; give") as told:
        lay_out(spells)
    assert "position" not in str(told.value)


CASES = SPELLS.assign(outcome=SPELLS["event"])
REFUSED_CASES = [
    ({"x": SPELLS["x"] * 1e200}, {}, r"columns \['x'\] have values far out of range"),
    ({"x": SPELLS["x"] * 1e-200}, {}, r"columns \['x'\] have values far out of range"),
    ({}, {"covariates": ["x", "outcome"]}, r"covariates: column outcome is the outcome"),
    ({}, {"min_cases": 0}, r"min_cases: must be a whole number of 1 or more, got 0"),
    ({}, {"seed": -1}, r"seed: must be a whole number of 0 or more, got -1"),
]


@pytest.mark.parametrize("model", ["within", "pooled"])
@pytest.mark.parametrize(
    ("columns", "changes", "message"), REFUSED_CASES, ids=[text[:20] for *_, text in REFUSED_CASES]
)
def test_cases_that_cannot_be_used_are_named(model, columns, changes, message):
    arguments = {"unit": "unit", "outcome": "outcome", "covariates": ["x"], "min_cases": 20}
    with warnings.catch_warnings(), pytest.raises(InputError, match=message):
        warnings.simplefilter("error")
        benchmark_cases(CASES.assign(**columns), **arguments | {"model": model} | changes)


@pytest.mark.parametrize("factor", [1e200, 1e-200])
def test_the_fit_over_blocks_refuses_what_the_fit_in_memory_does(factor):
    frame = SPELLS.assign(x=SPELLS["x"] * factor)
    columns = spell_columns(frame, unit="unit", duration="duration", event="event", horizon=30)
    laid_out = lay_out_spells(frame, columns, infer_specs(frame, ["x"]), unit_effects=False)
    with pytest.raises(InputError, match=r"columns \['x'\] have values far out of range"):
        fit_over_blocks(laid_out.blocks, laid_out.layout, ModelChoice())


def test_persons_whose_codes_differ_by_leading_zeros_are_two_and_units_are_refused():
    rows = pd.DataFrame({"unit": ["a", "b"], "person": ["1", "01"], "group": ["1", "01"]})
    known = identities(rows, unit="unit", group="group", person="person")
    assert len(set(known["person_key"].tolist())) == len(known["group_names"]) == 2
    with pytest.raises(InputError, match=r"person: codes .* differ only by leading zeros"):
        identities(rows, unit="person", group=None, person=None)
