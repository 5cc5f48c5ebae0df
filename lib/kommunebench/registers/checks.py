"""All checks of a register in one aggregation: counts by file, column and reason, rows set aside,
keys that occur twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.conversion import MISSING, possible_problems
from kommunebench.registers.findings import (
    CONFLICT,
    CONFLICT_SHARE,
    DUPLICATE,
    FileCount,
    Finding,
    structural,
)
from kommunebench.registers.opening import FILE_NUMBER, MALFORMED, UNREADABLE
from kommunebench.registers.reading import (
    PERIOD,
    UNIT,
    RegisterRows,
    problem_column,
    text_column,
)
from kommunebench.registers.sas_files import TRUNCATED, UNDECODABLE

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_UNREADABLE = {TRUNCATED: "was cut off", UNDECODABLE: "holds text its encoding does not have"}
_WHOLE_ROW = "(row)"
# A value is shown where no identifier looks like it: up to four characters, a date, a number of up
# to five digits.
_SHOWN = (
    r"^(.{1,4}"
    r"|[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}"
    r"|[12][0-9]{3}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
    r"|-?[0-9]{1,5}([.,][0-9]{1,2})?)$"
)
_EXAMPLES = 3


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
    """Every problem of a register's rows, counted in one pass over them (a second small one where
    the register has a key).

    ``examples``: look up offending values of every finding, not only of those that stop an
    analysis.
    """
    register = rows.register
    counts = [
        F.count_if(F.col(UNREADABLE).isNull() | (F.col(UNREADABLE) == MALFORMED)).alias("rows")
    ]
    counts += [
        F.count_if(F.col(UNREADABLE) == reason).alias(f"|{reason}")
        for reason in (MALFORMED, TRUNCATED, UNDECODABLE)
    ]
    for column in register.columns:
        problem = F.when(F.col(UNREADABLE).isNull(), F.col(problem_column(column.name)))
        counts += [
            F.count_if(problem == reason).alias(f"{column.name}|{reason}")
            for reason in possible_problems(column)
        ]
    found = {
        row[FILE_NUMBER]: row for row in rows.frame.groupBy(FILE_NUMBER).agg(*counts).collect()
    }
    total = {
        number: int(found[number]["rows"]) if number in found else 0
        for number in range(len(rows.files))
    }
    problems = [
        f"register {register.name}: no rows in {rows.files[number].path.name}; deliver the file"
        " again."
        for number, own in total.items()
        if own == 0
        and not (number in found and any(found[number][f"|{reason}"] for reason in _UNREADABLE))
    ]
    cut_off = [
        f"{rows.files[number].path}: register {register.name}: the file {words} and cannot be read"
        " to its end; deliver it again."
        for number, row in found.items()
        for reason, words in _UNREADABLE.items()
        if row[f"|{reason}"]
    ]

    def finding(name: str, column: str, reason: str, needed: bool) -> Finding | None:
        counted = {
            number: int(row[f"{name}|{reason}"])
            for number, row in found.items()
            if row[f"{name}|{reason}"]
        }
        if not counted:
            return None
        files = tuple(
            FileCount(rows.files[n].path.name, rows.files[n].unit, number, total[n])
            for n, number in sorted(counted.items())
        )
        return Finding(
            register.name,
            column,
            reason,
            sum(counted.values()),
            sum(total.values()),
            needed,
            needed and structural(files, sum(total.values())),
            files,
        )

    findings = [
        one
        for column in register.columns
        for reason in possible_problems(column)
        if (one := finding(column.name, column.delivered[0].upper(), reason, column.needed))
    ]
    if malformed := finding("", _WHOLE_ROW, MALFORMED, True):
        findings.append(malformed)
    findings = _with_examples(rows, findings, examples)
    # Where a file could not be read to its end, its missing rows may repeat a key.
    if register.key and not cut_off:
        if _key_may_repeat(rows):
            keys, conflicting = _key_findings(rows, sum(total.values()))
            findings += keys
            rows = replace(rows, conflicting=conflicting)
        else:
            rows = replace(rows, unique=True)
    return CheckedRegister(rows, tuple(findings), (*problems, *cut_off), total)


def usable_rows(rows: RegisterRows) -> "DataFrame":
    """Our columns of the rows that have everything they cannot do without, their period and their
    unit.

    A file that turns out not to be readable to its end, though it was when it was checked, fails
    the job.
    """
    frame = rows.frame
    for reason in _UNREADABLE:
        changed = F.raise_error(
            F.lit(f"register {rows.register.name}: a file was changed while it was read")
        )
        frame = frame.where(
            F.when(
                F.coalesce(F.col(UNREADABLE) == reason, F.lit(False)), changed.cast("boolean")
            ).otherwise(True)
        )
    whole = F.col(UNREADABLE).isNull()
    for column in rows.register.columns:
        if column.needed:
            whole = whole & F.col(problem_column(column.name)).isNull()
    usable = frame.where(whole).select(
        *(column.name for column in rows.register.columns), *rows.further, PERIOD, UNIT
    )
    if rows.conflicting is not None:
        usable = usable.join(rows.conflicting, list(rows.register.key), "left_anti")
    return usable


def _with_examples(rows: RegisterRows, findings: list[Finding], everywhere: bool) -> list[Finding]:
    """Findings with a few offending values each, in one further pass; only codes, dates and
    numbers, never what may be an identifier."""
    columns = {column.delivered[0].upper(): column for column in rows.register.columns}
    shown = [
        (number, columns[f.column].name)
        for number, f in enumerate(findings)
        if f.reason != MISSING
        and f.column in columns
        and columns[f.column].kind != "id"
        and (f.fatal or everywhere)
    ]
    if not shown:
        return findings
    identifiers = [
        text_column(column.name) for column in rows.register.columns if column.kind == "id"
    ]
    wanted = []
    for number, name in shown:
        hit = F.col(problem_column(name)) == findings[number].reason
        value = F.when(hit, _harmless(F.col(text_column(name)), identifiers))
        wanted += [F.min(value).alias(f"low{number}"), F.max(value).alias(f"high{number}")]
    found = rows.frame.agg(*wanted).first()
    assert found is not None
    result = list(findings)
    for number, _ in shown:
        values = dict.fromkeys(
            v for v in (found[f"low{number}"], found[f"high{number}"]) if v is not None
        )
        result[number] = replace(findings[number], examples=tuple(values)[:_EXAMPLES])
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


def one_of_each(frame: "DataFrame", rows: RegisterRows, key: Sequence[str]) -> "DataFrame":
    """One row of each key; the frame as it is where the check has shown that no key is repeated."""
    return frame if rows.unique else frame.dropDuplicates(list(key))


def _key_may_repeat(rows: RegisterRows) -> bool:
    """Whether a key is there more than once among all rows, usable or not: by its hash, reading
    nothing but the key."""
    key = F.xxhash64(*(F.col(name) for name in rows.register.key))
    known = rows.frame.where(F.col(UNREADABLE).isNull())
    for name in rows.register.key:
        known = known.where(F.col(name).isNotNull())
    found = (
        known.groupBy(key.alias("key"))
        .agg(F.count(F.lit(1)).alias("n"))
        .agg(F.max("n").alias("n"))
        .first()
    )
    return found is not None and (found["n"] or 0) > 1


def _key_findings(rows: RegisterRows, total: int) -> "tuple[list[Finding], DataFrame | None]":
    """Keys that occur more than once: with equal rows (one is kept), or with different ones (none
    of them is used)."""
    register = rows.register
    others = [
        F.col(name)
        for name in (*(c.name for c in register.columns), *rows.further)
        if name not in register.key
    ]
    # A null leaves a hash as it is, so that where the nulls are is hashed as well.
    content = (
        F.xxhash64(*others, *(F.isnull(other) for other in others))
        if others
        else F.lit(0).cast("long")
    )
    groups = (
        usable_rows(rows)
        .groupBy(*register.key)
        .agg(
            F.count(F.lit(1)).alias("n"),
            F.min(content).alias("low"),
            F.max(content).alias("high"),
            F.min(UNIT).alias("unit"),
        )
        .where(F.col("n") > 1)
    )
    different = F.col("low") != F.col("high")
    by_unit = groups.groupBy("unit").agg(
        F.coalesce(F.sum(F.when(~different, F.col("n") - 1)), F.lit(0)).alias("equal"),
        F.coalesce(F.sum(F.when(different, F.col("n"))), F.lit(0)).alias("different"),
    )
    repeated = sorted(by_unit.collect(), key=lambda row: row["unit"])
    name = ", ".join(
        next(c.delivered[0].upper() for c in register.columns if c.name == k) for k in register.key
    )
    findings = []
    names = {file.unit: file.path.name for file in rows.files}
    for reason, column in ((DUPLICATE, "equal"), (CONFLICT, "different")):
        counts = tuple(
            FileCount(names[row["unit"]], row["unit"], int(row[column]), total)
            for row in repeated
            if row[column]
        )
        number = sum(count.rows for count in counts)
        if number:
            aside = reason == CONFLICT and not register.earliest
            kept = (
                f"The row with the earliest {register.earliest} is kept"
                if reason == CONFLICT and not aside
                else ""
            )
            fatal = reason == CONFLICT and number > CONFLICT_SHARE * total
            findings.append(
                Finding(register.name, name, reason, number, total, aside, fatal, counts, (), kept)
            )
    conflicts = any(finding.reason == CONFLICT and finding.set_aside for finding in findings)
    return findings, groups.where(different).select(*register.key) if conflicts else None
