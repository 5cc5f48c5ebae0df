"""Identifiers that have leading zeros in one file and have lost them in another, as numbers or by
an export to CSV: rows of one person would never meet, and nobody would have work."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import Register, RegisterColumn
from kommunebench.registers.checks import CheckedRegister
from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.delivery import Delivery
from kommunebench.registers.failures import is_from_spark
from kommunebench.registers.file_columns import FileColumns, read_file_columns
from kommunebench.registers.listing import first_names
from kommunebench.registers.opening import UNREADABLE
from kommunebench.registers.reading import delivered_name, read_register, text_column

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, Row, SparkSession

_PERSONS = ("person_id", "partner_id", "mother_id", "father_id")
_NUMBERS = ("double", "float", "tinyint", "smallint", "int", "bigint", "decimal")
_DIGITS = "0123456789"
_ID = "identifier"
_FILES_NAMED = 3
# Identifiers of each register that are looked at for how long they are: of as many, hundreds begin
# with a zero where all are of one length and their digits are drawn at random.
_LOOKED_AT = 10_000
# The files in which identifiers of a kind are numbers, and those in which they are text.
_Kinds = dict[str, tuple[list[DeliveredFile], list[DeliveredFile]]]


def identifier_problems(
    spark: "SparkSession", delivery: Delivery, checked: Sequence[CheckedRegister]
) -> list[str]:
    """One sentence for each kind of identifier that is joined across registers and is text with
    leading zeros in some files, and in others a number, or in CSV a text of fewer digits.

    ``checked``: the registers that were opened just now. Of the delivery's other files, which are
    in the store already, only footers, headers and first rows are read. Texts are looked at only
    where a file has numbers or is CSV.
    """
    opened = {
        file: columns
        for register in checked
        for file, columns in zip(register.rows.files, register.rows.columns_of, strict=True)
    }
    if not opened:
        return []
    problems = []
    for kind, (numbers, texts) in _files_by_kind(spark, delivery, opened).items():
        zeros = _first_with_zeros(spark, kind, texts, opened) if numbers else []
        if zeros:
            problems.append(
                f"identifiers of {kind}: numbers in {_named(numbers)}, text with leading zeros in"
                f" {_named(zeros)}. Numbers have lost these zeros, so that rows which belong"
                " together would not be joined; deliver the identifiers as text everywhere."
            )
        problems += _cut_in_csv(spark, kind, texts, opened)
    return problems


def _kind(register: Register, column: RegisterColumn) -> str | None:
    """What an identifier is of, where it is looked up in other files: persons, addresses, or the
    contacts of one edition of the patient register; a family is looked up in its own file."""
    if column.name in _PERSONS:
        return "persons"
    if column.name == "address_id":
        return "addresses"
    return f"{register.name.rsplit('_', 1)[0]} contacts" if column.name == "contact_id" else None


def _columns_by_kind(register: Register) -> dict[str, list[RegisterColumn]]:
    by_kind: dict[str, list[RegisterColumn]] = {}
    for column in register.columns:
        if kind := _kind(register, column):
            by_kind.setdefault(kind, []).append(column)
    return by_kind


def _files_by_kind(
    spark: "SparkSession", delivery: Delivery, opened: dict[DeliveredFile, FileColumns]
) -> _Kinds:
    files_by_kind: _Kinds = {}
    for file in (file for files in delivery.files.values() for file in files):
        by_kind = _columns_by_kind(file.register)
        types = _types(spark, file, opened) if by_kind else None
        for kind, columns in by_kind.items():
            numbers, texts = files_by_kind.setdefault(kind, ([], []))
            used = {
                types.types[name] for c in columns if types and (name := delivered_name(c, types))
            }
            if any(kind_of_type.startswith(_NUMBERS) for kind_of_type in used):
                numbers.append(file)
            if "string" in used or types is None:
                texts.append(file)
    return files_by_kind


def _types(
    spark: "SparkSession", file: DeliveredFile, opened: dict[DeliveredFile, FileColumns]
) -> FileColumns | None:
    """The columns of a file; None of a text that was not opened, whose columns are all text, and of
    a file that cannot be opened, about which its own check says what is wrong."""
    if file in opened:
        return opened[file]
    try:
        return read_file_columns(file, spark) if file.format != "csv" else None
    except RegisterError:
        return None


def _first_with_zeros(
    spark: "SparkSession",
    kind: str,
    texts: Sequence[DeliveredFile],
    opened: dict[DeliveredFile, FileColumns],
) -> list[DeliveredFile]:
    """The files of the first register in which a text of digits begins with a zero; none where no
    register has such texts."""
    for identifiers, files in _identifiers(spark, kind, texts, opened):
        with_zeros = identifiers.where(_has_leading_zero(F.col(_ID))).select(F.lit(1)).limit(1)
        if _collected(with_zeros):
            return files
    return []


def _cut_in_csv(
    spark: "SparkSession",
    kind: str,
    texts: Sequence[DeliveredFile],
    opened: dict[DeliveredFile, FileColumns],
) -> list[str]:
    """A sentence where identifiers are of one length with leading zeros in a register, and shorter
    and without such zeros in CSV files of another: the export that wrote these took them for
    numbers."""
    if not any(file.format == "csv" for file in texts):
        return []
    length = F.length(_ID)
    padded, unpadded = [], []
    for identifiers, files in _identifiers(spark, kind, texts, opened):
        # Zeros alone stand for nobody.
        names_someone = _is_digits(F.col(_ID)) & (F.translate(_ID, "0", "") != "")
        looked_at = identifiers.where(names_someone).limit(_LOOKED_AT)
        rows = _collected(
            looked_at.agg(
                F.min(length).alias("shortest"),
                F.max(length).alias("longest"),
                F.count_if(_has_leading_zero(F.col(_ID))).alias("zeros"),
            )
        )
        if not rows or rows[0]["shortest"] is None:
            continue
        shortest, longest, zeros = rows[0]
        if zeros and shortest == longest:
            padded.append((longest, files))
        elif not zeros and files[0].format == "csv":
            unpadded.append((shortest, files))
    return [
        f"identifiers of {kind}: of {full} digits in {_named(whole)}, some with leading zeros; in"
        f" {_named(files)} some have {shortest} digits and none begins with a zero. The export"
        " that wrote these has taken them for numbers, so that rows which belong together would"
        " not be joined; write the identifiers as text."
        for full, whole in padded[:1]
        for shortest, files in unpadded
        if shortest < full
    ]


def _identifiers(
    spark: "SparkSession",
    kind: str,
    texts: Sequence[DeliveredFile],
    opened: dict[DeliveredFile, FileColumns],
) -> "Iterator[tuple[DataFrame, list[DeliveredFile]]]":
    """By register: its identifiers of a kind, one column, and the files they are read from; without
    files that cannot be opened, about which their own check says what is wrong."""
    by_register: dict[Register, list[DeliveredFile]] = {}
    for file in texts:
        by_register.setdefault(file.register, []).append(file)
    for register, files in by_register.items():
        described = []
        for file in files:
            try:
                described.append((file, opened.get(file) or read_file_columns(file, spark)))
            except RegisterError:
                continue
        if not described:
            continue
        columns = tuple(_columns_by_kind(register)[kind])
        # SAS files are staged with all columns of their register and found again by these.
        is_staged = any(types.staging is not None for _, types in described)
        looked_at = register if is_staged else replace(register, columns=columns)
        rows = read_register(spark, looked_at, described).frame.where(F.col(UNREADABLE).isNull())
        texts_of_columns = F.array(*(text_column(column.name) for column in columns))
        yield rows.select(F.explode(texts_of_columns).alias(_ID)), [file for file, _ in described]


def _collected(frame: "DataFrame") -> "list[Row]":
    """The rows of a frame; none where a file is damaged, as its own check says."""
    try:
        return frame.collect()
    except Exception as error:
        if not is_from_spark(error):
            raise
        return []


def _is_digits(text: "Column") -> "Column":
    return F.coalesce((F.translate(text, _DIGITS, "") == "") & (text != ""), F.lit(False))


def _has_leading_zero(text: "Column") -> "Column":
    return _is_digits(text) & text.startswith("0") & (F.length(text) > 1)


def _named(files: Sequence[DeliveredFile]) -> str:
    return first_names([file.path.name for file in files], _FILES_NAMED)
