"""One look at every byte of a text: is it UTF-8, and does every line end outside of quotation
marks? Small files are looked at here, large ones and those only Spark can reach by Spark."""

import csv
import re
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kommunebench.errors import RegisterError
from kommunebench.registers.locations import AnyPath, ListedFile, spark_location

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Files up to this size are looked at on the driver, which is faster than a job of Spark.
_SMALL_BYTES = 1 << 24
_HEAD_BYTES = 1 << 20
# Bytes windows-1252 leaves undefined, and the one that text never holds.
_UNDEFINED_BYTES = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D, 0x00])
_LINE_ENDS = re.compile(r"\r\n|\n|\r")
_PYTHON_ENCODINGS = {"ISO-8859-1": "latin-1", "UTF-8": "utf-8-sig"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextScan:
    """What the bytes of a text say. ``undefined_bytes``: some are no letter of windows-1252;
    ``windows_letters``: some are letters that ISO-8859-1 does not have; ``as_stream``: a line is
    no whole record by itself, so that a field may go on in the next one."""

    valid_utf8: bool = True
    undefined_bytes: bool = False
    windows_letters: bool = False
    as_stream: bool = False


def whole_line(separator: str) -> str:
    """A regular expression for lines that are whole records by themselves, in the words that both
    Python and Java have: every field is quoted, or does not begin with a quotation mark."""
    sign = re.escape(separator)
    field = rf' *+(?:"[^"]*+(?:""[^"]*+)*+" *+|(?!")[^{sign}]*+)'
    return f"{field}(?:{sign}{field})*+"


def first_bytes(file: ListedFile, spark: "SparkSession") -> bytes:
    """The beginning of a file: its first MB, or its first lines where only Spark reaches it.

    Raises RegisterError where it cannot be read.
    """
    try:
        if isinstance(file.path, Path):
            with file.path.open("rb") as handle:
                return handle.read(_HEAD_BYTES)
        if file.size <= _SMALL_BYTES:
            return file.path.read_bytes()[:_HEAD_BYTES]
    except OSError as error:
        raise unreadable(file.path, error) from error
    from pyspark.sql import functions as F

    lines = spark.read.text(spark_location(file.path)).select(F.col("value").cast("binary"))
    return b"\n".join(bytes(row[0]) for row in lines.head(3)) + b"\n"


def utf16_of(head: bytes) -> str | None:
    """Spark's name of the UTF-16 a text begins in, None for any other encoding. Without a mark at
    its beginning UTF-16 shows in every second byte being zero."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    sample = head[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 < len(sample) or not sample:
        return None
    return "UTF-16BE" if even > odd else "UTF-16LE"


def scan_text(file: ListedFile, separator: str, spark: "SparkSession") -> TextScan:
    """What the bytes of a file say; not for UTF-16."""
    if file.size > _SMALL_BYTES:
        return _scan_by_spark(file, separator, spark)
    try:
        return scan_bytes(file.path.read_bytes(), separator)
    except OSError as error:
        raise unreadable(file.path, error) from error


def scan_bytes(content: bytes, separator: str) -> TextScan:
    """What these bytes say."""
    try:
        text, valid = content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        text, valid = content.decode("latin-1"), False
    pattern = re.compile(whole_line(separator))
    broken = '"' in text and not all(
        pattern.fullmatch(line) for line in _LINE_ENDS.split(text) if '"' in line
    )
    return TextScan(
        valid_utf8=valid,
        undefined_bytes=not valid and any(byte in content for byte in _UNDEFINED_BYTES),
        windows_letters=re.search(rb"[\x80-\x9f]", content) is not None,
        as_stream=broken,
    )


def _scan_by_spark(file: ListedFile, separator: str, spark: "SparkSession") -> TextScan:
    """The same in one job over the lines of a file."""
    from pyspark.sql import functions as F

    line = F.col("value")
    valid = F.is_valid_utf8(line)
    foreign = ~valid | (F.length(line) != F.octet_length(line))
    # Bytes by their two digits, so that text of no valid encoding is never decoded.
    digits = F.hex(line.cast("binary"))
    counts = (
        spark.read.text(spark_location(file.path))
        .agg(
            F.count_if(~valid).alias("invalid"),
            F.count_if(~valid & digits.rlike("^(..)*(81|8D|8F|90|9D|00)")).alias("undefined"),
            F.count_if(foreign & digits.rlike("^(..)*[89]")).alias("windows"),
            F.count_if(
                line.contains('"') & ~line.rlike(rf"\A\x{{FEFF}}?(?:{whole_line(separator)})\z")
            ).alias("broken"),
        )
        .first()
    )
    assert counts is not None
    return TextScan(
        valid_utf8=counts["invalid"] == 0,
        undefined_bytes=counts["undefined"] > 0,
        windows_letters=counts["windows"] > 0,
        as_stream=counts["broken"] > 0,
    )


def check_quotation_marks(file: ListedFile, separator: str, encoding: str) -> None:
    """Raise RegisterError unless every quotation mark of a text has its counterpart, naming the
    line; a text with line breaks inside of fields has no other sign of where a record ends.

    A field of more than 131,072 characters counts as one whose quotation mark is never closed.
    """
    python_name = _PYTHON_ENCODINGS.get(encoding, encoding)
    line = 0
    try:
        with TextIOWrapper(_opened(file), encoding=python_name, newline="") as handle:
            rows = csv.reader(handle, delimiter=separator, strict=True, skipinitialspace=True)
            for _ in rows:
                line = rows.line_num
    except csv.Error as error:
        raise RegisterError(
            f"{file.path}: after line {line} the quotation marks do not pair up. Write a quotation"
            ' mark inside of a quoted field twice (""), end every quoted field with one, and'
            " deliver the file again."
        ) from error
    except UnicodeError as error:
        raise RegisterError(
            f"{file.path}: after line {line} the text is not {encoding}; save it as UTF-8 and"
            " deliver it again."
        ) from error
    except OSError as error:
        raise unreadable(file.path, error) from error


def unreadable(path: AnyPath, error: OSError) -> RegisterError:
    """The error for a file the operating system does not let us read."""
    return RegisterError(
        f"{path}: cannot be read ({type(error).__name__}); check that it is a file and that you"
        " may read it."
    )


def _opened(file: ListedFile) -> BinaryIO:
    if isinstance(file.path, Path):
        return file.path.open("rb")
    return BytesIO(file.path.read_bytes())
