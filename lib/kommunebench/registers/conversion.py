"""Delivered values as values of the declared type: blanks to null, dates in four forms, decimal
commas, codes of one width; what is wrong with a value is named."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.catalogue import RegisterColumn
from kommunebench.registers.text_files import BLANKS

if TYPE_CHECKING:
    from pyspark.sql import Column

Step = Callable[["Column"], "Column"]

FIRST_YEAR, LAST_YEAR = 1900, 2100
_SAS_EPOCH = "1960-01-01"
_SECONDS_A_DAY = 86_400
# Spark has no type for them; they are read as whole numbers.
NANOSECONDS = "nanoseconds"
_NUMBER_SIGNS = "0123456789+-.eE"
_ZERO_DECIMALS = r"^([+-]?[0-9]+)[.,]0+$"
_WHOLE_NUMBERS = ("tinyint", "smallint", "int", "bigint")
MISSING, NOT_CONVERTIBLE, OUT_OF_RANGE, UNKNOWN_CODE = (
    "missing",
    "not_convertible",
    "date_out_of_range",
    "unknown_code",
)
WRONG_SIGN, NO_SHARE = "wrong_sign", "no_share"


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
        whole = F.when(column == F.floor(column), column.try_cast("bigint").cast("string"))
        return F.when(~F.isnan(column), F.coalesce(whole, column.cast("string")))
    if kind == NANOSECONDS:
        return _day_of_nanoseconds(column).cast("string")
    if kind in _WHOLE_NUMBERS:
        return column.cast("string")
    if kind.startswith("timestamp") or kind == "date":
        return F.substring(column.cast("string"), 1, 10)
    text = without_blanks(column.cast("string"))
    return F.when(text.isin("", "."), F.lit(None)).otherwise(text)


def without_blanks(text: "Column") -> "Column":
    """The text without spaces around it, non-breaking and zero-width ones included. Only text with
    letters beyond ASCII is searched for those, because that takes five times as long."""
    trimmed = F.trim(text)
    is_ascii = F.length(trimmed) == F.octet_length(trimmed)
    return F.when(is_ascii, trimmed).otherwise(F.trim(trimmed, F.lit(BLANKS)))


def direct(column: RegisterColumn, raw: "Column", kind: str) -> "Column | None":
    """The value of a column that is delivered in a suitable type, null where there is no value;
    None where the value has to be parsed from its text."""
    if column.kind == "date" and (kind == "date" or kind.startswith("timestamp")):
        return raw.cast("date")
    if column.kind == "date" and kind == NANOSECONDS:
        return _day_of_nanoseconds(raw)
    if column.kind == "int" and kind in ("tinyint", "smallint", "int", "boolean"):
        return raw.cast("int")
    if column.kind == "double" and kind in ("double", "float"):
        return F.when(~F.isnan(raw), raw.cast("double"))
    return None


def parsing_steps(column: RegisterColumn) -> tuple[Step, ...]:
    """What makes a text a value of the column's type, null where it is none, one step after
    another. Range and code list are checked by `judge`.

    Each step uses the result of the one before it several times, so that each belongs into a
    projection of its own: in one expression the code would be repeated as often as that, at every
    step.
    """
    if column.kind == "date":
        return (_date,)
    if column.kind == "int":
        return _without_zero_decimals, lambda text: text.try_cast("int")
    if column.kind == "double":
        return _with_decimal_point, _number
    steps: list[Step] = []
    if column.kind == "code" or column.width:
        steps.append(_without_zero_decimals)
    if column.width:
        steps.append(partial(_of_width, width=column.width))
    if column.kind == "week":
        steps.append(lambda code: F.when(_is_week_label(code), code))
    return tuple(steps)


def _is_week_label(code: "Column") -> "Column":
    """Whether a text is four digits of which the last two are 01 to 53 (a pattern would take ten
    times as long). A cast alone would take a sign, or 12.5 for 12."""
    four_digits = (F.octet_length(code) == 4) & (code >= "0") & ~code.contains(".")
    week = F.pmod(F.when(four_digits, code.try_cast("int")), F.lit(100))
    return week.between(1, 53)


def _without_zero_decimals(text: "Column") -> "Column":
    """A whole number without decimals that are all zero: 101.0 and 101,00 as 101. Only a text that
    ends in a zero is searched for a point."""
    has_decimals = text.endswith("0") & (text.contains(".") | text.contains(","))
    return F.when(has_decimals, F.regexp_replace(text, _ZERO_DECIMALS, "$1")).otherwise(text)


def _of_width(text: "Column", width: int) -> "Column":
    """A code with as many leading zeros as its width asks for: 0101 and 101 are one code. Codes are
    ASCII, so that bytes are counted, which a text knows of itself."""
    length = F.octet_length(text)
    shorter = F.regexp_replace(text, f"^0+(?=[0-9]{{{width}}}$)", "")
    return (
        F.when(length == width, text)
        .when(length > width, shorter)
        .otherwise(F.lpad(text, width, "0"))
    )


def _with_decimal_point(text: "Column") -> "Column":
    """A number with a decimal comma, and with points between thousands, as one with a decimal
    point."""
    return F.when(
        text.contains(","),
        F.replace(F.replace(text, F.lit("."), F.lit("")), F.lit(","), F.lit(".")),
    ).otherwise(text)


def _number(text: "Column") -> "Column":
    """A number. What a cast would take besides (``5d``, ``0x1p3``, ``inf``) is none."""
    return F.when(F.translate(text, _NUMBER_SIGNS, "") == "", text.try_cast("double"))


def judge(column: RegisterColumn, absent: "Column", parsed: "Column") -> "Column":
    """What is wrong with a parsed value, null for nothing: missing though needed, not convertible,
    out of range, not in the list."""
    infinite = F.abs(parsed) == F.lit(float("inf")) if column.kind == "double" else F.lit(False)
    wrong = F.when(parsed.isNull() | infinite, F.lit(NOT_CONVERTIBLE))
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
    elif column.sign == "share":
        wrong = wrong.when(~parsed.between(0, 1), F.lit(NO_SHARE))
    elif column.sign != "any":
        wrong = wrong.when(
            (parsed < 0) if column.sign == "not_negative" else (parsed <= 0), F.lit(WRONG_SIGN)
        )
    missing = MISSING if column.needed and not column.from_period else None
    return F.when(absent, F.lit(missing).cast("string")).otherwise(wrong)


def possible_problems(column: RegisterColumn) -> tuple[str, ...]:
    """What `judge` can find in a column."""
    reasons = [MISSING] if column.needed else []
    if column.kind in ("date", "int", "double", "week"):
        reasons.append(NOT_CONVERTIBLE)
    if column.kind == "date":
        reasons.append(OUT_OF_RANGE)
    elif column.allowed:
        reasons.append(UNKNOWN_CODE)
    elif column.sign != "any":
        reasons.append(NO_SHARE if column.sign == "share" else WRONG_SIGN)
    return tuple(reasons)


def accept(column: RegisterColumn, parsed: "Column", problem: "Column") -> "Column":
    """The value to go on with: null where it has a problem or means still open."""
    if column.kind == "date":
        return F.when(F.year(parsed).between(FIRST_YEAR, LAST_YEAR), parsed)
    may_be_wrong = column.allowed or column.sign != "any" or column.kind == "double"
    return F.when(problem.isNull(), parsed) if may_be_wrong else parsed


def _date(text: "Column") -> "Column":
    """A date from ISO text, YYYYMMDD text, or a number of days or of seconds since 1960 (SAS). A
    time of day is dropped."""
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
