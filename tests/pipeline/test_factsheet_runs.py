"""The fact sheet's analyses over the small simulated country, from its registers to their reports
and the page over all of them."""

import re
import shutil

import pytest

from kommunebench.cli import main

pytestmark = [pytest.mark.delta, pytest.mark.slow]

MAIN = "integration_employment"
SHARE = "upper_secondary"
SMALL = ("--set", "uncertainty.replicates=0", "--set", "model.min_spells=8", "--quiet")


def reports_of(store) -> dict[str, str]:
    """The English report of every analysis in the store, by its name."""
    pages = store.glob("reports/*/*/report_en.html")
    return {page.parts[-3]: page.read_text(encoding="utf-8") for page in pages}


def folders(small_run, store) -> list[str]:
    return ["--registers", str(small_run.registers), "--store", str(store)]


@pytest.fixture(scope="module")
def share_store(small_run, tmp_path_factory):
    """A copy of the main analysis's store, into which a share is run: what the registers have in
    common is there already."""
    store = tmp_path_factory.mktemp("share") / "store"
    shutil.copytree(small_run.store, store)
    assert main(["run", SHARE, *folders(small_run, store), *SMALL]) == 0
    return store


def test_a_share_ends_in_a_report_that_speaks_of_what_it_measures(share_store) -> None:
    pages = reports_of(share_store)
    assert sorted(pages) == sorted((MAIN, SHARE))
    assert "without marks" not in pages[SHARE]
    # The urban share moves by a thousandth a year and cannot stand beside municipality terms.
    assert "Circumstances that hardly change within any municipality" in pages[SHARE]


def test_the_page_over_both_analyses_marks_them_as_simulated(share_store) -> None:
    assert main(["overview", "--store", str(share_store), "--quiet"]) == 0
    text = (share_store / "reports" / "overview" / "overview_en.html").read_text("utf-8")
    assert "SIMULATED REGISTERS" in text and "pper secondary" in text


@pytest.mark.long
def test_the_set_of_five_runs_over_one_delivery(small_run, tmp_path) -> None:
    assert main(["run", "factsheet", *folders(small_run, tmp_path), *SMALL]) == 0
    pages = reports_of(tmp_path)
    assert len(pages) == 5
    assert "Pupils without marks by municipality" in pages["school_exams"]
    assert main(["overview", "--store", str(tmp_path), "--quiet"]) == 0
    text = (tmp_path / "reports" / "overview" / "overview_en.html").read_text("utf-8")
    assert re.search("9th-grade|exam", text, re.I)
