"""Keys of a register that occur more than once: equal rows are one row, different ones contradict
each other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.findings import (
    CONFLICT,
    CONFLICT_SHARE,
    DUPLICATE,
    Finding,
    count_of,
)
from kommunebench.registers.opening import UNREADABLE
from kommunebench.registers.reading import UNIT, RegisterRows
from kommunebench.registers.usable import usable_rows

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, Row


def key_may_repeat(rows: RegisterRows) -> bool:
    """Whether a key is there more than once among all rows, usable or not: by its hash, reading
    nothing but the key. Rows without a value they cannot do without are not used and left out; any
    other column of the key may be empty, which is a value like others."""
    known = rows.frame.where(F.col(UNREADABLE).isNull())
    for column in rows.register.columns:
        if column.name in rows.register.key and column.needed:
            known = known.where(F.col(column.name).isNotNull())
    key = hash_with_nulls([F.col(name) for name in rows.register.key])
    most = (
        known.groupBy(key.alias("key"))
        .agg(F.count(F.lit(1)).alias("n"))
        .agg(F.max("n").alias("n"))
        .first()
    )
    return most is not None and (most["n"] or 0) > 1


def key_findings(rows: RegisterRows, total: int) -> "tuple[list[Finding], DataFrame | None]":
    """Keys that occur more than once among ``total`` rows: findings, and the keys whose rows
    differ, of which none is used (None where there are none)."""
    register = rows.register
    groups = _repeated_keys(rows)
    different = F.col("low") != F.col("high")
    by_unit = groups.groupBy("unit").agg(
        F.coalesce(F.sum(F.when(~different, F.col("n") - 1)), F.lit(0)).alias("equal"),
        F.coalesce(F.sum(F.when(different, F.col("n"))), F.lit(0)).alias("different"),
    )
    repeated = sorted(by_unit.collect(), key=lambda row: row["unit"])
    findings = [
        finding
        for reason, column in ((DUPLICATE, "equal"), (CONFLICT, "different"))
        if (finding := _finding(rows, repeated, reason, column, total)) is not None
    ]
    conflicts = any(finding.reason == CONFLICT and finding.set_aside for finding in findings)
    return findings, groups.where(different).select(*register.key) if conflicts else None


def _repeated_keys(rows: RegisterRows) -> "DataFrame":
    """Each key that occurs more than once: how often (``n``), in which unit, and the lowest and
    highest hash of its rows, which are equal where the rows are."""
    names = (*(column.name for column in rows.register.columns), *rows.further)
    others = [F.col(name) for name in names if name not in rows.register.key]
    content: Column = F.lit(0).cast("long")
    if others:
        content = hash_with_nulls(others)
    return (
        usable_rows(rows)
        .groupBy(*rows.register.key)
        .agg(
            F.count(F.lit(1)).alias("n"),
            F.min(content).alias("low"),
            F.max(content).alias("high"),
            F.min(UNIT).alias("unit"),
        )
        .where(F.col("n") > 1)
    )


def hash_with_nulls(values: "Sequence[Column]") -> "Column":
    """A hash of several values. A null leaves a hash as it is, so that where the nulls are is
    hashed as well."""
    return F.xxhash64(*values, *(F.isnull(value) for value in values))


def _finding(
    rows: RegisterRows, repeated: "list[Row]", reason: str, column: str, total: int
) -> Finding | None:
    """The rows of repeated keys that are equal, or that differ, as a finding; None for no rows."""
    register = rows.register
    # Files of one unit hold one key together; the last of them stands for all.
    file_of = {file.unit: file for file in rows.files}
    counts = tuple(
        count_of(file_of[row["unit"]], int(row[column]), total) for row in repeated if row[column]
    )
    count = sum(file.rows for file in counts)
    if not count:
        return None
    conflict = reason == CONFLICT
    earliest = conflict and bool(register.earliest)
    delivered = {column.name: column.delivered[0].upper() for column in register.columns}
    return Finding(
        register=register.name,
        column=", ".join(delivered[name] for name in register.key),
        reason=reason,
        rows=count,
        of_rows=total,
        set_aside=conflict and not earliest,
        fatal=conflict and count > CONFLICT_SHARE * total,
        files=counts,
    )
