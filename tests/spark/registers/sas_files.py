"""SAS7BDAT files for tests, written from the public description of the format (Shotwell 2013;
https://github.com/BioStatMatt/sas7bdat).

64-bit, little endian: a header, one page of subheaders, pages of rows, which may be compressed
(SAS's COMPRESS=CHAR, run lengths). No maintained package writes such files for Python.
"""

import re
import struct
from pathlib import Path
from typing import Any

MAGIC = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
ENCODINGS = {"utf-8": 20, "latin-1": 29, "windows-1252": 62}
PAGE = 1 << 18
PAGE_HEADER, POINTER, FOOTER = 40, 24, 12
ROW_SIZE, COLUMN_SIZE = 0xF7F7F7F7, 0xF6F6F6F6
FORMAT, ATTRIBUTES, TEXT, NAMES = (
    0xFFFFFFFFFFFFFBFE,
    0xFFFFFFFFFFFFFFFC,
    0xFFFFFFFFFFFFFFFD,
    0xFFFFFFFFFFFFFFFF,
)
META, DATA = 0x0000, 0x0100
MISSING = struct.pack("<Q", 0xFFFFD10000000000)


def write_sas(
    path: Path,
    columns: dict[str, Any],
    formats: dict[str, str] | None = None,
    encoding: str = "windows-1252",
    header_rows: int | None = None,
    compressed: bool = False,
) -> Path:
    """Columns of text (str or None) or numbers (float or None), with SAS formats by name.
    ``header_rows``: a false number of rows."""
    rows = len(next(iter(columns.values()))) if columns else 0
    cells = {name: [_cell(value, encoding) for value in values] for name, values in columns.items()}
    text = {
        name: any(isinstance(value, str) for value in values) for name, values in columns.items()
    }
    # Numbers first, so that they are aligned.
    order = sorted(columns, key=lambda name: text[name])
    widths = {
        name: (
            max((len(c) for c in cells[name] if c is not None), default=1) or 1 if text[name] else 8
        )
        for name in columns
    }
    offsets, length = {}, 0
    for name in order:
        offsets[name] = length
        length += widths[name]
    length = -(-length // 8) * 8
    lines = [
        _row(cells, order, number, widths, text).ljust(length, b"\0") for number in range(rows)
    ]
    pages = [
        _meta_page(
            columns,
            formats or {},
            offsets,
            widths,
            text,
            length,
            rows if header_rows is None else header_rows,
            encoding,
            compressed,
        )
    ]
    pages += _compressed_pages(lines) if compressed else _data_pages(lines, length)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_header(path.stem, encoding, len(pages)) + b"".join(pages))
    return path


