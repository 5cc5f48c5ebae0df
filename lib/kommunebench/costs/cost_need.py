"""What composition predicts that a municipality spends a person: the three nested models of table
5.1."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.cost_rules import MIN_FULL_YEAR_PERSONS
from kommunebench.costs.named_columns import (
    frame_with_columns,
    refuse_repeated,
    with_codes,
    with_known_years,
    with_numbers,
)
from kommunebench.costs.regression import RegressionFit, fit_regression
from kommunebench.errors import InputError

CONSTANT = "constant"
CELL = ["municipality_code", "year"]


@dataclass(frozen=True, slots=True)
class TermBlock:
    """Shares that enter a model together; ``reference`` is the category left out (None if the
    shares are no partition)."""

    name: str
    terms: tuple[str, ...]
    reference: str | None = None


BASIC_BLOCKS = (
    TermBlock("danish_education", ("danish_unknown", "danish_1", "danish_2"), "danish_3"),
    TermBlock("age_residence_basis", ("under_25", "refugee")),
)
CONTINENT_BLOCK = TermBlock(
    "continent", ("europe_non_eu28", "south_central_america", "asia"), "africa"
)
COUNTRY_BLOCK = TermBlock(
    "country", ("syria", "thailand_philippines", "turkey", "iran_afghanistan")
)
TABLE_5_1 = (
    BASIC_BLOCKS,
    (*BASIC_BLOCKS, CONTINENT_BLOCK),
    (*BASIC_BLOCKS, CONTINENT_BLOCK, COUNTRY_BLOCK),
)


@dataclass(frozen=True, slots=True)
class CostNeedSettings:
    """Which municipality-years count and which models are fitted; the last model gives the cost
    need.

    ``compared``: codes of the municipalities in the benchmark (None: all). A year counts with more
    than ``min_full_year_persons``.
    """

    min_full_year_persons: float = MIN_FULL_YEAR_PERSONS
    compared: frozenset[str] | None = None
    models: tuple[tuple[TermBlock, ...], ...] = TABLE_5_1


@dataclass(frozen=True, slots=True)
class CostNeed:
    """Cost models and the need they predict (method, section 8.2).

    ``models``: model (1-3), term, is_reference, coefficient, se, se_clustered (by municipality),
    t_value, p_value, n, r_squared; t and p from the plain error; references and terms without
    variation have no coefficient. ``yearly``: one row a counted municipality-year:
    municipality_code, year, full_year_persons, unit_cost, cost_need, cost_indicator. ``left_out``:
    municipality_code, year, reason. ``constant_terms``: shares without variation, left out of the
    models that have them.
    """

    models: pd.DataFrame
    yearly: pd.DataFrame
    left_out: pd.DataFrame
    constant_terms: tuple[str, ...]


def fit_cost_need(unit_costs: pd.DataFrame, settings: CostNeedSettings | None = None) -> CostNeed:
    """OLS of unit cost on composition shares and years, nested models; need is the fitted value of
    the last.

    ``unit_costs``: municipality_code, year, full_year_persons, unit_cost and one column (0-1) a
    term. Rows without a unit cost are left out and named. Raises InputError for missing columns or
    shares, values that are no numbers, no model, or too few rows.
    """
    settings = settings or CostNeedSettings()
    if not settings.models:
        raise InputError("models: no cost model is given, so nothing predicts the need.")
    terms = list(
        dict.fromkeys(term for model in settings.models for block in model for term in block.terms)
    )
    needed = [*CELL, "full_year_persons", "unit_cost", *terms]
    unit_costs = with_codes("unit_costs", frame_with_columns("unit_costs", unit_costs, needed))
    unit_costs = with_known_years("unit_costs", with_numbers("unit_costs", unit_costs, needed[2:]))
    refuse_repeated("unit_costs", unit_costs, CELL, "municipality-years")
    reason = _reason_left_out(unit_costs, settings)
    counted = unit_costs[reason == ""].sort_values(CELL, ignore_index=True)
    _refuse_too_few(counted, settings)
    constant_terms = tuple(term for term in terms if np.ptp(counted[term].to_numpy()) < 1e-12)
    years = _year_dummies(counted["year"])
    fits = [_fit_model(counted, years, model, constant_terms) for model in settings.models]
    rows = [
        _model_rows(model_number, model, fit, counted["year"])
        for model_number, (model, fit) in enumerate(
            zip(settings.models, fits, strict=True), start=1
        )
    ]
    yearly, unusable = _yearly(counted, fits[-1])
    left_out = unit_costs.assign(reason=reason).loc[
        reason != "", ["municipality_code", "year", "reason"]
    ]
    return CostNeed(
        models=pd.concat(rows, ignore_index=True),
        yearly=yearly,
        left_out=pd.concat([left_out, unusable], ignore_index=True),
        constant_terms=constant_terms,
    )


def _refuse_too_few(counted: pd.DataFrame, settings: CostNeedSettings) -> None:
    if counted.empty:
        raise InputError(
            "unit_costs: no municipality-year is left to count; see min_full_year_persons and"
            " compared."
        )
    terms = max(len({term for block in model for term in block.terms}) for model in settings.models)
    terms += counted["year"].nunique()
    if len(counted) <= terms:
        raise InputError(
            f"unit_costs: {len(counted)} municipality-years count (compared, more than"
            f" {settings.min_full_year_persons:g} full-year persons), the largest cost model has"
            f" {terms} terms. Lower cost.min_full_year_persons or leave the section cost out."
        )


def _reason_left_out(unit_costs: pd.DataFrame, settings: CostNeedSettings) -> pd.Series:
    """Why a row does not count, empty if it does; the first reason that applies."""
    reason = pd.Series("", index=unit_costs.index)
    compared = settings.compared
    outside = pd.Series(False, index=unit_costs.index)
    if compared is not None:
        outside = ~unit_costs["municipality_code"].isin(compared)
    tests: dict[str, pd.Series] = {
        "not_compared": outside,
        "no_unit_cost": ~unit_costs["unit_cost"].abs().lt(np.inf),
        "too_few_full_year_persons": ~(
            unit_costs["full_year_persons"] > settings.min_full_year_persons
        ),
    }
    for name, applies in tests.items():
        reason = reason.mask((reason == "") & applies, name)
    return reason


def _year_dummies(year: pd.Series) -> pd.DataFrame:
    first = year.min()
    later = [value for value in sorted(year.unique()) if value != first]
    return pd.DataFrame(
        {f"year_{value}": (year == value).astype(float) for value in later}, index=year.index
    )


def _fit_model(
    counted: pd.DataFrame,
    years: pd.DataFrame,
    model: tuple[TermBlock, ...],
    constant_terms: tuple[str, ...],
) -> RegressionFit:
    terms = [term for block in model for term in block.terms if term not in constant_terms]
    design = pd.concat([counted[terms], years], axis=1)
    design[CONSTANT] = 1.0
    return fit_regression(counted["unit_cost"], design, cluster=counted["municipality_code"])


def _model_rows(
    model_number: int, model: tuple[TermBlock, ...], fit: RegressionFit, year: pd.Series
) -> pd.DataFrame:
    references = {block.reference for block in model if block.reference} | {f"year_{year.min()}"}
    order: list[str] = []
    for block in model:
        order += [*block.terms, *([block.reference] if block.reference else [])]
    order += [
        f"year_{year.min()}",
        *(term for term in fit.coefficients.index if term.startswith("year_")),
        CONSTANT,
    ]
    columns = {
        "coefficient": fit.coefficients,
        "se": fit.se,
        "se_clustered": fit.se_clustered,
        "t_value": fit.t_values,
        "p_value": fit.p_values,
    }
    rows = pd.DataFrame(columns).reindex(order).rename_axis("term").reset_index()
    rows.insert(0, "model", model_number)
    rows.insert(2, "is_reference", rows["term"].isin(references))
    return rows.assign(n=fit.n, r_squared=fit.r_squared)


def _yearly(counted: pd.DataFrame, fit: RegressionFit) -> tuple[pd.DataFrame, pd.DataFrame]:
    yearly = counted[["municipality_code", "year", "full_year_persons", "unit_cost"]].assign(
        cost_need=fit.fitted
    )
    # A linear model can predict nothing or less for an unusual composition: no ratio can be formed
    # there.
    usable = yearly["cost_need"] > 0.0
    unusable = yearly.loc[~usable, ["municipality_code", "year"]].assign(
        reason="cost_need_not_above_zero"
    )
    yearly = yearly[usable].reset_index(drop=True)
    return yearly.assign(cost_indicator=yearly["unit_cost"] / yearly["cost_need"]), unusable
