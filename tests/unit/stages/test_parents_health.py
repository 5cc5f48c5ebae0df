"""Which years of the parents' health were delivered, and what a run says of the others."""

import pyarrow as pa

from kommunebench.bronze import DELIVERED_FILES
from kommunebench.populations.case_registers import HEALTH_KINDS
from kommunebench.registers.health_kinds import HEALTH_REGISTERS
from kommunebench.settings import load_analysis
from kommunebench.stages.parents_health import note_of_undelivered_years, parents_health_years
from kommunebench.storage import arrow_rows

SETTINGS = load_analysis("upper_secondary")
YEARLY = ("LPR_ADM", "LPR_DIAG", "PSYK_ADM", "PSYK_DIAG", "SSSY", "LMDB")


def delivered(*without: tuple[str, int], period: str = "{}") -> pa.Table:
    """The yearly registers of health from 1997 to 2012, SSSY from 2006, without some files."""
    rows = [
        (register, period.format(year), f"{register}{year}", 1, 1, "", register, "", "[]")
        for register in YEARLY
        for year in range(2006 if register == "SSSY" else 1997, 2013)
        if (register, year) not in without
    ]
    return arrow_rows(DELIVERED_FILES.columns, rows)


def test_the_kinds_of_health_are_the_same_in_both_places():
    assert tuple(HEALTH_REGISTERS) == HEALTH_KINDS


def test_a_year_without_one_of_the_registers_is_named():
    files = delivered(("LPR_DIAG", 1999), ("PSYK_ADM", 2001), ("LMDB", 2000), ("LMDB", 1998))
    years = parents_health_years(files, SETTINGS)
    assert 1999 not in years["hospital"] and 2001 in years["hospital"]
    assert 2001 not in years["psychiatry"] and min(years["care"]) == 2006
    assert note_of_undelivered_years(years, SETTINGS) == (
        "parents' health not delivered (contacts with hospitals 1999; contacts with psychiatric"
        " hospitals 2001; health care outside hospital 1997–2005; prescriptions 1998, 2000): its"
        " indicators are 0 there"
    )


def test_years_that_no_parent_is_measured_in_are_not_named():
    # Parents are looked at in 1997 to 2007, those of the pupils in 2007 to 2011.
    assert "2012" not in note_of_undelivered_years(
        parents_health_years(delivered(("LMDB", 2012)), SETTINGS), SETTINGS
    )
    pupils = load_analysis("school_exams")
    assert note_of_undelivered_years(parents_health_years(delivered(), pupils), pupils) == ""


def test_files_without_a_period_may_hold_every_year():
    years = parents_health_years(delivered(period=""), SETTINGS)
    assert (years, note_of_undelivered_years(years, SETTINGS)) == ({}, "")


def test_only_what_a_covariate_of_the_parents_is_measured_from_counts():
    columns = [
        c for c in SETTINGS.model.covariates if not c.column.startswith(("mother", "father"))
    ]
    own = SETTINGS.model_copy(
        update={"model": SETTINGS.model.model_copy(update={"covariates": tuple(columns)})}
    )
    assert parents_health_years(delivered(), own) == {}
