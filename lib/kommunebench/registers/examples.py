"""A few offending values of each finding, and never what may be an identifier."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.conversion import MISSING
from kommunebench.registers.findings import Finding
from kommunebench.registers.reading import RegisterRows, problem_column, text_column

if TYPE_CHECKING:
    from pyspark.sql import Column

# A value is shown where no identifier looks like it: up to four characters, a date, a number of up
# to five digits.
_SHOWN = (
    r"^(.{1,4}"
    r"|[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}"
    r"|[12][0-9]{3}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
    r"|-?[0-9]{1,5}([.,][0-9]{1,2})?)$"
)
_EXAMPLES = 3


def with_examples(
    rows: RegisterRows, findings: Sequence[Finding], everywhere: bool
) -> list[Finding]:
    """Findings with a few offending values each, in one further pass; only codes, dates and
    numbers, never what may be an identifier."""
    columns = {column.delivered[0].upper(): column for column in rows.register.columns}
    shown = [
        (finding_index, columns[f.column].name)
        for finding_index, f in enumerate(findings)
        if f.reason != MISSING
        and f.column in columns
        and columns[f.column].kind != "id"
        and (f.fatal or everywhere)
    ]
    if not shown:
        return list(findings)
    identifiers = [
        text_column(column.name) for column in rows.register.columns if column.kind == "id"
    ]
    wanted = []
    for finding_index, name in shown:
        hit = F.col(problem_column(name)) == findings[finding_index].reason
        value = F.when(hit, _harmless(F.col(text_column(name)), identifiers))
        wanted += [
            F.min(value).alias(f"low{finding_index}"),
            F.max(value).alias(f"high{finding_index}"),
        ]
    extremes = rows.frame.agg(*wanted).first()
    assert extremes is not None
    result = list(findings)
    for finding_index, _ in shown:
        values = dict.fromkeys(
            v
            for v in (extremes[f"low{finding_index}"], extremes[f"high{finding_index}"])
            if v is not None
        )
        result[finding_index] = replace(findings[finding_index], examples=tuple(values)[:_EXAMPLES])
    return result


def _harmless(text: "Column", identifiers: Iterable[str]) -> "Column":
    """The text where it does not look like an identifier and is none of its row; elsewhere only its
    length."""
    is_identifier = F.lit(False)
    for name in identifiers:
        is_identifier = is_identifier | F.coalesce(text == F.col(name), F.lit(False))
    return F.when(text.rlike(_SHOWN) & ~is_identifier, text).otherwise(
        F.concat(F.length(text).cast("string"), F.lit(" characters"))
    )
