"""Table 5.3 and the potential, on municipalities that have the published cell means."""

import numpy as np
import pandas as pd
import pytest

from kommunebench.costs import build_cost_by_result, find_cost_potential
from kommunebench.errors import InputError
from kommunebench.reference import read_reference

PRINTED = read_reference("table_5_3_cost_by_result")


def published_municipalities() -> pd.DataFrame:
    """92 municipalities, each with its cell's mean; 3 and not 28 in the cell of anomaly A22."""
    cells = PRINTED[(PRINTED["cost_class"] != "total") & (PRINTED["result_class"] != "total")]
    rows = [
        (
            row.cost_class,
            row.result_class,
            float(row.corrected_mean_unit_cost_dkk),
            float(row.mean_benchmark_indicator),
        )
        for row in cells.itertuples()
        for _ in range(int(row.corrected_municipalities))
    ]
    frame = pd.DataFrame(
        rows, columns=["cost_assessment", "result_assessment", "mean_unit_cost", "indicator"]
    )
    return frame.assign(municipality_code=[str(101 + i) for i in range(len(frame))])


def test_every_margin_of_table_5_3_comes_back() -> None:
    table = build_cost_by_result(published_municipalities()).table
    assert len(table) == len(PRINTED) == 16
    both = table.merge(PRINTED, on=["cost_class", "result_class"], suffixes=("", "_printed"))
    assert both["units"].to_list() == both["corrected_municipalities"].astype(int).to_list()
    # cell means are printed in whole DKK, so a margin is right to one
    assert both["mean_unit_cost"].to_numpy() == pytest.approx(
        both["corrected_mean_unit_cost_dkk"].astype(float), abs=1.0
    )
    assert both["mean_indicator"].to_numpy() == pytest.approx(
        both["mean_benchmark_indicator"].astype(float), abs=0.011
    )


def test_the_printed_values_of_a22_and_a24_do_not_come_back() -> None:
    table = build_cost_by_result(published_municipalities()).table.set_index(
        ["cost_class", "result_class"]
    )
    printed = PRINTED.set_index(["cost_class", "result_class"])
    assert int(printed.loc[("as_expected", "better"), "municipalities"]) == 28
    assert table.loc[("as_expected", "better"), "units"] == 3
    assert int(printed.loc[("total", "as_expected"), "mean_unit_cost_dkk"]) == 79_706
    assert table.loc[("total", "as_expected"), "mean_unit_cost"] == pytest.approx(79_785, abs=1.0)


def test_potential_is_about_thirty_thousand_a_person() -> None:
    potential = find_cost_potential(build_cost_by_result(published_municipalities()).table)
    assert (potential.units_above, potential.units_below) == (14, 23)
    assert potential.difference == pytest.approx(94_259 - 64_036)
    scalars = read_reference("scalars").set_index("key")["value"]
    assert round(potential.difference, -4) == float(scalars["possible_saving_per_person"])


def test_without_verdict_is_left_out_and_named() -> None:
    units = published_municipalities()
    units.loc[0, "result_assessment"] = None
    result = build_cost_by_result(units)
    assert result.left_out == ("101",)
    assert result.table["units"].max() == 91


def test_an_empty_cell_has_no_mean() -> None:
    units = published_municipalities().query("cost_assessment != 'below'")
    table = build_cost_by_result(units).table
    empty = table[table["cost_class"] == "below"]
    assert (empty["units"] == 0).all()
    assert empty["mean_unit_cost"].isna().all()
    assert np.isnan(find_cost_potential(table).difference)
    assert find_cost_potential(table).units_below == 0


def test_unknown_classes_are_named() -> None:
    units = published_municipalities()
    with pytest.raises(InputError, match="cost_assessment: unknown high"):
        build_cost_by_result(units.assign(cost_assessment="high"))
    with pytest.raises(InputError, match="lacks the columns indicator"):
        build_cost_by_result(units.drop(columns="indicator"))
