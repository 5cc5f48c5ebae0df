"""Origin, first immigration and time in Denmark of persons, and the rules about them that both
analyses of shares have (fact sheet, sections 3 and 4)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.populations.case_registers import CaseRegisters
from kommunebench.reference import read_reference
from kommunebench.settings.populations import OriginSettings
from kommunebench.spells.ages import completed_years
from kommunebench.spells.arrivals import came_before_migrations, first_arrival, migrations_begin
from kommunebench.spells.population import first_immigrations

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

DANISH_ORIGIN, IMMIGRANT, DESCENDANT = 1, 2, 3
# In this order a person who fails several rules is counted under the first.
ORIGIN_REASONS = (
    "origin_type_unknown",
    "danish_origin",
    "western_origin",
    "no_arrival_date",
    "arrival_before_birth",
    "arrived_above_age",
)
NO_MUNICIPALITY = "no_municipality"
UNLISTED_ORIGIN = "origin_not_in_country_list"
OWN_PARENT = "own_parent"
# FOERSTE_INDVANDRING is taken, because VNDS as delivered begins after it.
EARLIER_ARRIVAL = "arrival_before_vnds_begins"
BORN_HERE = "born_here"
_YEARS_IN_DENMARK = ((6, "0_5"), (11, "6_10"), (200, "11_plus"))


def add_origin(persons: "DataFrame", registers: CaseRegisters) -> "DataFrame":
    """Persons with western (null: the country is not in the list), origin, continent, and
    arrival_date: the first immigration of VNDS, else FOERSTE_INDVANDRING, which also counts where
    it lies before VNDS as delivered begins (came_before_vnds is true; arrivals.first_arrival); null
    for who was born here.

    ``persons`` has person_id, country_of_origin, origin_type, first_immigration_date.
    """
    countries = registers.countries.select(
        F.col("country_code").alias("country_of_origin"),
        "western",
        F.col("origin").alias("origin_term"),
        "continent",
    ).dropDuplicates(["country_of_origin"])
    arrivals = first_immigrations(registers.migrations)
    joined = persons.join(F.broadcast(countries), "country_of_origin", "left").join(
        arrivals, "person_id", "left"
    )
    # Persons whose country the list does not hold are non-Western, as in the main analysis.
    other = F.when(F.col("western"), F.lit("western")).otherwise(F.lit("other"))
    begin, immigrant = migrations_begin(registers.migrations), F.col("origin_type") == IMMIGRANT
    return joined.withColumns(
        {
            "origin": F.coalesce("origin_term", other),
            "continent": F.coalesce("continent", F.lit("unknown")),
            "arrival_date": F.when(immigrant, first_arrival(begin)),
            "came_before_vnds": F.coalesce(immigrant & came_before_migrations(begin), F.lit(False)),
        }
    ).drop("origin_term", "first_immigration", "first_immigration_date", "country_of_origin")


def origin_rules(settings: OriginSettings) -> "dict[str, Column]":
    """Rules that keep a person out, by reason, in the order in which they are tested."""
    immigrant = F.col("origin_type") == IMMIGRANT
    age = completed_years(F.col("birth_date"), F.col("arrival_date"))
    rules = {
        "origin_type_unknown": F.col("origin_type").isNull(),
        "danish_origin": F.col("origin_type") == DANISH_ORIGIN,
        "western_origin": F.coalesce(F.col("western"), F.lit(False)),
        "no_arrival_date": immigrant & F.col("arrival_date").isNull(),
        "arrival_before_birth": immigrant & (F.col("arrival_date") < F.col("birth_date")),
        "arrived_above_age": immigrant & (age > settings.arrival_age_max),
    }
    if not settings.non_western_only:
        del rules["western_origin"]
    return rules


def is_no_municipality() -> "Column":
    """Whether a person lives in none of the municipalities: the code is not known, or is another
    one, as that of Christiansø (411) or of a municipality from before 2007."""
    codes = sorted(read_reference("municipalities")["municipality_code"])
    return ~F.coalesce(F.col("municipality_code").isin(*codes), F.lit(False))


def first_broken(rules: "dict[str, Column]") -> "Column":
    """The reason of the first rule that holds, null where none does."""
    return F.coalesce(
        *(F.when(holds, F.lit(reason)) for reason, holds in rules.items()),
        F.lit(None).cast("string"),
    )


def years_in_denmark(day: "Column") -> "Column":
    """Class of completed years in Denmark on a day: born_here, 0_5, 6_10, 11_plus."""
    years = completed_years(F.col("arrival_date"), day)
    group = F.lit(None).cast("string")
    for upper, name in reversed(_YEARS_IN_DENMARK):
        group = F.when(years < upper, F.lit(name)).otherwise(group)
    return F.when(F.col("origin_type") == DESCENDANT, F.lit(BORN_HERE)).otherwise(group)


def parent_ids() -> "dict[str, Column]":
    """mother_id, father_id and cluster_id: a person is nobody's own parent, and who has no mother
    is a cluster alone."""
    parents = {
        name: F.when(F.col(name) != F.col("person_id"), F.col(name))
        for name in ("mother_id", "father_id")
    }
    return parents | {"cluster_id": F.coalesce(parents["mother_id"], F.col("person_id"))}


def remarks(flags: "dict[str, Column]") -> "Column":
    """Names of the flags that hold in a row: worth counting, though they keep nothing out."""
    named = (F.when(holds, F.lit(name)) for name, holds in flags.items())
    return F.array_compact(F.array(*named).cast("array<string>"))


def origin_flags() -> "dict[str, Column]":
    """What `remarks` says of a person's origin and parents; before parent_ids are put in place."""
    is_self = [F.coalesce(F.col(name) == F.col("person_id"), F.lit(False)) for name in _PARENTS]
    return {
        UNLISTED_ORIGIN: F.col("western").isNull(),
        EARLIER_ARRIVAL: F.col("came_before_vnds"),
        OWN_PARENT: is_self[0] | is_self[1],
    }


_PARENTS = ("mother_id", "father_id")
