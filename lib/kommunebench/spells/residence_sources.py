"""Stays in municipalities from each register that tells of them: addresses, moves, snapshots."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def stays_of_better_source(registers: RegisterFrames, ids: "DataFrame") -> "DataFrame | None":
    """The stays of these persons by the best source the store holds: address spells with their
    addresses, else moves; None where neither is delivered. Columns as of stays_of_snapshots."""
    if registers.address_spells is not None and registers.addresses is not None:
        return _from_addresses(registers.address_spells, registers.addresses, ids)
    if registers.moves is not None:
        return _from_moves(registers.moves, registers.population_snapshots, ids)
    return None


def _from_addresses(
    address_spells: "DataFrame", addresses: "DataFrame", ids: "DataFrame"
) -> "DataFrame":
    """Address spells cut by the time each address belonged to a municipality; a date that is not
    known bounds nothing. A spell no address places is there whole, without a municipality."""
    spells = address_spells.join(ids, "person_id", "left_semi").withColumn(
        "address_spell", F.struct("address_id", "from_date", "to_date")
    )
    joined = spells.join(addresses, "address_id", "left")
    # greatest and least pass over nulls.
    start = F.coalesce(F.greatest("from_date", "valid_from"), F.lit("1900-01-01").cast("date"))
    end = F.least("to_date", "valid_to")
    lasting = F.coalesce(start <= end, F.lit(True))
    placed = lasting & F.col("municipality_code").isNotNull()
    return joined.select(
        "person_id",
        F.when(placed, start).otherwise(F.col("from_date")).alias("from_date"),
        F.when(placed, end).otherwise(F.col("to_date")).alias("to_date"),
        F.lit(0).alias("precedence"),
        F.when(placed, F.col("municipality_code")).alias("municipality_code"),
        "address_spell",
    )


def _from_moves(moves: "DataFrame", snapshots: "DataFrame", ids: "DataFrame") -> "DataFrame":
    """The first snapshot's municipality, then each move's; each stay lasts to the next."""
    seen = F.struct("snapshot_date", "municipality_code")
    first = (
        snapshots.join(ids, "person_id", "left_semi")
        .groupBy("person_id")
        .agg(F.min(seen).alias("seen"))
    )
    move = F.struct("move_date", "municipality_from", "municipality_to")
    made = (
        moves.join(ids, "person_id", "left_semi")
        .groupBy("person_id")
        .agg(F.array_sort(F.collect_set(move)).alias("moves"))
    )
    stays = F.array_append(
        F.transform("moves", lambda move: _after_move(move, F.col("moves"))),
        _stay(F.lit("1900-01-01").cast("date"), F.lit(0), _place_before(F.col("moves"))),
    )
    nowhere_else = F.array(
        _stay(F.lit("1900-01-01").cast("date"), F.lit(0), F.col("seen.municipality_code"))
    )
    known = first.join(made, "person_id", "full")
    return _open_ended(known.select("person_id", F.inline(F.coalesce(stays, nowhere_else))))


def _after_move(move: "Column", moves: "Column") -> "Column":
    """The stay that a move begins. Of several moves on one date the one whose municipality no other
    leaves that day is the last."""
    goes_on = F.exists(
        moves,
        lambda other: (
            (other["move_date"] == move["move_date"])
            & (other["municipality_from"] == move["municipality_to"])
        ),
    )
    is_last = ~F.coalesce(goes_on, F.lit(False))
    return _stay(move["move_date"], is_last.cast("int"), move["municipality_to"])


def _place_before(moves: "Column") -> "Column":
    """Where a person lived before the first move: the municipality it left, whatever a later
    snapshot says, else the first snapshot's. Of several moves on the first date the one that leaves
    a municipality no other goes to that day is the first."""
    first_day = F.get(moves, F.lit(0))["move_date"]
    that_day = F.filter(moves, lambda move: move["move_date"] == first_day)
    entered = F.transform(that_day, lambda move: move["municipality_to"])
    left = F.transform(that_day, lambda move: move["municipality_from"])
    first = F.filter(left, lambda place: ~F.array_contains(entered, place))
    return F.when(
        first_day <= F.col("seen.snapshot_date"),
        F.coalesce(F.array_min(first), F.array_min(left)),
    ).otherwise(F.col("seen.municipality_code"))


def stays_of_snapshots(snapshots: "DataFrame", ids: "DataFrame") -> "DataFrame":
    """Each snapshot's municipality from the day the person moved to that address; of several
    snapshots that tell of one day the newest counts.

    person_id, from_date, to_date (null: lasts to the next stay), precedence (of stays of equal
    dates the one with the highest counts), municipality_code, and address_spell, the spell of
    BEFBOP a stay is taken from (null: from none).
    """
    residents = snapshots.join(ids, "person_id", "left_semi")
    # least passes over an unknown date.
    since = F.least("address_since", "snapshot_date")
    return _open_ended(
        residents.select(
            "person_id",
            since.alias("from_date"),
            F.unix_date("snapshot_date").alias("precedence"),
            "municipality_code",
        )
    )


def _stay(from_date: "Column", precedence: "Column", municipality_code: "Column") -> "Column":
    """A stay that lasts to the next; of those that begin on one day the one with the highest
    precedence counts."""
    return F.struct(
        from_date.alias("from_date"),
        precedence.alias("precedence"),
        municipality_code.alias("municipality_code"),
    )


def _open_ended(stays: "DataFrame") -> "DataFrame":
    """Stays with a known municipality, in the columns of those at addresses."""
    no_address = "struct<address_id:string,from_date:date,to_date:date>"
    return stays.where(F.col("municipality_code").isNotNull()).withColumns(
        {
            "to_date": F.lit(None).cast("date"),
            "address_spell": F.lit(None).cast(no_address),
        }
    )
