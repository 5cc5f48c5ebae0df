"""The spells of a person in one pass over the weeks of change (method, section 4): whether a spell
may start depends on how the one before it ended."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.spell_table import END_OF_DATA, END_OF_FOLLOW_UP, MOVED, SUCCESS

if TYPE_CHECKING:
    from pyspark.sql import Column

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
# Of the open spell start_week (null: no spell is open), municipality_code and early_move; censored:
# a spell was; awaits_work: the last spell reached its end of follow-up and no work came since;
# finished: no later week matters; and the spells closed so far.
_STATE = (
    "struct<start_week:int,municipality_code:string,early_move:boolean,censored:boolean,"
    f"awaits_work:boolean,finished:boolean,spells:array<struct<{_SPELL}>>>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closing:
    """What a week does to the open spell, as columns that are never null but for ``spell``.

    closes: the spell ends; as_success: in success; as_follow_up: because its weeks or the data end
    there; spell: the row of the closed spell. Where it stays open, municipality_code and early_move
    are the open spell's after the week.
    """

    closes: "Column"
    as_success: "Column"
    as_follow_up: "Column"
    spell: "Column"
    municipality_code: "Column"
    early_move: "Column"


class _Opening(NamedTuple):
    """Whether a spell begins in a week, and whether it does so too late to be followed; never
    null."""

    begins: "Column"
    too_late: "Column"


def spells_of_person(
    changes: "Column", last_followed: "Column", settings: AnalysisSettings
) -> "Column":
    """Spells of one person in order, found in one pass over the weeks of change in order: an array
    of start_week, end_week, municipality_code, end_reason, early_move, after_censoring.

    What a week does, in the order in which it is decided (to start a spell a week has neither work
    nor a state that censors):

    ==================  =========================  ======================  =========================
    a spell is open     the week                   the spell ends as       another begins
    ==================  =========================  ======================  =========================
    yes                 is after its horizon       end_of_follow_up there  no
    yes                 has work                   success                 no
    yes                 death, emigration          that                    no
    yes                 shows a move               moved_municipality      if the week may start one
    yes                 another censoring state    that                    no
    yes                 is the last of its weeks   end_of_follow_up or     no
                        or of those followed       end_of_data
    yes                 is any other               stays open              no
    no                  may start a spell                                  unless work is awaited
    no                  is any other                                       no
    ==================  =========================  ======================  =========================

    Work is awaited after an end of follow-up: who goes on as before is in no other spell. A spell
    that begins in or after the last followed week is listed without an end.
    """
    nothing = F.struct(
        F.lit(None).alias("start_week"),
        F.lit(None).alias("municipality_code"),
        F.lit(False).alias("early_move"),
        F.lit(False).alias("censored"),
        F.lit(False).alias("awaits_work"),
        F.lit(False).alias("finished"),
        F.array().alias("spells"),
    ).cast(_STATE)

    def take(state: "Column", week: "Column") -> "Column":
        closing = _close(state, week, last_followed, settings)
        opening = _open(state, week, closing, last_followed)
        following = _next_state(state, week, closing, opening, last_followed)
        return F.when(state["finished"], state).otherwise(following)

    return F.aggregate(changes, nothing, take)["spells"]


def _close(
    state: "Column", week: "Column", last_followed: "Column", settings: AnalysisSettings
) -> _Closing:
    """What a week does to the open spell; closes nothing where none is open."""
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
    reason = F.when(is_past, F.lit(END_OF_FOLLOW_UP)).when(
        is_open, _end_reason(week, horizon, moves & ~in_grace, last_followed, settings)
    )
    spell = _spell(
        state["start_week"],
        F.least(week["week"], horizon),
        F.when(is_past, state["municipality_code"]).otherwise(municipality),
        reason,
        early_move,
        state["censored"],
    )
    return _Closing(
        closes=reason.isNotNull(),
        as_success=reason.eqNullSafe(F.lit(SUCCESS)),
        as_follow_up=F.coalesce(reason.isin(END_OF_FOLLOW_UP, END_OF_DATA), F.lit(False)),
        spell=spell,
        municipality_code=municipality,
        early_move=early_move,
    )


def _open(state: "Column", week: "Column", closing: _Closing, last_followed: "Column") -> _Opening:
    """Whether a spell begins in a week after the open one, if any, was closed."""
    none_open = state["start_week"].isNull() | closing.closes
    may_start = ~week["is_employed"] & week["state_reason"].isNull()
    begins = none_open & may_start & ~closing.as_follow_up & ~state["awaits_work"]
    return _Opening(begins=begins, too_late=begins & (week["week"] >= last_followed))


def _next_state(
    state: "Column",
    week: "Column",
    closing: _Closing,
    opening: _Opening,
    last_followed: "Column",
) -> "Column":
    """The state after a week, from what the week closed and opened."""
    stays_open = state["start_week"].isNotNull() & ~closing.closes
    censored = state["censored"] | (closing.closes & ~closing.as_success)
    unfollowed = _spell(
        week["week"], F.lit(None), week["municipality_code"], F.lit(None), F.lit(False), censored
    )
    nothing_follows = closing.as_follow_up & (week["week"] >= last_followed)
    listed = F.array_compact(
        F.array(
            F.when(closing.closes, closing.spell),
            F.when(opening.too_late, unfollowed),
        )
    )
    return F.struct(
        F.when(stays_open, state["start_week"])
        .when(opening.begins, week["week"])
        .alias("start_week"),
        F.when(stays_open, closing.municipality_code)
        .when(opening.begins, week["municipality_code"])
        .alias("municipality_code"),
        (stays_open & closing.early_move).alias("early_move"),
        censored.alias("censored"),
        ((closing.as_follow_up | state["awaits_work"]) & ~week["is_employed"]).alias("awaits_work"),
        (opening.too_late | nothing_follows).alias("finished"),
        F.concat(state["spells"], listed).alias("spells"),
    ).cast(_STATE)


def _spell(*values: "Column") -> "Column":
    names = [field.split(":")[0] for field in _SPELL.split(",")]
    pairs = zip(values, names, strict=True)
    return F.struct(*(value.alias(name) for value, name in pairs)).cast(f"struct<{_SPELL}>")


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
    reason = F.when(week["is_employed"], F.lit(SUCCESS))
    reason = reason.when(week["state_reason"].isin(*_BEFORE_MOVE), week["state_reason"])
    if MOVED in settings.spells.censoring_reasons:
        reason = reason.when(moved, F.lit(MOVED))
    reason = reason.when(week["state_reason"].isNotNull(), week["state_reason"])
    return reason.when(is_last & at_horizon, F.lit(END_OF_FOLLOW_UP)).when(
        is_last, F.lit(END_OF_DATA)
    )
