"""Ages on a day, and the week in which the age limit of an analysis is reached (method, sections 1
and 4)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.iso_weeks import monday_of

if TYPE_CHECKING:
    from pyspark.sql import Column


def completed_years(birth: "Column", day: "Column") -> "Column":
    """Age in completed years on a day; who is born on 29 February turns a year older on 1 March in
    other years."""
    before_birthday = F.month(day) * 100 + F.dayofmonth(day) < F.month(birth) * 100 + F.dayofmonth(
        birth
    )
    return F.year(day) - F.year(birth) - before_birthday.cast("int")


def anniversary(date: "Column", years: int) -> "Column":
    """The day so many years after a date, the first on which completed_years gives them: of a 29
    February 1 March in other years."""
    # Where there is no 29 February, adding months ends on the 28th.
    same_day = F.add_months(date, 12 * years)
    return F.date_add(same_day, F.dayofmonth(date) - F.dayofmonth(same_day))


def class_of_years(years: "Column", classes: Sequence[tuple[int, str]]) -> "Column":
    """The first class whose bound the years lie below; ``classes``: bounds with names, rising. Null
    above the last bound."""
    name = F.lit(None).cast("string")
    for bound, of_class in reversed(classes):
        name = F.when(years < bound, F.lit(of_class)).otherwise(name)
    return name


def age_limit_monday(birth: "Column", age_limit_year: int) -> "Column":
    """Monday of the week that holds 1 January of the year a person turns the age that ends the
    analysis."""
    return monday_of(F.make_date(F.year(birth) + age_limit_year, F.lit(1), F.lit(1)))
