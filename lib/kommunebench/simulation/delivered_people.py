"""Registers of the population in the delivered layout, from the latent table: permits, residents,
moves, migrations, deaths, courses."""

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.simulation.chance import chance, identity_on, present_on

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

ADDRESSES = 50
# Files of permits go by the year of immigration; the first there are.
FIRST_PERMITS = 1997
_END = "2016-12-31"
_CLOSES, _OPEN = "2015-12-31", "2999-12-31"


def ophg(persons: "DataFrame") -> "DataFrame":
    """Permits. Some have a later one of another kind, in the same year or the year after; some
    stand in the file four times (2016)."""
    holders = persons.where(F.col("category").isNotNull() & F.col("permit_date").isNotNull())
    first = holders.select(
        F.col("person_id").alias("PNR"),
        F.col("category").cast("smallint").alias("KATEGORI"),
        F.col("ground").cast("smallint").alias("GRUNDLAG"),
        F.col("explanation").cast("smallint").alias("FORKLAR"),
        F.col("permit_date").alias("TILLADELSESDATO"),
        F.col("arrival").alias("INDVANDRINGSDATO"),
        F.lit(0).cast("tinyint").alias("IMPUTERET"),
    )
    days = F.when(chance(13, "PNR") < 0.3, F.lit(60)).otherwise(F.lit(400))
    work = {"KATEGORI": 3, "GRUNDLAG": 310, "FORKLAR": 1}
    again = first.where(chance(11, "PNR") < 0.03).withColumns(
        {name: F.lit(code).cast("smallint") for name, code in work.items()}
        | {"TILLADELSESDATO": F.date_add("TILLADELSESDATO", days)}
    )
    times = F.when(
        (F.year("TILLADELSESDATO") >= 2015) & (chance(12, "PNR") < 0.05), F.lit(4)
    ).otherwise(F.lit(1))
    repeated = first.select("*", F.explode(F.sequence(F.lit(1), times)).alias("n")).drop("n")
    year = F.greatest(
        F.least(F.year(F.coalesce("INDVANDRINGSDATO", "TILLADELSESDATO")), F.lit(2016)),
        F.lit(FIRST_PERMITS),
    )
    return repeated.unionByName(again).withColumn("year", year)


def bef(persons: "DataFrame", snapshots: list[date]) -> "DataFrame":
    """Residents at each snapshot date. From December 2015 families have the newer codes; who
    arrives in the last days of December is first seen at the next snapshot."""
    dates = F.explode(F.array(*(F.lit(day) for day in snapshots))).alias("day")
    rows = persons.where("in_bef").select("*", dates)
    seen = F.coalesce(F.datediff("day", "arrival") >= 5, F.lit(True)) | (
        chance(14, "person_id") < 0.5
    )
    newer = F.col("day") >= F.lit("2015-12-01").cast("date")
    family = (
        F.when(newer & (F.col("family_code") == 1), F.lit(7))
        .when(newer & (F.col("family_code") == 5), F.lit(9))
        .otherwise(F.col("family_code"))
    )
    moved = F.when(F.col("move_date") <= F.col("day"), F.col("move_date"))
    # A newcomer's partner lives alone until the newcomer is here.
    alone = (F.col("role") == "partner") & (F.col("day") < F.col("selection_date"))
    family = F.when(alone, F.lit(5)).otherwise(family)
    return rows.where(present_on(F.col("day")) & seen).select(
        identity_on(F.col("day")).alias("PNR"),
        F.col("sex").cast("tinyint").alias("KOEN"),
        F.col("birth_date").alias("FOED_DAG"),
        F.col("country_code").cast("smallint").alias("OPR_LAND"),
        F.col("ie_type").cast("tinyint").alias("IE_TYPE"),
        place_on(F.col("day")).cast("smallint").alias("KOM"),
        F.when(alone, F.col("person_id")).otherwise(F.col("family_id")).alias("FAMILIE_ID"),
        F.when(alone, F.lit(1)).otherwise(F.col("family_position")).cast("tinyint").alias("PLADS"),
        family.cast("tinyint").alias("FAMILIE_TYPE"),
        F.when(~alone, F.col("partner_id")).alias("E_FAELLE_ID"),
        F.col("arrival").alias("FOERSTE_INDVANDRING"),
        F.coalesce(moved, "arrival", "birth_date").alias("BOP_VFRA"),
        F.col("mother_id").alias("MOR_ID"),
        F.col("father_id").alias("FAR_ID"),
        F.date_format("day", "yyyyMM").alias("period"),
    )


