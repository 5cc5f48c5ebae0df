"""Delivered values as values of the declared type: blanks to null, dates of four forms, decimal
commas, codes padded; problems named."""

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.catalogue import RegisterColumn

if TYPE_CHECKING:
    from pyspark.sql import Column

FIRST_YEAR, LAST_YEAR = 1900, 2100
_SAS_EPOCH = "1960-01-01"
_SECONDS_A_DAY = 86_400
# Spark has no type for them; they are read as whole numbers.
NANOSECONDS = "nanoseconds"
_WEEK_LABEL = r"^[0-9]{2}(0[1-9]|[1-4][0-9]|5[0-3])$"
MISSING, NOT_CONVERTIBLE, OUT_OF_RANGE, UNKNOWN_CODE = (
    "missing",
    "not_convertible",
    "date_out_of_range",
    "unknown_code",
)
WRONG_SIGN = "wrong_sign"


def as_text(column: "Column", kind: str) -> "Column":
    """A delivered value as text: whole numbers without decimals, dates as ISO text, blanks and SAS
    missing values as null."""
    if kind in ("sas_date", "sas_datetime"):
        days = (
            F.floor(column / F.lit(_SECONDS_A_DAY)) if kind == "sas_datetime" else F.floor(column)
        )
        # Numbers beyond any calendar stay numbers, and are then no dates.
        day = F.date_add(
            F.lit(_SAS_EPOCH).cast("date"),
            F.when(days.between(-700_000, 700_000), days).cast("int"),
        )
        return F.when(column.isNull() | F.isnan(column), F.lit(None)).otherwise(
            F.coalesce(day.cast("string"), column.cast("string"))
        )
    if kind in ("double", "float"):
        whole = F.when(
            column == F.floor(column), column.try_cast("bigint").cast("string")
        ).otherwise(column.cast("string"))
        return F.when(F.isnan(column), F.lit(None)).otherwise(whole)
    if kind == NANOSECONDS:
        return _day_of_nanoseconds(column).cast("string")
    if kind.startswith("timestamp") or kind == "date":
        return F.substring(column.cast("string"), 1, 10)
    text = F.trim(column.cast("string"))
    return F.when(text.isin("", "."), F.lit(None)).otherwise(text)


def direct(column: RegisterColumn, raw: "Column", kind: str) -> "Column | None":
    """The value of a column that is delivered in a type of its own, null where there is none; None
    where it has to go by its text."""
    if column.kind == "date" and (kind == "date" or kind.startswith("timestamp")):
        return raw.cast("date")
    if column.kind == "date" and kind == NANOSECONDS:
        return _day_of_nanoseconds(raw)
    if column.kind == "int" and kind in ("tinyint", "smallint", "int"):
        return raw.cast("int")
    if column.kind == "double" and kind in ("double", "float"):
        return F.when(~F.isnan(raw), raw.cast("double"))
    return None


def parse(column: RegisterColumn, text: "Column") -> "Column":
    """The text as a value of the column's type, null where it is none; range and code list are not
    looked at yet."""
    if column.kind == "date":
        return _date(text)
    if column.kind == "int":
        whole = F.when(
            text.contains(".") | text.contains(","), F.regexp_replace(text, r"[.,]0+$", "")
        ).otherwise(text)
        return whole.try_cast("int")
    if column.kind == "double":
        decimal = F.when(
            text.contains(","),
            F.replace(F.replace(text, F.lit("."), F.lit("")), F.lit(","), F.lit(".")),
        ).otherwise(text)
        number = decimal.try_cast("double")
        return F.when(~F.isnan(number), number)
    padded = (
        F.when(F.length(text) > column.width, text).otherwise(F.lpad(text, column.width, "0"))
        if column.width
        else text
    )
    return F.when(padded.rlike(_WEEK_LABEL), padded) if column.kind == "week" else padded