def _data_pages(lines: list[bytes], length: int) -> list[bytes]:
    per_page = min((PAGE - PAGE_HEADER) // max(length, 1), 60_000)
    pages = []
    for first in range(0, len(lines), per_page):
        on_page = lines[first : first + per_page]
        head = bytes(32) + struct.pack("<HHHH", DATA, len(on_page), 0, 0)
        pages.append((head + b"".join(on_page)).ljust(PAGE, b"\0"))
    return pages


def _compressed_pages(lines: list[bytes]) -> list[bytes]:
    """Each row is a subheader of its own."""
    pages, on_page, free = [], [], PAGE - PAGE_HEADER
    for line in lines:
        row = _run_lengths(line)
        row = row if len(row) < len(line) else line
        if len(row) + POINTER > free:
            pages.append(_page_of_rows(on_page))
            on_page, free = [], PAGE - PAGE_HEADER
        on_page.append(row)
        free -= len(row) + POINTER
    return [*pages, _page_of_rows(on_page)]


def _page_of_rows(rows: list[bytes]) -> bytes:
    page, end = bytearray(PAGE), PAGE
    struct.pack_into("<HHHH", page, 32, META, len(rows), len(rows), 0)
    for number, row in enumerate(rows):
        end -= len(row)
        page[end : end + len(row)] = row
        struct.pack_into("<QQBBH", page, PAGE_HEADER + number * POINTER, end, len(row), 4, 1, 0)
    return bytes(page)


def _run_lengths(line: bytes) -> bytes:
    """Runs of blanks and of zeros as one byte, everything else copied in pieces of up to 16."""
    out = bytearray()
    for run in re.finditer(rb" {2,17}|\0{2,17}|(?:(?! {2}|\0{2}).){1,16}", line, re.DOTALL):
        piece = run.group()
        if len(piece) > 1 and piece[0] in b" \0" and piece == piece[:1] * len(piece):
            out.append((0xE0 if piece[:1] == b" " else 0xF0) + len(piece) - 2)
        else:
            out += bytes([0x80 + len(piece) - 1]) + piece
    return bytes(out)


def _cell(value: Any, encoding: str) -> bytes | None:
    if value is None:
        return None
    return value.encode(encoding) if isinstance(value, str) else struct.pack("<d", value)


def _row(
    cells: dict[str, list[bytes | None]],
    order: list[str],
    number: int,
    widths: dict[str, int],
    text: dict[str, bool],
) -> bytes:
    parts = []
    for name in order:
        cell = cells[name][number]
        parts.append((cell or b"").ljust(widths[name], b" ") if text[name] else cell or MISSING)
    return b"".join(parts)


def _header(name: str, encoding: str, pages: int) -> bytes:
    head = bytearray(1 << 16)
    head[:32] = MAGIC
    head[32], head[35], head[37], head[39], head[70] = (
        0x33,
        0x33,
        0x01,
        ord("1"),
        ENCODINGS[encoding],
    )
    head[84:92] = b"SAS FILE"
    head[92:124] = name.encode("ascii", "replace")[:32].ljust(32)
    head[156:164] = b"DATA    "
    struct.pack_into("<IIQ", head, 200, len(head), PAGE, pages)
    head[224:232] = b"9.0401M5"
    return bytes(head)


def _meta_page(
    columns: dict[str, Any],
    formats: dict[str, str],
    offsets: dict[str, int],
    widths: dict[str, int],
    text: dict[str, bool],
    length: int,
    rows: int,
    encoding: str,
    compressed: bool,
) -> bytes:
    blob, places = bytearray(b"SASYZCRL" if compressed else b""), {}
    for word in dict.fromkeys([*columns, *formats.values()]):
        raw = word.encode(encoding)
        places[word] = (0, 8 + len(blob), len(raw))  # offsets count from the end of the signature
        blob += raw.ljust(-(-len(raw) // 4) * 4, b"\0")
    size = bytearray(808)
    struct.pack_into("<Q", size, 0, ROW_SIZE)
    struct.pack_into("<QQ", size, 40, length, rows)
    struct.pack_into("<QQ", size, 72, len(columns), 0)
    struct.pack_into("<Q", size, 120, 0)
    subheaders = [
        bytes(size),
        struct.pack("<QQQ", COLUMN_SIZE, len(columns), 0),
        _sized(TEXT, bytes(blob)),
    ]
    subheaders.append(
        _sized(NAMES, b"".join(struct.pack("<HHHH", *places[name], 0) for name in columns))
    )
    attributes = [
        struct.pack("<QIBBBB", offsets[n], widths[n], 0, 4, 2 if text[n] else 1, 0) for n in columns
    ]
    subheaders.append(_sized(ATTRIBUTES, b"".join(attributes)))
    for name in columns:
        own = bytearray(64)
        struct.pack_into("<Q", own, 0, FORMAT)
        if name in formats:
            struct.pack_into("<HHH", own, 46, *places[formats[name]])
        subheaders.append(bytes(own))
    page, end = bytearray(PAGE), PAGE
    struct.pack_into("<HHHH", page, 32, META, len(subheaders), len(subheaders), 0)
    for number, content in enumerate(subheaders):
        end -= len(content)
        page[end : end + len(content)] = content
        struct.pack_into("<QQBBH", page, PAGE_HEADER + number * POINTER, end, len(content), 0, 0, 0)
    assert end >= PAGE_HEADER + len(subheaders) * POINTER, "too many columns for one page"
    return bytes(page)


def _sized(signature: int, content: bytes) -> bytes:
    """A subheader that carries its own length after the signature and ends in twelve unused
    bytes."""
    whole = struct.pack("<QHHHH", signature, 0, 0, 0, 0) + content + bytes(FOOTER)
    return whole[:8] + struct.pack("<H", len(whole) - 20) + whole[10:]
