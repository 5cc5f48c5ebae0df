"""Finding the files of a delivery: register and period from the name, whatever the folder, upper or
lower case."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import ALL_REGISTERS, Register
from kommunebench.registers.delivered_file import SUFFIXES, DeliveredFile, delivered_file
from kommunebench.registers.locations import AnyPath, ListedFile, list_files
from kommunebench.registers.mapping import map_files
from kommunebench.registers.needs import needs_of, registers_of
from kommunebench.registers.part_files import problems_of_folder
from kommunebench.registers.years import absent_years
from kommunebench.settings import AnalysisSettings, DeliveryMapping

_PERIOD = re.compile(r"^(?P<stem>[a-z][a-z0-9_]*?)_?(?P<period>(?:19|20)\d{2}(?:0[1-9]|1[0-2])?)?$")
_STEMS = {stem: register for register in ALL_REGISTERS for stem in register.stems}


@dataclass(frozen=True, slots=True)
class Delivery:
    """The files of a delivery by register name, in order of period; ``unknown``: files of no
    register we know; ``problems`` of the mapping and of DREAM's extract, one sentence each."""

    folder: AnyPath
    files: dict[str, tuple[DeliveredFile, ...]]
    unknown: tuple[AnyPath, ...] = ()
    problems: tuple[str, ...] = ()


def find_delivery(
    folder: AnyPath, settings: AnalysisSettings, mapping: DeliveryMapping | None = None
) -> Delivery:
    """The files an analysis reads; a folder ``registers`` in the one named is taken for it.

    Raises RegisterError for a folder that does not exist.
    """
    if not folder.is_dir():
        raise RegisterError(
            f"{folder}: no such folder; --registers names the folder of the delivery."
        )
    root = folder / "registers" if (folder / "registers").is_dir() else folder
    candidates = _candidates(root)
    mapped = map_files(root, sorted(candidates), mapping)
    recognised: dict[str, list[DeliveredFile]] = {}
    unknown: list[AnyPath] = []
    for path, listed in candidates.items():
        register, period, entry = mapped.entries.get(path, (None, "", None))
        if entry is None and (mapping is None or mapping.usual_names):
            register, period = _recognise(path) or (None, "")
        if register is None:
            unknown.append(path)
            continue
        file = delivered_file(register, path, period, mapping=entry, listed=tuple(listed))
        recognised.setdefault(register.name, []).append(file)
    wanted = {register.name for register in registers_of(settings)}
    files = {
        name: tuple(sorted(listed, key=lambda f: (f.period, str(f.path))))
        for name, listed in recognised.items()
        if name in wanted
    }
    files, extract = _newest_dream(files, settings)
    return Delivery(root, files, tuple(unknown), (*mapped.problems, *extract))


def problems_of_delivery(delivery: Delivery, settings: AnalysisSettings) -> list[str]:
    """Registers missing, periods delivered twice, years missing that are needed or that lie between
    others, in one sentence each."""
    problems = list(delivery.problems)
    for need in needs_of(settings):
        if names := need.missing(delivery.files):
            problems.append(
                f"register {names}: no file in {delivery.folder}; {need.purpose} needs it. Deliver"
                " it, or change the settings."
            )
    for files in delivery.files.values():
        problems += _period_problems(files)
        for file in files:
            problems += problems_of_folder(file.path)
    return problems + absent_years(delivery.files, delivery.folder, settings)


def _period_problems(files: tuple[DeliveredFile, ...]) -> list[str]:
    register, periods = files[0].register, [f.period for f in files if f.period]
    twice = sorted({period for period in periods if periods.count(period) > 1})
    problems = [
        f"register {register.name}: period {period} is delivered {periods.count(period)} times "
        f"({', '.join(_short(f) for f in files if f.period == period)}); leave one."
        for period in twice
        if register.period != "cumulative"
    ]
    if register.period in ("yearly", "snapshot"):
        problems += _overlaps(files)
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


def _overlaps(files: tuple[DeliveredFile, ...]) -> list[str]:
    """One sentence for each file of a year beside one of a month of it: they may hold the same
    rows, and which of them counted would depend on the order in which they are delivered."""
    return [
        f"register {files[0].register.name}: {_short(of_year)} is of the year {of_year.period} and"
        f" {_short(of_month)} of a month of it, so that rows may be there twice; leave one, or"
        " name the first by its month."
        for of_year in files
        for of_month in files
        if len(of_year.period) == 4
        and len(of_month.period) == 6
        and of_month.period.startswith(of_year.period)
    ]


def _short(file: DeliveredFile) -> str:
    return f"{file.path.parent.name}/{file.path.name}"


def _candidates(root: AnyPath) -> dict[AnyPath, list[ListedFile]]:
    """Files, and folders whose files are one table, below a folder: path and listed files. What
    the simulator knows to be true (folder ``truth``) is no register."""
    candidates: dict[AnyPath, list[ListedFile]] = {}
    for file in list_files(root):
        if file.path.suffix.lower() not in SUFFIXES:
            continue
        names = file.path.relative_to(root).parts  # type: ignore[arg-type]
        if any(name.lower() == "truth" for name in names):
            continue
        depth = next((k for k, name in enumerate(names) if _is_one_table(name)), len(names) - 1)
        path = root
        for name in names[: depth + 1]:
            path = path / name
        candidates.setdefault(path, []).append(file)
    return candidates


def _is_one_table(name: str) -> bool:
    """Whether a file or folder of this name holds one table."""
    return name.lower().startswith("year=") or name.lower().endswith(tuple(SUFFIXES))


def _recognise(path: AnyPath) -> tuple[Register, str] | None:
    """Register and period of a path; None for files of no register we know."""
    if path.name.lower().startswith("year="):
        register = _STEMS.get(path.parent.name.lower())
        return (register, path.name.split("=", 1)[1]) if register else None
    matched = _PERIOD.match(path.stem.lower())
    if not matched:
        return None
    register = _STEMS.get(matched.group("stem"))
    return (register, matched.group("period") or "") if register else None


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
