"""Spell candidates: every spell that starts in a person's weeks, also those that do not count
(method, section 4).

The weeks of a person are first reduced to those in which something changes (work, a censoring
state, the municipality), and the week in which following ends; one pass over these few then finds
the spells, because whether a spell may start depends on how the one before it ended.
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

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Without a placement grace period, moves this close to the start of a spell are counted, to show
# what one would touch.
EARLY_MOVE_WEEKS = 8
# Before a move in the order in which a week with two censorings is decided; all others come after
# it.
_BEFORE_MOVE = ("death", "emigration")

_SPELL = (
    "start_week:int,end_week:int,municipality_code:string,end_reason:string,early_move:boolean,"
    "after_censoring:boolean"
)
_STATE = (
    "struct<start_week:int,municipality_code:string,early_move:boolean,censored:boolean,"
    f"finished:boolean,spells:array<struct<{_SPELL}>>>"
)


def find_spell_candidates(
    panel: "DataFrame", population: "DataFrame", settings: AnalysisSettings
) -> "DataFrame":
    """One row per spell, kept or lost, of every person.

    Columns of silver.spell_candidates without the analysis: early_move says whether the person
    moved to another municipality in the spell's first weeks, lost why the spell does not count
    (null: it does). A spell that would start where none may is followed like any other, so that all
    that are lost are counted; one that starts in or after the last followed week has no end. Of
    immigrants in a spell, who have more reasons, history_is_seen says beside it whether work,
    education or a time abroad is seen before the spell.
    """
    n_tasks = tasks_for(population)
    changes = _weeks_of_change(panel, population, settings, n_tasks)
    row = F.struct("week", "is_employed", "state_reason", "municipality_code")
    collected = changes.groupBy("person_id").agg(F.array_sort(F.collect_list(row)).alias("changes"))
    persons = population.select("person_id", "origin_monday", "last_followed_week")
    spells = _spells_of_person(F.col("changes"), F.col("last_followed_week"), settings)
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


def _spells_of_person(
    changes: "Column", last_followed: "Column", settings: AnalysisSettings
) -> "Column":
    """Spells of one person in order, found in one pass over the weeks of change in order."""
    nothing = F.struct(
        F.lit(None).alias("start_week"),
        F.lit(None).alias("municipality_code"),
        F.lit(False).alias("early_move"),
        F.lit(False).alias("censored"),
        F.lit(False).alias("finished"),
        F.array().alias("spells"),
    ).cast(_STATE)

    def take(state: "Column", week: "Column") -> "Column":
        return F.when(state["finished"], state).otherwise(
            _after_week(state, week, last_followed, settings)
        )

    return F.aggregate(changes, nothing, take)["spells"]


def _after_week(
    state: "Column", week: "Column", last_followed: "Column", settings: AnalysisSettings
) -> "Column":
    """What is known of a person after one more week: the open spell, the spells closed, whether one
    was censored."""
    is_open, moves = state["start_week"].isNotNull(), _moves(state, week)
    horizon = _horizon_week(state, settings)
    is_past = is_open & (week["week"] > horizon)
    grace = settings.spells.placement_grace_weeks
    in_grace = week["week"] <= state["start_week"] + grace
    early = week["week"] <= state["start_week"] + (grace or EARLY_MOVE_WEEKS)
    municipality = F.when(moves & in_grace, week["municipality_code"]).otherwise(
        state["municipality_code"]
    )
    early_move = state["early_move"] | (moves & early)
    reason = F.when(is_past, F.lit("end_of_follow_up")).when(
        is_open, _end_reason(week, horizon, moves & ~in_grace, last_followed, settings)
    )
    closes = reason.isNotNull()
    closed = _spell(
        state["start_week"],
        F.least(week["week"], horizon),
        F.when(is_past, state["municipality_code"]).otherwise(municipality),
        reason,
        early_move,
        state["censored"],
    )
    censored = state["censored"] | (closes & (reason != "success"))
    begins = (
        (~is_open | closes)
        & _may_start(week)
        & ~F.coalesce(reason.startswith("end_of_"), F.lit(False))
    )
    too_late = begins & (week["week"] >= last_followed)
    unfollowed = _spell(
        week["week"], F.lit(None), week["municipality_code"], F.lit(None), F.lit(False), censored
    )
    stays_open = is_open & ~closes
    new = F.struct(
        F.when(stays_open, state["start_week"]).when(begins, week["week"]).alias("start_week"),
        F.when(stays_open, municipality)
        .when(begins, week["municipality_code"])
        .alias("municipality_code"),
        (stays_open & early_move).alias("early_move"),
        censored.alias("censored"),
        (too_late | F.coalesce(reason.startswith("end_of_"), F.lit(False))).alias("finished"),
        F.concat(
            state["spells"],
            F.array_compact(F.array(F.when(closes, closed), F.when(too_late, unfollowed))),
        ).alias("spells"),
    )
    return new.cast(_STATE)


def _spell(*values: "Column") -> "Column":
    names = [field.split(":")[0] for field in _SPELL.split(",")]
    pairs = zip(values, names, strict=True)
    return F.struct(*(value.alias(name) for value, name in pairs)).cast(f"struct<{_SPELL}>")


def _may_start(week: "Column") -> "Column":
    """Whether a spell may start in a week: no employment, no state that censors."""
    return ~week["is_employed"] & week["state_reason"].isNull()


def _moves(state: "Column", week: "Column") -> "Column":
    """Whether a week shows an open spell in another municipality than its own, and nothing that
    ranks before a move."""
    other = F.coalesce(week["municipality_code"] != state["municipality_code"], F.lit(False))
    ranks_before = F.coalesce(week["state_reason"].isin(*_BEFORE_MOVE), F.lit(False))
    return state["start_week"].isNotNull() & other & ~week["is_employed"] & ~ranks_before


def _horizon_week(state: "Column", settings: AnalysisSettings) -> "Column":
    """The week in which the horizon ends for an open spell: it is counted from the origin, for
    immigrants in a spell from the spell's start."""
    horizon = F.lit(settings.observation.horizon_weeks)
    return state["start_week"] + horizon if settings.immigrants is not None else horizon


def _end_reason(
    week: "Column",
    horizon: "Column",
    moved: "Column",
    last_followed: "Column",
    settings: AnalysisSettings,
) -> "Column":
    """What ends an open spell in a week, null if nothing does; ties in the order of the method."""
    at_horizon = week["week"] == horizon
    is_last = (week["week"] == last_followed) | at_horizon
    reason = F.when(week["is_employed"], F.lit("success"))
    reason = reason.when(week["state_reason"].isin(*_BEFORE_MOVE), week["state_reason"])
    if "moved_municipality" in settings.spells.censoring_reasons:
        reason = reason.when(moved, F.lit("moved_municipality"))
    reason = reason.when(week["state_reason"].isNotNull(), week["state_reason"])
    return reason.when(is_last & at_horizon, F.lit("end_of_follow_up")).when(
        is_last, F.lit("end_of_data")
    )
