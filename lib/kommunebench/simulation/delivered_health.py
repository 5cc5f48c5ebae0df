"""Health registers in the delivered layout: contacts, diagnoses, bills, prescriptions, within the window health is measured in."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.simulation.delivered_people import chance

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_DIAGNOSES = {
    "musculoskeletal": "DM545",
    "cardiovascular": "DI109",
    "nervous_system": "DG439",
    "nutritional": "DE119",
    "eye": "DH250",
}
_DRUGS = {"mental_illness": "N06AB04", "pain": "N02BE01", "cardiovascular": "C09AA02", "musculoskeletal": "M01AE01"}
_CARE = {"specialist": "04", "dentist": "50"}


def _window(persons: "DataFrame") -> "DataFrame":
    """Persons with the day their health is seen from and the days until the end of their selection year."""
    begin = F.coalesce("arrival", F.make_date(F.year("selection_date"), F.lit(1), F.lit(1)))
    last = F.make_date(F.year("selection_date"), F.lit(12), F.lit(31))
    return persons.select("*", begin.alias("begin"), last.alias("last")).withColumn("days", F.datediff("last", "begin"))


def _some_day(seed: int, *more: str) -> "Column":
    """A day of the window, the same in every register for the same seed."""
    return F.date_add("begin", F.floor(chance(seed, "person_id", *more) * F.greatest(F.col("days"), F.lit(1))).cast("int"))


def sssy(persons: "DataFrame") -> "DataFrame":
    """Lines of providers' bills: contacts with general practice in the window and after it, specialists, dentists, lines that are none."""
    window = _window(persons)
    # Whole weeks within the window: the fee week is all the register knows of the date.
    first = F.date_add("begin", 7)
    weeks = F.greatest(F.floor((F.col("days") - 14) / 7), F.lit(1)).cast("int")
    gp = window.where(F.col("gp_contacts") > 0).select(
        "person_id", "begin", "days", F.explode(F.sequence(F.lit(1), F.col("gp_contacts"))).alias("n")
    )
    day = F.date_add(first, (F.floor(chance(51, "person_id", "n") * weeks) * 7).cast("int"))
    visits = gp.select("person_id", day.alias("day"), F.lit("80").alias("specialty"))
    # Life goes on after the window: six contacts a year that no covariate counts.
    later = window.where(F.col("role") != "child").select(
        "person_id", F.date_add("last", 21).alias("from_day"), F.explode(F.sequence(F.lit(1), F.lit(6))).alias("n")
    )
    later = later.select(
        "person_id",
        F.date_add("from_day", F.floor(chance(52, "person_id", "n") * 320).cast("int")).alias("day"),
        F.lit("80").alias("specialty"),
    )
    care = [
        window.where(F.col(name)).select(
            "person_id",
            F.date_add(first, (F.floor(chance(53, "person_id") * weeks) * 7).cast("int")).alias("day"),
            F.lit(code).alias("specialty"),
        )
        for name, code in _CARE.items()
    ]
    rows = visits.unionByName(later).unionByName(care[0]).unionByName(care[1])
    flagged = rows.select("*", F.explode(F.array(F.lit(1), F.lit(0))).alias("flag")).where(
        (F.col("flag") == 1) | (chance(54, "person_id", "day") < 0.4)
    )
    label = F.concat(
        F.lpad((F.extract(F.lit("YEAROFWEEK"), F.col("day")) % 100).cast("string"), 2, "0"),
        F.lpad(F.weekofyear("day").cast("string"), 2, "0"),
    )
    return flagged.where(F.col("day") < F.lit("2016-12-25").cast("date")).select(
        F.col("person_id").alias("PNR"),
        F.col("specialty").alias("SPEC2"),
        F.lit(1).alias("YDLANT"),
        F.col("flag").cast("tinyint").alias("KONTAKT"),
        label.alias("HONUGE"),
        F.lit("0").alias("BARNMAK"),
        F.year("day").alias("year"),
    )


def lmdb(persons: "DataFrame") -> "DataFrame":
    """Prescriptions that show a condition, and others that show none."""
    window = _window(persons.where(F.col("role").isin("newcomer", "outsider")))
    listed = F.explode(
        F.array_compact(
            F.array(
                *(F.when(F.col(name), F.lit(code)) for name, code in _DRUGS.items()),
                F.when(chance(61, "person_id") < 0.5, F.lit("J01CE02")),
            )
        )
    ).alias("ATC")
    rows = window.select("person_id", "begin", "days", listed)
    return rows.select(
        F.col("person_id").alias("PNR12"), _some_day(62, "ATC").alias("EKSD"), "ATC", F.lit(1).alias("APK")
    ).withColumn("year", F.year("EKSD"))


def contacts(persons: "DataFrame", psychiatric: bool) -> "DataFrame":
    """Hospital contacts: long stays, outpatient contacts with a diagnosis; psychiatric ones in files of their own."""
    window = _window(persons.where(F.col("role").isin("newcomer", "outsider")))
    if psychiatric:
        kinds = [F.when(F.col("mental_illness") & (chance(71, "person_id") < 0.3), _contact("2", 0, "DF329"))]
    else:
        kinds = [F.when(F.col("hospital_4_days_plus"), _contact("0", 6, "DZ039"))]
        kinds += [
            F.when(F.col(name) & (chance(72, "person_id") < 0.6), _contact("2", 0, code)) for name, code in _DIAGNOSES.items()
        ]
        kinds += [
            F.when(F.col("eye") | F.col("nervous_system"), _contact("2", 0, "DZ000")),
            F.when(F.col("nutritional"), _contact("3", 0, "DE119")),
        ]
        kinds += [F.when(F.col("eye"), _contact("2", 0, "DH259")), F.when(F.col("nervous_system"), _contact("2", 0, "DG430"))]
    rows = window.select("person_id", "begin", "days", F.posexplode(F.array_compact(F.array(*kinds))).alias("n", "c"))
    day = _some_day(73, "n")
    number = F.concat(F.lit("P" if psychiatric else "L"), F.col("person_id"), F.col("n").cast("string"))
    return rows.select(
        F.col("person_id").alias("PNR"),
        number.alias("RECNUM"),
        F.col("c.kind").alias("C_PATTYPE"),
        F.col("c.days").alias("V_SENGDAGE"),
        day.alias("D_INDDTO"),
        F.date_add(day, F.col("c.days")).alias("D_UDDTO"),
        F.col("c.diagnosis").alias("C_ADIAG"),
        F.year(day).alias("year"),
    )


def _contact(kind: str, days: int, diagnosis: str) -> "Column":
    return F.struct(F.lit(kind).alias("kind"), F.lit(days).alias("days"), F.lit(diagnosis).alias("diagnosis"))


def diagnoses(contacts_: "DataFrame") -> "DataFrame":
    """Diagnoses of contacts: the action diagnosis, and for some a secondary one that does not count."""
    action = contacts_.select("RECNUM", F.col("C_ADIAG").alias("C_DIAG"), F.lit("A").alias("C_DIAGTYPE"), "year")
    secondary = action.where(chance(81, "RECNUM") < 0.2).withColumns({"C_DIAG": F.lit("DF329"), "C_DIAGTYPE": F.lit("B")})
    orphan = action.where(chance(82, "RECNUM") < 0.002).withColumn("RECNUM", F.concat(F.lit("X"), "RECNUM"))
    return action.unionByName(secondary).unionByName(orphan)
