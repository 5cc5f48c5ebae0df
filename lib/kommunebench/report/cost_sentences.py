"""Sentences on costs and results: the corrected slope, and what separates dear from cheap."""

from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing


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
        **{name: fmt.number(value, 3) for name, value in values.items()},
    )


def cost_potential(edition: Edition) -> str:
    """What separates dear from cheap municipalities among those with an expected result; empty
    where a class is."""
    rows = edition.data.cost_by_result
    if rows is None:
        return ""
    expected = rows[(rows["result_class"] == "as_expected") & rows["mean_unit_cost"].notna()]
    cells = {row["cost_class"]: row for _, row in expected.iterrows()}
    if not {"above", "below"} <= set(cells):
        return ""
    fmt = edition.fmt
    above, below = cells["above"], cells["below"]
    return edition.words(
        "cost_potential",
        above=fmt.number(above["mean_unit_cost"]),
        below=fmt.number(below["mean_unit_cost"]),
        # Of the two figures as printed.
        gap=fmt.number(round(above["mean_unit_cost"]) - round(below["mean_unit_cost"])),
        n_above=fmt.number(above["units"]),
        n_below=fmt.number(below["units"]),
    )
