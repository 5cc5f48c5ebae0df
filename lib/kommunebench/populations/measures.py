"""Conditions of pupils and residents: own and parents' health, parents' education, urban share
(fact sheet, sections 3 and 4)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.populations.case_registers import HEALTH_KINDS, CaseRegisters
from kommunebench.populations.education import NONE_OR_UNKNOWN, add_education, group_of_level
from kommunebench.populations.person_years import PERSON_YEAR, add_health_of_year
from kommunebench.populations.siblings import part_children_of_many
from kommunebench.settings import AnalysisSettings
from kommunebench.settings.populations import ParentSettings
from kommunebench.silver import CASES, HEALTH_COLUMNS
from kommunebench.spells.joins import are_few, only_those_of

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

NOT_KNOWN, NOT_DELIVERED = "not_known", "not_delivered"
OWN, MOTHER, FATHER = "own", "mother", "father"
PARENTS = (MOTHER, FATHER)
_DECEMBER = 12
_HEALTH = tuple(HEALTH_COLUMNS)
# Classes of contacts with the kind of health that alone shows them. A parent who is not known has a
# class of its own in them, and so has a known one in a year whose register was not delivered; both
# have 0 in every indicator: one term of the model tells that nothing is known, instead of a dozen
# equal ones.
_CLASSES = {"gp_contacts": "care", "hospital_days": "hospital"}


def measure_cases(
    candidates: "DataFrame", registers: CaseRegisters, settings: AnalysisSettings
) -> "DataFrame":
    """Columns of silver.cases without the analysis, for the candidates who are not lost.

    Parents count as known where they stand in the population register in December of
    parents_year; their education is that of 1 October, their health that of the calendar year.
    Raises RegisterError where a covariate of the settings needs a table that is not in the store.
    """
    # What is looked up in a register is made from the candidates alone, in each place anew: from
    # what was joined to them before, every register would be read again for the next one.
    cases = candidates.where(F.col("lost").isNull())
    subjects = _subjects(cases)
    few = are_few(subjects)
    health = add_health_of_year(
        subjects.select(PERSON_YEAR, "subject_id", "year"), registers, settings, few=few
    ).select(PERSON_YEAR, *_HEALTH)
    measured = (
        _with_facts(subjects, registers, settings, few)
        .join(health, PERSON_YEAR, "left")
        .withColumns(_delivered(registers))
    )
    placed = part_children_of_many(_with_urban_share(cases, registers, settings), cases)
    joined = placed.join(_by_case(measured), "person_id", "left")
    named = joined.withColumns(
        {f"{parent}_known": F.coalesce(f"{parent}_known", F.lit(0)) for parent in PARENTS}
    ).withColumns(
        {
            "remarks": F.concat("remarks", F.coalesce("subject_remarks", _no_texts())),
            **{
                f"{parent}_education": F.coalesce(f"{parent}_education", F.lit(NONE_OR_UNKNOWN))
                for parent in PARENTS
            },
            **_filled_health(),
        }
    )
    with_remarks = named.withColumn("remarks", F.concat("remarks", _remarks_of_parents()))
    return with_remarks.select(*(name for name in CASES.columns if name != "analysis"))


def _delivered(registers: CaseRegisters) -> "dict[str, Column]":
    """Whether each kind of health was delivered for the year a person is measured in; a kind whose
    files do not say counts as delivered."""
    years = registers.health_years
    return {
        _is_delivered(kind): F.col("year").isin(*sorted(years[kind]))
        if kind in years
        else F.lit(True)
        for kind in HEALTH_KINDS
    }


def _is_delivered(kind: str) -> str:
    return f"{kind}_delivered"


def _not_delivered(parent: str, kind: str) -> str:
    return f"{parent}_{kind}_not_delivered"


def _subjects(cases: "DataFrame") -> "DataFrame":
    """Whose health and education are looked up: the person of each case and its parents, each with
    the year they are measured in."""
    rows = F.array(
        *(
            F.struct(
                F.lit(role).alias("role"),
                F.col(person).alias("subject_id"),
                F.col(year).alias("year"),
            )
            for role, person, year in (
                (OWN, "person_id", "own_health_year"),
                (MOTHER, "mother_id", "parents_year"),
                (FATHER, "father_id", "parents_year"),
            )
        )
    )
    subjects = cases.select(F.col("person_id").alias("case_id"), F.inline(rows))
    key = F.concat_ws("|", "case_id", "role").alias(PERSON_YEAR)
    return subjects.where(F.col("subject_id").isNotNull()).select(key, "*")


def _with_facts(
    subjects: "DataFrame", registers: CaseRegisters, settings: AnalysisSettings, few: bool
) -> "DataFrame":
    """Subjects with known (in the population register in December of the year), the group of their
    education, and remarks about the registers."""
    looked_for = subjects.select("subject_id", "year")
    december = registers.population_snapshots.where(F.month("snapshot_date") == _DECEMBER).select(
        F.col("person_id").alias("subject_id"),
        F.year("snapshot_date").alias("year"),
        F.col("birth_date").alias("subject_birth_date"),
    )
    december = only_those_of(december, looked_for, few)
    known = subjects.join(december, ["subject_id", "year"], "left").withColumn(
        "known", F.col("subject_birth_date").isNotNull()
    )
    if not set(settings.covariate_columns) & {f"{parent}_education" for parent in PARENTS}:
        no_remarks = {"education_group": F.lit(None).cast("string"), "about": _no_texts()}
        return known.withColumns(no_remarks)
    educated = add_education(
        known,
        registers,
        person="subject_id",
        year="year",
        birth="subject_birth_date",
        looked_for=looked_for if few else None,
    )
    flags = {
        "parent_without_udda": F.col("known") & ~F.col("in_udda"),
        "parents_education_not_in_list": F.col("unlisted_education"),
        "parents_education_completed_before_birth": F.col("impossible_education"),
    }
    is_parent = F.col("role") != OWN
    about = F.array_compact(
        F.array(*(F.when(is_parent & holds, F.lit(name)) for name, holds in flags.items()))
    )
    group = group_of_level(_parents_of(settings).education_groups)
    return educated.withColumns(
        {"education_group": F.coalesce(group, F.lit(NONE_OR_UNKNOWN)), "about": about}
    )


def _parents_of(settings: AnalysisSettings) -> ParentSettings:
    population = settings.pupils or settings.residents
    return population.parents if population is not None else ParentSettings()


def _by_case(measured: "DataFrame") -> "DataFrame":
    """One row per case with the measures of the person and both parents side by side."""

    def of(role: str, column: str, alias: str) -> "Column":
        return F.max(F.when(F.col("role") == role, F.col(column))).alias(alias)

    columns = [of(OWN, name, name) for name in _HEALTH]
    for parent in PARENTS:
        columns.append(of(parent, "education_group", f"{parent}_education"))
        known = F.max(F.when(F.col("role") == parent, F.col("known").cast("int")))
        columns.append(known.alias(f"{parent}_known"))
        is_known = (F.col("role") == parent) & F.col("known")
        for name in _HEALTH:
            kind = _CLASSES.get(name)
            seen = is_known if kind is None else is_known & F.col(_is_delivered(kind))
            columns.append(F.max(F.when(seen, F.col(name))).alias(f"{parent}_{name}"))
        for kind in HEALTH_KINDS:
            unseen = F.max(is_known & ~F.col(_is_delivered(kind)))
            columns.append(unseen.alias(_not_delivered(parent, kind)))
    about = F.array_distinct(F.flatten(F.collect_list("about"))).alias("subject_remarks")
    grouped = measured.groupBy(F.col("case_id").alias("person_id"))
    return grouped.agg(*columns, about)


def _filled_health() -> "dict[str, Column]":
    """The parents' health where nothing is known: classes of their own for a parent who is not
    known and for a year that was not delivered, and no signs."""
    filled = {}
    for parent in PARENTS:
        unseen = F.when(F.col(f"{parent}_known") == 1, F.lit(NOT_DELIVERED)).otherwise(NOT_KNOWN)
        for name in _HEALTH:
            instead = unseen if name in _CLASSES else F.lit(0)
            filled[f"{parent}_{name}"] = F.coalesce(F.col(f"{parent}_{name}"), instead)
    return filled


def _remarks_of_parents() -> "Column":
    """What is worth counting about the parents of a case."""
    texts = []
    for parent in PARENTS:
        known, given = F.col(f"{parent}_known") == 1, F.col(f"{parent}_id").isNotNull()
        texts += [
            F.when(~given, F.lit(f"no_{parent}_id")),
            F.when(given & ~known, F.lit(f"{parent}_not_in_population_register")),
        ]
    for kind in HEALTH_KINDS:
        unseen = [F.coalesce(_not_delivered(parent, kind), F.lit(False)) for parent in PARENTS]
        texts.append(F.when(unseen[0] | unseen[1], F.lit(f"parents_{kind}_not_delivered")))
    return F.array_compact(F.array(*texts))


def _no_texts() -> "Column":
    return F.array().cast("array<string>")


def _with_urban_share(
    cases: "DataFrame", registers: CaseRegisters, settings: AnalysisSettings
) -> "DataFrame":
    """Cases with the urban share of their municipality in residence_year; a year the table lacks
    has that of the nearest earlier year, else of the first later one."""
    if "urban_share" not in settings.covariate_columns:
        return cases.withColumn("urban_share", F.lit(None).cast("double"))
    shares = registers.need("urban_shares", "the covariate urban_share")
    places = cases.select("municipality_code", "residence_year").distinct()
    pairs = places.join(F.broadcast(shares), "municipality_code", "inner")
    apart = F.col("residence_year") - F.col("year")
    order = F.struct((apart < 0).alias("later"), F.abs(apart).alias("apart"))
    chosen = pairs.groupBy("municipality_code", "residence_year").agg(
        F.min_by("urban_share", order).alias("urban_share")
    )
    return cases.join(F.broadcast(chosen), ["municipality_code", "residence_year"], "left")
