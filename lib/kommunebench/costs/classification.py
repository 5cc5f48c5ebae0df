"""Cost class against result class: table 5.3, the potential."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.costs.named_columns import frame_with_columns, with_numbers
from kommunebench.errors import InputError
from kommunebench.survival.arguments import Table

COST_CLASSES = ("above", "below", "as_expected")
RESULT_CLASSES = ("worse", "better", "as_expected")
TOTAL = "total"
_NEEDED = (
    "municipality_code",
    "cost_assessment",
    "result_assessment",
    "mean_unit_cost",
    "indicator",
)


@dataclass(frozen=True, slots=True)
class CostByResult:
    """Table 5.3.

    ``table``: cost_class, result_class (both with ``total``), mean_unit_cost, mean_indicator
    (unweighted means over municipalities, missing in an empty cell), units. ``left_out``:
    municipality_code of those without an assessment on one of the sides; they are in no cell and no
    total.
    """

    table: pd.DataFrame
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CostPotential:
    """Among municipalities with an expected result: mean cost of those above and below expected
    cost, DKK a person.

    ``difference`` is what the dear would spend less a person and year at the level of the cheap;
    NaN if either is empty.
    """

    units_above: int
    units_below: int
    mean_above: float
    mean_below: float
    difference: float


def build_cost_by_result(units: pd.DataFrame) -> CostByResult:
    """Mean unit cost, mean benchmark indicator and count by cost class and result class.

    ``units``: one row a municipality: municipality_code, cost_assessment (above, as_expected,
    below), result_assessment (better, as_expected, worse; missing without verdict), mean_unit_cost,
    indicator.
    """
    units = _checked(units)
    classified = units["cost_assessment"].notna() & units["result_assessment"].notna()
    inside = units[classified]
    rows = [
        _cell(inside, cost_class, result_class)
        for cost_class in (*COST_CLASSES, TOTAL)
        for result_class in (*RESULT_CLASSES, TOTAL)
    ]
    return CostByResult(pd.DataFrame(rows), tuple(units.loc[~classified, "municipality_code"]))


def find_cost_potential(table: pd.DataFrame) -> CostPotential:
    """The difference in section 5.2 of the report between dear and cheap municipalities with an
    expected result, from the rows of table 5.3."""
    needed = ("cost_class", "result_class", "units", "mean_unit_cost")
    table = frame_with_columns("table", table, needed)
    cells = table[table["result_class"] == "as_expected"].set_index("cost_class")
    units, means = (cells[name].reindex(["above", "below"]) for name in ("units", "mean_unit_cost"))
    n_above, n_below = units.fillna(0).astype(int)
    above, below = means.astype(float)
    return CostPotential(n_above, n_below, above, below, above - below)


def _cell(inside: pd.DataFrame, cost_class: str, result_class: str) -> dict[str, object]:
    members = np.ones(len(inside), dtype=bool)
    if cost_class != TOTAL:
        members &= (inside["cost_assessment"] == cost_class).to_numpy()
    if result_class != TOTAL:
        members &= (inside["result_assessment"] == result_class).to_numpy()
    chosen = inside[members]
    return {
        "cost_class": cost_class,
        "result_class": result_class,
        "mean_unit_cost": _mean(chosen["mean_unit_cost"]),
        "mean_indicator": _mean(chosen["indicator"]),
        "units": len(chosen),
    }


def _mean(values: pd.Series) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _checked(units: Table) -> pd.DataFrame:
    """The table of municipalities, with known classes only."""
    units = frame_with_columns("units", units, _NEEDED)
    units = with_numbers("units", units, ("mean_unit_cost", "indicator"))
    for column, allowed in (
        ("cost_assessment", COST_CLASSES),
        ("result_assessment", RESULT_CLASSES),
    ):
        strange = sorted(set(units[column].dropna()) - set(allowed))
        if strange:
            raise InputError(
                f"units, column {column}: unknown {', '.join(map(str, strange))}; use"
                f" {', '.join(allowed)}."
            )
    return units
