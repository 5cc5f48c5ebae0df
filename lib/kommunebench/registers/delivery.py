"""Finding the files of a delivery: register and period from the name, whatever the folder, upper or lower case."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import ALL_REGISTERS, Register, needs_of, registers_of
from kommunebench.settings import AnalysisSettings

_SUFFIXES = (".parquet", ".csv")
_PERIOD = re.compile(r"^(?P<stem>[a-z][a-z0-9_]*?)_?(?P<period>(?:19|20)\d{2}(?:0[1-9]|1[0-2])?)?$")
_STEMS = {stem: register for register in ALL_REGISTERS for stem in register.stems}


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """One file (or folder of part files) of one register. ``period``: YYYY or YYYYMM, '' where the name has none."""

    register: Register
    path: Path
    period: str

    @property
    def is_csv(self) -> bool:
        """Whether it is text."""
        return any(part.suffix.lower() == ".csv" for part in self.parts())

    def parts(self) -> list[Path]:
        """The files that hold rows."""
        if self.path.is_file():
            return [self.path]
        return sorted(p for p in self.path.rglob("*") if p.is_file() and p.suffix.lower() in _SUFFIXES)

    @property
    def bytes(self) -> int:
        """Size of all parts."""
        return sum(part.stat().st_size for part in self.parts())


@dataclass(frozen=True, slots=True)
class Delivery:
    """The files of a delivery by register name, in order of period; ``packaged``: registers taken from the package."""

    folder: Path
    files: dict[str, tuple[DeliveredFile, ...]]

    def has(self, register: Register) -> bool:
        """Whether any file of the register was delivered."""
        return bool(self.files.get(register.name))


def find_delivery(folder: Path, settings: AnalysisSettings) -> Delivery:
    """The files an analysis reads. Raises RegisterError for a folder that does not exist."""
    if not folder.is_dir():
        raise RegisterError(f"{folder}: no such folder; --registers names the folder of the delivery.")
    root = folder / "registers" if (folder / "registers").is_dir() else folder
    found: dict[str, list[DeliveredFile]] = {}
    for path in _candidates(root):
        file = _recognise(path)
        if file is not None and file.parts():
            found.setdefault(file.register.name, []).append(file)
    wanted = {register.name for register in registers_of(settings)}
    files = {name: tuple(sorted(own, key=lambda f: (f.period, str(f.path)))) for name, own in found.items() if name in wanted}
    return Delivery(root, _newest_dream(files, settings))


def problems_of_delivery(delivery: Delivery, settings: AnalysisSettings) -> list[str]:
    """Registers missing, periods delivered twice, years missing in the middle: one sentence each."""
    problems = []
    for need in needs_of(settings):
        if not any(all(delivery.has(r) for r in choice) for choice in need.alternatives):
            names = " or ".join(" with ".join(r.name for r in choice) for choice in need.alternatives)
            problems.append(
                f"register {names}: no file in {delivery.folder}; {need.purpose} needs it. Deliver it, or change the settings."
            )
    for own in delivery.files.values():
        problems += _period_problems(own)
    return problems


def _period_problems(files: tuple[DeliveredFile, ...]) -> list[str]:
    register, periods = files[0].register, [f.period for f in files if f.period]
    twice = sorted({period for period in periods if periods.count(period) > 1})
    problems = [
        f"register {register.name}: period {period} is delivered {periods.count(period)} times "
        f"({', '.join(f.path.name for f in files if f.period == period)}); leave one."
        for period in twice
        if register.period != "cumulative"
    ]
    years = sorted({int(period[:4]) for period in periods})
    if register.period in ("yearly", "snapshot") and years:
        gaps = sorted(set(range(years[0], years[-1] + 1)) - set(years))
        problems += [
            f"register {register.name}: year {year} is missing between {years[0]} and {years[-1]} in {files[0].path.parent}; deliver it."
            for year in gaps
        ]
    return problems


def delivery_fingerprint(folder: Path, settings: AnalysisSettings) -> str:
    """Hash of names, sizes and times of the files an analysis reads, and of which registers those are."""
    delivery = find_delivery(folder, settings)
    lines = [",".join(register.name for register in registers_of(settings))]
    for name, files in sorted(delivery.files.items()):
        for file in files:
            lines += [
                f"{name} {file.period} {part.name} {part.stat().st_size} {part.stat().st_mtime_ns}" for part in file.parts()
            ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _candidates(root: Path) -> list[Path]:
    """Files and folders of part files below a folder, not looking into the latter."""
    found: list[Path] = []
    for path in sorted(root.iterdir()):
        if path.name.startswith((".", "_")) or path.name.lower() == "truth":
            continue
        if path.suffix.lower() in _SUFFIXES:
            found.append(path)
        elif path.is_dir():
            found += [path] if _is_hive(path) else _candidates(path)
    return found


def _is_hive(path: Path) -> bool:
    return path.name.lower().startswith("year=")


def _recognise(path: Path) -> DeliveredFile | None:
    """Register and period of a path; None for files of no register we know."""
    if _is_hive(path):
        register = _STEMS.get(path.parent.name.lower())
        return DeliveredFile(register, path, path.name.split("=", 1)[1]) if register else None
    matched = _PERIOD.match(path.stem.lower())
    if not matched:
        return None
    register = _STEMS.get(matched.group("stem"))
    return DeliveredFile(register, path, matched.group("period") or "") if register else None


def _newest_dream(
    files: dict[str, tuple[DeliveredFile, ...]], settings: AnalysisSettings
) -> dict[str, tuple[DeliveredFile, ...]]:
    """Only one extract of DREAM counts: the one the settings name, else the newest."""
    extracts = files.get("DREAM")
    if not extracts:
        return files
    wanted = settings.observation.dream_extract
    chosen = [f for f in extracts if f.period == wanted] if wanted else [extracts[-1]]
    if not chosen:
        raise RegisterError(
            f"register DREAM: no extract {wanted}; delivered: {[f.period for f in extracts]}. Correct observation.dream_extract."
        )
    return files | {"DREAM": tuple(chosen)}
