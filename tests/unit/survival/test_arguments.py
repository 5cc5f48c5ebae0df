"""What a person may hand over: every kind of column and table is right, or refused by name."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from survival_rows import random_rows

from kommunebench.errors import InputError
from kommunebench.survival import (
    CoxFit,
    SurvivalCurve,
    fit_cox,
    kaplan_meier,
    kaplan_meier_from_counts,
)
from kommunebench.survival.argument_labels import as_labels
from kommunebench.survival.arguments import as_frame, as_numbers, as_positive_number

# Stands for what must never be shown: a value of a cell.
SECRET = "0101703961"


class OffersStream:
    """A column or table of another library, as Arrow's protocol sees it (Polars, DuckDB …)."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.data.__arrow_c_stream__(requested_schema)


class OffersArray:
    """One batch of Arrow's arrays."""

    def __init__(self, data: pa.Array) -> None:
        self.data = data

    def __arrow_c_array__(self, requested_schema: object = None) -> object:
        return self.data.__arrow_c_array__(requested_schema)


class OffersInterchange:
    """A table of the older interchange protocol."""

    def __init__(self, data: pd.DataFrame) -> None:
        self.data = data

    def __dataframe__(self, *given: object, **options: object) -> object:
        return self.data.__dataframe__()


# From whole numbers, None where missing.
COLUMNS: dict[str, Callable[[list], Any]] = {
    "list": list,
    "tuple": tuple,
    "objects": lambda v: np.array(v, dtype=object),
    "series": pd.Series,
    "float32": lambda v: pd.Series(v, dtype="float32"),
    "nullable": lambda v: pd.Series(v, dtype="Int16"),
    "nullable array": lambda v: pd.array(v, dtype="Float64"),
    "index": lambda v: pd.Index(v, dtype="Int64"),
    "Arrow-backed": lambda v: pd.Series(v, dtype="int64[pyarrow]"),
    "Arrow-backed decimals": lambda v: pd.Series(
        pd.arrays.ArrowExtensionArray(pa.array(v, pa.decimal128(9, 0)))
    ),
    "Arrow": pa.array,
    "chunks": lambda v: pa.chunked_array([pa.array(v[:1], pa.int8()), pa.array(v[1:], pa.int8())]),
    "stream": lambda v: OffersStream(pa.chunked_array([pa.array(v, pa.int32())])),
    "one batch": lambda v: OffersArray(pa.array(v, pa.float64())),
    "decimals": lambda v: [None if x is None else Decimal(x) for x in v],
    "fractions": lambda v: [None if x is None else Fraction(x) for x in v],
    "mixed numbers": lambda v: [x if i % 2 or x is None else Decimal(x) for i, x in enumerate(v)],
    "NumPy's numbers": lambda v: [None if x is None else np.float32(x) for x in v],
    "NA": lambda v: [pd.NA if x is None else x for x in v],
    "NaN": lambda v: np.array([np.nan if x is None else x for x in v]),
    "masked": lambda v: np.ma.array(
        [99 if x is None else x for x in v], mask=[x is None for x in v]
    ),
    "masked objects": lambda v: np.ma.array(
        np.array([99 if x is None else x for x in v], dtype=object), mask=[x is None for x in v]
    ),
    "sparse": lambda v: pd.Series(pd.arrays.SparseArray([np.nan if x is None else x for x in v])),
}
WHOLE = st.lists(st.none() | st.integers(0, 100), min_size=2, max_size=12).filter(
    lambda values: any(value is not None for value in values)
)


@settings(max_examples=200)
@given(WHOLE, st.sampled_from(sorted(COLUMNS)))
def test_numbers_are_numbers_in_whatever_they_come(values: list, kind: str) -> None:
    wanted = np.array([np.nan if value is None else value for value in values], float)
    assert np.array_equal(as_numbers("x", COLUMNS[kind](values)), wanted, equal_nan=True)


@pytest.mark.parametrize("kind", COLUMNS)
def test_missing_values_are_counted_in_whatever_they_come(kind: str) -> None:
    with pytest.raises(InputError, match="duration: missing or infinite in 2 of 5 rows, first at"):
        kaplan_meier(COLUMNS[kind]([3, None, 4, 5, None]), [1, 1, 0, 1, 0])
    curve = kaplan_meier(COLUMNS[kind]([3, 3, 4, 5, 7]), COLUMNS[kind]([1, 1, 0, 1, 0]))
    assert curve.survival == pytest.approx([0.6, 0.6, 0.3, 0.3])


