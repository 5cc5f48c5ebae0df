"""Sentences on costs and results: the corrected slope, and what separates dear from cheap."""

import pandas as pd

from kommunebench.costs import find_cost_potential
from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing

# A class mean of fewer municipalities is that of a few places, not of a class.
_LEAST_IN_CLASS = 5


def both_in_error(edition: Edition) -> str:
    """What the slope of result on cost is when the error in the cost indicator is taken out; empty
    without the estimates."""
    rows = edition.data.efficiency_regressions
    if rows is None:
        return ""
    slopes = rows.set_index(["specification", "term"])["coefficient"]
    wanted = [
        ("errors_in_variables", "reliability"),
        ("errors_in_variables", "cost_indicator"),
        ("simex", "cost_indicator"),
    ]
    if any(key not in slopes.index for key in wanted):
        return ""
    fmt = edition.fmt
    reliability, moment, simex = (slopes[key] for key in wanted)
    if is_missing(float(moment)):
        return edition.words("note_not_identified", reliability=fmt.number(reliability, 2))
    values = {"moment": moment, "simex": simex, "plain": slopes[("linear", "cost_indicator")]}
    return edition.words(
        "note_both_in_error",
        reliability=fmt.number(reliability, 2),
        told=_told_from_zero(edition, rows),
        **{name: fmt.number(value, 3) for name, value in values.items()},
    )


def _told_from_zero(edition: Edition, rows: pd.DataFrame) -> str:
    """Whether the corrected slope is told from zero, with its error; a full stop where the run has
    no error of it."""
    corrected = rows["specification"] == "errors_in_variables"
    row = rows[corrected & (rows["term"] == "cost_indicator")].iloc[0]
    if is_missing(row["se"]) or is_missing(row["p_value"]):
        return "."
    told = row["p_value"] < 1 - edition.level
    return edition.words(
        "slope_told_from_zero" if told else "slope_not_told_from_zero",
        se=edition.fmt.number(row["se"], 3),
        p=edition.fmt.p_equals(row["p_value"]),
    )


def cost_potential(edition: Edition) -> str:
    """What separates dear from cheap municipalities among those with an expected result, or that
    they are too few; empty where the run has no such table."""
    rows = edition.data.cost_by_result
    if rows is None:
        return ""
    potential = find_cost_potential(rows)
    if min(potential.units_above, potential.units_below) < _LEAST_IN_CLASS:
        return edition.words("cost_potential_too_few")
    if is_missing(potential.difference):
        # A mean that counts a hidden municipality is not shown.
        return ""
    fmt = edition.fmt
    return edition.words(
        "cost_potential",
        above=fmt.number(potential.mean_above),
        below=fmt.number(potential.mean_below),
        # Of the two figures as printed.
        gap=fmt.number(round(potential.mean_above) - round(potential.mean_below)),
        n_above=fmt.number(potential.units_above),
        n_below=fmt.number(potential.units_below),
    )
