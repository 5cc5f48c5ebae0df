"""DREAM: one wide row per person to one row with arrays of weekly codes and quarterly match groups,
in every version of its codes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.reference import read_reference
from kommunebench.registers.catalogue import DREAM
from kommunebench.registers.checks import one_of_each, usable_rows
from kommunebench.registers.conversion import UNKNOWN_CODE, as_text, judge
from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.dream_columns import quarter_columns, week_columns
from kommunebench.registers.file_columns import FileColumns
from kommunebench.registers.findings import STRUCTURAL_SHARE, Finding, count_of
from kommunebench.registers.opening import FILE_NUMBER, UNREADABLE, open_files, quoted
from kommunebench.registers.reading import (
    PERIOD,
    UNIT,
    RegisterRows,
    delivered_name,
    problem_column,
    text_column,
)
from kommunebench.settings import AnalysisSettings

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

_ARRAYS = ("first_monday", "codes", "first_quarter", "match_groups")
# The codes of a person, each once, for the check; they are not stored.
_DISTINCT = "distinct_codes"
_INTEGRATION_BENEFIT = date(
    2015, 8, 31
)  # Monday of the week in which integration benefit (700-709) began
_MAX_EXAMPLES = 5


def read_dream(
    spark: "SparkSession", file: DeliveredFile, columns: FileColumns, settings: AnalysisSettings
) -> RegisterRows:
    """DREAM's rows with arrays of codes as delivered (three characters, blank null), in the weeks
    that week_columns keeps.

    Raises RegisterError when a week of the observation, or every match group the analysis needs,
    has no column.
    """
    weeks, quarters = (
        week_columns(file, columns, settings),
        quarter_columns(file, columns, settings),
    )
    person = delivered_name(DREAM.columns[0], columns)
    assert person is not None
    raw = open_files(spark, [file], [0], columns, [person, *weeks.values(), *quarters.values()])
    identifier = as_text(F.col(quoted(person)), columns.types[person]).alias("person_id")
    arrays = (
        F.lit(min(weeks)).alias("first_monday"),
        _codes(list(weeks.values()), columns, 3).alias("codes"),
        F.lit(min(quarters) if quarters else None).cast("date").alias("first_quarter"),
        (
            _codes(list(quarters.values()), columns, 1)
            if quarters
            else F.lit(None).cast("array<string>")
        ).alias("match_groups"),
        _codes(list(weeks.values()), columns, 3, distinct=True).alias(_DISTINCT),
    )
    person_id = F.col("person_id")
    frame = raw.select(identifier, *arrays, FILE_NUMBER, UNREADABLE).withColumns(
        {
            text_column("person_id"): person_id,
            problem_column("person_id"): judge(DREAM.columns[0], person_id.isNull(), person_id),
            PERIOD: F.lit(file.period),
            UNIT: F.lit(file.unit),
        }
    )
    return RegisterRows(
        register=DREAM, files=(file,), columns_of=(columns,), frame=frame, further=_ARRAYS
    )


def prepare_dream(rows: RegisterRows) -> "DataFrame":
    """bronze.benefit_weeks from extracts to February 2018: the codes as they stand."""
    return one_of_each(usable_rows(rows).drop(PERIOD), rows, DREAM.key)


def prepare_dream_2018(rows: RegisterRows) -> "DataFrame":
    """bronze.benefit_weeks from extracts of March 2018 on: 115 (supplementary benefit) stands for
    112-114, and holiday allowance has one code, 121. Nothing can tell them apart again, so the
    codes stay; all of them are in the list."""
    return prepare_dream(rows)


def prepare_dream_2025(rows: RegisterRows) -> "DataFrame":
    """bronze.benefit_weeks from extracts of September 2025 on, in which 710-719 holds integration
    benefit as well.

    Weeks since that benefit began get its own codes again (700-709, same last digit), so that they
    are read as in older extracts.
    """
    first = F.col("first_monday")

    def older(code: "Column", weeks_later: "Column") -> "Column":
        is_new = (
            F.date_add(first, weeks_later * 7) >= F.lit(_INTEGRATION_BENEFIT)
        ) & code.startswith("71")
        return F.when(is_new, F.concat(F.lit("70"), F.substring(code, 3, 1))).otherwise(code)

    return prepare_dream(rows).withColumn("codes", F.transform("codes", older))


@dataclass(frozen=True, slots=True)
class DreamVersion:
    """Extracts from a month on: how they are prepared, and which codes of the list they no longer
    have."""

    first_extract: str
    prepare: Callable[[RegisterRows], "DataFrame"]
    gone: frozenset[str] = frozenset()


_GONE_2018 = frozenset({"112", "113", "114", "122", "123", "124", "125", "126"})
VERSIONS = (
    DreamVersion("", prepare_dream, frozenset({"115"})),
    DreamVersion("201803", prepare_dream_2018, _GONE_2018),
    DreamVersion("202509", prepare_dream_2025, _GONE_2018 | {f"70{digit}" for digit in range(10)}),
)


def version_of(period: str) -> DreamVersion:
    """The version of an extract named YYYYMM (YYYY: its December). Without a period any code of the
    list is expected."""
    if not period:
        return DreamVersion("", prepare_dream)
    month = period if len(period) == 6 else f"{period}12"
    return [version for version in VERSIONS if version.first_extract <= month][-1]


def unknown_codes(rows: RegisterRows) -> Finding | None:
    """Persons with a weekly code that is not in the list of the extract's version, with the first
    such codes; one pass."""
    file = rows.files[0]
    known = F.array(*(F.lit(code) for code in _known_codes(file.period)))
    strange = F.array_except(F.array_compact(F.col(_DISTINCT)), known)
    first = F.when(F.size("strange") > 0, F.substring(F.get("strange", F.lit(0)), 1, 4))
    counts = (
        rows.frame.where(F.col(UNREADABLE).isNull())
        .select(strange.alias("strange"))
        .agg(
            F.count(F.lit(1)).alias("all"),
            F.count_if(F.size("strange") > 0).alias("rows"),
            F.slice(F.sort_array(F.collect_set(first)), 1, _MAX_EXAMPLES).alias("examples"),
        )
        .first()
    )
    assert counts is not None
    if not counts["rows"]:
        return None
    return Finding(
        register=DREAM.name,
        column="Y_YYWW",
        reason=UNKNOWN_CODE,
        rows=counts["rows"],
        of_rows=counts["all"],
        set_aside=False,
        fatal=counts["rows"] > STRUCTURAL_SHARE * counts["all"],
        files=(count_of(file, counts["rows"], counts["all"]),),
        examples=tuple(counts["examples"]),
    )


def _known_codes(period: str) -> list[str]:
    """The codes an extract of a period may hold."""
    listed = {str(code).zfill(3) for code in read_reference("dream_codes")["code"] if str(code)}
    return sorted(listed - version_of(period).gone)


def _codes(
    names: list[str], columns: FileColumns, width: int, *, distinct: bool = False
) -> "Column":
    """An array of codes as text of the given width, blank as null; ``distinct``: of delivered codes
    that are equal only one. What is longer than the width stays as it is, and is then no code.

    One expression over the array instead of one a column: with 450 columns the generated code would
    be too large to compile. It runs for every week of every person, so that numbers become text in
    a step of their own, without a search for decimals.
    """
    kinds = {columns.types[name] for name in names}
    if kinds <= {"double", "float"}:
        listed = ", ".join(quoted(name) for name in names)
        text = (
            "if(c = floor(c) and abs(c) < 1e9, cast(cast(c as int) as string), cast(c as string))"
        )
    else:
        listed = ", ".join(f"cast({quoted(name)} as string)" for name in names)
        text = "if(contains(c, '.'), regexp_replace(trim(c), '[.]0+$', ''), trim(c))"
    # Numbers lost their leading zeros. lpad alone would cut 9999 down to 999, the code of the dead.
    padded = f"if(length(t) < {width}, lpad(t, {width}, '0'), t)"
    code = f"if(t in ('', '.', 'NaN'), null, {padded})"
    delivered = f"array_distinct(array({listed}))" if distinct else f"array({listed})"
    return F.expr(f"transform(transform({delivered}, c -> {text}), t -> {code})")
