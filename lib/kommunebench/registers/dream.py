"""DREAM: one wide row per person to one row with arrays of weekly codes and quarterly match groups."""

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import DREAM
from kommunebench.registers.delivery import DeliveredFile
from kommunebench.registers.file_columns import FileColumns
from kommunebench.registers.reading import check_columns, delivered_name, open_files
from kommunebench.settings import AnalysisSettings

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

_WEEK = re.compile(r"^y_(\d{2})(\d{2})$")
_QUARTER = re.compile(r"^match_([1-4])kv(\d{4})$")


def prepare_dream(spark: "SparkSession", file: DeliveredFile, columns: FileColumns, settings: AnalysisSettings) -> "DataFrame":
    """bronze.benefit_weeks, with the weeks from the population's first year to the end of observation.

    Raises RegisterError when a week of the observation, or every match group the analysis needs, has no column.
    """
    check_columns(DREAM, file, columns)
    weeks = _weeks(file, columns, settings)
    quarters = _quarters(file, columns, settings)
    person = delivered_name(DREAM.columns[0], columns)
    assert person is not None
    raw = open_files(spark, [file], columns, [person, *weeks.values(), *quarters.values()])
    identifier = F.trim(F.col(f"`{person}`").cast("string"))
    frame = raw.select(
        identifier.alias("person_id"),
        F.lit(min(weeks)).alias("first_monday"),
        _codes(list(weeks.values()), 3).alias("codes"),
        F.lit(min(quarters) if quarters else None).cast("date").alias("first_quarter"),
        (_codes(list(quarters.values()), 1) if quarters else F.lit(None).cast("array<string>")).alias("match_groups"),
    )
    return frame.where(F.col("person_id") != "").dropDuplicates(["person_id"])


def _codes(names: list[str], width: int) -> "Column":
    """An array of codes as text of the given width, blank as null; numeric columns lost their leading zeros.

    One expression over the array instead of one a column: with 450 columns the generated code would be too large to compile.
    """
    listed = ", ".join(f"cast(`{name}` as string)" for name in names)
    code = "regexp_replace(trim(c), '[.]0+$', '')"
    return F.expr(f"transform(array({listed}), c -> if(trim(c) in ('', '.'), null, lpad({code}, {width}, '0')))")


def _weeks(file: DeliveredFile, columns: FileColumns, settings: AnalysisSettings) -> dict[date, str]:
    """Delivered column by Monday for every ISO week from the first year on; no week may be missing."""
    first, last = settings.population.window_start, settings.observation.observation_end
    found: dict[date, str] = {}
    for lowered, name in columns.names.items():
        if matched := _WEEK.match(lowered):
            short, week = int(matched.group(1)), int(matched.group(2))
            year = 1900 + short if short >= 91 else 2000 + short
            try:
                monday = date.fromisocalendar(year, week, 1)
            except ValueError:
                continue  # a week 53 of a year that has 52
            if first.year <= year and monday <= last:
                found[monday] = name
    wanted = _mondays(date.fromisocalendar(first.year, 1, 1), last)
    missing = [f"Y_{m.isocalendar().year % 100:02d}{m.isocalendar().week:02d}" for m in wanted if m not in found]
    if missing:
        raise RegisterError(
            f"{file.path}: register DREAM lacks {len(missing)} week columns of the observation ({first.year} to {last}), first "
            f"{missing[:3]}. Deliver a later extract, or set observation.observation_end to what it covers."
        )
    return {monday: found[monday] for monday in wanted}


def _mondays(first: date, last: date) -> list[date]:
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() - 5, 7)]


def _quarters(file: DeliveredFile, columns: FileColumns, settings: AnalysisSettings) -> dict[date, str]:
    """Delivered match group column by first day of the quarter, without gaps."""
    found: dict[date, str] = {}
    for lowered, name in columns.names.items():
        if matched := _QUARTER.match(lowered):
            found[date(int(matched.group(2)), 3 * int(matched.group(1)) - 2, 1)] = name
    if not found and "match_group" in settings.covariate_columns:
        raise RegisterError(
            f"{file.path}: register DREAM lacks the columns MATCH_QKVYYYY, and the covariate match_group needs them."
        )
    ordered = dict(sorted(found.items()))
    days = list(ordered)
    for before, after in pairwise(days):
        if (after.year - before.year) * 12 + after.month - before.month != 3:
            raise RegisterError(
                f"{file.path}: register DREAM has match groups for {before} and {after} but none between; deliver them."
            )
    return ordered
