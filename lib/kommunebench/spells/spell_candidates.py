"""Spell candidates: every spell that starts in a person's weeks, also those that do not count
(method, section 4).

The weeks of a person are first reduced to those in which something changes (work, a censoring
state, the municipality), and the week in which following ends; one pass over these few then finds
the spells (spell_steps).
"""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.absence import ABROAD, DEAD
from kommunebench.spells.ages import age_limit_monday
from kommunebench.spells.benefits import end_reason_of
from kommunebench.spells.iso_weeks import monday_of_week
from kommunebench.spells.lost_spells import lose_later_spells, with_outcome
from kommunebench.spells.partitions import by_person, tasks_for
from kommunebench.spells.spell_steps import spells_of_person

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def find_spell_candidates(
    panel: "DataFrame", population: "DataFrame", settings: AnalysisSettings
) -> "DataFrame":
    """One row per spell, kept or lost, of every person.

    Columns of silver.spell_candidates without the analysis: early_move says whether the person
    moved to another municipality in the spell's first weeks, lost why the spell does not count
    (null: it does). A spell that would start where none may is followed like any other, so that all
    that are lost are counted; one that starts in or after the last followed week has no end, and
    nothing is looked for after it. Of immigrants in a spell, who have more reasons, history_is_seen
    says beside it whether work, education or a time abroad is seen before the spell.
    """
    n_tasks = tasks_for(population)
    changes = _weeks_of_change(panel, population, settings, n_tasks)
    row = F.struct("week", "is_employed", "state_reason", "municipality_code")
    collected = changes.groupBy("person_id").agg(F.array_sort(F.collect_list(row)).alias("changes"))
    persons = population.select("person_id", "origin_monday", "last_followed_week")
    spells = spells_of_person(F.col("changes"), F.col("last_followed_week"), settings)
    rows = collected.join(persons, "person_id", "inner").select(
        "person_id", "origin_monday", "last_followed_week", "changes", F.inline(spells)
    )
    if settings.immigrants is None:
        return lose_later_spells(with_outcome(rows.drop("changes"), settings), settings)
    seen = F.exists("changes", lambda week: _ends_other_time(week, F.col("start_week")))
    return with_outcome(rows.withColumn("history_is_seen", seen).drop("changes"), settings)


def _ends_other_time(week: "Column", start_week: "Column") -> "Column":
    """Whether a person works, is in education or is abroad in a week before a spell starts."""
    abroad = F.coalesce(week["state_reason"] == "emigration", F.lit(False))
    return (week["week"] < start_week) & (week["is_employed"] | abroad)


def _weeks_of_change(
    panel: "DataFrame", population: "DataFrame", settings: AnalysisSettings, n_tasks: int
) -> "DataFrame":
    """Weeks in which a person's work, censoring state or municipality differs from the week before,
    and the last followed one: person_id, week, is_employed, state_reason, municipality_code."""
    persons = population.select("person_id", "origin_monday", "last_followed_week", "birth_date")
    weeks = panel.select(
        "person_id", "week", "municipality_code", "dream_code", "absence", "is_employed"
    ).join(persons, "person_id", "inner")
    status = ("is_employed", "state_reason", "municipality_code")
    # Only what decides goes to the task of its person: every week does.
    moved = by_person(
        weeks.withColumn("state_reason", _censoring_state(settings)).select(
            "person_id",
            "week",
            *status,
            (F.col("week") == F.col("last_followed_week")).alias("is_last"),
        ),
        n_tasks,
    )
    before = F.lag(F.struct(*status)).over(Window.partitionBy("person_id").orderBy("week"))
    unchanged = F.coalesce(before.eqNullSafe(F.struct(*status)), F.lit(False))
    marked = moved.withColumn("unchanged", unchanged)
    return marked.where(~F.col("unchanged") | F.col("is_last")).drop("unchanged", "is_last")


def _censoring_state(settings: AnalysisSettings) -> "Column":
    """The censoring reason that holds in a week, in the order in which ties are decided; a move is
    no state."""
    reasons = tuple(
        r
        for r in settings.spells.censoring_reasons
        if r != "education" or not settings.employment.education_counts
    )
    limit = age_limit_monday(F.col("birth_date"), settings.observation.age_limit_year)
    past_limit = monday_of_week(F.col("origin_monday"), F.col("week")) >= limit
    states = {
        "death": F.col("absence") == DEAD,
        "emigration": F.col("absence") == ABROAD,
        "age_limit": past_limit,
    }
    named = {name: F.when(holds, F.lit(name)) for name, holds in states.items() if name in reasons}
    ordered = [
        named.get("death"),
        named.get("emigration"),
        end_reason_of(F.col("dream_code"), reasons),
        named.get("age_limit"),
    ]
    return F.coalesce(
        *(reason for reason in ordered if reason is not None), F.lit(None).cast("string")
    )
