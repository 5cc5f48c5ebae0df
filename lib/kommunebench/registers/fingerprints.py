"""Fingerprints of delivered files: what tells a new or corrected file from one that is in the store
already.

A small local file is its content, so that one that was only copied or touched is the same. A large
one, or one that only Spark reaches, is never read for this: it is its size, the time of its last
change and, of Parquet, the footer, in which every column's size and smallest and largest values
stand.
"""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.delivery import Delivery
from kommunebench.registers.locations import AnyPath, ListedFile, list_files

_SMALL_BYTES = 1 << 24
_AT_ONCE = 4
# A Parquet file ends in the length of its footer (4 bytes) and the letters PAR1.
_PARQUET_END = 8


def content_fingerprints(delivery: Delivery) -> dict[DeliveredFile, str]:
    """A fingerprint of each file of a delivery. Names do not count: a file that was moved is the
    same."""
    files = [file for listed in delivery.files.values() for file in listed]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        return dict(zip(files, pool.map(_of_parts, files), strict=True))


def combined(parts: Sequence[object]) -> str:
    """One fingerprint of several plain values (16 hexadecimal digits)."""
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def content_hash(*paths: AnyPath) -> str:
    """A fingerprint of one or more files, or of all files of folders, in the order given (16
    hexadecimal digits)."""
    return _digest([file for path in paths for file in list_files(path)])


def _of_parts(file: DeliveredFile) -> str:
    return _digest(file.files)


def _digest(files: Sequence[ListedFile]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.size};".encode())
        if isinstance(file.path, Path) and file.size <= _SMALL_BYTES:
            digest.update(file.path.read_bytes())
        else:
            digest.update(f"{file.modified_ns};".encode())
            digest.update(_footer(file))
    return digest.hexdigest()[:16]


def _footer(file: ListedFile) -> bytes:
    """The bytes of a Parquet file's footer, none of any other file."""
    if not isinstance(file.path, Path) or file.path.suffix.lower() != ".parquet":
        return b""
    with file.path.open("rb") as handle:
        handle.seek(max(file.size - _PARQUET_END, 0))
        length = int.from_bytes(handle.read(4), "little")
        handle.seek(max(file.size - _PARQUET_END - length, 0))
        return handle.read()
