"""Spells of immigrants: which of them count, and their conditions at the spell's start (fact sheet,
section 5)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.populations.education import NONE_OR_UNKNOWN, add_education, group_of_level
from kommunebench.populations.immigrants import is_over_years
from kommunebench.populations.origin import remarks
from kommunebench.populations.person_years import PERSON_YEAR, add_health_of_year
from kommunebench.settings import AnalysisSettings
from kommunebench.settings.populations import ImmigrantsSettings
from kommunebench.silver import HEALTH_COLUMNS, SPELLS
from kommunebench.spells.ages import completed_years
from kommunebench.spells.covariates import (
    add_danish_course,
    add_local_labour_market,
    add_match_group,
    age_group,
    years_in_denmark,
)
from kommunebench.spells.family import FAMILY_SNAPSHOT, add_family, snapshot_of_family
from kommunebench.spells.joins import are_few, small_side
from kommunebench.spells.lost_spells import LOST_REASONS, NO_MUNICIPALITY, lose_later_spells
from kommunebench.spells.registers import RegisterFrames
from kommunebench.spells.schooling import GROWN_UP
from kommunebench.spells.spell_table import outcome_of, spell_id

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

UNDER_WAY = "under_way_when_the_window_opens"
NO_ARRIVAL = "no_arrival_date"
AGE = "age_outside_limits"
# Where no register tells who of the minors is in education.
MINOR = "minor_with_unknown_schooling"
YEARS = "years_in_denmark_outside_limits"
# A spell that would be lost for several reasons is counted under the first.
IMMIGRANT_LOST_REASONS = (
    NO_MUNICIPALITY,
    UNDER_WAY,
    AGE,
    MINOR,
    NO_ARRIVAL,
    YEARS,
    *(reason for reason in LOST_REASONS if reason != NO_MUNICIPALITY),
)
# What is worth counting of the spells that count; the education of all of them is none_or_unknown.
WITHOUT_UDDA = "spell_not_in_udda"
UNLISTED_EDUCATION = "education_not_in_list"
IMPOSSIBLE_EDUCATION = "education_completed_before_birth"
SPELL_REMARKS = (WITHOUT_UDDA, UNLISTED_EDUCATION, IMPOSSIBLE_EDUCATION)
_OCTOBER = 10


def lose_spells(
    candidates: "DataFrame",
    immigrants: "DataFrame",
    settings: AnalysisSettings,
    *,
    schooling_known: bool,
) -> "DataFrame":
    """The candidates (rows of find_spell_candidates) with the reasons for which spells of
    immigrants are lost. A spell is under way when the window opens if the person lived here then
    and neither work, education nor a time abroad is seen before it: when it began is not known,
    also where a state that censors lies between the opening and its first week.

    ``schooling_known``: whether the registers tell who of the minors is in education; where they do
    not, the lower age limit is 18.
    """
    rules, chosen = settings.population, _chosen(settings)
    facts = immigrants.select(
        "person_id",
        "birth_date",
        "arrival_date",
        "arrival_is_known",
        "lived_here_at_opening",
        "origin_date",
    )
    joined = candidates.join(facts, "person_id", "inner")
    day = _start_day()
    age = completed_years(F.col("birth_date"), day)
    over = is_over_years(day, chosen.years_limit)
    unknown = ~F.col("arrival_is_known") & ~over
    wrong = over if chosen.years_in_denmark == "up_to" else ~over
    broken = {
        NO_MUNICIPALITY: F.col("municipality_code").isNull(),
        UNDER_WAY: F.col("lived_here_at_opening") & ~F.col("history_is_seen"),
        AGE: ~age.between(rules.age_min, rules.age_max),
        MINOR: (age < GROWN_UP) & F.lit(not schooling_known),
        NO_ARRIVAL: unknown,
        YEARS: wrong,
    }
    reasons = (F.when(holds, F.lit(reason)) for reason, holds in broken.items())
    lost = F.coalesce(*reasons, "lost")
    named = joined.withColumn("lost", lost).select(*candidates.drop("history_is_seen").columns)
    return lose_later_spells(named, settings)


def _chosen(settings: AnalysisSettings) -> ImmigrantsSettings:
    assert settings.immigrants is not None
    return settings.immigrants


def _start_day() -> "Column":
    """The day a spell starts: its Monday, in the week following begins in the day it does."""
    return F.greatest("start_monday", "origin_date")


def build_immigrant_spells(
    candidates: "DataFrame",
    immigrants: "DataFrame",
    registers: RegisterFrames,
    settings: AnalysisSettings,
) -> "DataFrame":
    """The candidates that count, in the columns of silver.spells without the analysis: conditions
    at the start, family in the December before it, health in the calendar year before it."""
    persons = immigrants.drop("reason", "last_followed_week", "origin_monday", "remarks")
    kept = candidates.where(F.col("lost").isNull()).join(persons, "person_id", "inner")
    day = _start_day()
    started = kept.withColumns(
        {
            "spell_id": spell_id(),
            "selection_date": day,
            "start_year": F.year(day).cast("string"),
            "age_group": _age_class(completed_years(F.col("birth_date"), day)),
            "years_in_denmark": years_in_denmark(F.col("arrival_date"), day),
            "duration": F.col("end_week") - F.col("start_week"),
            "potential_follow_up": F.least(
                F.col("last_followed_week") - F.col("start_week"),
                F.lit(settings.observation.horizon_weeks),
            ),
            "outcome": outcome_of(F.col("end_reason")),
            "weeks_since_permit": F.lit(None).cast("int"),
            "permit_year": F.lit(None).cast("string"),
        }
    )
    # What is looked up in a register is made from the candidates and immigrants alone: from what
    # was joined to them before, every register would be read again for the next one.
    few = are_few(started)
    spells = _with_education(started, registers, settings, few)
    spells = add_danish_course(spells, registers, of=started)
    spells = add_match_group(spells, registers, settings, of=started)
    spells = spells.join(_health(started, registers, settings, few), "spell_id", "left")
    spells = _with_family(spells, started, registers.population_snapshots, settings, few)
    measured = add_local_labour_market(spells, registers, settings)
    return measured.select(*(name for name in SPELLS.columns if name != "analysis"))


def _age_class(age: "Column") -> "Column":
    return F.when(age < GROWN_UP, F.lit("16_17")).otherwise(age_group(age))


def _with_family(
    spells: "DataFrame",
    started: "DataFrame",
    snapshots: "DataFrame",
    settings: AnalysisSettings,
    few: bool,
) -> "DataFrame":
    """Spells with the family of the December before their start, else of the next snapshot that
    holds the person; ``started``: the same spells, with their start and person alone."""
    seen = (
        snapshots.join(small_side(started.select("person_id"), few), "person_id", "left_semi")
        .groupBy("person_id")
        .agg(F.collect_list(F.struct(*FAMILY_SNAPSHOT)).alias("snapshots"))
    )
    year_before = F.add_months("selection_date", -12)
    family = snapshot_of_family(F.col("snapshots"), year_before)
    in_snapshot = (
        started.select("spell_id", "person_id", "selection_date")
        .join(seen, "person_id", "left")
        .withColumn("family", family)
        .select("spell_id", "person_id", "family.*")
    )
    families = add_family(
        in_snapshot,
        snapshots,
        key="spell_id",
        child_at_home=settings.measurement.child_at_home,
        few=few,
    )
    return spells.join(families.drop("person_id"), "spell_id", "left")


def _health(
    started: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings, few: bool
) -> "DataFrame":
    """spell_id and health in the calendar year before the spell's start."""
    subjects = started.select(
        F.col("spell_id").alias(PERSON_YEAR),
        F.col("person_id").alias("subject_id"),
        (F.year("selection_date") - 1).alias("year"),
    )
    measured = add_health_of_year(subjects, registers, settings, few=few)
    return measured.select(F.col(PERSON_YEAR).alias("spell_id"), *HEALTH_COLUMNS)


