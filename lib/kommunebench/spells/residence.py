"""The municipality a person lives in, week by week (method, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.registers import RegisterFrames
from kommunebench.spells.residence_sources import stays_of_better_source, stays_of_snapshots

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def residence_histories(registers: RegisterFrames, persons: "DataFrame") -> "DataFrame":
    """One row per person: ``residences``, an array of (from_date, to_date, municipality_code) in
    order of date, and ``only_municipality`` where all of them are in one.

    From the best source the store holds: address spells with their addresses, else moves from the
    first snapshot on, else the snapshots' own address dates. A person the better source does not
    know is taken from the snapshots, and so are the days of a spell at an address whose
    municipality is not known.
    """
    ids = persons.select("person_id")
    snapshots = stays_of_snapshots(registers.population_snapshots, ids).withColumn(
        "is_better", F.lit(False)
    )
    better = stays_of_better_source(registers, ids)
    stays = (
        snapshots
        if better is None
        else snapshots.unionByName(better.withColumn("is_better", F.lit(True)))
    )
    stay = F.struct("from_date", "to_date", "precedence", "municipality_code", "address_spell")
    collected = stays.groupBy("person_id").agg(
        F.array_sort(F.collect_set(F.when(F.col("is_better"), stay))).alias("better"),
        F.array_sort(F.collect_set(F.when(~F.col("is_better"), stay))).alias("fallback"),
    )
    placed = F.filter("better", lambda stay: stay["municipality_code"].isNotNull())
    filled = _filled(F.col("better"), F.col("placed"), F.col("fallback"))
    chosen = F.when(F.size("placed") > 0, filled).otherwise(F.col("fallback"))
    sorted_stays = collected.withColumn("placed", placed).withColumn("stays", chosen)
    histories = sorted_stays.select(
        "person_id", _newest_of_equal_dates(F.col("stays")).alias("residences")
    )
    places = F.array_distinct(F.col("residences.municipality_code"))
    return histories.withColumn(
        "only_municipality", F.when(F.size(places) == 1, F.get(places, F.lit(0)))
    )


def count_unplaced_addresses(
    registers: RegisterFrames, persons: "DataFrame"
) -> tuple[int, int] | None:
    """How many address spells of these persons no address places in a municipality on any of their
    days, and at how many addresses; None where address spells or addresses are not delivered."""
    if registers.address_spells is None or registers.addresses is None:
        return None
    spells = registers.address_spells.join(persons.select("person_id"), "person_id", "left_semi")
    valid = registers.addresses.select(
        F.col("address_id").alias("placed_id"), "valid_from", "valid_to"
    )
    overlaps = F.coalesce(F.col("from_date") <= F.col("valid_to"), F.lit(True)) & F.coalesce(
        F.col("valid_from") <= F.col("to_date"), F.lit(True)
    )
    unplaced = spells.join(valid, (F.col("address_id") == F.col("placed_id")) & overlaps, "anti")
    row = unplaced.agg(F.count(F.lit(1)), F.countDistinct("address_id")).first()
    assert row is not None
    return row[0], row[1]


def _filled(better: "Column", placed: "Column", snapshots: "Column") -> "Column":
    """The stays with a municipality, and for each address spell without one those that the
    snapshots tell of its days; sorted by date."""

    def is_gap(stay: "Column") -> "Column":
        spell = stay["address_spell"]
        seen = F.exists(placed, lambda other: other["address_spell"].eqNullSafe(spell))
        has_days = F.coalesce(stay["from_date"] <= stay["to_date"], F.lit(True))
        return stay["municipality_code"].isNull() & has_days & ~seen

    def from_snapshots(gap: "Column") -> "Column":
        first = F.struct(
            gap["from_date"].alias("from_date"),
            gap["to_date"].alias("to_date"),
            F.lit(0).alias("precedence"),
            municipality_on(snapshots, gap["from_date"]).alias("municipality_code"),
            gap["address_spell"].alias("address_spell"),
        )
        later = F.filter(
            snapshots,
            lambda stay: (
                (stay["from_date"] > gap["from_date"])
                & F.coalesce(stay["from_date"] <= gap["to_date"], F.lit(True))
            ),
        )
        ended = F.transform(later, lambda stay: stay.withField("to_date", gap["to_date"]))
        return F.concat(F.array(first), ended)

    told = F.flatten(F.transform(F.filter(better, is_gap), from_snapshots))
    known = F.filter(told, lambda stay: stay["municipality_code"].isNotNull())
    return F.array_sort(F.concat(placed, known))


def _newest_of_equal_dates(stays: "Column") -> "Column":
    """Sorted stays as (from_date, to_date, municipality_code), of those with equal dates only the
    last, which has the highest precedence."""

    def is_last(stay: "Column", place: "Column") -> "Column":
        following = F.get(stays, place + 1)
        same_dates = (following["from_date"] == stay["from_date"]) & following[
            "to_date"
        ].eqNullSafe(stay["to_date"])
        return ~F.coalesce(same_dates, F.lit(False))

    names = ("from_date", "to_date", "municipality_code")
    return F.transform(
        F.filter(stays, is_last),
        lambda stay: F.struct(*(stay[name].alias(name) for name in names)),
    )


def municipality_on(residences: "Column", day: "Column") -> "Column":
    """Municipality on a day: of the newest stay that covers it; else of the stay that ended last
    before it; else of the first."""
    begun = F.filter(residences, lambda stay: stay["from_date"] <= day)
    covering = F.filter(begun, lambda stay: F.coalesce(stay["to_date"] >= day, F.lit(True)))
    ended = F.array_max(
        F.transform(
            begun,
            lambda stay: F.struct(stay["to_date"], stay["from_date"], stay["municipality_code"]),
        )
    )
    chosen = F.coalesce(
        F.try_element_at(covering, F.lit(-1))["municipality_code"],
        ended["municipality_code"],
        F.try_element_at(residences, F.lit(1))["municipality_code"],
    )
    return chosen
