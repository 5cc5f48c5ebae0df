"""Years of a register that are missing at either end, and periods that hold the same rows: the run
stops, before any row is read."""

from pathlib import Path

import pytest

from kommunebench.registers import find_delivery
from kommunebench.registers.delivery import problems_of_delivery
from kommunebench.settings import load_analysis

MAIN = load_analysis("integration_employment")
INTEGRATION_ACT = load_analysis("integration_act_work_or_education")
STUDY = range(2008, 2017)
YEARLY = ("ophg", "bfl", "lpr_adm", "lpr_diag", "psyk_adm", "psyk_diag", "sssy", "lmdb")


def complete() -> set[str]:
    """Names of the files of a delivery that the main analysis could start from."""
    once = ("vnds2016", "dod2016", "dream201609", "danskudd", "regk100", "aul01", "jobs")
    return {
        *(f"{stem}{year}" for stem in YEARLY for year in STUDY),
        *(f"bef{year}12" for year in STUDY),
        *once,
        "price_index",
        "commuting_areas",
    }


def problems(folder: Path, names: set[str], settings=MAIN) -> list[str]:
    for name in names:
        (folder / f"{name}.csv").write_bytes(b"PNR\n1\n")
    return problems_of_delivery(find_delivery(folder, settings), settings)


def test_a_complete_delivery_lacks_no_year(tmp_path):
    assert problems(tmp_path, complete()) == []


@pytest.mark.parametrize(
    ("absent", "said"),
    [
        ({"bfl2016"}, "BFL: no file of 2016 in"),
        ({"bfl2008", "bfl2009"}, "BFL: no file of 2008, 2009 in"),
        ({"lpr_diag2008"}, "LPR_DIAG: no file of 2008 in"),
        ({"psyk_adm2015", "psyk_adm2016"}, "PSYK_ADM: no file of 2015 in"),
        ({"sssy2008"}, "SSSY: no file of 2008 in"),
        ({"lmdb2008"}, "LMDB: no file of 2008 in"),
        ({"bef201512", "bef201612"}, "BEF: no file of 2015 in"),
        ({"ophg2008"}, "OPHG: no file of 2008 in"),
    ],
)
def test_a_first_or_last_year_that_is_needed_is_missing(absent, said, tmp_path):
    """Its weeks would count as weeks without work, its persons as healthy."""
    only = problems(tmp_path, complete() - absent)
    assert len(only) == 1 and said in only[0] and "Deliver" in only[0]


def test_years_no_window_touches_need_not_be_there(tmp_path):
    """Health is measured to the end of the selection year, 2015 at the latest; the family in its
    December."""
    later = {f"{stem}2016" for stem in YEARLY if stem != "bfl"} | {"bef201612"}
    assert problems(tmp_path, complete() - later) == []


def test_health_of_the_first_year_in_denmark_looks_into_the_year_after(tmp_path):
    settings = load_analysis("integration_employment", ("measurement.health_window=first_year",))
    (only,) = problems(tmp_path, complete() - {"lmdb2016"}, settings)
    assert "register LMDB: no file of 2016 in" in only


def test_a_first_year_over_a_29_february_ends_on_the_day_before_the_anniversary(tmp_path):
    """Who arrives on 2 January 2012 is seen to 1 January 2013, 365 days later."""
    settings = load_analysis(
        "integration_employment",
        ("measurement.health_window=first_year", "population.window_end=2012-01-02"),
    )
    later = {f"lmdb{year}" for year in range(2013, 2017)}
    (only,) = problems(tmp_path, complete() - later, settings)
    assert "register LMDB: no file of 2013 in" in only


def test_an_edition_that_ends_before_the_observation_does_is_no_whole_year(tmp_path):
    names = complete() - {"bfl2016"}
    assert problems(tmp_path, names | {"bfl201608"}) == []
    (tmp_path / "bfl201608.csv").unlink()
    (only,) = problems(tmp_path, names | {"bfl201607"})
    assert "register BFL: no file of 2016 up to 2016-08-31 in" in only


def test_registers_that_stand_for_one_another_are_counted_together(tmp_path):
    third = {f"{stem}{year}" for stem in ("lpr_a_kontakt", "lpr_a_diagnose") for year in STUDY}
    second = {name for name in complete() if name.startswith(("lpr_", "psyk_"))}
    half = {name for name in second if int(name[-4:]) < 2013}
    later = {name for name in third if int(name[-4:]) >= 2013}
    assert problems(tmp_path, complete() - second | half | later) == []
    (tmp_path / "lpr_a_diagnose2015.csv").unlink()
    (tmp_path / "lpr_a_diagnose2016.csv").unlink()
    said = " ".join(problems(tmp_path, set()))
    assert "register LPR_DIAG or LPR_A_DIAGNOSE: no file of 2015 in" in said


def test_arrivals_and_departures_apart_are_needed_for_the_observation(tmp_path):
    apart = {f"{stem}{year}" for stem in ("vnds_ind", "vnds_ud") for year in STUDY}
    names = complete() - {"vnds2016"}
    (only,) = problems(tmp_path, names | apart - {"vnds_ud2016"})
    assert "register VNDS_UD: no file of 2016 in" in only
    assert problems(tmp_path, complete()) == []  # one file of all years stands for them


def test_jobs_are_not_asked_for_before_they_were_reported(tmp_path):
    names = complete() | {"bef200712", *(f"{stem}2007" for stem in YEARLY if stem != "bfl")}
    assert problems(tmp_path, names, INTEGRATION_ACT) == []


@pytest.mark.parametrize("stem", ["bef", "lmdb"])
def test_a_year_and_a_month_of_it_are_one_too_many(stem, tmp_path):
    """A corrected month beside the year would put its rows into the store a second time."""
    other = {"bef2010": "bef201012", "lmdb2010": "lmdb201006"}[f"{stem}2010"]
    (only,) = problems(tmp_path, complete() - {"bef201012"} | {f"{stem}2010", "bef2010", other})
    assert f"{stem}2010.csv is of the year 2010" in only and f"{other}.csv of a month" in only
    assert "leave one" in only


@pytest.mark.parametrize("name", ["immigrants_up_to_10_years", "immigrants_over_10_years"])
def test_immigrants_need_the_permits_of_all_arrivals_since_1997(name, tmp_path):
    """Without a file, who came in its year would count as having come before there were any."""
    immigrants = load_analysis(name)
    permits = {f"ophg{year}" for year in range(1997, 2013)}
    others = {f"{stem}{year}" for stem in YEARLY if stem != "ophg" for year in range(2006, 2013)}
    names = {
        *(name for name in complete() if not name.startswith("ophg")),
        *(f"bef{year}12" for year in range(2006, 2013)),
        *(f"udda{year}" for year in range(2006, 2013)),
        *others,
        "education_levels",
    }
    assert problems(tmp_path, names | permits, immigrants) == []
    for year in range(1997, 2007):
        (tmp_path / f"ophg{year}.csv").unlink()
    (only,) = problems(tmp_path, set(), immigrants)
    years = ", ".join(str(year) for year in range(1997, 2007))
    assert f"register OPHG: no file of {years} in" in only
    assert "the residence basis needs them" in only
    # Newcomers' permits are those of the window.
    assert not [one for one in problems(tmp_path, set(), INTEGRATION_ACT) if "OPHG" in one]