def _with_education(
    spells: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings, few: bool
) -> "DataFrame":
    """Spells with the group of the highest education at their start, and whether it was brought
    along: basic_danish, basic_foreign, …; null where the register is not delivered. remarks: which
    of SPELL_REMARKS hold."""
    if registers.educations is None or registers.education_levels is None:
        nothing = {"education": F.lit(None).cast("string"), "remarks": remarks({})}
        return spells.withColumns(nothing)
    before_october = (F.month("selection_date") < _OCTOBER).cast("int")
    counted = spells.withColumn("count_year", F.year("selection_date") - before_october)
    educated = add_education(
        counted,
        registers,
        person="person_id",
        year="count_year",
        birth="birth_date",
        looked_for=counted if few else None,
    )
    chosen = _chosen(settings)
    group = group_of_level(chosen.education_groups)
    foreign = F.coalesce(F.col("source").isin(*chosen.foreign_sources), F.lit(False))
    origin = F.when(foreign, F.lit("foreign")).otherwise(F.lit("danish"))
    education = F.when(group.isNotNull(), F.concat_ws("_", group, origin))
    flags = {
        WITHOUT_UDDA: ~F.col("in_udda"),
        UNLISTED_EDUCATION: F.col("unlisted_education"),
        IMPOSSIBLE_EDUCATION: F.col("impossible_education"),
    }
    return educated.withColumns(
        {"education": F.coalesce(education, F.lit(NONE_OR_UNKNOWN)), "remarks": remarks(flags)}
    )
