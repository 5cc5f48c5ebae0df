"""A delivery as it lies in its folder, and the fingerprints it is known by, before any row is
read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kommunebench import __version__
from kommunebench.run_log import SIMULATION_MARKER, fingerprint
from kommunebench.settings import AnalysisSettings, DeliveryMapping
from kommunebench.stages.bronze_writes import SIMULATION, data_fingerprint

if TYPE_CHECKING:
    from kommunebench.registers import AnyPath, DeliveredFile, Delivery, FileRecord


@dataclass(frozen=True, slots=True)
class FoundDelivery:
    """A delivery as it lies in its folder: its files, their contents' fingerprints, the simulator's
    marker, the fingerprint of it all with what decides how it is checked, and that of the data."""

    delivery: "Delivery"
    contents: "Mapping[DeliveredFile, str]"
    marker: "AnyPath | None"
    fingerprint: str
    data: str


def delivery_found(
    folder: "AnyPath", settings: AnalysisSettings, mapping: DeliveryMapping | None
) -> FoundDelivery:
    """The files of a delivery by register and period, and what they are known by; their rows are
    not read. Raises RegisterError for a folder that does not exist."""
    from kommunebench.registers import (
        content_fingerprints,
        content_hash,
        find_delivery,
        units_of,
    )

    delivery = find_delivery(folder, settings, mapping)
    contents, marker = content_fingerprints(delivery), _marker(folder)
    marked = {SIMULATION: content_hash(marker)} if marker else {}
    return FoundDelivery(
        delivery,
        contents,
        marker,
        _fingerprint(delivery, contents, settings, mapping, marker),
        data_fingerprint(units_of(delivery, contents, settings) | marked),
    )


def _fingerprint(
    delivery: "Delivery",
    contents: "Mapping[DeliveredFile, str]",
    settings: AnalysisSettings,
    mapping: DeliveryMapping | None,
    marker: "AnyPath | None",
) -> str:
    """What an ingestion depends on: which files of which content, as which registers, under which
    mapping, checked for which years."""
    from kommunebench.registers import content_hash
    from kommunebench.registers.needs import registers_of
    from kommunebench.registers.years import years_needed

    files = sorted((file.unit, content) for file, content in contents.items())
    window = (settings.population.window_start, settings.observation.observation_end)
    names = [register.name for register in registers_of(settings)]
    years = [
        ([register.name for register in needed.registers], needed.years, needed.last_day)
        for needed in years_needed(settings)
    ]
    entries = mapping.model_dump(mode="json") if mapping else None
    return fingerprint(
        "registers",
        __version__,
        names,
        files,
        window,
        years,
        entries,
        content_hash(marker) if marker else None,
    )


def _marker(folder: "AnyPath") -> "AnyPath | None":
    """The file the simulator leaves beside its registers: such data are marked as simulated
    wherever they are shown."""
    places = (folder / SIMULATION_MARKER, folder / "registers" / SIMULATION_MARKER)
    return next((place for place in places if place.is_file()), None)


def marker_record(marker: "AnyPath") -> "FileRecord":
    """The simulator's marker as a row of bronze.delivered_files."""
    from kommunebench.registers import FileRecord, content_hash

    text = marker.read_text(encoding="utf-8")
    content = json.loads(text)
    period = " ".join(f"{key}={value}" for key, value in content.items())
    mark = content_hash(marker)
    return FileRecord(
        register=SIMULATION,
        period=period,
        file=marker.name,
        bytes=len(text.encode()),
        rows=0,
        fingerprint=mark,
        delivered_from=SIMULATION,
        read_as=mark,
        findings="[]",
    )
