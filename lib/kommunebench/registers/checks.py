"""All checks of a register in one aggregation: counts by column and reason, rows set aside, keys that occur twice."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import Register
from kommunebench.registers.reading import MISSING, NOT_CONVERTIBLE, OUT_OF_RANGE, UNKNOWN_CODE, RegisterRows, problem_column

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

REASONS = (MISSING, NOT_CONVERTIBLE, OUT_OF_RANGE, UNKNOWN_CODE)
DUPLICATE, CONFLICT = "row_repeated", "key_with_different_rows"
# More unusable values than this in a column a row cannot do without: the file is wrong, not single rows.
STRUCTURAL_SHARE = 0.10
# More keys with different rows than this: the wrong files were put together.
CONFLICT_SHARE = 0.001


@dataclass(frozen=True, slots=True)
class Finding:
    """How many rows of a register have a problem in a column; ``set_aside``: those rows are not used. ``fatal``: too many to go on."""

    register: str
    column: str
    reason: str
    rows: int
    of_rows: int
    set_aside: bool
    fatal: bool

    @property
    def message(self) -> str:
        """The finding in one sentence, with what to do."""
        share = 100.0 * self.rows / max(self.of_rows, 1)
        words = {
            MISSING: "is empty",
            NOT_CONVERTIBLE: "is not of the declared type",
            OUT_OF_RANGE: "is outside 1900-2100",
            UNKNOWN_CODE: "holds a code outside the list",
            DUPLICATE: "the row is there more than once",
            CONFLICT: "identifies rows that differ",
        }
        action = (
            "Correct the delivery"
            if self.fatal
            else ("These rows are not used" if self.set_aside else "The value counts as missing")
        )
        if self.reason == DUPLICATE:
            action = "One of each is kept"
        counted = f"{self.rows} of {self.of_rows} rows ({share:.2g} %)"
        return f"register {self.register}, column {self.column}: {words[self.reason]} in {counted}. {action}."


def check_register(rows: RegisterRows) -> list[Finding]:
    """Every problem of a register's rows, counted in one pass over them (a second small one where the register has a key).

    Raises RegisterError for a register without rows.
    """
    register, columns = rows.register, rows.register.columns
    counts = [F.count(F.lit(1)).alias("rows")]
    for column in columns:
        problem = F.col(problem_column(column.name))
        counts += [F.count_if(problem == reason).alias(f"{column.name}|{reason}") for reason in REASONS]
    found = rows.frame.agg(*counts).first()
    assert found is not None
    total = int(found["rows"])
    if total == 0:
        names = ", ".join(file.path.name for file in rows.files[:3])
        raise RegisterError(f"register {register.name}: no rows in {names}; deliver the file again.")
    findings = []
    for column in columns:
        for reason in REASONS:
            number = int(found[f"{column.name}|{reason}"])
            if number:
                fatal = column.needed and number > STRUCTURAL_SHARE * total
                name = column.delivered[0].upper()
                findings.append(Finding(register.name, name, reason, number, total, column.needed, fatal))
    if register.key and total:
        findings += _key_findings(register, usable_rows(rows), total)
    return findings


def usable_rows(rows: RegisterRows) -> "DataFrame":
    """Our columns of the rows that have everything they cannot do without, and the file's period."""
    needed = [column.name for column in rows.register.columns if column.needed]
    frame = rows.frame
    for name in needed:
        frame = frame.where(F.col(problem_column(name)).isNull())
    return frame.select(*(column.name for column in rows.register.columns), "period")


def _key_findings(register: Register, rows: "DataFrame", total: int) -> list[Finding]:
    """Keys that occur more than once: with equal rows (one is kept), or with different ones (all set aside)."""
    key = [name for name in register.key if name != "snapshot_date"] + (["period"] if "snapshot_date" in register.key else [])
    others = [F.coalesce(F.col(c.name).cast("string"), F.lit("")) for c in register.columns if c.name not in key]
    content = F.xxhash64(*others) if others else F.lit(0).cast("long")
    groups = rows.groupBy(*key).agg(F.count(F.lit(1)).alias("n"), F.min(content).alias("low"), F.max(content).alias("high"))
    repeated = (
        groups.where(F.col("n") > 1)
        .agg(
            F.coalesce(F.sum(F.when(F.col("low") == F.col("high"), F.col("n") - 1)), F.lit(0)).alias("equal"),
            F.coalesce(F.sum(F.when(F.col("low") != F.col("high"), F.col("n"))), F.lit(0)).alias("different"),
        )
        .first()
    )
    assert repeated is not None
    name = ", ".join(
        next(c.delivered[0].upper() for c in register.columns if c.name == k) if k != "period" else "period" for k in key
    )
    findings = []
    if repeated["equal"]:
        findings.append(Finding(register.name, name, DUPLICATE, int(repeated["equal"]), total, False, False))
    if repeated["different"]:
        number = int(repeated["different"])
        findings.append(Finding(register.name, name, CONFLICT, number, total, True, number > CONFLICT_SHARE * total))
    return findings
