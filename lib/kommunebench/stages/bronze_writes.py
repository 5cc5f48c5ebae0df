"""What was read from a delivery, as writes to the bronze tables, and the record of what they
hold."""

from collections.abc import Mapping
from dataclasses import astuple
from typing import TYPE_CHECKING

import pyarrow as pa

from kommunebench.bronze import BRONZE_TABLES, DELIVERED_FILES, DELIVERED_FROM
from kommunebench.run_log import fingerprint
from kommunebench.settings import AnalysisSettings
from kommunebench.silver import REJECTED_ROWS
from kommunebench.storage import Store, TableWrite, arrow_rows, quoted, read_rows, table_exists

if TYPE_CHECKING:
    from kommunebench.registers import BronzeResult, FileRecord

# Under this name the simulator's marker stands among the delivered files.
SIMULATION = "simulation"
# Of DREAM, whose rows are the longest (a thousand codes of seven bytes), as many are some 35 MB.
_FEW_ROWS = 5_000


def record_writes(store: Store, files: "tuple[FileRecord, ...]") -> list[TableWrite]:
    """What was delivered, and how many rows could not be used, as writes."""
    counts: dict[tuple[str, str, str, bool], int] = {}
    for file in files:
        for column, reason, rows, set_aside in file.counts():
            key = (file.register, column, reason, set_aside)
            counts[key] = counts.get(key, 0) + rows
    rejected = [
        (register, column, reason, rows, aside)
        for (register, column, reason, aside), rows in sorted(counts.items())
    ]
    listing = [astuple(file) for file in files]
    return [
        TableWrite(REJECTED_ROWS, arrow_rows(REJECTED_ROWS.columns, rejected)),
        TableWrite(DELIVERED_FILES, arrow_rows(DELIVERED_FILES.columns, listing)),
    ]


def bronze_writes(
    store: Store, results: "tuple[BronzeResult, ...]", stored: "tuple[FileRecord, ...]"
) -> list[TableWrite]:
    """What was read as writes, given what the store holds already."""
    writes = (_table_write(store, result, stored) for result in results)
    return [write for write in writes if write is not None]


def emptying_writes(store: Store, results: "tuple[BronzeResult, ...]") -> list[TableWrite]:
    """After an interrupted ingestion: bronze tables the store has and of which nothing was read, as
    writes of no rows. Nobody knows which registers their rows are of, and a register that was
    withdrawn may be among them."""
    read = {DELIVERED_FILES, *(result.table for result in results)}
    return [
        TableWrite(table, arrow_rows(table.columns | table.stored, []))
        for table in BRONZE_TABLES
        if table not in read and table_exists(store, table)
    ]


def _table_write(
    store: Store, result: "BronzeResult", stored: "tuple[FileRecord, ...]"
) -> TableWrite | None:
    """The units of a result as a write: the whole table where nothing else is in it, else the rows
    of these units and no others."""
    from kommunebench.registers.preparations import table_of

    exists = table_exists(store, result.table)
    others = {
        f.delivered_from
        for f in stored
        if f.register != SIMULATION and table_of(f.register) is result.table
    }
    whole = not exists or (result.frame is not None and others <= set(result.units))
    frame = result.frame
    if frame is None:
        if not exists:
            return None
        frame = arrow_rows(result.table.columns | result.table.stored, [])
    units = ", ".join(quoted(unit) for unit in result.units)
    return TableWrite(
        result.table,
        frame,
        None if whole else f"{DELIVERED_FROM} IN ({units})",
        few_rows=result.delivered_rows <= _FEW_ROWS,
    )


def stored_files(store: Store) -> "tuple[FileRecord, ...]":
    """Records of the files the store was made from; none for a new store."""
    if not table_exists(store, DELIVERED_FILES):
        return ()
    return _file_records(read_rows(store, DELIVERED_FILES))


def stored_data(store: Store, settings: AnalysisSettings) -> str:
    """Fingerprint of what the store holds of the registers an analysis reads, whichever analysis it
    was ingested for."""
    from kommunebench.registers.needs import registers_of

    names = {register.name for register in registers_of(settings)} | {SIMULATION}
    return data_fingerprint(
        {f.delivered_from: f.read_as for f in stored_files(store) if f.register in names}
    )


def data_fingerprint(units: Mapping[str, str]) -> str:
    """Fingerprint of the data of an analysis: what its registers were read from, and how."""
    return fingerprint("registers", sorted(units.items()))


def _file_records(delivered_files: pa.Table) -> "tuple[FileRecord, ...]":
    from kommunebench.registers import FileRecord

    return tuple(FileRecord(**row) for row in delivered_files.to_pylist())


def delivered_tables(delivered_files: pa.Table) -> set[str]:
    """Names of the bronze tables that hold a register of the delivery, from the rows of
    bronze.delivered_files; a withdrawn register leaves an empty table behind."""
    from kommunebench.registers.preparations import table_of

    registers = {record.register for record in _file_records(delivered_files)} - {SIMULATION}
    return {table_of(register).name for register in registers}


def delivered_years(delivered_files: pa.Table, *registers: str) -> frozenset[int] | None:
    """Years for which any of the registers was delivered; None where a file names no period, or
    nothing was delivered."""
    records = _file_records(delivered_files)
    periods = [record.period for record in records if record.register in registers]
    if not periods or "" in periods:
        return None
    return frozenset(int(period[:4]) for period in periods)
