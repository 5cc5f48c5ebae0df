"""Delivered CSV files: separator and column names from the header; encoding and quotation marks
from one look at every byte, which decides how Spark reads the file.

The common case (UTF-8 or windows-1252, no line break inside of a quoted field) is read by Spark
line by line and in parallel. A file with such line breaks, or in UTF-16, is read by Spark as one
stream after its quotation marks have been checked strictly.
"""

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from kommunebench.errors import RegisterError
from kommunebench.registers.locations import AnyPath, ListedFile
from kommunebench.registers.text_scan import (
    TextScan,
    check_quotation_marks,
    first_bytes,
    scan_text,
    utf16_of,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Encodings a mapping may name, and Spark's name for each. Spark has no windows-1252: it is read as
# ISO-8859-1, and the 27 letters that differ are exchanged afterwards.
_KNOWN_ENCODINGS = {
    "utf-8": "UTF-8",
    "windows-1252": "ISO-8859-1",
    "latin-1": "ISO-8859-1",
    "iso-8859-1": "ISO-8859-1",
    "utf-16": "UTF-16",
    "utf-16le": "UTF-16LE",
    "utf-16be": "UTF-16BE",
}
_SEPARATORS = (";", ",", "\t", "|")
_SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
# Around names and values: spaces, tabs, non-breaking and zero-width spaces, byte order marks.
BLANKS = " \t\r\n\u00a0\u2007\u202f\u200b\ufeff"
# What windows-1252 has where ISO-8859-1 has control characters.
CONTROL_CHARACTERS = "".join(
    chr(code) for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
)
WINDOWS_LETTERS = CONTROL_CHARACTERS.encode("latin-1").decode("windows-1252")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFormat:
    """How the files of one text are read.

    ``encoding``: as Spark names it; ``windows_letters``: exchange the letters in which
    windows-1252 differs from ISO-8859-1; ``as_stream``: fields hold line breaks, so that a file is
    read by one task; ``separator_line``: a line such as ``sep=;`` stands before the header.
    """

    names: tuple[str, ...]
    separator: str
    encoding: str
    windows_letters: bool = False
    as_stream: bool = False
    separator_line: bool = False


def text_format(
    path: AnyPath, files: Sequence[ListedFile], wanted: str | None, spark: "SparkSession"
) -> TextFormat:
    """How a text file, or a folder of parts, is to be read; ``wanted``: the encoding a mapping
    names.

    Raises RegisterError for text of no known encoding, for quotation marks that do not pair up,
    and for headers that are empty, name a column twice or differ between parts.
    """
    heads = [first_bytes(file, spark) for file in files]
    encoding = _wanted_encoding(path, wanted) or _utf16(path, heads)
    separator, separator_line = _separator(_decoded(heads[0], encoding or "ISO-8859-1"))
    if encoding is not None and encoding.startswith("UTF-16"):
        scan = TextScan(as_stream=True)
    else:
        scan = _combined([scan_text(file, separator, spark) for file in files])
    encoding = encoding or _encoding_of(path, scan)
    if encoding == "UTF-8" and not scan.valid_utf8:
        raise RegisterError(f"{path}: not UTF-8, as the mapping says; correct its encoding.")
    if scan.as_stream:
        for file in files:
            check_quotation_marks(file, separator, encoding)
    python_name = "windows-1252" if encoding == "ISO-8859-1" else encoding
    headers = [
        _header(file.path, _decoded(head, python_name), separator, separator_line)
        for file, head in zip(files, heads, strict=True)
    ]
    return TextFormat(
        names=_common_names(path, files, headers),
        separator=separator,
        encoding=encoding,
        windows_letters=encoding == "ISO-8859-1" and scan.windows_letters,
        as_stream=scan.as_stream,
        separator_line=separator_line,
    )


def _wanted_encoding(path: AnyPath, wanted: str | None) -> str | None:
    if not wanted:
        return None
    known = _KNOWN_ENCODINGS.get(wanted.lower())
    if known is None:
        raise RegisterError(
            f"{path}: the mapping's encoding {wanted} is none of {', '.join(_KNOWN_ENCODINGS)};"
            " correct it."
        )
    return known


def _utf16(path: AnyPath, heads: Sequence[bytes]) -> str | None:
    """The UTF-16 all parts are in, None where it is another encoding."""
    encodings = {utf16_of(head) for head in heads if head}
    if len(encodings) > 1:
        raise RegisterError(f"{path}: its parts differ in their encoding; save all as UTF-8.")
    return next(iter(encodings), None)


def _combined(scans: Sequence[TextScan]) -> TextScan:
    return TextScan(
        valid_utf8=all(scan.valid_utf8 for scan in scans),
        undefined_bytes=any(scan.undefined_bytes for scan in scans),
        windows_letters=any(scan.windows_letters for scan in scans),
        as_stream=any(scan.as_stream for scan in scans),
    )


def _encoding_of(path: AnyPath, scan: TextScan) -> str:
    if scan.valid_utf8:
        return "UTF-8"
    if scan.undefined_bytes:
        raise RegisterError(
            f"{path}: neither UTF-8 nor windows-1252 text; save it as UTF-8 and deliver it again."
        )
    return "ISO-8859-1"


def _decoded(head: bytes, encoding: str) -> str:
    """The beginning of a file as text, without the mark of its encoding; a letter cut off at its
    end does not matter."""
    return head.removeprefix(BOM_UTF8).decode(encoding, "replace").lstrip("\ufeff")


def _separator(head: str) -> tuple[str, bool]:
    """The sign between columns, and whether a line of its own says so. Signs inside of quoted
    names do not count."""
    line = next(iter(head.splitlines()), "")
    if matched := _SEPARATOR_LINE.match(line):
        return matched.group(1), True
    unquoted = re.sub(r'"[^"]*"', "", line)
    return max(_SEPARATORS, key=unquoted.count), False


def _header(path: AnyPath, head: str, separator: str, separator_line: bool) -> list[str]:
    """The names in the header, none where there is no header. Blank lines before it are passed
    over, as Spark does."""
    if separator_line:
        head = head.partition("\n")[2]
    rows = csv.reader(StringIO(head.lstrip("\r\n"), newline=""), delimiter=separator)
    try:
        names = [name.strip(BLANKS) for name in next(rows, [])]
    except csv.Error as error:
        raise RegisterError(
            f"{path}: its first line is no header with column names; save it as CSV and deliver it"
            " again."
        ) from error
    return names if any(names) else []


def _common_names(
    path: AnyPath, files: Sequence[ListedFile], headers: Sequence[list[str]]
) -> tuple[str, ...]:
    """The names of the columns; a column without a name gets one that no register has.

    Raises RegisterError for an empty header, for names that occur twice, and for parts whose
    headers differ.
    """
    names = headers[0]
    for file, other_names in zip(files, headers, strict=True):
        if other_names and other_names != names:
            raise RegisterError(
                f"{file.path}: its header differs from that of {files[0].path.name} beside it;"
                " deliver the parts with one header."
            )
    if not names:
        raise RegisterError(
            f"{path}: empty; expected a header line with the column names. Deliver it again."
        )
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise RegisterError(
            f"{path}: columns {twice} occur more than once in the header; correct it and deliver"
            " the file again."
        )
    return tuple(name or f"(column {place} without name)" for place, name in enumerate(names, 1))
