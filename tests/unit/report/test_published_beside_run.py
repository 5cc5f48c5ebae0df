"""The chapter that sets the published tables beside the run's: every table in it, with the
difference, only where asked for."""

import re

import pytest
from synthetic_results import (
    dialysis_results,
    dialysis_settings,
    registers_results,
    registers_settings,
)

from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.tables.comparison import comparison_table
from kommunebench.report.tables.comparison_costs import share_within


def edition(language: str = "en", **changes) -> Edition:
    settings = registers_settings().model_copy(update=changes)
    return Edition(tidy(registers_results(simulated=True)), settings, language)


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_published_table_is_there(language):
    table = comparison_table(edition(language))
    headings = " ".join(block.heading for block in table.blocks)
    assert re.findall(r"\d\.\d", headings) == [
        "2.1",
        "2.2",
        "3.1",
        "3.2",
        "4.1",
        "4.2",
        "4.3",
        "5.1",
        "5.2",
        "5.3",
        "5.1",
        "5.1",
        "6.1",
    ]
    assert "simul" in table.caption
    assert all(
        len(row.cells) == len(table.columns) == 4 for block in table.blocks for row in block.rows
    )


def test_the_difference_is_that_of_the_two_figures():
    rows = {
        row.cells[0]: row.cells[1:]
        for block in comparison_table(edition()).blocks
        for row in block.rows
    }
    run, published, difference = (
        float(cell.replace(",", "").replace("−", "-")) for cell in rows["Spells, all"]
    )
    assert published == 36_583 and difference == run - published
    assert rows["Reduction in variance (%)"][1] == "92.3"
    assert rows["Programme expenditure 2015"][1] == "1,205.3"
    assert rows["Mean 2012"][1] == "87,046"
    assert rows["Municipalities with cost below expected"][1] == "30"
    # The source's own figure is not recoverable there (A08).
    assert rows["Weeks, unfinished counted, Refugees"][1:] == ("–", "–")


def test_nothing_is_shown_without_comparison_or_for_another_analysis():
    assert comparison_table(edition(published_comparison=False)) is None
    assert comparison_table(Edition(tidy(dialysis_results()), dialysis_settings(), "en")) is None


def test_the_share_within_two_errors_is_counted_over_pairs_that_have_all_four_figures():
    nan = float("nan")
    assert share_within([(0.0, 0.3, 1.0, 0.4), (0.0, 0.3, 1.1, 0.4), (0.0, nan, 0.0, 0.4)]) == 50.0
    assert share_within([(0.0, nan, 0.0, 0.4)]) is None
