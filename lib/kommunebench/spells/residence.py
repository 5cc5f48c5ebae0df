"""The municipality a person lives in, week by week (method, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def residence_histories(registers: RegisterFrames, persons: "DataFrame") -> "DataFrame":
    """One row per person: ``residences``, an array of (from_date, to_date, municipality_code) in
    order of date, and ``only_municipality`` where all of them are in one.

    From the best source the store holds: address spells with their addresses, else moves from the
    first snapshot on, else the snapshots' own address dates. A person the better source does not
    know is taken from the snapshots.
    """
    ids = persons.select("person_id")
    snapshots = _from_snapshots(registers.population_snapshots, ids).withColumn(
        "is_better", F.lit(False)
    )
    better = _best_source(registers, ids)
    stays = (
        snapshots
        if better is None
        else snapshots.unionByName(better.withColumn("is_better", F.lit(True)))
    )
    stay = F.struct("from_date", "to_date", "municipality_code")
    collected = stays.groupBy("person_id").agg(
        F.array_sort(F.collect_set(F.when(F.col("is_better"), stay))).alias("better"),
        F.array_sort(F.collect_set(F.when(~F.col("is_better"), stay))).alias("fallback"),
    )
    chosen = F.when(F.size("better") > 0, F.col("better")).otherwise(F.col("fallback"))
    histories = collected.select("person_id", chosen.alias("residences"))
    places = F.array_distinct(F.col("residences.municipality_code"))
    return histories.withColumn(
        "only_municipality", F.when(F.size(places) == 1, F.get(places, F.lit(0)))
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


def _best_source(registers: RegisterFrames, ids: "DataFrame") -> "DataFrame | None":
    if registers.address_spells is not None and registers.addresses is not None:
        return _from_addresses(registers.address_spells, registers.addresses, ids)
    if registers.moves is not None:
        return _from_moves(registers.moves, registers.population_snapshots, ids)
    return None


def _from_addresses(
    address_spells: "DataFrame", addresses: "DataFrame", ids: "DataFrame"
) -> "DataFrame":
    """Address spells cut by the time each address belonged to a municipality; a date that is not
    known bounds nothing."""
    spells = address_spells.join(ids, "person_id", "left_semi")
    joined = spells.join(addresses, "address_id", "inner")
    # greatest and least pass over nulls.
    start = F.coalesce(F.greatest("from_date", "valid_from"), F.lit("1900-01-01").cast("date"))
    end = F.least("to_date", "valid_to")
    cut = joined.select(
        "person_id", start.alias("from_date"), end.alias("to_date"), "municipality_code"
    )
    lasting = F.coalesce(F.col("from_date") <= F.col("to_date"), F.lit(True))
    return cut.where(lasting & F.col("municipality_code").isNotNull())


def _from_moves(moves: "DataFrame", snapshots: "DataFrame", ids: "DataFrame") -> "DataFrame":
    """The first snapshot's municipality, then each move's; each stay lasts to the next."""
    seen = F.struct("snapshot_date", "municipality_code")
    first = (
        snapshots.join(ids, "person_id", "left_semi")
        .groupBy("person_id")
        .agg(F.min(seen).alias("seen"))
    )
    moves = moves.join(ids, "person_id", "left_semi")
    # The municipality left is where the person lived before the first move, whatever a later
    # snapshot says.
    before = moves.groupBy("person_id").agg(
        F.min(F.struct("move_date", "municipality_from")).alias("move")
    )
    moved_first = F.col("move.move_date") <= F.col("seen.snapshot_date")
    place = F.when(moved_first, F.col("move.municipality_from")).otherwise(
        F.col("seen.municipality_code")
    )
    start = first.join(before, "person_id", "left").select(
        "person_id",
        F.lit("1900-01-01").cast("date").alias("from_date"),
        place.alias("municipality_code"),
    )
    later = moves.select(
        "person_id",
        F.col("move_date").alias("from_date"),
        F.col("municipality_to").alias("municipality_code"),
    )
    return _open_ended(start.unionByName(later))


def _from_snapshots(snapshots: "DataFrame", ids: "DataFrame") -> "DataFrame":
    """Each snapshot's municipality from the day the person moved to that address."""
    residents = snapshots.join(ids, "person_id", "left_semi")
    # least passes over an unknown date.
    return _open_ended(
        residents.select(
            "person_id",
            F.least("address_since", "snapshot_date").alias("from_date"),
            "municipality_code",
        )
    )


def _open_ended(stays: "DataFrame") -> "DataFrame":
    return stays.where(F.col("municipality_code").isNotNull()).withColumn(
        "to_date", F.lit(None).cast("date")
    )
