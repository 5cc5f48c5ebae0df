"""Employment that counts as success (method, section 3), from a person's weeks as arrays; education
where it is success, too (fact sheet, section 5)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings.analysis import EmploymentSettings
from kommunebench.spells.benefits import HOLIDAY_FROM_WORK

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
    decided by what the panel holds; it reaches twelve weeks beyond the last week followed.

    Where education counts, its first week is a success, whatever its length, and the stretch lasts
    while it does; work that follows is a stretch of its own.
    """

    def take(state: "Column", week: "Column") -> "Column":
        until = _end_of_work(facts, week + rules.weeks, last_week, rules)
        starts = _starts_success(facts, week, last_week, rules)
        if rules.education_counts:
            studies = facts.is_in_education(week)
            until = F.when(studies, _end_of_education(facts, week, last_week)).otherwise(until)
            starts = studies | starts
        run = F.struct(week.alias("first"), until.alias("until"))
        begun = F.struct(until.alias("until"), F.concat(state["runs"], F.array(run)).alias("runs"))
        # Whether a week starts a success is asked only outside a stretch.
        begins = (week >= state["until"]) & starts
        return F.when(begins, begun).otherwise(state)

    nothing = F.struct(F.lit(0).alias("until"), F.array().alias("runs")).cast(_RUNS)
    return F.aggregate(F.sequence(F.lit(0), last_week), nothing, take)["runs"]


def _starts_success(
    facts: WeekFacts, week: "Column", last_week: "Column", rules: EmploymentSettings
) -> "Column":
    """Whether a week starts a success: it has hours, and 13 whole weeks from it are transfer-free
    with enough hours on average."""
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


def _end_of_work(
    facts: WeekFacts, first: "Column", last_week: "Column", rules: EmploymentSettings
) -> "Column":
    """The first week from ``first`` on that ends work: not transfer-free, or the first of four
    weeks in a row without hours (holiday allowance aside)."""
    idle_weeks = rules.zero_hours_weeks_to_end

    def is_idle(week: "Column") -> "Column":
        holiday = F.coalesce(facts.code(week).isin(*HOLIDAY_FROM_WORK), F.lit(False))
        return (facts.hours(week) == 0) & ~holiday

    def ends_work(week: "Column") -> "Column":
        last = week + (idle_weeks - 1)
        idle = (last <= last_week) & F.forall(F.sequence(week, last), is_idle)
        return ~facts.is_transfer_free(week) | idle

    weeks = F.sequence(first, F.greatest(first, last_week))
    ends = F.filter(weeks, lambda week: (week <= last_week) & ends_work(week))
    return F.coalesce(F.array_min(ends), F.lit(_NEVER))


def _end_of_education(facts: WeekFacts, first: "Column", last_week: "Column") -> "Column":
    """The first week after ``first`` without education."""
    weeks = F.sequence(first, last_week)
    ends = F.filter(weeks, lambda week: ~facts.is_in_education(week))
    return F.coalesce(F.array_min(ends), F.lit(_NEVER))
