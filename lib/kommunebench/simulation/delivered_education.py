"""Education registers in the delivered layout: highest education on 1 October, education spells,
marks of the 9th-grade exams."""

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.simulation.chance import chance, present_on

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_COUNTS = [date(year, 10, 1) for year in range(1997, 2016)]
# Subject and discipline of the compulsory exams by position, then of those drawn by lot.
_SUBJECTS = (
    ("Dansk", "Læsning"),
    ("Dansk", "Retskrivning"),
    ("Dansk", "Skriftlig fremstilling"),
    ("Dansk", "Mundtlig"),
    ("Matematik", "Matematisk problemløsning"),
    ("Matematik", "Matematiske færdigheder"),
    ("Engelsk", "Mundtlig"),
    ("Fysik/kemi", "Praktisk/mundtlig"),
)
_DRAWN = (("Biologi", "Skriftlig"), ("Historie", "Mundtlig"))
_COMPULSORY, _BY_LOT, _TEACHER = "Bundne prøvefag", "Prøvefag til udtræk", "Standpunkt"
_TENTH_GRADE = "Obligatoriske prøvefag"


def udda(persons: "DataFrame") -> "DataFrame":
    """Residents of 15 years or more each 1 October: highest completed education, where it is known
    from, and the one they are in. A few residents are missing."""
    rows = persons.where("in_bef AND NOT not_in_udda").select(
        "*", F.explode(F.array(*(F.lit(day) for day in _COUNTS))).alias("day")
    )
    grown = F.months_between("day", "birth_date") >= 15 * 12
    held = F.coalesce(F.col("education_date") <= F.col("day"), F.lit(False))
    studies = _during("study_from", "study_until")
    in_school = ~studies & _during("school_from", "school_until")
    primary = F.when(F.col("ie_type") != 2, F.lit("0900"))
    return rows.where(present_on(F.col("day")) & grown).select(
        F.col("person_id").alias("PNR"),
        F.when(held, F.col("education")).otherwise(primary).alias("HFAUDD"),
        F.when(held, F.col("education_date")).alias("HF_VFRA"),
        F.when(held, F.coalesce("education_source", F.lit("15"))).alias("HF_KILDE"),
        F.when(studies, F.col("study")).when(in_school, F.lit("0900")).alias("UDD"),
        F.when(studies, F.col("study_from")).when(in_school, F.col("school_from")).alias("IG_VFRA"),
        F.year("day").alias("year"),
    )


def _during(first: str, last: str) -> "Column":
    return F.coalesce((F.col(first) <= F.col("day")) & (F.col(last) > F.col("day")), F.lit(False))


def kotre(persons: "DataFrame") -> "DataFrame":
    """Education spells of those whose education is followed, and the school before: 4 goes on, 1
    left, with or without completing."""
    students = persons.where(F.col("study").isNotNull() & F.col("study_from").isNotNull())
    until = F.coalesce("study_until", F.lit("2016-09-30").cast("date"))
    goes_on = until > F.lit("2016-09-30").cast("date")
    further = students.select(
        F.col("person_id").alias("PNR"),
        F.col("study").alias("UDD"),
        F.when(F.col("study_completed"), F.col("study")).otherwise(F.lit("0000")).alias("AUDD"),
        F.col("study_from").alias("ELEV3_VFRA"),
        until.alias("ELEV3_VTIL"),
        F.when(goes_on, F.lit("4")).otherwise(F.lit("1")).alias("AFG_ART"),
        F.when(F.col("study") == "1199", F.lit("41")).otherwise(F.lit("52")).alias("UDEL"),
        F.lit("1").alias("KOMP"),
    )
    pupils = persons.where(F.col("school_from").isNotNull())
    school = pupils.select(
        F.col("person_id").alias("PNR"),
        F.lit("0900").alias("UDD"),
        F.lit("0900").alias("AUDD"),
        F.greatest("school_from", "arrival").alias("ELEV3_VFRA"),
        F.col("school_until").alias("ELEV3_VTIL"),
        F.lit("1").alias("AFG_ART"),
        F.lit("29").alias("UDEL"),
        F.lit("1").alias("KOMP"),
    )
    return further.unionByName(school.where(F.col("ELEV3_VFRA") <= F.col("ELEV3_VTIL")))


