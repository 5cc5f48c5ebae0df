"""Health registers in the delivered layout: contacts, diagnoses, bills, prescriptions, in the
volume of a national year.

Rows of newcomers that show a condition lie between arrival and the end of the selection year, where
health is measured; the many others in that time are of kinds no covariate looks at, and after it of
any kind. Young people and their parents have rows that show their conditions, each year.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.simulation.chance import chance
from kommunebench.simulation.health_windows import (
    FIRST_YEAR_OF_CARE,
    YEARS,
    days_of_life,
    some_day,
    window,
)

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Rows per person and year, from the national counts (registers, size): 104.6, 53.8, 7.0 and 15.8
# million over 5.7 million residents.
LINES_A_YEAR, PRESCRIPTIONS_A_YEAR, CONTACTS_A_YEAR, DIAGNOSES_A_CONTACT = 18.0, 9.0, 1.2, 2.3
PSYCHIATRIC_CONTACTS_A_YEAR = 0.1
_DIAGNOSES = {
    "musculoskeletal": "DM545",
    "cardiovascular": "DI109",
    "nervous_system": "DG439",
    "nutritional": "DE119",
    "eye": "DH250",
}
_DRUGS = {
    "mental_illness": "N06AB04",
    "pain": "N02BE01",
    "cardiovascular": "C09AA02",
    "musculoskeletal": "M01AE01",
}
_CARE = {"specialist": "04", "dentist": "50"}
_OTHER_DRUGS = (
    "J01CE02",
    "R03AC02",
    "D07AC01",
    "G03AA07",
    "A02BC01",
    "B01AC06",
    "H03AA01",
    "A11CC05",
)
_OTHER_DIAGNOSES = ("DZ039", "DR103", "DS934", "DJ069", "DK590", "DO800", "DZ000", "DL030")
_OTHER_CARE = ("80", "80", "80", "80", "80", "80", "81", "50", "53", "04", "07")


def _one_of(values: tuple[str, ...], u: "Column") -> "Column":
    return F.get(F.array(*(F.lit(value) for value in values)), F.floor(u * len(values)).cast("int"))


def sssy(persons: "DataFrame") -> "DataFrame":
    """Lines of providers' bills: contacts with general practice, specialists and dentists in the
    window; and lines that are no contact, services for children billed on the adult's card, and all
    that comes after."""
    measured = window(persons, FIRST_YEAR_OF_CARE)
    # Whole weeks within the window: the fee week is all the register knows of the date.
    first = F.date_add("begin", 7)
    weeks = F.greatest(F.floor((F.col("days") - 14) / 7), F.lit(1)).cast("int")
    visits = measured.where(F.col("gp_contacts") > 0).select(
        "person_id",
        first.alias("first"),
        weeks.alias("weeks"),
        F.explode(F.sequence(F.lit(1), F.col("gp_contacts"))).alias("n"),
    )
    care = F.explode(
        F.array_compact(
            F.array(*(F.when(F.col(name), F.lit(code)) for name, code in _CARE.items()))
        )
    ).alias("SPEC2")
    others = measured.select(
        "person_id", first.alias("first"), weeks.alias("weeks"), F.lit(0).alias("n"), care
    )
    seen = visits.withColumn("SPEC2", F.lit("80")).unionByName(others)
    day = F.date_add(
        "first", (F.floor(chance(51, "person_id", "n") * F.col("weeks")) * 7).cast("int")
    )
    shown = seen.select(
        "person_id",
        day.alias("day"),
        "SPEC2",
        F.lit(True).alias("contact"),
        F.lit(False).alias("child"),
    )
    life = days_of_life(persons, 52, LINES_A_YEAR)
    child = F.col("u") < 0.01
    lines = life.select(
        "person_id",
        "day",
        _one_of(_OTHER_CARE, F.col("u")).alias("SPEC2"),
        (child | (~F.col("measured") & (F.pmod(F.col("n"), F.lit(3)) == 0))).alias("contact"),
        child.alias("child"),
    )
    rows = shown.unionByName(lines).where(F.col("day") < F.lit("2016-12-25").cast("date"))
    return rows.select(
        F.col("person_id").alias("PNR"),
        "SPEC2",
        F.lit(1).alias("YDLANT"),
        F.col("contact").cast("tinyint").alias("KONTAKT"),
        _fee_week(F.col("day")).alias("HONUGE"),
        F.when(F.col("child"), F.lit("1")).otherwise(F.lit("0")).alias("BARNMAK"),
        F.year("day").alias("year"),
    )


def _fee_week(day: "Column") -> "Column":
    """YYWW of the ISO week of a day, looked up: millions of rows have one."""
    first = date.fromisocalendar(FIRST_YEAR_OF_CARE - 1, 1, 1)
    mondays = [first + timedelta(weeks=n) for n in range(53 * (YEARS[1] - FIRST_YEAR_OF_CARE + 2))]
    labels = [f"{m.isocalendar().year % 100:02d}{m.isocalendar().week:02d}" for m in mondays]
    return F.get(
        F.array(*(F.lit(label) for label in labels)),
        F.floor(F.datediff(day, F.lit(first)) / 7).cast("int"),
    )


def lmdb(persons: "DataFrame") -> "DataFrame":
    """Prescriptions that show a condition, and the many that show none."""
    listed = F.explode(
        F.array_compact(
            F.array(*(F.when(F.col(name), F.lit(code)) for name, code in _DRUGS.items()))
        )
    ).alias("ATC")
    shown = window(persons).select("person_id", "begin", "days", listed)
    shown = shown.select("person_id", some_day(62, "ATC").alias("day"), "ATC")
    other = F.when(F.col("measured"), _one_of(_OTHER_DRUGS, F.col("u"))).otherwise(
        _one_of((*_OTHER_DRUGS, *_DRUGS.values()), F.col("u"))
    )
    life = days_of_life(persons, 63, PRESCRIPTIONS_A_YEAR).select(
        "person_id", "day", other.alias("ATC")
    )
    rows = shown.unionByName(life)
    return rows.select(
        F.col("person_id").alias("PNR12"),
        F.col("day").alias("EKSD"),
        "ATC",
        F.lit(1).alias("APK"),
        F.year("day").alias("year"),
    )


def contacts(persons: "DataFrame") -> "DataFrame":
    """Hospital contacts: long stays and outpatient contacts that show a condition, and those that
    show none; in files of their own year of discharge."""
    kinds = [F.when(F.col("hospital_4_days_plus"), _contact("0", 6, "DZ039"))]
    kinds += [
        F.when(F.col(name) & (chance(72, "person_id") < 0.6), _contact("2", 0, code))
        for name, code in _DIAGNOSES.items()
    ]
    kinds += [
        F.when(F.col("eye"), _contact("2", 0, "DH259")),
        F.when(F.col("nervous_system"), _contact("2", 0, "DG430")),
        F.when(F.col("nutritional"), _contact("3", 0, "DE119")),
    ]
    rows = window(persons).select(
        "person_id", "begin", "days", F.posexplode(F.array_compact(F.array(*kinds))).alias("n", "c")
    )
    shown = rows.select(
        "person_id",
        F.concat(F.lit("L"), "person_id", "n", F.year("begin").cast("string")).alias("number"),
        some_day(73, "n").alias("day"),
        "c",
    )
    life = days_of_life(persons, 74, CONTACTS_A_YEAR)
    code = _one_of(_OTHER_DIAGNOSES, F.pmod(F.col("u") * 7, F.lit(1.0)))
    stay = ~F.col("measured") & (F.col("u") > 0.85)
    other = life.select(
        "person_id",
        F.concat(
            F.lit("M"), "person_id", F.col("year").cast("string"), F.col("n").cast("string")
        ).alias("number"),
        "day",
        F.when(stay, _contact("0", 3, "DZ039"))
        .when(F.col("u") < 0.6, _contact("2", 0, code))
        .otherwise(_contact("3", 0, code))
        .alias("c"),
    )
    return _contact_rows(shown.unionByName(other))


def psychiatric_contacts(persons: "DataFrame") -> "DataFrame":
    """Contacts with psychiatric hospitals, which deliver files of their own."""
    ill = window(persons).where(F.col("mental_illness") & (chance(71, "person_id") < 0.3))
    depression = _contact("2", 0, "DF329").alias("c")
    shown = ill.select(
        "person_id",
        F.concat(F.lit("P"), "person_id", F.year("begin").cast("string")).alias("number"),
        some_day(75).alias("day"),
        depression,
    )
    # Any such contact in the time health is measured would be a sign.
    life = days_of_life(persons, 76, PSYCHIATRIC_CONTACTS_A_YEAR).where(~F.col("measured"))
    contact_id = F.concat(
        F.lit("Q"), "person_id", F.col("year").cast("string"), F.col("n").cast("string")
    ).alias("number")
    return _contact_rows(shown.unionByName(life.select("person_id", contact_id, "day", depression)))


def _contact_rows(rows: "DataFrame") -> "DataFrame":
    out = F.date_add("day", F.col("c.days"))
    return rows.select(
        F.col("person_id").alias("PNR"),
        F.col("number").alias("RECNUM"),
        F.col("c.kind").alias("C_PATTYPE"),
        F.col("c.days").alias("V_SENGDAGE"),
        F.col("day").alias("D_INDDTO"),
        out.alias("D_UDDTO"),
        F.col("c.diagnosis").alias("C_ADIAG"),
        F.year(out).alias("year"),
    )


def _contact(kind: str, days: int, diagnosis: "str | Column") -> "Column":
    code = F.lit(diagnosis) if isinstance(diagnosis, str) else diagnosis
    return F.struct(F.lit(kind).alias("kind"), F.lit(days).alias("days"), code.alias("diagnosis"))


def diagnoses(contacts_: "DataFrame") -> "DataFrame":
    """Diagnoses of contacts: the action diagnosis, and others that do not count. A few contacts
    have none here, and a few diagnoses belong to no contact."""
    kinds = [F.struct(F.col("C_ADIAG").alias("C_DIAG"), F.lit("A").alias("C_DIAGTYPE"))]
    share = (DIAGNOSES_A_CONTACT - 1) / 3
    for kind in ("B", "G", "M"):
        row = F.struct(F.lit("DF329").alias("C_DIAG"), F.lit(kind).alias("C_DIAGTYPE"))
        kinds.append(F.when(chance(81, "RECNUM", F.lit(kind)) < share, row))
    listed = contacts_.where(chance(83, "RECNUM") > 0.001).select(
        "RECNUM", "year", F.explode(F.array_compact(F.array(*kinds))).alias("d")
    )
    orphan = F.when(chance(82, "RECNUM") < 0.002, F.concat(F.lit("X"), "RECNUM")).otherwise(
        F.col("RECNUM")
    )
    return listed.select(orphan.alias("RECNUM"), "d.C_DIAG", "d.C_DIAGTYPE", "year")
