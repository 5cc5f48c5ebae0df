"""Health of persons in calendar years, by the expressions of the main analysis (appendix 1.1).

The main analysis looks at each person once, from the arrival to the end of a year. Here a parent
may be looked at in several years, one for each child. Every pair of person and year is therefore
given to the same functions under a key of its own, as somebody who arrives on 1 January and whose
selection year is that year.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pyspark.sql import functions as F

from kommunebench.populations.case_registers import CaseRegisters
from kommunebench.settings import AnalysisSettings
from kommunebench.spells.health import add_health, days_of_health
from kommunebench.spells.joins import are_few, small_side
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PERSON_YEAR = "person_year"
# Registers may have a column year of their own.
_YEAR_LOOKED_AT = "year_looked_at"
HealthFrames = TypeVar("HealthFrames", CaseRegisters, RegisterFrames)


def add_health_of_year(
    subjects: "DataFrame",
    registers: HealthFrames,
    settings: AnalysisSettings,
    *,
    few: bool | None = None,
) -> "DataFrame":
    """Subjects with the columns of health of their calendar year.

    ``subjects``: one row per person and year with a key of its own in the column person_year;
    subject_id: the person; year. Every register is looked through for them: what they are made
    from should be cheap. ``few``: whether they are few (joins.are_few), where that is known.
    """
    few = are_few(subjects) if few is None else few
    dated = subjects.withColumns(
        {
            "arrival_date": F.make_date("year", F.lit(1), F.lit(1)),
            "selection_date": F.make_date("year", F.lit(12), F.lit(31)),
        }
    )
    keys = small_side(subjects.select(PERSON_YEAR, "subject_id", "year"), few)
    by_person_year: dict[str, Any] = {
        name: _by_person_year(getattr(registers, name), keys, day)
        for name, day in days_of_health().items()
    }
    rows = replace(registers, **by_person_year)
    measured = add_health(dated, rows, settings, key=PERSON_YEAR, few=few)
    return measured.drop("arrival_date", "selection_date")


def _by_person_year(
    rows: "DataFrame | None", keys: "DataFrame", day: "Column"
) -> "DataFrame | None":
    """The rows of a register under the keys of the persons and years they belong to.

    The year is part of the join: by person alone every row of all delivered years would be copied
    for every year and child, and only the window of `add_health` would drop it again.
    """
    if rows is None:
        return None
    persons = keys.withColumnRenamed("year", _YEAR_LOOKED_AT)
    dated = rows.withColumnRenamed("person_id", "subject_id").withColumn(
        _YEAR_LOOKED_AT, F.year(day)
    )
    of_person_years = dated.join(persons, ["subject_id", _YEAR_LOOKED_AT], "inner")
    return of_person_years.drop("subject_id", _YEAR_LOOKED_AT)