def udfk(persons: "DataFrame") -> "DataFrame":
    """One row per mark: of the compulsory exams and those drawn by lot, the teachers' for the same
    subjects, and 10th-grade exams. Some pupils sit a 9th-grade exam again: a subject in the same
    year, everything a year later, or in grade 10."""
    pupils = persons.where(F.col("marks").isNotNull())
    listed = pupils.select(
        "person_id", "exam_year", F.posexplode(F.split("marks", ",")).alias("n", "given")
    )
    is_mark = F.col("given").rlike(r"^-?\d+$")
    once = listed.select(
        "person_id",
        "exam_year",
        "n",
        F.when(is_mark, F.col("given").cast("int")).alias("mark"),
        F.when(~is_mark, F.col("given")).alias("reason"),
    )
    marked = F.col("mark").isNotNull()
    twice = marked & (chance(92, "person_id") < 0.01)
    later = marked & (chance(93, "person_id") < 0.01)
    tenth = chance(94, "person_id") < 0.15
    in_tenth = chance(95, "person_id") < 0.01
    teachers = F.when(chance(91, "person_id", "n") < 0.5, F.lit(4)).otherwise(F.lit(7))
    no_reason = F.lit(None).cast("string")
    # Everything but the pupil's own exams: form, grade, level, years later, mark, and for whom.
    rows = F.array(
        _sitting(F.lit(True), _COMPULSORY, mark=F.col("mark"), reason=F.col("reason")),
        _sitting(F.lit(True), _TEACHER, mark=teachers, reason=no_reason),
        _sitting(twice & (F.col("n") == 1), _COMPULSORY, mark=F.lit(-3), reason=no_reason),
        _sitting(later, _COMPULSORY, mark=F.lit(10), reason=no_reason, years=1),
        _sitting(in_tenth, _COMPULSORY, mark=F.lit(7), reason=no_reason, grade="10", years=1),
        _sitting(
            tenth, _TENTH_GRADE, mark=F.lit(4), reason=no_reason, grade="10", level="FP10", years=1
        ),
    )
    marks = once.select("person_id", "exam_year", "n", F.inline(F.array_compact(rows)))
    drawn = once.where(F.col("n") < len(_DRAWN)).select(
        "person_id",
        "exam_year",
        (F.col("n") + len(_SUBJECTS)).alias("n"),
        F.inline(F.array(_sitting(F.lit(True), _BY_LOT, mark=teachers, reason=no_reason))),
    )
    return _as_delivered(marks.unionByName(drawn))


def _sitting(
    holds: "Column",
    form: str,
    *,
    mark: "Column",
    reason: "Column",
    grade: str = "09",
    level: str = "FSA",
    years: int = 0,
) -> "Column":
    """One row of a pupil's subject, null where it does not hold for the pupil."""
    row = F.struct(
        F.lit(form).alias("form"),
        mark.alias("mark"),
        reason.alias("reason"),
        F.lit(grade).alias("grade"),
        F.lit(level).alias("level"),
        F.lit(years).alias("years"),
    )
    return F.when(holds, row)


def _as_delivered(rows: "DataFrame") -> "DataFrame":
    subjects, disciplines = zip(*_SUBJECTS, *_DRAWN, strict=True)
    year = F.col("exam_year") + F.col("years")
    return rows.select(
        F.col("person_id").alias("PNR"),
        F.concat((year - 1).cast("string"), F.lit("/"), year.cast("string")).alias("SKOLEAAR"),
        F.col("grade").alias("KLTRIN"),
        F.col("level").alias("GRUNDSKOLENIVEAU"),
        F.get(F.array(*map(F.lit, subjects)), F.col("n")).alias("GRUNDSKOLEFAG"),
        F.get(F.array(*map(F.lit, disciplines)), F.col("n")).alias("FAGDISCIPLIN"),
        F.col("form").alias("PROEVEFORM"),
        F.col("mark").cast("smallint").alias("GRUNDSKOLEKARAKTER"),
        F.col("reason").alias("KARAKTERAARSAG"),
    )
