"""Registers of persons in the delivered layout, from the latent table: native Spark expressions, hash-based chance."""

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

FIRST_MONDAY, LAST_MONDAY = date(2007, 12, 31), date(2016, 8, 29)
INTEGRATION_BENEFIT_FROM = "2015-09-01"
_END = "2016-12-31"


def chance(seed: int, *parts: "Column | str") -> "Column":
    """A number in [0, 1) that depends on the seed and the row only, not on the partition."""
    bits = F.xxhash64(F.lit(seed), *(F.col(p) if isinstance(p, str) else p for p in parts))
    return F.pmod(bits, F.lit(1_000_003)) / F.lit(1_000_003.0)


def ophg(persons: "DataFrame") -> "DataFrame":
    """Permits; a few persons have a second, later one of another kind, and the same permit four times in 2016."""
    own = persons.where(F.col("category").isNotNull())
    first = own.select(
        F.col("person_id").alias("PNR"),
        F.col("category").cast("smallint").alias("KATEGORI"),
        F.col("ground").cast("smallint").alias("GRUNDLAG"),
        F.col("explanation").cast("smallint").alias("FORKLAR"),
        F.col("permit_date").alias("TILLADELSESDATO"),
        F.col("arrival").alias("INDVANDRINGSDATO"),
        F.lit(0).cast("tinyint").alias("IMPUTERET"),
    )
    again = first.where(chance(11, "PNR") < 0.03).withColumns(
        {
            "KATEGORI": F.lit(3).cast("smallint"),
            "GRUNDLAG": F.lit(310).cast("smallint"),
            "FORKLAR": F.lit(1).cast("smallint"),
            "TILLADELSESDATO": F.date_add("TILLADELSESDATO", 400),
        }
    )
    repeated = first.where((F.year("TILLADELSESDATO") == 2015) & (chance(12, "PNR") < 0.05))
    year = F.greatest(F.least(F.year(F.coalesce("INDVANDRINGSDATO", "TILLADELSESDATO")), F.lit(2016)), F.lit(2007))
    return first.unionByName(again).unionByName(repeated).unionByName(repeated).withColumn("year", year)


def bef(persons: "DataFrame", snapshots: list[date]) -> "DataFrame":
    """Residents at each snapshot date: arrived, born, alive, not abroad. From December 2015 families have the newer codes."""
    dates = F.explode(F.array(*(F.lit(day) for day in snapshots))).alias("day")
    rows = persons.where("in_bef").select("*", dates)
    here = (
        F.coalesce(F.col("arrival") <= F.col("day"), F.lit(True))
        & (F.col("birth_date") <= F.col("day"))
        & F.coalesce(F.col("death_date") > F.col("day"), F.lit(True))
        & ~(
            F.coalesce(F.col("left_date") <= F.col("day"), F.lit(False))
            & F.coalesce(F.col("back_date") > F.col("day"), F.lit(True))
        )
    )
    newer = F.col("day") >= F.lit("2015-12-01").cast("date")
    family = (
        F.when(newer & (F.col("family_code") == 1), F.lit(7))
        .when(newer & (F.col("family_code") == 5), F.lit(9))
        .otherwise(F.col("family_code"))
    )
    return rows.where(here).select(
        F.col("person_id").alias("PNR"),
        F.col("sex").cast("tinyint").alias("KOEN"),
        F.col("birth_date").alias("FOED_DAG"),
        F.col("country_code").cast("smallint").alias("OPR_LAND"),
        F.col("ie_type").cast("tinyint").alias("IE_TYPE"),
        _place_on(F.col("day")).cast("smallint").alias("KOM"),
        F.col("family_id").alias("FAMILIE_ID"),
        F.col("family_position").cast("tinyint").alias("PLADS"),
        family.cast("tinyint").alias("FAMILIE_TYPE"),
        F.col("partner_id").alias("E_FAELLE_ID"),
        F.col("arrival").alias("FOERSTE_INDVANDRING"),
        F.coalesce("move_date", "arrival").alias("BOP_VFRA"),
        F.date_format("day", "yyyyMM").alias("period"),
    )


def _place_on(day: "Column") -> "Column":
    return (
        F.when(F.coalesce(day < F.col("place_until"), F.lit(False)), F.col("first_place"))
        .when(F.coalesce(day >= F.col("move_date"), F.lit(False)), F.col("moved_to"))
        .otherwise(F.col("place"))
    )


