"""Seconds by stage and million rows by scale: `python -m benchmarks.scale [--scales 1 10]`.

Each scale is one `kommunebench demo` from simulated registers to the report, one after another. A
stage's seconds are divided by the rows it works on (RATES), and the last column is the ratio of the
largest scale to the smallest: at most 1 where the cost is linear in rows or better. Measure on a
machine that does nothing else; the load before and after is printed.
"""

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable

from benchmarks.main_job import measure

DELIVERED, WEEKS, SPELLS = "million delivered rows", "million person-weeks", "million spells"
# What the work of a stage grows with; of the others it is the delivered rows.
RATES = {
    "weekly_panel": WEEKS,
    "spell_candidates": WEEKS,
    "spells": SPELLS,
    "flow": SPELLS,
    "curves": SPELLS,
    "model_spells": SPELLS,
    "benchmark": SPELLS,
    "uncertainty": SPELLS,
    "cost": WEEKS,
}
GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: seconds by stage in order, those of the whole command, the most memory of the
    process tree in bytes, and the rows (in millions) by what they are."""

    stages: dict[str, float]
    total: float
    peak: int
    rows: dict[str, float]


def run_demo(scale: str) -> Measured:
    """Simulate and run at a scale, into a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(sys.executable).with_name("kommunebench")
        stages, total, peak = measure([str(program), "demo", "--out", folder, "--scale", scale])
        store = Path(folder) / "store"
        rows = {
            DELIVERED: sum(_rows_of(path) for path in (store / "bronze").iterdir()) / 1e6,
            WEEKS: _rows_of(store / "silver" / "weekly_panel") / 1e6,
            SPELLS: _rows_of(store / "silver" / "spells") / 1e6,
        }
    return Measured({name: seconds for name, seconds, _ in stages}, total, peak, rows)


def _rows_of(table: Path) -> int:
    """Rows of a Delta table, from its log."""
    files = pa.table(DeltaTable(str(table)).get_add_actions(flatten=True))
    return sum(files.column("num_records").to_pylist())


def main() -> None:
    """Print what was measured, and seconds per million rows with their ratio, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", nargs="+", default=["1", "10"])
    options = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores\n")
    runs = {scale: run_demo(scale) for scale in options.scales}
    print("| scale | delivered rows, million | person-weeks, million | spells | seconds | GiB |")
    print("|---:|---:|---:|---:|---:|---:|")
    for scale, run in runs.items():
        rows = f"{run.rows[DELIVERED]:.1f} | {run.rows[WEEKS]:.1f} | {1e6 * run.rows[SPELLS]:,.0f}"
        print(f"| {scale} | {rows} | {run.total:.0f} | {run.peak / GIB:.1f} |")
    first, last = runs[options.scales[0]], runs[options.scales[-1]]
    heads = " | ".join(f"scale {scale}" for scale in runs)
    print(f"\n| stage | seconds per | {heads} | ratio |\n|---|---|{'---:|' * (len(runs) + 1)}")
    for stage in first.stages:
        kind = RATES.get(stage, DELIVERED)
        rates = [run.stages[stage] / run.rows[kind] for run in runs.values()]
        cells = " | ".join(f"{rate:.3g}" for rate in rates)
        print(f"| {stage} | {kind} | {cells} | {rates[-1] / rates[0]:.2f} |")
    whole = [run.total / run.rows[DELIVERED] for run in (first, last)]
    cells = " | ".join(f"{run.total / run.rows[DELIVERED]:.3g}" for run in runs.values())
    print(f"| whole command | {DELIVERED} | {cells} | {whole[1] / whole[0]:.2f} |")
    print(f"\nload after: {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
