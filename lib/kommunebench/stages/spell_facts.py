"""Facts of the spells that the checks of the national model need and the model does not: codes
beside the packed records."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.benchmark.checks.facts import UNKNOWN
from kommunebench.benchmark.checks.groups import KIND
from kommunebench.benchmark.checks.halves import HALF
from kommunebench.benchmark.checks.moves import MOVED, MOVED_TO
from kommunebench.benchmark.checks.weeks_seen import FOLLOW_UP
from kommunebench.populations.immigrants import NO_PERMIT, OTHER_PERMIT
from kommunebench.settings import AnalysisSettings
from kommunebench.silver import WEEKLY_PANEL
from kommunebench.spells.outcomes import FAMILY_REUNIFIED, others_than_family
from kommunebench.stages.stage import StageInputs

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

START_YEAR, RESIDENCE_BASIS = "start_year", "residence_basis"
_MOVE = "moved_municipality"
_FAMILY = "family"
# Columns of facts have names of their own: a covariate may be called start_year.
_PREFIX = "fact_"


def fact_labels(
    settings: AnalysisSettings, unit_names: Sequence[str], *, all_followed: bool = True
) -> dict[str, list[str]]:
    """The labels of each fact's codes 0, 1 … by the fact's column. Of an analysis that starts from
    spells only how long they could be followed, where that is known of all of them
    (``all_followed``): their files hold none of the other facts."""
    population, horizon = settings.population, settings.observation.horizon_weeks
    follow_up = {column_of(FOLLOW_UP): [str(week) for week in range(horizon + 1)]}
    if settings.starts_from == "spells":
        return follow_up if all_followed else {}
    # Immigrants need no permit of the listed kinds.
    further_bases = () if settings.immigrants is None else (NO_PERMIT, OTHER_PERMIT)
    years = range(population.window_start.year, population.window_end.year + 1)
    return {
        column_of(START_YEAR): [str(year) for year in years],
        column_of(RESIDENCE_BASIS): [*population.residence_bases, *further_bases],
        column_of(HALF): ["first", "second"],
        column_of(KIND): [others_than_family(settings), FAMILY_REUNIFIED],
        column_of(MOVED): ["stayed", "moved"],
        column_of(MOVED_TO): list(unit_names),
        **follow_up,
    }


def column_of(fact: str) -> str:
    """The column in which the codes of a fact stand."""
    return f"{_PREFIX}{fact}"


def fact_of(column: str) -> str:
    """The fact whose codes stand in a column."""
    return column.removeprefix(_PREFIX)


def fact_columns(labels: Mapping[str, Sequence[str]]) -> dict[str, "Column"]:
    """The codes of the facts as columns of silver.spells, all but where movers went, for which
    there is ``end_week``; UNKNOWN where a value is missing or has no label."""
    if not labels:
        return {}
    followed = F.col("potential_follow_up")
    horizon = len(labels[column_of(FOLLOW_UP)]) - 1
    # The code is the number of weeks, up to the horizon.
    codes = {FOLLOW_UP: F.when(followed <= horizon, followed).when(followed > horizon, horizon)}
    further = {}
    if column_of(MOVED) in labels:
        codes |= _codes_of_registers(labels)
        further["end_week"] = F.col("end_week")
    columns = {column_of(name): F.coalesce(code, F.lit(UNKNOWN)) for name, code in codes.items()}
    return columns | further


def _codes_of_registers(labels: Mapping[str, Sequence[str]]) -> dict[str, "Column"]:
    """The codes of the facts that only spells made from registers have, by fact."""
    years = labels[column_of(START_YEAR)]
    year = F.col(START_YEAR).cast("int")
    # Of an odd number of years the one in the middle belongs to the first half.
    second_from = int(years[0]) + (len(years) + 1) // 2
    is_family = F.col(RESIDENCE_BASIS).startswith(_FAMILY)
    return {
        START_YEAR: code_of(F.col(START_YEAR), years),
        RESIDENCE_BASIS: code_of(F.col(RESIDENCE_BASIS), labels[column_of(RESIDENCE_BASIS)]),
        HALF: (year >= second_from).cast("int"),
        KIND: is_family.cast("int"),
        MOVED: (F.col("end_reason") == _MOVE).cast("int"),
    }


def code_of(value: "Column", labels: Sequence[str]) -> "Column":
    """The place of a value among the labels, UNKNOWN where it is none of them or missing."""
    places = F.array(*(F.lit(label) for label in labels))
    return F.coalesce((F.array_position(places, value) - 1).cast("int"), F.lit(UNKNOWN))


def add_destinations(
    inputs: StageInputs, spells: "DataFrame", labels: Mapping[str, Sequence[str]]
) -> "DataFrame":
    """The spells (with ``end_week``) with the code of the unit that each mover went to: the
    municipality of the week of the move in the weekly panel; the spells themselves where nothing
    is known of moves."""
    moved, target = column_of(MOVED), column_of(MOVED_TO)
    if moved not in labels:
        return spells
    movers = spells.where(F.col(moved) == 1).select("spell_id", "person_id", "end_week")
    weeks = inputs.read(WEEKLY_PANEL).select(
        "person_id", F.col("week").alias("end_week"), F.col("municipality_code").alias("place")
    )
    places = movers.join(weeks, ["person_id", "end_week"], "inner").select("spell_id", "place")
    code = code_of(F.col("place"), labels[target])
    return (
        spells.join(places, "spell_id", "left").withColumn(target, code).drop("place", "end_week")
    )
