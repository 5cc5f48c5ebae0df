"""The municipality a person lives in, week by week (method, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def residence_histories(registers: RegisterFrames, persons: "DataFrame") -> "DataFrame":
    """One row per person: ``residences``, an array of (from_date, to_date, municipality_code) in order of date.

    From the best source the store holds: address spells with their addresses, else moves from the first snapshot on, else
    the snapshots' own address dates.
    """
    ids = persons.select("person_id")
    if registers.address_spells is not None and registers.addresses is not None:
        stays = _from_addresses(registers.address_spells, registers.addresses, ids)
    elif registers.moves is not None:
        stays = _from_moves(registers.moves, registers.population_snapshots, ids)
    else:
        stays = _from_snapshots(registers.population_snapshots, ids)
    stay = F.struct("from_date", "to_date", "municipality_code")
    return stays.groupBy("person_id").agg(F.array_sort(F.collect_set(stay)).alias("residences"))


def municipality_on(residences: "Column", day: "Column") -> "Column":
    """Municipality on a day: of the newest stay that covers it; in a gap of the last stay before; before all stays of the first."""
    begun = F.filter(residences, lambda stay: stay["from_date"] <= day)
    covering = F.filter(begun, lambda stay: F.coalesce(stay["to_date"] >= day, F.lit(True)))
    chosen = F.coalesce(
        F.try_element_at(covering, F.lit(-1)), F.try_element_at(begun, F.lit(-1)), F.try_element_at(residences, F.lit(1))
    )
    return chosen["municipality_code"]


def _from_addresses(address_spells: "DataFrame", addresses: "DataFrame", ids: "DataFrame") -> "DataFrame":
    """Address spells cut by the time each address belonged to a municipality."""
    own = address_spells.join(ids, "person_id", "left_semi")
    joined = own.join(addresses, "address_id", "inner")
    start = F.greatest("from_date", F.coalesce("valid_from", "from_date"))
    end = F.least(
        F.coalesce("to_date", F.lit("9999-12-31").cast("date")), F.coalesce("valid_to", F.lit("9999-12-31").cast("date"))
    )
    cut = joined.select("person_id", start.alias("from_date"), end.alias("to_date"), "municipality_code")
    return cut.where((F.col("from_date") <= F.col("to_date")) & F.col("municipality_code").isNotNull())


def _from_moves(moves: "DataFrame", snapshots: "DataFrame", ids: "DataFrame") -> "DataFrame":
    """The first snapshot's municipality, then each move's; each stay lasts to the next."""
    first = (
        snapshots.join(ids, "person_id", "left_semi")
        .groupBy("person_id")
        .agg(F.min_by("municipality_code", "snapshot_date").alias("municipality_code"), F.min("snapshot_date").alias("seen"))
    )
    own = moves.join(ids, "person_id", "left_semi")
    # The municipality left is where the person lived before the first move, whatever the first snapshot says.
    before = own.groupBy("person_id").agg(
        F.min_by("municipality_from", "move_date").alias("left"), F.min("move_date").alias("first_move")
    )
    start = first.join(before, "person_id", "left").select(
        "person_id",
        F.lit("1900-01-01").cast("date").alias("from_date"),
        F.when(F.col("first_move") <= F.col("seen"), F.col("left"))
        .otherwise(F.col("municipality_code"))
        .alias("municipality_code"),
    )
    later = own.select("person_id", F.col("move_date").alias("from_date"), F.col("municipality_to").alias("municipality_code"))
    return _open_ended(start.unionByName(later))


def _from_snapshots(snapshots: "DataFrame", ids: "DataFrame") -> "DataFrame":
    """Each snapshot's municipality from the day the person moved to that address."""
    own = snapshots.join(ids, "person_id", "left_semi")
    start = F.coalesce(F.least("address_since", "snapshot_date"), "snapshot_date")
    return _open_ended(own.select("person_id", start.alias("from_date"), "municipality_code"))


def _open_ended(stays: "DataFrame") -> "DataFrame":
    return stays.where(F.col("municipality_code").isNotNull()).withColumn("to_date", F.lit(None).cast("date"))