def vnds(persons: "DataFrame") -> "DataFrame":
    """Arrivals, departures and returns; a few rows twice; a few persons whose arrival only BEF knows."""
    own = persons.where(F.col("role").isin("newcomer", "outsider") & (chance(21, "person_id") > 0.003))
    event = F.explode(
        F.array(
            F.struct(F.lit("I").alias("code"), F.col("arrival").alias("day")),
            F.struct(F.lit("U").alias("code"), F.col("left_date").alias("day")),
            F.struct(F.lit("I").alias("code"), F.when(F.col("left_date").isNotNull(), F.col("back_date")).alias("day")),
        )
    )
    rows = (
        own.select(F.col("person_id").alias("PNR"), event.alias("e"))
        .select("PNR", F.col("e.code").alias("INDUD_KODE"), F.col("e.day").alias("HAEND_DATO"))
        .where(F.col("HAEND_DATO").isNotNull() & (F.col("HAEND_DATO") <= F.lit(_END).cast("date")))
    )
    return rows.unionByName(rows.where(chance(22, "PNR") < 0.01))


def dod(persons: "DataFrame") -> "DataFrame":
    """Deaths."""
    dead = persons.where(F.col("death_date") <= F.lit(_END).cast("date"))
    return dead.select(F.col("person_id").alias("PNR"), F.col("death_date").alias("DODDATO"))


def befbop(persons: "DataFrame") -> "DataFrame":
    """Address spells: asylum centre for some, then the first home, then the one moved to; a month without address for a few."""
    begin = F.coalesce("arrival", "birth_date")
    home = F.coalesce("place_until", begin)
    gap = F.when(chance(31, "person_id") < 0.02, F.lit(30)).otherwise(F.lit(1))
    stay = F.explode(
        F.array(
            F.struct(
                F.when(F.col("place_until").isNotNull(), begin).alias("first"),
                F.date_sub("place_until", 1).alias("last"),
                F.col("first_place").alias("kom"),
            ),
            F.struct(home.alias("first"), F.date_sub("move_date", gap).alias("last"), F.col("place").alias("kom")),
            F.struct(F.col("move_date").alias("first"), F.lit(None).cast("date").alias("last"), F.col("moved_to").alias("kom")),
        )
    )
    rows = persons.select("person_id", stay.alias("s")).select("person_id", "s.*").where(F.col("first").isNotNull())
    number = F.pmod(F.xxhash64("person_id", "kom"), F.lit(50))
    return rows.select(
        F.col("person_id").alias("PNR"),
        F.concat(F.col("kom"), F.lpad(number.cast("string"), 5, "0")).alias("ADRESSE_ID"),
        F.col("first").alias("BOP_VFRA"),
        F.coalesce("last", F.lit("2999-12-31").cast("date")).alias("BOP_VTIL"),
    )


def danskudd(persons: "DataFrame") -> "DataFrame":
    """Placement on a Danish course."""
    own = persons.where(F.col("course").isNotNull())
    return own.select(
        F.col("person_id").alias("PNR"), F.col("course").alias("UUddNr"), F.date_add("origin_monday", 30).alias("START_DATO")
    )


def jobs(persons: "DataFrame") -> "DataFrame":
    """Jobs, one row each: person_id, first, last, weekly."""
    listed = F.explode(
        F.array(
            *(
                F.struct(
                    F.col(f"job{k}_start").alias("first"),
                    F.col(f"job{k}_end").alias("last"),
                    F.col(f"job{k}_hours").alias("weekly"),
                )
                for k in range(1, 5)
            )
        )
    )
    rows = persons.select("person_id", listed.alias("j")).select("person_id", "j.*")
    return rows.where(
        F.col("first").isNotNull() & (F.col("last") >= F.col("first")) & (F.col("first") >= F.lit("2008-01-01").cast("date"))
    )


