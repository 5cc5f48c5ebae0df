"""Folders of part files that are not whole: a part that was not copied, or a writing that was not
finished. Nothing in the parts that are there would show it."""

from pathlib import Path
from typing import TYPE_CHECKING

from kommunebench.registers.listing import first_names

if TYPE_CHECKING:
    from kommunebench.registers.locations import AnyPath

_NAMED = 3


def problems_of_folder(folder: "AnyPath") -> list[str]:
    """What shows that a folder of part files lacks rows, one sentence each; empty for a folder that
    looks whole, and for a file.

    Spark writes a checksum (``.NAME.crc``) beside every part on a local disk, and writes into
    ``_temporary`` until all parts are done. A gap in the parts' numbers shows nothing: a part
    without rows is not written.
    """
    if not isinstance(folder, Path) or not folder.is_dir():
        return []  # on other file systems there are no checksum files
    names = {path.relative_to(folder) for path in folder.rglob("*")}
    problems = []
    if any("_temporary" in name.parts for name in names):
        problems.append(
            f"{folder}: holds a folder _temporary, so its writing was not finished. Write it again."
        )
    files = (_file_of_checksum(name) for name in names)
    missing = sorted(file for file in files if file is not None and file not in names)
    if missing:
        listed = first_names([file.name for file in missing], _NAMED)
        problems.append(
            f"{folder}: {len(missing)} part files are missing whose checksums are there:"
            f" {listed}. Copy the folder again."
        )
    return problems


def _file_of_checksum(name: Path) -> Path | None:
    """The part a checksum file belongs to, None for every other file."""
    if not (name.name.startswith(".part-") and name.suffix == ".crc"):
        return None
    return name.with_name(name.name[1 : -len(".crc")])
