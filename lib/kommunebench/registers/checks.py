"""All checks of a register: counts by file, column and reason, rows set aside, keys that occur more
than once."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.catalogue import RegisterColumn
from kommunebench.registers.conversion import possible_problems
from kommunebench.registers.examples import with_examples
from kommunebench.registers.findings import FileCount, Finding, count_of, structural
from kommunebench.registers.keys import key_findings, key_may_repeat
from kommunebench.registers.opening import FILE_NUMBER, MALFORMED, UNREADABLE
from kommunebench.registers.reading import RegisterRows, problem_column
from kommunebench.registers.sas_files import TRUNCATED, UNDECODABLE
from kommunebench.registers.usable import one_of_each, usable_rows

if TYPE_CHECKING:
    from pyspark.sql import Column

__all__ = ["CheckedRegister", "check_register", "one_of_each", "usable_rows"]
_UNREADABLE = {TRUNCATED: "was cut off", UNDECODABLE: "holds text its encoding does not have"}
_WHOLE_ROW = "(row)"
# By number of the file; what is not there was not found.
_CountsByFile = dict[int, Counter[str]]


@dataclass(frozen=True, slots=True)
class CheckedRegister:
    """What is wrong with a register's rows: ``findings`` counted, ``problems`` in one sentence
    each; ``rows_of``: by file number."""

    rows: RegisterRows
    findings: tuple[Finding, ...]
    problems: tuple[str, ...]
    rows_of: dict[int, int]

    def with_finding(self, finding: Finding) -> "CheckedRegister":
        """The same with one finding more."""
        return replace(self, findings=(*self.findings, finding))


def check_register(rows: RegisterRows, examples: bool = True) -> CheckedRegister:
    """Every problem of a register's rows, counted in one pass over them (a second one over the
    columns that have problems, and one over the key where the register has one).

    ``examples``: look up offending values of every finding, not only of those that stop an
    analysis.
    """
    counted = _counts_by_file(rows)
    rows_of = {
        file_number: int(counted[file_number]["rows"]) if file_number in counted else 0
        for file_number in range(len(rows.files))
    }
    total = sum(rows_of.values())
    columns = [
        (column.name, column.delivered[0].upper(), reason, column.needed)
        for column in rows.register.columns
        for reason in possible_problems(column)
    ]
    findings = [
        finding
        for name, shown, reason, needed in (*columns, ("", _WHOLE_ROW, MALFORMED, True))
        if (files := _files_with(rows, counted, rows_of, f"{name}|{reason}"))
        and (finding := _finding(rows, shown, reason, needed=needed, files=files, total=total))
    ]
    rows = replace(rows, sound=_sound(rows, counted))
    findings = with_examples(rows, findings, examples)
    cut_off = _cut_off(rows, counted)
    # Where a file could not be read to its end, its missing rows may repeat a key.
    if rows.register.key and not cut_off:
        if key_may_repeat(rows):
            repeated, conflicting = key_findings(rows, total)
            findings += repeated
            rows = replace(rows, conflicting=conflicting)
        else:
            rows = replace(rows, unique=True)
    problems = (*_without_rows(rows, counted, rows_of), *cut_off)
    return CheckedRegister(rows, tuple(findings), problems, rows_of)


def _counts_by_file(rows: RegisterRows) -> _CountsByFile:
    """By file number: ``rows``, rows by ``column|reason`` (of whole rows: ``|reason``).

    A first pass counts for each column the rows with any problem, and only columns that have some
    are counted by reason: a register has some forty columns and reasons, and the code of as many
    counters takes longer to be compiled than most registers to be read.
    """
    readable = F.col(UNREADABLE).isNull()

    def problem(column: RegisterColumn) -> "Column":
        return F.when(readable, F.col(problem_column(column.name)))

    columns = [column for column in rows.register.columns if possible_problems(column)]
    counted = _count(
        rows,
        [
            F.count_if(readable | (F.col(UNREADABLE) == MALFORMED)).alias("rows"),
            *(
                F.count_if(F.col(UNREADABLE) == reason).alias(f"|{reason}")
                for reason in (MALFORMED, *_UNREADABLE)
            ),
            *(F.count(problem(column)).alias(column.name) for column in columns),
        ],
    )
    by_reason = [
        F.count_if(problem(column) == reason).alias(f"{column.name}|{reason}")
        for column in columns
        if any(count[column.name] for count in counted.values())
        for reason in possible_problems(column)
    ]
    if by_reason:
        for file_number, count in _count(rows, by_reason).items():
            counted[file_number] |= count
    return counted


def _count(rows: RegisterRows, counts: "list[Column]") -> _CountsByFile:
    """Counts of the rows of each file, in one pass."""
    counted = rows.frame.groupBy(FILE_NUMBER).agg(*counts).collect()
    return {row[FILE_NUMBER]: Counter(row.asDict()) for row in counted}


def _sound(rows: RegisterRows, counted: _CountsByFile) -> frozenset[str]:
    """The columns in which no file has a problem."""
    return frozenset(
        column.name
        for column in rows.register.columns
        if not any(count[column.name] for count in counted.values())
    )


def _files_with(
    rows: RegisterRows, counted: _CountsByFile, rows_of: dict[int, int], problem: str
) -> tuple[FileCount, ...]:
    """The files that have rows with a problem, and how many."""
    return tuple(
        count_of(
            rows.files[file_number],
            int(counted[file_number][problem]),
            rows_of[file_number],
        )
        for file_number in sorted(counted)
        if counted[file_number][problem]
    )


def _finding(
    rows: RegisterRows,
    column: str,
    reason: str,
    *,
    needed: bool,
    files: tuple[FileCount, ...],
    total: int,
) -> Finding:
    return Finding(
        register=rows.register.name,
        column=column,
        reason=reason,
        rows=sum(count.rows for count in files),
        of_rows=total,
        set_aside=needed,
        fatal=needed and structural(files, total),
        files=files,
    )


def _without_rows(rows: RegisterRows, counted: _CountsByFile, rows_of: dict[int, int]) -> list[str]:
    """One sentence for each file that has no rows and of which nothing else is said."""
    return [
        f"register {rows.register.name}: no rows in {rows.files[file_number].path.name}; deliver"
        " the file again."
        for file_number, count in rows_of.items()
        if count == 0
        and not (
            file_number in counted and any(counted[file_number][f"|{why}"] for why in _UNREADABLE)
        )
    ]


def _cut_off(rows: RegisterRows, counted: _CountsByFile) -> list[str]:
    """One sentence for each file that could not be read to its end."""
    return [
        f"{rows.files[file_number].path}: register {rows.register.name}: the file {words} and"
        " cannot be read to its end; deliver it again."
        for file_number, row in counted.items()
        for reason, words in _UNREADABLE.items()
        if row[f"|{reason}"]
    ]
