"""Finding the files of a delivery: register and period from the name, whatever the folder, upper or
lower case."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import ALL_REGISTERS, Register
from kommunebench.registers.mapping import map_files
from kommunebench.registers.needs import needs_of, registers_of
from kommunebench.settings import AnalysisSettings, DeliveryMapping, RegisterMapping

Format = Literal["parquet", "csv", "sas7bdat"]
_SUFFIXES: dict[str, Format] = {".parquet": "parquet", ".csv": "csv", ".sas7bdat": "sas7bdat"}
_PERIOD = re.compile(r"^(?P<stem>[a-z][a-z0-9_]*?)_?(?P<period>(?:19|20)\d{2}(?:0[1-9]|1[0-2])?)?$")
_STEMS = {stem: register for register in ALL_REGISTERS for stem in register.stems}


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """One file (or folder of part files) of one register. ``period``: YYYY or YYYYMM, '' where the
    name has none; ``mapping``: the entry of the mapping that found it, none where its name did."""

    register: Register
    path: Path
    period: str
    mapping: RegisterMapping | None = field(default=None, compare=False)

    @property
    def format(self) -> Format:
        """What its rows are written in. Raises RegisterError for a folder of several formats."""
        formats = sorted({_SUFFIXES[part.suffix.lower()] for part in self.parts()})
        if len(formats) > 1:
            raise RegisterError(
                f"{self.path}: holds files of the formats {formats}; leave those of one."
            )
        return formats[0]

    @property
    def unit(self) -> str:
        """What is replaced together in the store: a period of a yearly register, else the whole
        register."""
        by_period = self.register.period in ("yearly", "snapshot") and bool(self.period)
        return f"{self.register.name} {self.period}" if by_period else self.register.name

    def parts(self) -> list[Path]:
        """The files that hold rows."""
        if self.path.is_file():
            return [self.path]
        return sorted(
            p
            for p in self.path.rglob("*")
            if p.is_file() and p.suffix.lower() in _SUFFIXES and _visible(p)
        )

    @property
    def bytes(self) -> int:
        """Size of all parts."""
        return sum(part.stat().st_size for part in self.parts())


@dataclass(frozen=True, slots=True)
class Delivery:
    """The files of a delivery by register name, in order of period; ``unknown``: files of no
    register we know; ``problems`` of the mapping and of DREAM's extract, one sentence each."""

    folder: Path
    files: dict[str, tuple[DeliveredFile, ...]]
    unknown: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()


def find_delivery(
    folder: Path, settings: AnalysisSettings, mapping: DeliveryMapping | None = None
) -> Delivery:
    """The files an analysis reads. Raises RegisterError for a folder that does not exist."""
    if not folder.is_dir():
        raise RegisterError(
            f"{folder}: no such folder; --registers names the folder of the delivery."
        )
    root = folder / "registers" if (folder / "registers").is_dir() else folder
    candidates = _candidates(root)
    mapped = map_files(root, candidates, mapping)
    found: dict[str, list[DeliveredFile]] = {}
    unknown: list[Path] = []
    for path in candidates:
        if path in mapped.entries:
            register, period, entry = mapped.entries[path]
            file: DeliveredFile | None = DeliveredFile(register, path, period, entry)
        else:
            file = _recognise(path) if mapping is None or mapping.usual_names else None
        if file is None:
            unknown.append(path)
        elif file.parts():
            found.setdefault(file.register.name, []).append(file)
    wanted = {register.name for register in registers_of(settings)}
    files = {
        name: tuple(sorted(own, key=lambda f: (f.period, str(f.path))))
        for name, own in found.items()
        if name in wanted
    }
    files, extract = _newest_dream(files, settings)
    return Delivery(root, files, tuple(unknown), (*mapped.problems, *extract))


def problems_of_delivery(delivery: Delivery, settings: AnalysisSettings) -> list[str]:
    """Registers missing, periods delivered twice, years missing in the middle: one sentence each."""
    problems = list(delivery.problems)
    for need in needs_of(settings):
        if names := need.missing(delivery.files):
            problems.append(
                f"register {names}: no file in {delivery.folder}; {need.purpose} needs it. Deliver"
                " it, or change the settings."
            )
    for own in delivery.files.values():
        problems += _period_problems(own)
    return problems


def _period_problems(files: tuple[DeliveredFile, ...]) -> list[str]:
    register, periods = files[0].register, [f.period for f in files if f.period]
    twice = sorted({period for period in periods if periods.count(period) > 1})
    problems = [
        f"register {register.name}: period {period} is delivered {periods.count(period)} times "
        f"({', '.join(_short(f) for f in files if f.period == period)}); leave one."
        for period in twice
        if register.period != "cumulative"
    ]
    years = sorted({int(period[:4]) for period in periods})
    if register.period in ("yearly", "snapshot") and years:
        gaps = sorted(set(range(years[0], years[-1] + 1)) - set(years))
        problems += [
            f"register {register.name}: year {year} is missing between {years[0]} and {years[-1]}"
            f" in {files[0].path.parent}; deliver it."
            for year in gaps
        ]
    if register.period == "snapshot" and years:
        december = {int(period[:4]) for period in periods if period[4:] in ("", "12")}
        problems += [
            f"register {register.name}: December of {year} is missing in {files[0].path.parent},"
            " though other months are there; deliver it."
            for year in years[:-1]
            if year not in december
        ]
    if register.period == "once" and len(files) > 1:
        names = ", ".join(_short(f) for f in files)
        problems.append(
            f"register {register.name}: delivered {len(files)} times ({names}), one file is"
            " expected; leave one."
        )
    return problems


def _short(file: DeliveredFile) -> str:
    return f"{file.path.parent.name}/{file.path.name}"


def _visible(path: Path) -> bool:
    return not path.name.startswith((".", "_"))


def _candidates(root: Path) -> list[Path]:
    """Files and folders of part files below a folder, not looking into the latter."""
    found: list[Path] = []
    for path in sorted(root.iterdir()):
        if not _visible(path) or path.name.lower() == "truth":
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
) -> tuple[dict[str, tuple[DeliveredFile, ...]], Sequence[str]]:
    """Only one extract of DREAM counts: the one the settings name, else the newest."""
    extracts = files.get("DREAM")
    if not extracts:
        return files, ()
    wanted = settings.observation.dream_extract or extracts[-1].period
    chosen = tuple(f for f in extracts if f.period == wanted)
    if not chosen:
        return files | {"DREAM": extracts[-1:]}, (
            (
                f"register DREAM: no extract {wanted}; delivered: {[f.period for f in extracts]}."
                " Correct observation.dream_extract."
            ),
        )
    if len(chosen) > 1:
        names = ", ".join(_short(f) for f in chosen)
        return files | {"DREAM": chosen[:1]}, (
            (
                f"register DREAM: extract {wanted or 'without period'} is delivered {len(chosen)}"
                f" times ({names}); leave one."
            ),
        )
    return files | {"DREAM": chosen}, ()