def bfl(persons: "DataFrame") -> "DataFrame":
    """Jobs by month: 52/12 weeks' hours in a whole month, by the day in a part of one. Some hold two jobs; some hours are corrected."""
    months = F.explode(F.sequence(F.trunc("first", "month"), F.trunc("last", "month"), F.expr("INTERVAL 1 MONTH"))).alias(
        "month"
    )
    rows = jobs(persons).select("*", months)
    start, end = F.greatest("first", "month"), F.least("last", F.last_day("month"))
    days = F.datediff(end, start) + 1
    whole = (start == F.col("month")) & (end == F.last_day("month"))
    hours = F.when(whole, F.col("weekly") * 52 / 12).otherwise(F.col("weekly") / 7 * days)
    monthly = rows.select(
        F.col("person_id").alias("PNR"),
        start.alias("AJO_JOB_START_DATO"),
        end.alias("AJO_JOB_SLUT_DATO"),
        F.round(hours, 2).alias("AJO_LOENTIMER"),
        F.round(hours * 140, 2).alias("AJO_SMALT_LOENBELOEB"),
        _atp_band().alias("AJO_ATP_BIDRAG_SATS_KODE"),
    )
    corrected = monthly.where(chance(41, "PNR", "AJO_JOB_START_DATO") < 0.002).withColumns(
        {
            "AJO_LOENTIMER": -F.round(F.col("AJO_LOENTIMER") * 0.02, 2),
            "AJO_SMALT_LOENBELOEB": F.lit(-50.0),
        }
    )
    return monthly.unionByName(corrected).withColumn("year", F.year("AJO_JOB_SLUT_DATO"))


def _atp_band() -> "Column":
    weekly = F.col("weekly")
    return F.when(weekly < 9, F.lit("0")).when(weekly < 18, F.lit("1")).when(weekly < 27, F.lit("2")).otherwise(F.lit("3"))


def dream(persons: "DataFrame") -> "DataFrame":
    """One wide row per person ever on a benefit: weekly codes with week 53 of 2009 and 2015, quarterly match groups."""
    mondays = [date.fromordinal(d) for d in range(FIRST_MONDAY.toordinal(), LAST_MONDAY.toordinal() + 1, 7)]
    weeks = F.transform(
        F.sequence(F.lit(mondays[0]), F.lit(mondays[-1]), F.expr("INTERVAL 7 DAYS")), _code
    )
    quarters = [(year, quarter) for year in range(2008, 2017) for quarter in range(1, 5) if (year, quarter) <= (2016, 3)]
    own = persons.where("in_dream").select("*", weeks.alias("codes"))
    names = [f"Y_{m.isocalendar().year % 100:02d}{m.isocalendar().week:02d}" for m in mondays]
    match = [
        F.when(F.lit(date(y, 3 * q, 28)) >= F.col("origin_monday"), F.col("match_group")).alias(f"MATCH_{q}KV{y}")
        for y, q in quarters
    ]
    codes = [F.get("codes", F.lit(position)).alias(name) for position, name in enumerate(names)]
    return own.select(F.col("person_id").alias("PNR"), *codes, *match)


def _code(monday: "Column") -> "Column":
    """A person's benefit code in a week; blank is null."""
    sunday = F.date_add(monday, 6)

    def during(first: "Column", last: "Column") -> "Column":
        return F.coalesce((first <= sunday) & (last >= monday), F.lit(False))

    working = F.lit(False)
    for k in range(1, 5):
        working = working | during(F.col(f"job{k}_start"), F.col(f"job{k}_end"))
    u = F.pmod(F.xxhash64("person_id", F.date_trunc("month", monday)), F.lit(100))
    digit = (
        F.when(u < 45, F.lit("0"))
        .when(u < 75, F.lit("3"))
        .when(u < 92, F.lit("7"))
        .when(u < 96, F.lit("8"))
        .otherwise(F.lit("5"))
    )
    family = F.when(monday >= F.lit(INTEGRATION_BENEFIT_FROM).cast("date"), F.lit("70")).otherwise(F.lit("71"))
    arrived = F.coalesce(monday >= F.date_sub("origin_monday", 7), F.lit(False))
    holiday = F.pmod(F.xxhash64("person_id", F.year(monday)), F.lit(52)) == F.weekofyear(monday)
    dead = F.coalesce(monday > F.col("death_date"), F.lit(False))
    abroad = F.coalesce((F.col("left_date") <= sunday), F.lit(False)) & F.coalesce(F.col("back_date") > monday, F.lit(True))
    return (
        F.when(dead, F.lit("999"))
        .when(abroad, F.lit("997"))
        .when(F.coalesce(F.col("pension_from") <= monday, F.lit(False)), F.lit("783"))
        .when(F.coalesce(F.col("study_from") <= monday, F.lit(False)), F.lit("651"))
        .when(during(F.col("maternity_from"), F.date_add("maternity_from", 200)), F.lit("881"))
        .when(working & holiday & (F.pmod(F.xxhash64("person_id"), F.lit(5)) == 0), F.lit("121"))
        .when(~working & arrived & F.col("on_benefit"), F.concat(family, digit))
        .when(~working & arrived & (F.pmod(F.xxhash64("person_id", monday), F.lit(20_000)) == 0), F.lit("444"))
    )
