"""The fact sheet's analyses over the small simulated country, from its registers to their reports
and the page over all of them."""

import re
import shutil

import pytest

from kommunebench.cli import main

pytestmark = [pytest.mark.delta, pytest.mark.slow]

MAIN = "integration_employment"
SHARES = ("school_exams", "upper_secondary")
SMALL = ("--set", "uncertainty.replicates=0", "--set", "model.min_spells=8", "--quiet")


def reports_of(store) -> dict[str, str]:
    """The English report of every analysis in the store, by its name."""
    pages = store.glob("reports/*/*/report_en.html")
    return {page.parts[-3]: page.read_text(encoding="utf-8") for page in pages}


def folders(small_run, store) -> list[str]:
    return ["--registers", str(small_run.registers), "--store", str(store)]


@pytest.fixture(scope="module")
def shares_store(small_run, tmp_path_factory):
    """A copy of the main analysis's store, into which both shares are run: what the registers have
    in common is there already."""
    store = tmp_path_factory.mktemp("shares") / "store"
    shutil.copytree(small_run.store, store)
    for analysis in SHARES:
        assert main(["run", analysis, *folders(small_run, store), *SMALL]) == 0
    return store


def test_both_shares_end_in_reports_that_speak_of_what_they_measure(shares_store) -> None:
    pages = reports_of(shares_store)
    assert sorted(pages) == sorted((MAIN, *SHARES))
    assert "Pupils without marks by municipality" in pages["school_exams"]
    assert "without marks" not in pages["upper_secondary"]
    # The urban share moves by a thousandth a year and cannot stand beside municipality terms.
    assert "Circumstances that hardly change within any municipality" in pages["upper_secondary"]


def test_the_page_over_both_marks_them_as_simulated(shares_store) -> None:
    assert main(["overview", "--store", str(shares_store), "--quiet"]) == 0
    text = (shares_store / "reports" / "overview" / "overview_en.html").read_text("utf-8")
    assert "SIMULATED REGISTERS" in text
    assert re.search("9th-grade|exam", text, re.I) and "pper secondary" in text


@pytest.mark.long
def test_the_set_of_five_runs_over_one_delivery(small_run, tmp_path) -> None:
    assert main(["run", "factsheet", *folders(small_run, tmp_path), *SMALL]) == 0
    assert len(reports_of(tmp_path)) == 5
