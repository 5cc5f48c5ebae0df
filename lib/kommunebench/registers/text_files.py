"""Delivered text: encoding, separator and header of a CSV file, read without Spark."""

import codecs
import csv
from collections.abc import Sequence
from pathlib import Path

from kommunebench.errors import RegisterError

# Bytes windows-1252 leaves undefined, and the one text never holds.
_NOT_TEXT = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D, 0x00])
# Spark reads Latin-1 only under that name; the letters are those of windows-1252.
_SPARK_ENCODINGS = {
    "utf-8": "UTF-8",
    "windows-1252": "ISO-8859-1",
    "latin-1": "ISO-8859-1",
    "iso-8859-1": "ISO-8859-1",
}
_SEPARATORS = (";", ",")
_BLOCK = 1 << 20


def text_columns(
    path: Path, parts: Sequence[Path], wanted: str | None
) -> tuple[list[str], str, str]:
    """Column names, separator and encoding (as Spark names it) of a text file or of a folder of
    parts.

    Raises RegisterError for text that is neither UTF-8 nor windows-1252, and for headers that are
    empty, cannot be split or differ.
    """
    encoding = _encoding(path, parts, wanted)
    header = _header(parts[0], encoding)
    if not header:
        raise RegisterError(
            f"{path}: empty; expected a header line with the column names. Deliver it again."
        )
    separator = max(_SEPARATORS, key=header.count)
    if not header.count(separator):
        other = next((name for sign, name in (("\t", "tabs"), ("|", "|")) if sign in header), None)
        if other:
            raise RegisterError(
                f"{path}: columns are separated by {other}; save it with ; or , and deliver it"
                " again."
            )
    names = [name.strip() for name in next(csv.reader([header], delimiter=separator))]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not all(names):
        what = f"columns {twice} occur more than once" if twice else "a column has no name"
        raise RegisterError(f"{path}: {what} in the header; correct it and deliver the file again.")
    for part in parts[1:]:
        if _header(part, encoding) not in (header, ""):
            raise RegisterError(
                f"{part}: its header differs from that of {parts[0].name} beside it; deliver the"
                " parts with one header."
            )
    return names, separator, encoding


def _encoding(path: Path, parts: Sequence[Path], wanted: str | None) -> str:
    if wanted:
        known = _SPARK_ENCODINGS.get(wanted.lower())
        if known is None:
            raise RegisterError(
                f"{path}: the mapping's encoding {wanted} is none of {', '.join(_SPARK_ENCODINGS)};"
                " correct it."
            )
        return known
    if all(_decodes(part) for part in parts):
        return "UTF-8"
    if any(_holds_binary(part) for part in parts):
        raise RegisterError(
            f"{path}: neither UTF-8 nor windows-1252 text; save it as UTF-8 and deliver it again."
        )
    return _SPARK_ENCODINGS["windows-1252"]


def _header(part: Path, encoding: str) -> str:
    with part.open("rb") as handle:
        return handle.readline(_BLOCK).decode(encoding, "replace").strip("\r\n \ufeff")


def _decodes(part: Path) -> bool:
    """Whether a file is UTF-8, read block by block."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with part.open("rb") as handle:
            while block := handle.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _holds_binary(part: Path) -> bool:
    """Whether a byte is one that windows-1252 leaves undefined."""
    with part.open("rb") as handle:
        while block := handle.read(_BLOCK):
            if any(byte in block for byte in _NOT_TEXT):
                return True
    return False
