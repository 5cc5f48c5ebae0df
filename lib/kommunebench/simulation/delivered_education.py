"""Education registers in the delivered layout: highest education on 1 October, education spells,
marks of the 9th-grade exams."""

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.simulation.chance import chance, present_on

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_COUNTS = [date(year, 10, 1) for year in range(2008, 2016)]
_SUBJECTS = ("dansk", "dansk", "dansk", "matematik", "engelsk", "fysik", "biologi")
_DRAWN = 5
# The scale before 2007: marks of the seven-step scale, and what stood for them.
_OLDER_MARKS = {"-3": "00", "0": "03", "2": "06", "4": "07", "7": "08", "10": "09", "12": "11"}


def udda(persons: "DataFrame") -> "DataFrame":
    """Residents of 15 years or more each 1 October: highest completed education, and the one they
    are in."""
    rows = persons.where("in_bef").select(
        "*", F.explode(F.array(*(F.lit(day) for day in _COUNTS))).alias("day")
    )
    grown = F.months_between("day", "birth_date") >= 15 * 12
    held = F.coalesce(F.col("education_date") <= F.col("day"), F.lit(False))
    studies = F.coalesce(
        (F.col("study_from") <= F.col("day")) & (F.col("study_until") > F.col("day")), F.lit(False)
    )
    primary = F.when(F.col("ie_type") != 2, F.lit("0900"))
    return rows.where(present_on(F.col("day")) & grown).select(
        F.col("person_id").alias("PNR"),
        F.when(held, F.col("education")).otherwise(primary).alias("HFAUDD"),
        F.when(held, F.col("education_date")).alias("HF_VFRA"),
        F.when(held, F.lit("1")).alias("HF_KILDE"),
        F.when(studies, F.col("study")).alias("UDD"),
        F.when(studies, F.col("study_from")).alias("IG_VFRA"),
        F.year("day").alias("year"),
    )


def kotre(persons: "DataFrame") -> "DataFrame":
    """Education spells of those whose education is followed, and the school before: 4 goes on, 1
    left, with or without completing."""
    own = persons.where(F.col("study").isNotNull() & F.col("study_from").isNotNull())
    until = F.coalesce("study_until", F.lit("2016-09-30").cast("date"))
    goes_on = until > F.lit("2016-09-30").cast("date")
    higher = own.select(
        F.col("person_id").alias("PNR"),
        F.col("study").alias("UDD"),
        F.when(F.col("study_completed"), F.col("study")).otherwise(F.lit("0000")).alias("AUDD"),
        F.col("study_from").alias("ELEV3_VFRA"),
        until.alias("ELEV3_VTIL"),
        F.when(goes_on, F.lit("4")).otherwise(F.lit("1")).alias("AFG_ART"),
        F.when(F.col("study") == "1199", F.lit("41")).otherwise(F.lit("52")).alias("UDEL"),
        F.lit("1").alias("KOMP"),
    )
    pupils = persons.where(F.col("exam_year").isNotNull())
    school = pupils.select(
        F.col("person_id").alias("PNR"),
        F.lit("0900").alias("UDD"),
        F.lit("0900").alias("AUDD"),
        F.greatest(F.make_date(F.col("exam_year") - 1, F.lit(8), F.lit(10)), "arrival").alias(
            "ELEV3_VFRA"
        ),
        F.make_date("exam_year", F.lit(6), F.lit(25)).alias("ELEV3_VTIL"),
        F.lit("1").alias("AFG_ART"),
        F.lit("29").alias("UDEL"),
        F.lit("1").alias("KOMP"),
    )
    return higher.unionByName(school)


def udfk(persons: "DataFrame") -> "DataFrame":
    """One row per mark: of the exams, and the teachers' for the same subjects, which are not
    counted. Marks of before 2007 are on the older scale."""
    own = persons.where(F.col("marks").isNotNull())
    marks = own.select(
        "person_id", "exam_year", F.posexplode(F.split("marks", ",")).alias("n", "mark")
    )
    teachers = F.when(chance(91, "person_id", "n") < 0.5, F.lit("4")).otherwise(F.lit("7"))
    kind = F.explode(
        F.array(
            F.struct(F.lit("PRØVE").alias("form"), F.col("mark").alias("given")),
            F.struct(F.lit("STANDPUNKT").alias("form"), teachers.alias("given")),
        )
    )
    rows = marks.select("*", kind.alias("k")).select("*", "k.*")
    older = F.col("exam_year") < 2007
    scale = F.create_map(*(F.lit(part) for pair in _OLDER_MARKS.items() for part in pair))
    subject = F.get(F.array(*(F.lit(name) for name in _SUBJECTS)), F.col("n"))
    return rows.select(
        F.col("person_id").alias("PNR"),
        F.when(older, F.coalesce(scale[F.col("given")], F.col("given")))
        .otherwise(F.col("given"))
        .alias("GRUNDSKOLEKARAKTER"),
        F.when(older, F.lit("13")).otherwise(F.lit("7")).alias("SKALA"),
        subject.alias("GRUNDSKOLEFAG"),
        F.concat(subject, F.lit("_"), (F.col("n") + 1).cast("string")).alias("FAGDISCIPLIN"),
        F.col("form").alias("BEDOEMMELSESFORM"),
        F.when(F.col("n") >= _DRAWN, F.lit("UDTRUKKET"))
        .otherwise(F.lit("BUNDEN"))
        .alias("PROEVEFORM"),
        F.when(F.col("n") == 2, F.lit("MUNDTLIG")).otherwise(F.lit("SKRIFTLIG")).alias("PROEVEART"),
        F.lit("9").alias("GRUNDSKOLENIVEAU"),
        F.lit("09").alias("KLTRIN"),
        F.concat(
            (F.col("exam_year") - 1).cast("string"), F.lit("/"), F.col("exam_year").cast("string")
        ).alias("SKOLEAAR"),
    )
