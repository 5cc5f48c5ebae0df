"""School marks, educations and their levels: delivered rows to bronze columns."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.reference import read_reference
from kommunebench.registers.catalogue_education import MARKS, REASON_NUMBERS
from kommunebench.registers.checks import one_of_each, usable_rows
from kommunebench.registers.reading import RegisterRows

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def exam_year(school_year: "Column") -> "Column":
    """The year of the exams: the last four characters of a school year (2011/2012: 2012); null
    where they are no year."""
    return F.regexp_extract(school_year, r"((?:19|20)\d{2})$", 1).try_cast("int")


def prepare_udfk(rows: RegisterRows) -> "DataFrame":
    """bronze.school_marks. A number of the ministry's list of reasons that stands in place of a
    mark is the reason; a row of no school year is left out (the checks count it)."""
    marks = (
        usable_rows(rows).drop("period").withColumn("exam_year", exam_year(F.col("school_year")))
    )
    is_reason = F.col("mark").isin(*REASON_NUMBERS)
    given = F.coalesce("no_mark_reason", F.when(is_reason, F.col("mark").cast("string")))
    return (
        marks.where(F.col("exam_year").isNotNull())
        .withColumn("no_mark_reason", given)
        .withColumn("mark", F.when(F.col("mark").isin(*MARKS), F.col("mark")))
        .drop("school_year")
    )


def prepare_udda(rows: RegisterRows) -> "DataFrame":
    """bronze.educations. The count is of 1 October, whatever day the file gives for its year."""
    first_of_october = F.make_date(F.year("reference_date"), F.lit(10), F.lit(1))
    frame = one_of_each(usable_rows(rows).drop("period"), rows, rows.register.key)
    # HF_KILDE is a number without order: 3 and 03 are one source.
    source = F.regexp_replace("source", r"^0+(?=.)", "")
    return frame.withColumns({"reference_date": first_of_october, "source": source})


def prepare_kotre(rows: RegisterRows) -> "DataFrame":
    """bronze.education_spells. A date after 2100 means still open and has become null."""
    return usable_rows(rows).drop("period").dropDuplicates()


def prepare_education_levels(rows: RegisterRows) -> "DataFrame":
    """bronze.education_levels, all in the numbering of DISCED-15; an education of an unknown level
    is left out (the checks count it)."""
    frame = usable_rows(rows).drop("period")
    disced15 = level_in_disced15(F.col("classification"), F.col("level"))
    levels = frame.withColumn("level", disced15).drop("classification")
    return one_of_each(levels.where(F.col("level").isNotNull()), rows, rows.register.key)


def level_in_disced15(classification: "Column", level: "Column") -> "Column":
    """The level of DISCED-15 that a level of a named classification is; null for one that is not in
    the list."""
    listed = read_reference("education_level_numbers")
    numbers = {
        f"{row.classification} {row.level}": int(str(row.disced15)) for row in listed.itertuples()
    }
    pairs = F.create_map(*(F.lit(item) for pair in numbers.items() for item in pair))
    key = F.concat(classification_name(classification), F.lit(" "), level.cast("string"))
    return F.try_element_at(pairs, key)


def classification_name(written: "Column") -> "Column":
    """The name of a classification however it is written: DISCED-15, disced15, DST-2013, 2013; null
    for another."""
    short = F.regexp_replace(F.lower(written), r"[^a-z0-9]", "")
    return F.when(short == "disced15", F.lit("disced15")).when(
        short.isin("dst2013", "2013"), F.lit("dst2013")
    )
