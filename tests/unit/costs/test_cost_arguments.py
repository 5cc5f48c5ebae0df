"""What a person may hand to the regression and the frontier: computed with, or refused by name."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from kommunebench.costs import (
    IntervalSettings,
    fit_efficiency_regressions,
    fit_errors_in_variables,
    fit_frontier,
    fit_regression,
    predict_mean,
)
from kommunebench.errors import InputError

ROWS = 30
frontier = partial(
    fit_frontier,
    side="production",
    outcome="log",
    intervals=IntervalSettings(kind="parameters_known", draws=100),
)
FITS = {"regression": fit_regression, "frontier": frontier}
both = pytest.mark.parametrize("fit", FITS.values(), ids=FITS)


def sample() -> tuple[np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(4)
    x = rng.integers(1, 9, ROWS).astype(float)
    y = 2.0 + 0.25 * x - np.abs(rng.normal(size=ROWS)) + 0.3 * rng.normal(size=ROWS)
    return y, pd.DataFrame({"constant": 1.0, "x": x})


def records(X: pd.DataFrame) -> Any:
    return X.to_dict("records")


TABLES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "dict": lambda X: X.to_dict("list"),
    "records": records,
    "arrow": pa.Table.from_pandas,
    "named array": lambda X: X.to_records(index=False),
    "nullable": lambda X: X.astype({"x": "Int64"}),
    "arrow-backed": lambda X: X.convert_dtypes(dtype_backend="pyarrow"),
    "decimals": lambda X: X.assign(x=[Decimal(str(value)) for value in X["x"]]),
    "objects": lambda X: X.astype(object),
}
COLUMNS: dict[str, Callable[[np.ndarray], Any]] = {
    "list": list,
    "series": pd.Series,
    "arrow": pa.array,
    "nullable": lambda y: pd.array(y, dtype="Float64"),
    "masked without a mask": np.ma.masked_array,
    "objects": lambda y: y.astype(object),
}


@both
@pytest.mark.parametrize("kind", TABLES)
def test_tables_of_any_kind_give_one_answer(fit: Any, kind: str) -> None:
    y, X = sample()
    plain, other = fit(y, X), fit(y, TABLES[kind](X))
    pd.testing.assert_series_equal(other.coefficients, plain.coefficients)


@both
@pytest.mark.parametrize("kind", COLUMNS)
def test_columns_of_any_kind_give_one_answer(fit: Any, kind: str) -> None:
    y, X = sample()
    plain, other = fit(y, X), fit(COLUMNS[kind](y), X)
    pd.testing.assert_series_equal(other.coefficients, plain.coefficients)


@both
def test_a_frame_of_another_library_is_read_through_arrow(fit: Any) -> None:
    class Foreign:
        """Offers Arrow's stream and nothing else, as a Polars frame does."""

        def __init__(self, table: pa.Table) -> None:
            self._table = table

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return self._table.__arrow_c_stream__(requested_schema)

    y, X = sample()
    other = fit(y, Foreign(pa.Table.from_pandas(X)))
    pd.testing.assert_series_equal(other.coefficients, fit(y, X).coefficients)


SPANS = pd.Series(pd.to_timedelta(np.arange(ROWS), unit="D"))
DATES = pd.Series(pd.date_range("2015-01-01", periods=ROWS))