def place_on(day: "Column") -> "Column":
    """Municipality a person lives in on a day."""
    return (
        F.when(F.coalesce(day < F.col("place_until"), F.lit(False)), F.col("first_place"))
        .when(F.coalesce(day >= F.col("move_date"), F.lit(False)), F.col("moved_to"))
        .otherwise(F.col("place"))
    )


def vnds(persons: "DataFrame", until: str = _END) -> "DataFrame":
    """Arrivals, departures and returns up to a day; a few rows twice; a few newcomers whose arrival
    only BEF knows."""
    unknown = F.col("role").isin("newcomer", "outsider") & (chance(21, "person_id") <= 0.003)
    event = F.explode(
        F.array(
            F.struct(F.lit("I").alias("code"), F.col("arrival").alias("day")),
            F.struct(F.lit("U").alias("code"), F.col("left_date").alias("day")),
            F.struct(
                F.lit("I").alias("code"),
                F.when(F.col("left_date").isNotNull(), F.col("back_date")).alias("day"),
            ),
        )
    )
    rows = (
        persons.where(~unknown)
        .select(F.col("person_id").alias("PNR"), event.alias("e"))
        .select("PNR", F.col("e.code").alias("INDUD_KODE"), F.col("e.day").alias("HAEND_DATO"))
        .where(F.col("HAEND_DATO").isNotNull() & (F.col("HAEND_DATO") <= F.lit(until).cast("date")))
    )
    return rows.unionByName(rows.where(chance(22, "PNR") < 0.01))


def older_vnds(persons: "DataFrame") -> "DataFrame":
    """The edition of the year before: rows of the newest one, delivered again."""
    return vnds(persons, _CLOSES)


def dod(persons: "DataFrame") -> "DataFrame":
    """Deaths; the columns in lower case."""
    dead = persons.where(F.col("death_date") <= F.lit(_END).cast("date"))
    return dead.select(F.col("person_id").alias("pnr"), F.col("death_date").alias("doddato"))


def befbop(persons: "DataFrame") -> "DataFrame":
    """Address spells: asylum centre for some, then the first home, then the one moved to; a month
    without address for a few. Who dies or leaves the country has none after it, and one again from
    the return."""
    begin = F.coalesce("arrival", "birth_date")
    gap = F.when(chance(31, "person_id") < 0.02, F.lit(30)).otherwise(F.lit(1))
    stays = F.array(
        _stay(
            F.when(F.col("place_until").isNotNull(), begin),
            F.date_sub("place_until", 1),
            "first_place",
        ),
        _stay(F.coalesce("place_until", begin), F.date_sub("move_date", gap), "place"),
        _stay(F.col("move_date"), F.lit(None).cast("date"), "moved_to"),
    )
    present = F.array(
        _span(begin, F.least("left_date", "death_date")),
        _span(F.col("back_date"), F.col("death_date")),
    )
    pairs = persons.select(
        "person_id", F.explode(stays).alias("s"), present.alias("present")
    ).select("person_id", "s.*", F.explode("present").alias("p"))
    start, end = (
        F.greatest("first", "p.first"),
        F.least("last", "p.last", F.lit(_OPEN).cast("date")),
    )
    address = F.pmod(F.xxhash64("person_id", "kom"), F.lit(ADDRESSES))
    return pairs.where(
        F.col("first").isNotNull() & F.col("p.first").isNotNull() & (start <= end)
    ).select(
        F.col("person_id").alias("PNR"),
        F.concat(F.col("kom"), F.lpad(address.cast("string"), 5, "0")).alias("ADRESSE_ID"),
        start.alias("BOP_VFRA"),
        end.alias("BOP_VTIL"),
    )


def _span(first: "Column", last: "Column") -> "Column":
    return F.struct(first.alias("first"), last.alias("last"))


def _stay(first: "Column", last: "Column", place: str) -> "Column":
    return F.struct(first.alias("first"), last.alias("last"), F.col(place).alias("kom"))


def danskudd(persons: "DataFrame") -> "DataFrame":
    """Placement on a Danish course."""
    placed = persons.where(F.col("course").isNotNull())
    return placed.select(
        F.col("person_id").alias("PNR"),
        F.col("course").alias("UUddNr"),
        F.date_add("origin_monday", 30).alias("START_DATO"),
    )
