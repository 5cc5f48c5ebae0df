"""Programme expenditure a full-year person, by municipality and year, and table 4.3."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.cost_rules import AccountSettings
from kommunebench.costs.account_rows import PROBLEM_COLUMNS
from kommunebench.costs.accounts import Expenditure
from kommunebench.costs.named_columns import (
    frame_with_columns,
    refuse_repeated,
    with_codes,
    with_known_years,
    with_numbers,
)
from kommunebench.errors import InputError
from kommunebench.survival.arguments import refuse

PER_CELL = ["municipality_code", "year"]


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """Cost a person of the cells that can be used, and the cells that cannot.

    ``unit_costs``: municipality_code, year, programme_expenditure (DKK), full_year_persons,
    unit_cost (DKK a person) and whatever shares came with the persons. ``problems``: cells left
    out, with the columns of Expenditure's.
    """

    unit_costs: pd.DataFrame
    problems: pd.DataFrame


def build_unit_costs(
    expenditure: Expenditure,
    full_year_persons: pd.DataFrame,
    settings: AccountSettings | None = None,
) -> UnitCosts:
    """Divide programme expenditure by full-year persons.

    ``full_year_persons``: municipality_code, year, full_year_persons and composition shares, one
    row a cell. A cell is left out and named where it has no accounts, a negative net expenditure, a
    year without price index, or no persons. Raises InputError for missing columns, values that are
    no numbers, or a cell that occurs twice.
    """
    settings = settings or AccountSettings()
    persons = _check_persons(full_year_persons, settings)
    cells = persons.merge(expenditure.cells, on=PER_CELL, how="outer")
    reason = _reason(cells, expenditure)
    columns = [*PER_CELL, "programme_expenditure", "full_year_persons", "unit_cost"]
    cells["unit_cost"] = cells["programme_expenditure"] / cells["full_year_persons"].where(
        reason == ""
    )
    shares = [column for column in persons.columns if column not in columns]
    usable = cells.loc[reason == "", [*columns, *shares]].sort_values(PER_CELL, ignore_index=True)
    problems = cells.loc[reason != "", PER_CELL].assign(
        account_group=None, reason=reason[reason != ""], rows=1
    )
    return UnitCosts(unit_costs=usable, problems=problems[PROBLEM_COLUMNS].reset_index(drop=True))


def summarise_unit_costs(
    unit_costs: pd.DataFrame, compared: frozenset[str] | None = None
) -> pd.DataFrame:
    """Table 4.3: unweighted over the municipalities compared (None: all).

    Columns period (a year, or first/last), municipalities, mean, min, max, std_dev, standard_error,
    DKK a person. The last row is over the municipalities' means of their years.
    """
    needed = (*PER_CELL, "unit_cost")
    unit_costs = with_codes("unit_costs", frame_with_columns("unit_costs", unit_costs, needed))
    unit_costs = with_known_years(
        "unit_costs", with_numbers("unit_costs", unit_costs, ["unit_cost"])
    )
    if compared is not None:
        unit_costs = unit_costs[unit_costs["municipality_code"].isin(compared)]
    if unit_costs.empty:
        raise InputError("unit_costs has no rows of the municipalities compared.")
    rows = [_summary(str(year), values["unit_cost"]) for year, values in unit_costs.groupby("year")]
    means_of_years = unit_costs.groupby("municipality_code")["unit_cost"].mean()
    period = f"{unit_costs['year'].min()}/{unit_costs['year'].max()}"
    return pd.DataFrame([*rows, _summary(period, means_of_years)])


def _summary(period: str, values: pd.Series) -> dict[str, object]:
    spread = float(values.std(ddof=1))
    return {
        "period": period,
        "municipalities": len(values),
        "mean": float(values.mean()),
        "min": float(values.min()),
        "max": float(values.max()),
        "std_dev": spread,
        "standard_error": spread / float(np.sqrt(len(values))),
    }


def _check_persons(persons: pd.DataFrame, settings: AccountSettings) -> pd.DataFrame:
    needed = (*PER_CELL, "full_year_persons")
    argument = "full_year_persons"
    persons = with_codes(argument, frame_with_columns(argument, persons, needed))
    persons = with_known_years(argument, with_numbers(argument, persons, [argument]))
    refuse(f"{argument}['{argument}']", np.isinf(persons[argument]), "infinite")
    refuse_repeated(argument, persons, PER_CELL, "cells")
    return persons[persons["year"].between(settings.first_year, settings.last_year)]


def _reason(cells: pd.DataFrame, expenditure: Expenditure) -> pd.Series:
    """Why a cell cannot be used, empty if it can; the first reason that applies."""
    faults = expenditure.problems
    no_index = set(faults.loc[faults["reason"] == "year_without_price_index", "year"])
    spent, persons = cells["programme_expenditure"], cells["full_year_persons"]
    tests = {
        "year_without_price_index": cells["year"].isin(no_index) & spent.isna(),
        "no_accounts": spent.isna(),
        "negative_expenditure": spent < 0.0,
        "expenditure_without_persons": ~(persons > 0.0),
    }
    reason = pd.Series("", index=cells.index)
    for name, applies in tests.items():
        reason = reason.mask(applies & (reason == ""), name)
    return reason
