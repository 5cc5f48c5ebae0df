"""A population of one's own: residents of non-Western origin aged 16 to 19 on 1 October, and which
of them are in an education that day. No section of the settings can say that; this module can."""

from pyspark.sql import functions as F

from kommunebench.populations import CasePopulation, origin
from kommunebench.settings.populations import OriginSettings
from kommunebench.spells.ages import completed_years


def select(registers, settings):
    """One row per resident of the age, in the columns of silver.case_candidates."""
    year = settings.population_module.options["year"]
    december = registers.population_snapshots.where(
        (F.year("snapshot_date") == year) & (F.month("snapshot_date") == 12)
    )
    day = F.make_date(F.lit(year), F.lit(10), F.lit(1))
    age = completed_years(F.col("birth_date"), day)
    of_age = december.where(age.between(16, 19))
    educations = registers.need("educations", "the current education")
    current = educations.where(F.year("reference_date") == year).select(
        "person_id", F.col("current_education").isNotNull().cast("int").alias("outcome")
    )
    persons = origin.add_origin(of_age, registers).join(current, "person_id", "left")
    rules = origin.origin_rules(OriginSettings())
    rules[origin.NO_MUNICIPALITY] = origin.is_no_municipality()
    return persons.withColumns(
        {
            "lost": origin.first_broken(rules),
            "remarks": origin.remarks(origin.origin_flags()),
            "outcome": F.coalesce("outcome", F.lit(0)),
            "age": age.cast("string"),
            "years_in_denmark": origin.years_in_denmark(day),
            "residence_year": F.lit(year),
            "parents_year": F.lit(year),
            "own_health_year": F.lit(year - 1),
            "exam_year": F.lit(None).cast("string"),
            "without_marks": F.lit(None).cast("string"),
            "no_mark_reason": F.lit(None).cast("string"),
            **origin.parent_ids(),
        }
    )


POPULATION = CasePopulation(
    select, "residents_of_16_to_19", (*origin.ORIGIN_REASONS, origin.NO_MUNICIPALITY)
)
