"""Rows, time and memory of `kommunebench simulate` as the country grows: `python -m
benchmarks.simulation [--scales 1 3 10]`.

Every scale runs in a command of its own. Driver memory is what the command's own Python process and
the JVM take at most (proportional set size, sampled twice a second); the workers beside them are
given apart. Prints Markdown; the last column is the ratio of seconds per million rows to that of
the first scale.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.main_job import memory_of_tree


def rows_written(folder: Path) -> dict[str, int]:
    """Rows of each register under a delivery, from the Parquet footers."""
    found: dict[str, int] = {}
    for file in sorted(folder.rglob("*.parquet")):
        if file.is_file():
            register = file.relative_to(folder).parts[0]
            found[register] = found.get(register, 0) + pq.read_metadata(file).num_rows
    return found


def measure(scale: str, background: str, folder: Path) -> tuple[float, int, int]:
    """Seconds, and the largest memory of the whole tree and of the JVM, of one simulation."""
    command = [
        str(Path(sys.executable).with_name("kommunebench")),
        "simulate",
        "--out",
        str(folder),
        "--scale",
        scale,
    ]
    started = time.monotonic()
    process = subprocess.Popen(
        [*command, "--background", background, "--quiet"], stderr=subprocess.DEVNULL
    )
    tree = driver = 0
    while process.poll() is None:
        time.sleep(0.5)
        tree = max(tree, memory_of_tree(process.pid))
        driver = max(driver, _driver_memory(process.pid))
    if process.returncode:
        sys.exit(f"simulate --scale {scale} ended with status {process.returncode}")
    return time.monotonic() - started, tree, driver


def _driver_memory(root: int) -> int:
    """Resident bytes of the command itself and the JVM it started."""
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            name = (folder / "comm").read_text().strip()
            if int(folder.name) == root or (parent == root and name == "java"):
                held = re.search(
                    r"^VmRSS:\s+(\d+) kB", (folder / "status").read_text(), re.MULTILINE
                )
                total += int(held.group(1)) * 1024 if held else 0
        except OSError:
            continue
    return total


def main() -> None:
    """Run the scales and print a table, and a second one of the rows of each register at the first
    scale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", nargs="+", default=["1", "3", "10"])
    parser.add_argument("--background", default="0.002")
    options = parser.parse_args()
    headings = (
        "scale",
        "rows, million",
        "seconds",
        "seconds per million rows",
        "driver GB",
        "whole tree GB",
        "ratio",
    )
    print(f"| {' | '.join(headings)} |\n|{'---:|' * len(headings)}")
    first, registers = None, {}
    for scale in options.scales:
        with tempfile.TemporaryDirectory() as folder:
            seconds, tree, driver = measure(scale, options.background, Path(folder))
            rows = rows_written(Path(folder) / "registers")
        registers = registers or rows
        per_million = seconds / (sum(rows.values()) / 1e6)
        first = first or per_million
        figures = (
            f"{sum(rows.values()) / 1e6:.1f} | {seconds:.1f} | {per_million:.2f} |"
            f" {driver / 1e9:.1f} | {tree / 1e9:.1f}"
        )
        print(f"| {scale} | {figures} | {per_million / first:.2f} |", flush=True)
    print("\n| register | rows at the first scale |\n|---|---:|")
    for name, count in sorted(registers.items(), key=lambda item: -item[1]):
        print(f"| {name} | {count:,} |")


if __name__ == "__main__":
    main()
