"""Jobs by month (BFL) and benefits by week (DREAM) in the delivered layout, from the latent table."""

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.simulation.chance import chance, identity_on
from kommunebench.simulation.side_jobs import JOB_SLOTS

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

FIRST_MONDAY, LAST_MONDAY = date(2007, 12, 31), date(2016, 8, 29)
INTEGRATION_BENEFIT_FROM = "2015-09-01"
WEEKS_OF_MATERNITY = 28
# First two digits of the codes of each benefit; the third tells the activity. Unemployment benefit has codes of its own.
_FAMILIES = {"social_assistance": "73", "sick": "89", "disability_pension": "78"}
_SPLIT_AFTER = 15


def jobs(persons: "DataFrame") -> "DataFrame":
    """Jobs, one row each: person_id, second_id, renumbered, first, last, weekly. In a few persons' first job a week without pay lies
    between two contracts; a few others have two employers for half the hours each."""
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
    rows = persons.select(*identity, "on_benefit", listed.alias("j")).select(*identity, "on_benefit", "j.*")
    rows = rows.where(
        F.col("first").isNotNull() & (F.col("last") >= F.col("first")) & (F.col("last") >= F.lit("2008-01-01").cast("date"))
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
    return split.select(*identity, "p.first", "p.last", (F.col("hours") * F.col("p.share")).alias("weekly"))


def _part(first: "Column | str", last: "Column | str", share: float) -> "Column":
    first, last = (F.col(c) if isinstance(c, str) else c for c in (first, last))
    return F.struct(first.alias("first"), last.alias("last"), F.lit(share).alias("share"))


def bfl(persons: "DataFrame") -> "DataFrame":
    """Jobs by month: 52/12 weeks' hours in a whole month, by the day in a part of one; a few months are corrected by negative rows."""
    months = F.explode(F.sequence(F.trunc("first", "month"), F.trunc("last", "month"), F.expr("INTERVAL 1 MONTH"))).alias("month")
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
    return F.when(weekly < 9, F.lit("0")).when(weekly < 18, F.lit("1")).when(weekly < 27, F.lit("2")).otherwise(F.lit("3"))


def dream(persons: "DataFrame") -> "DataFrame":
    """One wide row per person ever on a benefit: weekly codes with week 53 of 2009 and 2015, quarterly match groups."""
    mondays = [date.fromordinal(d) for d in range(FIRST_MONDAY.toordinal(), LAST_MONDAY.toordinal() + 1, 7)]
    weeks = F.transform(F.sequence(F.lit(mondays[0]), F.lit(mondays[-1]), F.expr("INTERVAL 7 DAYS")), _code)
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
    """A person's benefit code in a week; blank is null. On one day of the week is enough, and a rank decides."""
    sunday = F.date_add(monday, 6)

    def during(first: "Column", last: "Column") -> "Column":
        return F.coalesce((first <= sunday) & (last >= monday), F.lit(False))

    working = F.lit(False)
    for k in range(1, JOB_SLOTS + 1):
        working = working | during(F.col(f"job{k}_start"), F.col(f"job{k}_end"))
    subsidised = F.col("job4_subsidised") & during(F.col("job4_start"), F.col("job4_end"))
    arrived = F.coalesce(monday >= F.date_sub("origin_monday", 7), F.lit(False))
    waiting = ~working & arrived & F.col("on_benefit")
    holiday = (F.pmod(F.xxhash64("person_id", F.year(monday)), F.lit(52)) == F.weekofyear(monday)) & (
        F.pmod(F.xxhash64("person_id"), F.lit(5)) == 0
    )
    # A death or a stay abroad the other register does not know.
    uncoded = F.pmod(F.xxhash64("person_id", F.lit(5)), F.lit(10)) == 0
    phantom = (F.pmod(F.xxhash64("person_id", F.lit(7)), F.lit(200)) == 0) & F.weekofyear(monday).between(30, 33)
    dead = F.coalesce(monday > F.col("death_date"), F.lit(False))
    abroad = F.coalesce((F.col("left_date") <= sunday), F.lit(False)) & F.coalesce(F.col("back_date") > monday, F.lit(True))
    old = F.months_between(monday, "birth_date") >= 65 * 12
    ends = F.coalesce("study_until", F.lit(LAST_MONDAY))
    adult = F.months_between(monday, "birth_date") >= 18 * 12
    return (
        F.when(dead & ~uncoded, F.lit("999"))
        .when(dead, F.lit(None).cast("string"))
        .when(abroad, F.lit("997"))
        .when(old & ~working, F.lit("998"))
        .when(F.coalesce(F.col("pension_from") <= monday, F.lit(False)), F.lit("783"))
        .when(during(F.col("study_from"), ends) & adult & ~working, F.lit("651"))
        .when(during(F.col("maternity_from"), F.date_add("maternity_from", 7 * WEEKS_OF_MATERNITY)), F.lit("881"))
        .when(subsidised, F.concat(_integration(monday), F.lit("5")))
        .when(working & holiday, F.lit("121"))
        .when(waiting, _benefit(monday))
        .when(~working & arrived & phantom, F.lit("997"))
        .when(~working & arrived & (F.pmod(F.xxhash64("person_id", monday), F.lit(20_000)) == 0), F.lit("444"))
    )


def _integration(monday: "Column") -> "Column":
    return F.when(monday >= F.lit(INTEGRATION_BENEFIT_FROM).cast("date"), F.lit("70")).otherwise(F.lit("71"))


def _benefit(monday: "Column") -> "Column":
    """The code of a benefit without work: passive, guidance, placement at a private or public employer."""
    u = F.pmod(F.xxhash64("person_id", F.date_trunc("month", monday)), F.lit(100))
    digit = F.when(u < 45, F.lit("0")).when(u < 75, F.lit("3")).when(u < 93, F.lit("7")).otherwise(F.lit("8"))
    unemployed = F.when(u < 60, F.lit("111")).when(u < 90, F.lit("211")).when(u < 96, F.lit("124")).otherwise(F.lit("217"))
    code = F.when(F.col("benefit") == "integration", F.concat(_integration(monday), digit)).when(
        F.col("benefit") == "unemployment", unemployed
    )
    for name, family in _FAMILIES.items():
        tail = F.lit("3") if name == "disability_pension" else digit
        code = code.when(F.col("benefit") == name, F.concat(F.lit(family), tail))
    return code