def judge(column: RegisterColumn, absent: "Column", parsed: "Column") -> "Column":
    """What is wrong with a parsed value, null for nothing: missing though needed, not convertible,
    out of range, not in the list."""
    wrong = F.when(parsed.isNull(), F.lit(NOT_CONVERTIBLE))
    if column.kind == "date":
        year = F.year(parsed)
        wrong = wrong.when(
            (year < FIRST_YEAR) if column.open_ended else ~year.between(FIRST_YEAR, LAST_YEAR),
            F.lit(OUT_OF_RANGE),
        )
    elif column.allowed:
        codes = (
            [int(code) for code in column.allowed] if column.kind == "int" else list(column.allowed)
        )
        wrong = wrong.when(~parsed.isin(*codes), F.lit(UNKNOWN_CODE))
    elif column.sign != "any":
        wrong = wrong.when(
            (parsed < 0) if column.sign == "not_negative" else (parsed <= 0), F.lit(WRONG_SIGN)
        )
    missing = MISSING if column.needed and not column.from_period else None
    return F.when(absent, F.lit(missing).cast("string")).otherwise(wrong)


def possible_problems(column: RegisterColumn) -> tuple[str, ...]:
    """What `judge` can find in a column."""
    found = [MISSING] if column.needed else []
    if column.kind in ("date", "int", "double", "week"):
        found.append(NOT_CONVERTIBLE)
    if column.kind == "date":
        found.append(OUT_OF_RANGE)
    elif column.allowed:
        found.append(UNKNOWN_CODE)
    elif column.sign != "any":
        found.append(WRONG_SIGN)
    return tuple(found)


def accept(column: RegisterColumn, parsed: "Column", problem: "Column") -> "Column":
    """The value to go on with: null where it has a problem or means still open."""
    if column.kind == "date":
        return F.when(F.year(parsed).between(FIRST_YEAR, LAST_YEAR), parsed)
    return F.when(problem.isNull(), parsed) if column.allowed or column.sign != "any" else parsed


def _date(text: "Column") -> "Column":
    """A date from ISO text, YYYYMMDD text, or a number of days or of seconds since 1960 (SAS); a
    time of day is cut off."""
    epoch = F.lit(_SAS_EPOCH).cast("date")
    # The cast reads ISO dates without a formatter; alone it would take 2015 for a year, which here
    # is a number of days.
    iso = F.substring(text, 1, 10).try_cast("date")
    dashed = F.concat(
        F.substring(text, 1, 4),
        F.lit("-"),
        F.substring(text, 5, 2),
        F.lit("-"),
        F.substring(text, 7, 2),
    )
    days = F.date_add(epoch, text.try_cast("int"))
    seconds = F.date_add(
        epoch, F.floor(text.try_cast("bigint") / F.lit(_SECONDS_A_DAY)).cast("int")
    )
    length = F.length(text)
    return (
        F.when(F.substring(text, 5, 1) == "-", iso)
        .when(length == 8, dashed.try_cast("date"))
        .when(length <= 6, days)
        .when(length.between(9, 12), seconds)
    )


def _day_of_nanoseconds(column: "Column") -> "Column":
    return F.date_add(
        F.lit("1970-01-01").cast("date"), F.floor(column / F.lit(_SECONDS_A_DAY * 1e9)).cast("int")
    )


def last_day(period: str) -> date | None:
    """Last day of a period written YYYYMM, or of the year of one written YYYY; None without one."""
    if not period:
        return None
    year, month = int(period[:4]), int(period[4:6] or 12)
    return date(year, month, monthrange(year, month)[1])


def period_end(period: "Column") -> "Column":
    """The same of a column of periods; null for anything else."""
    first = F.when(F.length(period) == 6, F.concat(period, F.lit("01"))).when(
        F.length(period) == 4, F.concat(period, F.lit("1201"))
    )
    return F.last_day(F.try_to_timestamp(first, F.lit("yyyyMMdd")).cast("date"))
