"""Employment that counts as success (method, section 3), from a person's weeks as arrays; education
where it is success, too (fact sheet, section 5)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings.analysis import EmploymentSettings
from kommunebench.spells.benefits import HOLIDAY_FROM_WORK
from kommunebench.spells.week_arrays import once

if TYPE_CHECKING:
    from pyspark.sql import Column

_NEVER = 2**31 - 1
_RUNS = "struct<until:int,runs:array<struct<first:int,until:int>>>"


@dataclass(frozen=True, slots=True)
class WeekFacts:
    """What is known of a person in a week, each as a function of the week's number: benefit code,
    hours, whether the week is transfer-free, whether the person is in education."""

    code: "Callable[[Column], Column]"
    hours: "Callable[[Column], Column]"
    is_transfer_free: "Callable[[Column], Column]"
    is_in_education: "Callable[[Column], Column]"


def employment_runs(facts: WeekFacts, last_week: "Column", rules: EmploymentSettings) -> "Column":
    """Stretches of employment of one person, an array of (first, until) in order.

    A week that starts a success begins a stretch unless it lies in the one before. The stretch
    lasts at least the weeks of the success, then to the first week that is not transfer-free or
    starts a run of weeks without hours. Weeks near ``last_week``, the last of the panel, are
    decided by what the panel holds; beyond the last week followed it has as many more as a success
    that starts in it takes.

    Where education counts, its first week is a success, whatever its length, and the stretch lasts
    while it does; work that follows is a stretch of its own.
    """

    weeks = F.sequence(F.lit(0), last_week)
    nothing = F.struct(F.lit(0).alias("until"), F.array().alias("runs")).cast(_RUNS)

    def runs(ends: "Column") -> "Column":
        def take(state: "Column", week: "Column") -> "Column":
            until = _first_from(ends, week + rules.weeks)
            starts = _starts_success(facts, week, last_week, rules)
            if rules.education_counts:
                studies = facts.is_in_education(week)
                until = F.when(studies, _end_of_education(facts, week, last_week)).otherwise(until)
                starts = studies | starts
            # Whether a week starts a success is asked only outside a stretch.
            begins = (week >= state["until"]) & starts
            begun = once(until, lambda end: _with_run(state, week, end))
            return F.when(begins, begun).otherwise(state)

        return F.aggregate(weeks, nothing, take)["runs"]

    return once(_ends_of_work(facts, weeks, last_week, rules), runs)


def _with_run(state: "Column", week: "Column", until: "Column") -> "Column":
    run = F.struct(week.alias("first"), until.alias("until"))
    return F.struct(until.alias("until"), F.concat(state["runs"], F.array(run)).alias("runs"))


def _starts_success(
    facts: WeekFacts, week: "Column", last_week: "Column", rules: EmploymentSettings
) -> "Column":
    """Whether a week starts a success: it has hours, and the weeks of a success from it on are all
    transfer-free, with enough hours on average."""
    weeks = F.sequence(week, week + (rules.weeks - 1))
    total = F.aggregate(weeks, F.lit(0.0), lambda hours, at: hours + facts.hours(at))
    # Weekly hours are rounded to a millionth: a sum may fall short of its bound by as much.
    needed = (rules.hours_per_week - rules.hours_tolerance) * rules.weeks - 1e-5
    return (
        (facts.hours(week) > 0)
        & (week + (rules.weeks - 1) <= last_week)
        & F.forall(weeks, facts.is_transfer_free)
        & (total >= needed)
    )


def _ends_of_work(
    facts: WeekFacts, weeks: "Column", last_week: "Column", rules: EmploymentSettings
) -> "Column":
    """The weeks in which work cannot go on, in order: those that are not transfer-free, and those
    that begin so many weeks in a row without hours that an employment ends (holiday allowance
    aside)."""
    idle_weeks = rules.zero_hours_weeks_to_end

    def is_idle(week: "Column") -> "Column":
        holiday = F.coalesce(facts.code(week).isin(*HOLIDAY_FROM_WORK), F.lit(False))
        return (facts.hours(week) == 0) & ~holiday

    def ends_work(week: "Column") -> "Column":
        idle = week + (idle_weeks - 1) <= last_week
        for later in range(idle_weeks):
            idle = idle & is_idle(week + later)
        return ~facts.is_transfer_free(week) | idle

    return F.filter(weeks, ends_work)


def _first_from(weeks: "Column", first: "Column") -> "Column":
    """The first of some weeks in order that is not before ``first``."""
    later = F.filter(weeks, lambda week: week >= first)
    return F.coalesce(F.get(later, F.lit(0)), F.lit(_NEVER))


def _end_of_education(facts: WeekFacts, first: "Column", last_week: "Column") -> "Column":
    """The first week after ``first`` without education."""
    weeks = F.sequence(first, last_week)
    ends = F.filter(weeks, lambda week: ~facts.is_in_education(week))
    return F.coalesce(F.array_min(ends), F.lit(_NEVER))
