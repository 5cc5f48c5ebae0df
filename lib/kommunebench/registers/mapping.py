"""A mapping of file patterns to registers, applied to the paths of a delivery."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from kommunebench.errors import ConfigError
from kommunebench.registers.catalogue import ALL_REGISTERS, Register
from kommunebench.registers.locations import AnyPath
from kommunebench.settings import DeliveryMapping, RegisterMapping

_REGISTERS = {register.name: register for register in ALL_REGISTERS}
_PERIOD = re.compile(r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])?$")


@dataclass(frozen=True, slots=True)
class MappedFiles:
    """Register, period and entry by path; ``problems``, one sentence each."""

    entries: dict[AnyPath, tuple[Register, str, RegisterMapping]]
    problems: tuple[str, ...]


def map_files(
    root: AnyPath, paths: Sequence[AnyPath], mapping: DeliveryMapping | None
) -> MappedFiles:
    """Files taken by the entries of a mapping. An entry without files and a file of two entries are
    problems.

    Raises ConfigError for registers or columns the catalogue does not know.
    """
    entries: dict[AnyPath, tuple[Register, str, RegisterMapping]] = {}
    problems = []
    for entry in mapping.registers if mapping else ():
        register = _register(entry)
        taken = 0
        for path in paths:
            relative = path.relative_to(root).as_posix()  # type: ignore[arg-type]
            matched = _match(entry, relative)
            if matched is None:
                continue
            taken += 1
            if path in entries:
                problems.append(
                    f"{path}: taken by two entries of the mapping, {entries[path][0].name} and"
                    f" {register.name}; leave one."
                )
                continue
            period = entry.period or _period(matched)
            if period and not _PERIOD.match(period):
                problems.append(
                    f"{path}: register {register.name}: '{period}' is no period (YYYY or YYYYMM);"
                    " correct the mapping's groups."
                )
                period = ""
            entries[path] = (register, period, entry)
        if not taken:
            problems.append(
                f"register {register.name}: the mapping's {_rule_of(entry)} matches no file in"
                f" {root}; correct or remove the entry."
            )
    return MappedFiles(entries, tuple(problems))


def _register(entry: RegisterMapping) -> Register:
    register = _REGISTERS.get(entry.name)
    if register is None:
        raise ConfigError(
            f"mapping: register '{entry.name}' is unknown; known: {', '.join(_REGISTERS)}."
        )
    known = {name for column in register.columns for name in column.delivered}
    unknown = sorted(
        name for name in entry.columns if name.lower() not in known and register.name != "DREAM"
    )
    if unknown:
        raise ConfigError(
            f"mapping: register {entry.name} has no columns {unknown}; known:"
            f" {', '.join(c.delivered[0].upper() for c in register.columns)}."
        )
    return register


def _rule_of(entry: RegisterMapping) -> str:
    return f"pattern '{entry.pattern}'" if entry.pattern else f"files '{entry.files}'"


def _match(entry: RegisterMapping, relative: str) -> dict[str, str | None] | None:
    """Groups of a path that an entry takes, None where it does not."""
    if entry.pattern is not None:
        matched = re.fullmatch(entry.pattern, relative, re.IGNORECASE)
        return matched.groupdict() if matched else None
    assert entry.files is not None
    return {} if _glob(entry.files.lower().split("/"), relative.lower().split("/")) else None


def _glob(pattern: list[str], parts: list[str]) -> bool:
    """`*` within a name, `**` over any number of folders."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_glob(pattern[1:], parts[skip:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _glob(pattern[1:], parts[1:])


def _period(groups: dict[str, str | None]) -> str:
    return groups.get("period") or (groups.get("year") or "") + (groups.get("month") or "")