@both
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda y, X: (pd.Series(y, range(5, 5 + ROWS)), X.set_axis(range(1, ROWS + 1))), "index"),
        (lambda y, X: (pd.Series(y, index=X.index[::-1]), X), "index"),
        (lambda y, X: (y[:-1], X), "y has 29"),
        (lambda y, X: (None, X), "^y: expected one value per row, got None"),
        (lambda y, X: (y, None), "^X: expected a table"),
        (lambda y, X: (y, "x"), "^X: expected a table"),
        (lambda y, X: (y, X["x"].to_numpy()), "X must have two dimensions"),
        (lambda y, X: (np.ma.masked_less(y, 2.0), X), "y: missing or infinite in"),
        (lambda y, X: (pd.array([pd.NA, *y[1:]], dtype="Float64"), X), "y: missing .* in 1 of 30"),
        (
            lambda y, X: (y, X.assign(x=pd.array([None, *X["x"][1:]], "double[pyarrow]"))),
            r"X\['x'\]: missing or infinite in 1 of 30 rows, first at positions 0",
        ),
        (lambda y, X: (y, X.assign(x=np.inf)), r"X\['x'\]: missing or infinite in 30"),
        (lambda y, X: (y, X.assign(x=SPANS)), r"X\['x'\]: expected numbers, got time spans"),
        (lambda y, X: (SPANS, X), "y: expected numbers, got time spans"),
        (lambda y, X: (DATES, X), "y: expected numbers, got dates"),
        (lambda y, X: (y.astype(str), X), "y: expected numbers, got text"),
        (lambda y, X: (y, X.assign(x="secret")), "X: columns .'x'. are not numeric"),
        (lambda y, X: (y, X.set_axis(["a", "a"], axis=1)), "'a'. occur more than once"),
        (lambda y, X: (y, X.set_axis([1, "1"], axis=1)), "'1'. occur more than once"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(fit: Any, change: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        fit(*change(*sample()))
    assert "secret" not in str(refused.value)


@both
def test_labels_in_the_same_order_are_no_fault(fit: Any) -> None:
    y, X = sample()
    labels = [f"unit {k}" for k in range(ROWS)]
    other = fit(pd.Series(y, index=labels), X.set_axis(labels))
    assert other.coefficients.to_list() == fit(y, X).coefficients.to_list()


def test_integer_names_of_columns_fit_and_predict() -> None:
    y, X = sample()
    fit = fit_regression(y, X.set_axis([0, 7], axis=1))
    assert list(fit.coefficients.index) == ["0", "7"]
    mean, _ = predict_mean(fit, X.set_axis([0, 7], axis=1)[[7, 0]])
    assert mean == pytest.approx(fit.fitted)
    with pytest.raises(InputError, match="lacks the columns 7"):
        predict_mean(fit, X[["constant"]].set_axis([0], axis=1))
    assert list(frontier(y, X.set_axis([0, 7], axis=1)).coefficients.index) == ["0", "7"]


@pytest.mark.parametrize("name", ["ln_sigma_u", "ln_sigma_v", "mu_over_sigma_u"])
def test_a_column_named_as_a_parameter_of_the_frontier_is_refused(name: str) -> None:
    y, X = sample()
    with pytest.raises(InputError, match=f"column {name}: the name of a parameter"):
        frontier(y, X.rename(columns={"x": name}))
    assert fit_regression(y, X.rename(columns={"x": name})).coefficients[name] > 0.0


def test_clusters_of_two_columns_are_their_combinations() -> None:
    y, X = sample()
    pairs = pd.DataFrame({"region": np.arange(ROWS) % 3, "year": np.arange(ROWS) % 4})
    joined = pairs["region"].astype(str) + "/" + pairs["year"].astype(str)
    two, one = (fit_regression(y, X, cluster=labels).se_clustered for labels in (pairs, joined))
    pd.testing.assert_series_equal(two, one)
    with pytest.raises(InputError, match="cluster: missing in 1 of 30"):
        fit_regression(y, X, cluster=[None, *joined[1:]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"side": "profit"}, "side: 'profit' is neither"),
        ({"side": None}, "side: expected production or cost, got None"),
        ({"distribution": "beta"}, "distribution: 'beta' is neither"),
        ({"weights": np.r_[np.ones(19), 0.0]}, "weights: not above zero in 1 of 20 rows"),
        ({"weights": np.ones(7)}, "weights has 7 rows"),
        ({"noise": "known_variance"}, "noise_se go together"),
        ({"noise": "known_variance", "noise_se": -np.ones(20)}, "noise_se: negative in 20"),
        (
            {"noise": "known_variance", "noise_se": np.ones(20), "weights": np.ones(20)},
            "leave weights out",
        ),
        ({"y": np.r_[np.nan, np.ones(19)]}, "y: missing or infinite in 1 of 20 rows"),
        (
            {"X": pd.DataFrame({"c": 1.0, "x": np.arange(20.0), "z": 2 * np.arange(20.0)})},
            "column z: a linear function",
        ),
        (
            {"X": np.column_stack([np.ones(20), np.ones(20), np.arange(20.0)])},
            "more than one constant",
        ),
        ({"X": np.arange(20.0)[:, None]}, "no constant"),
        ({"X": np.ones((20, 0))}, "no constant|X"),
    ],
)
def test_unusable_arguments_of_a_frontier_are_named(change: dict[str, Any], message: str) -> None:
    arguments = {
        "y": np.random.default_rng(1).normal(size=20),
        "X": np.column_stack([np.ones(20), np.arange(20.0)]),
    }
    with pytest.raises(InputError, match=message):
        frontier(**(arguments | change))


def test_tables_of_municipalities_may_be_arrow_and_must_be_aligned() -> None:
    rng = np.random.default_rng(5)
    units = pd.DataFrame(
        {
            "municipality_code": [str(101 + k) for k in range(ROWS)],
            "cost_indicator": rng.uniform(0.6, 1.4, ROWS),
            "indicator": rng.uniform(0.9, 1.1, ROWS),
            "persons": rng.integers(100, 900, ROWS),
        }
    )
    foreign = pa.Table.from_pandas(units)
    pd.testing.assert_frame_equal(
        fit_efficiency_regressions(foreign).table, fit_efficiency_regressions(units).table
    )
    variance = pd.Series(0.001, index=units["municipality_code"])
    with pytest.raises(InputError, match="error_variance: its index"):
        fit_errors_in_variables(units.set_index("persons", drop=False), error_variance=variance)
    plain = fit_errors_in_variables(units, error_variance=variance.to_numpy())
    again = fit_errors_in_variables(foreign, error_variance=pa.array(variance.to_numpy()))
    assert again.moment == plain.moment
    with pytest.raises(InputError, match="confidence_level: must lie between 0 and 1, got 95"):
        fit_errors_in_variables(units, error_variance=variance.to_numpy(), confidence_level=95)
