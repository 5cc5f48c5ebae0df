"""Jobs by month (BFL) in the delivered layout, from the latent table."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.simulation.chance import chance, identity_on
from kommunebench.simulation.side_jobs import JOB_SLOTS

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_SPLIT_AFTER = 15


def jobs(persons: "DataFrame") -> "DataFrame":
    """Jobs, one row each: person_id, second_id, renumbered, first, last, weekly. In a few persons'
    first job a week without pay lies between two contracts; a few others have two employers for
    half the hours each."""
    listed = F.explode(
        F.array(
            *(
                F.struct(
                    F.lit(k).alias("slot"),
                    F.col(f"job{k}_start").alias("first"),
                    F.col(f"job{k}_end").alias("last"),
                    F.col(f"job{k}_hours").alias("weekly"),
                )
                for k in range(1, JOB_SLOTS + 1)
            )
        )
    )
    identity = ("person_id", "second_id", "renumbered")
    rows = persons.select(*identity, "on_benefit", listed.alias("j")).select(
        *identity, "on_benefit", "j.*"
    )
    rows = rows.where(
        F.col("first").isNotNull()
        & (F.col("last") >= F.col("first"))
        & (F.col("last") >= F.lit("2008-01-01").cast("date"))
    )
    # Not on benefit: the week between would be one in which the benefit goes on.
    gap = (chance(42, "person_id") < 0.02) & ~F.col("on_benefit") & (F.col("slot") == 1)
    shared = (chance(43, "person_id") < 0.02) & (F.col("slot") == 1) & ~gap
    until = F.least(F.date_add("first", 7 * _SPLIT_AFTER - 1), "last")
    parts = (
        F.when(gap, F.array(_part("first", until, 1.0), _part(F.date_add(until, 8), "last", 1.0)))
        .when(shared, F.array(_part("first", "last", 0.5), _part("first", "last", 0.5)))
        .otherwise(F.array(_part("first", "last", 1.0)))
    )
    split = rows.select(*identity, F.col("weekly").alias("hours"), F.explode(parts).alias("p"))
    return split.select(
        *identity, "p.first", "p.last", (F.col("hours") * F.col("p.share")).alias("weekly")
    )


def _part(first: "Column | str", last: "Column | str", share: float) -> "Column":
    first, last = (F.col(c) if isinstance(c, str) else c for c in (first, last))
    return F.struct(first.alias("first"), last.alias("last"), F.lit(share).alias("share"))


def bfl(persons: "DataFrame") -> "DataFrame":
    """Jobs by month: 52/12 weeks' hours in a whole month, by the day in a part of one; a few months
    are corrected by negative rows."""
    months = F.explode(
        F.sequence(F.trunc("first", "month"), F.trunc("last", "month"), F.expr("INTERVAL 1 MONTH"))
    ).alias("month")
    rows = jobs(persons).where(F.col("last") >= F.col("first")).select("*", months)
    start, end = F.greatest("first", "month"), F.least("last", F.last_day("month"))
    days = F.datediff(end, start) + 1
    whole = (start == F.col("month")) & (end == F.last_day("month"))
    hours = F.when(whole, F.col("weekly") * 52 / 12).otherwise(F.col("weekly") / 7 * days)
    monthly = rows.select(
        identity_on(F.col("month")).alias("PNR"),
        start.alias("AJO_JOB_START_DATO"),
        end.alias("AJO_JOB_SLUT_DATO"),
        F.round(hours, 2).alias("AJO_LOENTIMER"),
        F.round(hours * 140, 2).alias("AJO_SMALT_LOENBELOEB"),
        _atp_band().alias("AJO_ATP_BIDRAG_SATS_KODE"),
    )
    corrected = F.when(
        chance(41, "PNR", "AJO_JOB_START_DATO") < 0.002,
        F.array(_amounts(1.0, F.col("AJO_SMALT_LOENBELOEB")), _amounts(-0.02, F.lit(-50.0))),
    ).otherwise(F.array(_amounts(1.0, F.col("AJO_SMALT_LOENBELOEB"))))
    listed = monthly.select("*", F.explode(corrected).alias("a"))
    return listed.select(
        "PNR",
        "AJO_JOB_START_DATO",
        "AJO_JOB_SLUT_DATO",
        F.col("a.hours").alias("AJO_LOENTIMER"),
        F.col("a.wage").alias("AJO_SMALT_LOENBELOEB"),
        "AJO_ATP_BIDRAG_SATS_KODE",
        F.year("AJO_JOB_SLUT_DATO").alias("year"),
    )


def _amounts(share: float, wage: "Column") -> "Column":
    return F.struct(F.round(F.col("AJO_LOENTIMER") * share, 2).alias("hours"), wage.alias("wage"))


def _atp_band() -> "Column":
    weekly = F.col("weekly")
    return (
        F.when(weekly < 9, F.lit("0"))
        .when(weekly < 18, F.lit("1"))
        .when(weekly < 27, F.lit("2"))
        .otherwise(F.lit("3"))
    )
