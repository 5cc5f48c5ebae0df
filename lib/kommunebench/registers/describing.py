"""What the files of a register hold, before any row is read: their columns, and what they lack."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import Register
from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.file_columns import FileColumns, read_file_columns
from kommunebench.registers.reading import delivered_name
from kommunebench.registers.staging import Staging

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def describe_files(
    spark: "SparkSession",
    register: Register,
    files: Sequence[DeliveredFile],
    staging: Staging | None = None,
) -> tuple[list[tuple[DeliveredFile, FileColumns]], list[str]]:
    """Files with their columns, and one sentence for each file that cannot be read or lacks a
    column."""
    described, problems = [], []
    for file in files:
        try:
            columns = read_file_columns(file, spark, staging)
            check_columns(register, file, columns)
        except RegisterError as error:
            problems.append(str(error))
        else:
            described.append((file, columns))
    return described, problems


def check_columns(register: Register, file: DeliveredFile, columns: FileColumns) -> None:
    """Raise RegisterError when a required column is absent, naming register, period, column and
    what was found."""
    missing = [
        column.delivered[0].upper()
        for column in register.columns
        if column.required and not delivered_name(column, columns)
    ]
    missing += [
        column.delivered[0].upper()
        for column in register.columns
        if column.from_period and not has_period(file) and not delivered_name(column, columns)
    ]
    if missing:
        period = f" {file.period}" if file.period else ""
        shown = ", ".join(sorted(columns.types)[:12])
        raise RegisterError(
            f"{file.path}: register {register.name}{period} lacks the required columns {missing};"
            f" found {shown}{' …' if len(columns.types) > 12 else ''}. Deliver them, or map their"
            " names."
        )
    if columns.rows == 0:
        raise RegisterError(
            f"{file.path}: register {register.name} has no rows; deliver the file again."
        )
    if register.period_in_rows and not has_period(file):
        raise RegisterError(
            f"{file.path}: register {register.name}: the file's name has no year; name it"
            f" {register.stems[0]}YYYY, or map its period."
        )


def has_period(file: DeliveredFile) -> bool:
    """Whether the period of a file's rows is known."""
    return bool(file.period) or bool(file.mapping and file.mapping.period_column)