# Columns that are no numbers, and what the message calls them.
REFUSED: dict[str, tuple[Any, str]] = {
    "text": ([SECRET, "5"], "text"),
    "digits": (["1", "2"], "text"),
    "text array": (np.array([SECRET, "5"]), "text"),
    "bytes": (np.array([b"0101703961", b"5"]), "text"),
    "text dtype": (pd.Series([SECRET, None], dtype="string"), "text"),
    "Arrow text": (pa.array([SECRET, None]), "text"),
    "Arrow-backed text": (pd.Series([SECRET, "5"], dtype="string[pyarrow]"), "text"),
    "ArrowDtype text": (pd.Series([SECRET, "5"], dtype=pd.ArrowDtype(pa.string())), "text"),
    "mixed": ([1, SECRET], "text in 1 of 2 rows, first at positions 1"),
    "dates and text": ([date(2020, 1, 1), SECRET], "dates in 1 of 2 rows, first at positions 0"),
    "dates": ([date(2020, 1, 1), None], "dates"),
    "datetime": (pd.to_datetime(["2020-01-01", "2020-02-01"]), "dates"),
    "datetime64": (np.array(["2020-01-01", "NaT"], "datetime64[ns]"), "dates"),
    "zones": (pd.Series(pd.to_datetime(["2020-01-01", "2020-02-01"], utc=True)), "dates"),
    "periods": (pd.period_range("2020-01", periods=2, freq="M"), "dates"),
    "Arrow dates": (pa.array([date(2020, 1, 1), None]), "dates"),
    "ArrowDtype dates": (
        pd.Series([date(2020, 1, 1), None], dtype=pd.ArrowDtype(pa.date32())),
        "dates",
    ),
    "time spans": (pd.Series(pd.to_timedelta([7, 14], "D")), "time spans; divide them by the unit"),
    "timedelta": ([timedelta(7), timedelta(14)], "time spans; divide them by the unit"),
    "timedelta64": (np.array([7, 14], "timedelta64[D]"), "time spans; divide them by the unit"),
    "Arrow spans": (pa.array([timedelta(7), None]), "time spans; divide them by the unit"),
    "ArrowDtype spans": (
        pd.Series([timedelta(7), timedelta(14)], dtype=pd.ArrowDtype(pa.duration("s"))),
        "time spans; divide them by the unit",
    ),
    "categories": (pd.Series([1, 2], dtype="category"), "categories"),
    "dictionary": (pa.array([SECRET, "5"]).dictionary_encode(), "categories"),
    "complex": (np.array([1 + 1j, 2]), "complex numbers"),
    "complex objects": ([1 + 1j, None], "complex numbers"),
    "intervals": (pd.interval_range(0, 2), "interval"),
    "lists": (pa.array([[1], [2]]), "values of type"),
    "objects": ([object(), 1], "values of type object in 1 of 2 rows"),
    "None": (None, "one value per row, got None"),
    "word": (SECRET, "one value per row, got str"),
    "number": (5, "one value per row, got int"),
    "nothing at all": (iter([1, 2]), "one value per row, got list_iterator"),
    "set": ({1, 2}, "a set has no order of rows"),
    "dict": ({"a": [1, 2]}, "one column, got a table"),
    "frame": (pd.DataFrame({"a": [1, 2]}), "one column, got a table"),
    "Arrow table": (pa.table({"a": [1, 2]}), "one column, got a table"),
    "stream of a table": (OffersStream(pa.table({"a": [1, 2]})), "one column, got a table"),
    "two columns": (np.ones((2, 2)), "one dimension, got 2"),
    "masked twice": (np.ma.ones((2, 2)), "one dimension, got 2"),
    "ragged": ([[1, 2], [3]], "one value per row"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_number_is_refused_by_name_in_every_argument(kind: str) -> None:
    bad, message = REFUSED[kind]
    good = {"duration": [1.0, 2.0], "event": [1, 0], "entry": [0, 0], "weights": [1, 1]}
    counts = {"time": [1, 2], "at_risk": [3, 2], "events": [1, 1], "censored": [0, 0]}
    x = pd.DataFrame({"x": [0.0, 1.0]})
    for function, arguments in (
        (kaplan_meier, good),
        (kaplan_meier_from_counts, counts),
        (fit_cox, good | {"offset": [0.0, 0.0], "covariates": x}),
    ):
        for name in arguments:
            if name == "covariates" or (kind == "None" and name in ("entry", "weights", "offset")):
                continue
            with pytest.raises(InputError) as refusal:
                function(**arguments | {name: bad})
            assert str(refusal.value).startswith(f"{name}: ")
            assert message in str(refusal.value), kind
            assert SECRET not in str(refusal.value)


def test_true_and_false_are_events_and_no_times() -> None:
    truth = [True, True, False, True, False]
    curve = kaplan_meier([2, 2, 3, 4, 6], pd.Series(truth, dtype="boolean"))
    assert curve.survival == pytest.approx([0.6, 0.6, 0.3, 0.3])
    for times in (truth, np.array(truth), pd.Series(truth, dtype="bool[pyarrow]")):
        with pytest.raises(InputError, match="duration: expected times, got true and false"):
            kaplan_meier(times, [2, 2, 3, 4, 6])


def test_numbers_too_large_are_infinite() -> None:
    with pytest.raises(InputError, match="duration: missing or infinite in 1 of 2"):
        kaplan_meier([10**400, 1], [1, 1])


TABLES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "dict": lambda x: {name: x[name].to_numpy() for name in x},
    "dict of lists": lambda x: x.to_dict("list"),
    "dict of Series": lambda x: dict(x.items()),
    "records": lambda x: x.to_dict("records"),
    "fields": lambda x: x.to_records(index=False),
    "Arrow": pa.table,
    "batch": pa.RecordBatch.from_pandas,
    "reader": lambda x: pa.table(x).to_reader(),
    "stream": lambda x: OffersStream(pa.table(x)),
    "interchange": OffersInterchange,
    "nullable": lambda x: x.convert_dtypes(),
    "Arrow-backed": lambda x: x.convert_dtypes(dtype_backend="pyarrow"),
    "objects": lambda x: x.astype(object),
    "decimals": lambda x: x.map(Decimal),
    "integers": lambda x: x.astype({"b": int, "c": bool}),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_model_is_the_same_from_any_table(kind: str) -> None:
    d = random_rows(1)
    wanted, fit = (fit_cox(d.duration, d.event, x) for x in (d.x, TABLES[kind](d.x)))
    pd.testing.assert_series_equal(fit.coefficients, wanted.coefficients)
    pd.testing.assert_series_equal(fit.se, wanted.se)
    assert np.array_equal(
        fit.expected_duration(TABLES[kind](d.x), 10), wanted.expected_duration(d.x, 10)
    )


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (None, "expected a table with named columns .* got None"),
        ("sex", "expected a table with named columns .* got str"),
        (5.0, "expected a table with named columns .* got float"),
        (np.ones((2, 2)), "expected a table with named columns .* got ndarray"),
        ([1.0, 2.0], "expected a table with named columns .* got list"),
        (pd.Series([1.0, 2.0]), "expected a table with named columns .* got Series"),
        ({"a": [1.0, 2.0], "b": [1.0]}, r"columns of different lengths: {'a': 2, 'b': 1}"),
        ({"a": 1.0}, r"covariates\['a'\]: expected one value per row, got float"),
        ([{"a": 1.0}, {"a": 2.0, "b": 1.0}], "some of the fields are absent in 1 of 2 rows"),
        (OffersStream(pa.chunked_array([[1.0, 2.0]])), "Arrow cannot read it as a table"),
        (pd.DataFrame([[1.0, 2.0], [2.0, 1.0]], columns=["a", "a"]), r"\['a'\] occur more than"),
        (pd.DataFrame([[1.0, 2.0], [2.0, 1.0]], columns=["1", 1]), r"\['1'\] occur more than once"),
        (pa.table([[1.0, 2.0], [2.0, 1.0]], ["a", "a"]), r"\['a'\] occur more than once"),
        (
            pd.DataFrame([[1.0], [2.0]], columns=pd.MultiIndex.from_tuples([("a", "b")])),
            "column names have 2 levels",
        ),
        ({"a": [SECRET, "5"], "b": ["x", "y"]}, r"columns \['a', 'b'\] are not numeric; dummy"),
        ({"a": pd.Categorical(["x", "y"])}, r"columns \['a'\] are not numeric; dummy code"),
        ({"a": [1, SECRET]}, r"covariates\['a'\]: expected numbers, got text in 1 of 2 rows"),
        ({"a": pd.to_timedelta([1, 2], "D")}, r"covariates\['a'\]: expected numbers, got time"),
        ({"a": [1.0, None]}, r"covariates\['a'\]: missing or infinite in 1 of 2 rows"),
        ({"a": [1.0, 2.0, 3.0]}, "covariates: 3 rows, expected 2"),
        ([], "covariates: 0 rows, expected 2"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_by_name(bad: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as refusal:
        fit_cox([1, 2], [1, 1], bad)
    assert SECRET not in str(refusal.value)


def test_column_names_may_be_numbers() -> None:
    d = random_rows(2)
    x = d.x.set_axis([2013, 2014, 2015], axis=1)
    fit = fit_cox(d.duration, d.event, x, ridge={"2014": 2.5})
    assert fit.expected_duration(x, 10) == pytest.approx(
        fit_cox(d.duration, d.event, d.x, ridge={"b": 2.5}).expected_duration(d.x, 10)
    )


def test_one_series_is_one_column_and_no_columns_are_no_covariates() -> None:
    d = random_rows(3)
    one = fit_cox(d.duration, d.event, d.x["age"])
    assert list(one.coefficients.index) == ["age"]
    none = fit_cox(d.duration, d.event, pd.DataFrame(index=range(len(d.event))))
    assert len(none.coefficients) == 0


def test_rows_belong_together_by_position_and_indexes_must_agree() -> None:
    d = random_rows(4)
    labels = np.random.default_rng(0).permutation(len(d.event))
    duration, x = pd.Series(d.duration, labels), d.x.set_axis(labels)
    wanted = fit_cox(d.duration, d.event, d.x).coefficients
    for durations, events, covariates in (
        (duration, pd.Series(d.event, labels), x),
        (duration, d.event, x),
        (pd.Series(d.duration, labels + 1000), pd.Series(d.event), d.x),  # 0, 1, 2 … is no label
    ):
        fit = fit_cox(durations, events, covariates)
        assert fit.coefficients.to_numpy() == pytest.approx(wanted.to_numpy(), rel=1e-12)
    for durations, covariates in (
        (duration, d.x),  # the same labels in another order
        (duration.sort_index(), x),
        (pd.Series(d.duration, labels + 1000), x),  # other labels
    ):
        with pytest.raises(InputError, match="covariates: its index has other labels"):
            fit_cox(durations, d.event, covariates)
    with pytest.raises(InputError, match="event: its index has other labels"):
        kaplan_meier(duration, pd.Series(d.event))
    with pytest.raises(InputError, match=r"covariates\['b'\]: its index has other labels"):
        fit_cox(d.duration, d.event, {"age": x["age"], "b": d.x["b"]})
    fit = fit_cox(d.duration, d.event, d.x, strata=d.strata)
    with pytest.raises(InputError, match="strata: its index has other labels"):
        fit.expected_duration(x, 10, pd.Series(d.strata))


def test_strata_of_two_columns_are_their_combinations() -> None:
    d = random_rows(5)
    second = np.where(d.x["b"] == 1, "b", "a")
    joined = fit_cox(
        d.duration,
        d.event,
        d.x[["age"]],
        strata=[f"{a}{b}" for a, b in zip(d.strata, second, strict=True)],
    )
    table = pd.DataFrame({"region": d.strata, "kind": second})
    kinds: list[Any] = [
        table,
        table.to_dict("list"),
        pa.table(table),
        OffersStream(pa.table(table)),
        list(zip(d.strata.tolist(), second.tolist(), strict=True)),
    ]
    for strata in kinds:
        fit = fit_cox(d.duration, d.event, d.x[["age"]], strata=strata)
        assert fit.coefficients["age"] == pytest.approx(joined.coefficients["age"], rel=1e-12)
        curves = fit.baseline()
        assert isinstance(curves, dict)
        assert list(curves) == [(0, "a"), (0, "b"), (1, "a"), (1, "b")]
        assert fit.expected_duration(d.x[["age"]], 10, strata) == pytest.approx(
            joined.expected_duration(
                d.x[["age"]], 10, [f"{a}{b}" for a, b in zip(d.strata, second, strict=True)]
            )
        )
    as_array = fit_cox(d.duration, d.event, d.x[["age"]], strata=np.c_[d.strata, d.x["b"]])
    assert as_array.coefficients["age"] == pytest.approx(joined.coefficients["age"], rel=1e-12)
    one_column = fit_cox(d.duration, d.event, d.x, strata=table[["region"]])
    assert one_column.data.strata_names == (0, 1)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([2, 1, 2], (1, 2)),
        (["b", "a", "b"], ("a", "b")),
        ([1, "a", 1], (1, "a")),
        (pd.Series([2, 1, 2], dtype="Int8"), (1, 2)),
        (pd.Categorical(["b", "a", "b"], ["b", "a", "c"]), ("a", "b")),
        (pa.array(["b", "a", "b"]), ("a", "b")),
        (OffersStream(pa.chunked_array([["b", "a", "b"]])), ("a", "b")),
        ([date(2020, 1, k) for k in (2, 1, 2)], (date(2020, 1, 1), date(2020, 1, 2))),
        ([True, False, True], (False, True)),
        (np.ma.array([5, 1, 5]), (1, 5)),
    ],
)  # fmt: skip
def test_labels_are_sorted_and_counted_once(labels: Any, names: tuple) -> None:
    codes, distinct = as_labels("strata", labels, 3)
    assert distinct == names
    assert codes.tolist() in ([1, 0, 1], [0, 1, 0])
    assert [distinct[code] for code in codes] == [list(labels_of(labels))[k] for k in range(3)]


def labels_of(labels: Any) -> list:
    data = labels.data if isinstance(labels, OffersStream) else labels
    return data.to_pylist() if isinstance(data, pa.Array | pa.ChunkedArray) else list(data)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, None, 2], "strata: missing in 1 of 3 rows, first at positions 1"),
        (pd.Series([1, pd.NA, 2], dtype="Int8"), "strata: missing in 1 of 3"),
        (np.ma.array([1, 2, 3], mask=[0, 1, 1]), "strata: missing in 2 of 3"),
        (pd.DataFrame({"a": [1, 2, 3], "b": ["x", None, "y"]}), r"strata\['b'\]: missing in 1 of"),
        ([1, 2], "strata: 2 values, expected 3"),
        ("region", "strata: expected one value per row, got str"),
        ([{1}, {2}, {3}], "strata: labels must be texts, numbers or dates"),
        (pd.DataFrame(index=range(3)), "strata: a table without columns"),
    ],
)
def test_labels_that_cannot_be_are_refused(labels: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        as_labels("strata", labels, 3)


def test_horizons_that_cannot_be_are_refused() -> None:
    d = random_rows(6)
    curve, fit = kaplan_meier(d.duration, d.event), fit_cox(d.duration, d.event, d.x)
    for bad, message in (
        (None, "horizon: expected one positive number, got None"),
        ("156", "horizon: expected one positive number, got str"),
        (True, "horizon: expected one positive number, got bool"),
        (timedelta(7), "horizon: expected one positive number, got timedelta"),
        (datetime(2020, 1, 1), "horizon: expected one positive number, got datetime"),
        ([10], "horizon: expected one positive number, got list"),
        (float("nan"), "horizon: must be positive, got nan"),
        (0, "horizon: must be positive, got 0.0"),
        (-1.5, "horizon: must be positive, got -1.5"),
        (np.inf, "horizon: infinite, but the survival curve does not come down to zero"),
    ):
        for measure in (curve.restricted_mean, lambda h: fit.expected_duration(d.x, h)):
            with pytest.raises(InputError, match=message):
                measure(bad)
    for good in (10, 10.0, np.float32(10), np.int8(10), Decimal(10), np.array(10)):
        assert curve.restricted_mean(good) == curve.restricted_mean(10)
        assert as_positive_number("horizon", good) == 10.0


def test_an_infinite_horizon_gives_the_mean_of_a_closed_curve() -> None:
    duration = np.array([1.0, 2.0, 2.0, 5.0, 9.0])
    area = kaplan_meier(duration, np.ones(5)).restricted_mean(np.inf)
    assert area.value == pytest.approx(duration.mean())
    assert area.se == pytest.approx(duration.std() / np.sqrt(5))
    assert not area.tail_extended
    fit = fit_cox(duration, np.ones(5), pd.DataFrame(index=range(5)))
    assert fit.expected_duration(pd.DataFrame(index=range(2)), np.inf) == pytest.approx([3.8, 3.8])
    x = pd.DataFrame({"x": [0.0, 1.0, 0.0, 1.0, 0.0]})
    closed = fit_cox(duration, np.ones(5), x)
    assert closed.expected_duration(x, np.inf) == pytest.approx(closed.expected_duration(x, 1e6))


def test_times_of_a_curve_are_numbers() -> None:
    curve = kaplan_meier([1, 2], [1, 1])
    assert curve.at([0.5, 1, np.inf]).tolist() == [1.0, 0.5, 0.0]
    with pytest.raises(InputError, match="times: missing in 1 of 2"):
        curve.at([1, None])
    with pytest.raises(InputError, match="times: expected numbers, got text"):
        curve.at(["1"])


def test_frames_keep_their_column_labels_and_row_labels() -> None:
    frame = as_frame("spells", {1: pd.Series([5, 6], ["a", "b"]), "x": [7, 8]})
    assert list(frame.columns) == [1, "x"]
    assert list(frame.index) == ["a", "b"]
    assert frame["x"].tolist() == [7, 8]


def test_a_baseline_is_a_curve_whatever_the_table() -> None:
    assert isinstance(fit_cox([1, 2, 3], [1, 1, 1], {"x": [0, 1, 0]}).baseline(), SurvivalCurve)


ODD: list[Any] = [
    None,
    "sex",
    5,
    True,
    np.nan,
    np.inf,
    [],
    {},
    (),
    set(),
    object(),
    float,
    np.array(5),
    np.zeros((12, 2)),
    np.zeros((0, 2)),
    np.full(12, 1e308),
    np.full(12, 5e-324),
    [None] * 12,
    [pd.NaT] * 12,
    [10**400] * 12,
    [np.ma.masked] * 12,
    [()] * 12,
    [(1, 2)] * 12,
    [{}] * 12,
    np.ma.masked_all(12),
    pd.DataFrame(),
    pd.DataFrame({"x": [1.0] * 12}),
    pd.DataFrame({None: range(12)}),
    pd.Series([1] * 12, index=[0] * 12),
    pd.MultiIndex.from_arrays([range(12), range(12)]),
    pa.table({}),
    pa.array([{"a": 1}] * 12),
    pa.array([None] * 12),
    [{"x": i} for i in range(12)],
    {1: range(12), "1": range(12)},
    {"x": None},
    np.rec.array([(i, 1.0) for i in range(12)], dtype=[("a", int), ("b", float)]),
    memoryview(bytes(12)),
]


@pytest.mark.filterwarnings("error::RuntimeWarning", "ignore:Warning. converting a masked")
@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_anything_at_all_is_computed_with_or_refused(value: Any) -> None:
    x = pd.DataFrame({"x": np.random.default_rng(0).normal(size=12), "y": np.arange(12) % 2})
    rows = {"duration": np.arange(1, 13.0), "event": np.arange(12) < 6, "covariates": x}
    stratified = fit_cox(**rows, strata=np.arange(12) % 3)
    plain = fit_cox(**rows)
    calls: list[Callable[[], Any]] = [
        lambda: plain.expected_duration(value, 5),
        lambda: plain.expected_duration(x, value),
        lambda: plain.expected_duration(x, 5, method=value),
        lambda: stratified.expected_duration(x, 5, value),
        lambda: kaplan_meier(value, rows["event"]).restricted_mean(5),
        lambda: kaplan_meier(rows["duration"], rows["event"]).restricted_mean(value),
        lambda: kaplan_meier(rows["duration"], rows["event"]).at(value),
    ]
    names = ["entry", "weights", "strata", "cluster", "offset", "ridge", "ties", "aliased"]
    for name in [*rows, *names]:
        calls.append(lambda name=name: every_output(fit_cox(**rows | {name: value})))
    for call in calls:
        try:
            call()
        except InputError as refusal:
            assert len(str(refusal)) < 400


def every_output(fit: CoxFit) -> None:
    assert fit.baseline() is not None
    assert fit.proportionality_test().shape == (len(fit.coefficients), 2)
    assert len(fit.score_residuals()) == len(fit.linear_predictor) == 12
    assert 0 <= fit.concordance() <= 1 or np.isnan(fit.concordance())
