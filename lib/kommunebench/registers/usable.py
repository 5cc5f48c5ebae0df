"""The rows of a register that can be used, with what they cannot do without."""

from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.catalogue import Register
from kommunebench.registers.opening import UNREADABLE
from kommunebench.registers.reading import PERIOD, UNIT, RegisterRows, problem_column
from kommunebench.registers.sas_files import TRUNCATED, UNDECODABLE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def usable_rows(rows: RegisterRows) -> "DataFrame":
    """Our columns of the rows that have everything they cannot do without, their period and their
    unit.

    Only problems the check found are looked for again: a condition over all of them would convert
    every value twice, in code too long to be compiled. A file that was changed since then fails the
    job where it cannot be read to its end, or where the table refuses a null; another problem that
    only the changed file has is not noticed.
    """
    frame = rows.frame
    for reason in (TRUNCATED, UNDECODABLE):
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
        if column.needed and column.name not in rows.sound:
            whole = whole & F.col(problem_column(column.name)).isNull()
    usable = frame.where(whole).select(
        *(column.name for column in rows.register.columns), *rows.further, PERIOD, UNIT
    )
    if rows.conflicting is not None:
        usable = _without_keys(usable, rows.conflicting, rows.register)
    return usable


def _without_keys(frame: "DataFrame", keys: "DataFrame", register: Register) -> "DataFrame":
    """The rows whose key is not among ``keys``; where a column of the key may be empty, two empty
    ones are equal."""
    needed = {column.name for column in register.columns if column.needed}
    others = {name: f"conflicting_{name}" for name in register.key}
    equal = [
        F.col(name) == F.col(other) if name in needed else F.col(name).eqNullSafe(F.col(other))
        for name, other in others.items()
    ]
    return frame.join(keys.withColumnsRenamed(others), reduce(and_, equal), "left_anti")


def one_of_each(frame: "DataFrame", rows: RegisterRows, key: Sequence[str]) -> "DataFrame":
    """One row of each key; the frame as it is where the check has shown that no key is repeated."""
    return frame if rows.unique else frame.dropDuplicates(list(key))
