"""Time and memory of one task that reads a SAS7BDAT file, by rows and columns, beside pyreadstat's
reading of the whole file: `python -m benchmarks.sas_memory [--cells 6400000]`.

The files are made here: an identifier, weekly codes as text, as DREAM has them, and a few numbers.
Each is read in a process of its own, which does what a Spark task does with it, batch by batch;
memory is the most that process held at any time, with the packages it needs. Files of twice the
rows show whether the time is linear.
"""

import argparse
import importlib
import multiprocessing
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kommunebench.registers.locations import list_files
from kommunebench.registers.sas_files import SasPart, part_rows, sas_columns

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "spark" / "registers"))
from sas_files import write_sas  # the only writer of SAS7BDAT files there is for Python

# Columns of a wide file (weeks of DREAM over thirty years) and of a narrow one.
WIDTHS = (1600, 40)
NUMBERS = 8
CODES = np.array(["710", "621", "112", "521", "730", None])


@dataclass(frozen=True)
class Reading:
    """What reading a file took; ``mebibytes``: the most the process held."""

    rows: int
    seconds: float
    mebibytes: float


def make(path: Path, rows: int, columns: int) -> None:
    """Write a file of random codes and numbers."""
    rng = np.random.default_rng(rows + columns)
    content: dict[str, list[object]] = {"PNR": [f"{n:012d}" for n in range(rows)]}
    for place in range(columns - 1 - NUMBERS):
        content[f"Y_{place:04d}"] = CODES[rng.integers(0, len(CODES), rows)].tolist()
    for place in range(NUMBERS):
        content[f"N_{place}"] = rng.gamma(4, 30, rows).round(2).tolist()
    write_sas(path, content)


def as_a_task(path: Path) -> int:
    """Rows of a file, read as a Spark task reads it: no batch is kept."""
    types, _ = sas_columns(list_files(path), None)
    kinds = {name: "string" if kind == "string" else "double" for name, kind in types.items()}
    return sum(batch.num_rows for batch in part_rows(SasPart(str(path), 0, None), [*kinds], kinds))


def by_pyreadstat(path: Path) -> int:
    """Rows of a file, read at once by pyreadstat."""
    frame, _ = importlib.import_module("pyreadstat").read_sas7bdat(str(path))
    return len(frame)


def _measured(read: Callable[[Path], int], path: Path, answers: "multiprocessing.Queue") -> None:
    started = time.monotonic()
    rows = read(path)
    seconds = time.monotonic() - started
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    most = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert most is not None
    answers.put(Reading(rows, seconds, int(most[1]) / 1024))


def in_a_process(function: Callable[..., None], *arguments: object) -> None:
    """Run a function in a new process, so that what it held does not count later."""
    process = multiprocessing.get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{function.__name__} ended with status {process.exitcode}")


def measure(read: Callable[[Path], int], path: Path) -> Reading:
    """Read a file in a process of its own."""
    answers = multiprocessing.get_context("spawn").Queue()
    in_a_process(_measured, read, path, answers)
    return answers.get(timeout=60)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=6_400_000, help="cells of the smaller files")
    options = parser.parse_args()
    print(
        "| columns | rows | file, MB | seconds | per million cells | memory, MiB"
        " | pyreadstat, seconds | pyreadstat, MiB |\n|---:|---:|---:|---:|---:|---:|---:|---:|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for columns in WIDTHS:
            for rows in (options.cells // columns, 2 * options.cells // columns):
                path = Path(folder) / "made.sas7bdat"
                in_a_process(make, path, rows, columns)
                task, whole = measure(as_a_task, path), measure(by_pyreadstat, path)
                assert task.rows == whole.rows == rows
                millions = rows * columns / 1e6
                print(
                    f"| {columns:,} | {rows:,} | {path.stat().st_size / 1e6:.0f}"
                    f" | {task.seconds:.1f} | {task.seconds / millions:.2f}"
                    f" | {task.mebibytes:.0f} | {whole.seconds:.1f} | {whole.mebibytes:.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
