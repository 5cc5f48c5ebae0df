"""Fingerprints of delivered files: what tells a corrected file from one that was only touched or
copied."""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kommunebench.registers.delivery import DeliveredFile, Delivery

# Smaller files are hashed whole; of larger ones, blocks spread over the file, the size and the time
# of change.
_WHOLE_BYTES = 1 << 28
_BLOCK, _BLOCKS = 1 << 20, 64
_AT_ONCE = 4


def content_fingerprints(delivery: Delivery) -> dict[DeliveredFile, str]:
    """A fingerprint of each file's content. Names do not count: a file that was moved or touched is
    the same.

    Of files above 256 MB the time of change counts as well, since a block that was not looked at
    may have changed.
    """
    files = [file for own in delivery.files.values() for file in own]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        return dict(zip(files, pool.map(_file_fingerprint, files), strict=True))


def combined(parts: Sequence[object]) -> str:
    """One fingerprint of several plain values (16 hexadecimal digits)."""
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def content_hash(*parts: Path) -> str:
    """Hash of the content of one or more files in the order given (16 hexadecimal digits)."""
    digest = hashlib.sha256()
    for part in parts:
        found = part.stat()
        digest.update(f"{found.st_size};".encode())
        with part.open("rb") as handle:
            if found.st_size <= _WHOLE_BYTES:
                while block := handle.read(_BLOCK):
                    digest.update(block)
            else:
                digest.update(f"{found.st_mtime_ns};".encode())
                for number in range(_BLOCKS):
                    handle.seek(number * (found.st_size - _BLOCK) // (_BLOCKS - 1))
                    digest.update(handle.read(_BLOCK))
    return digest.hexdigest()[:16]


def _file_fingerprint(file: DeliveredFile) -> str:
    return content_hash(*file.parts())
