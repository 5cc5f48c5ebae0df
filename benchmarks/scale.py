"""Seconds by stage and million rows by scale, and whether the small scales predict the large ones:
`python -m benchmarks.scale [--scales 0.3 1 3 10]`.

Each scale is one `kommunebench demo` from simulated registers to the report, one after another. A
stage's seconds are divided by the rows it works on (RATES), and the last column is the ratio of the
largest scale to the smallest: at most 1 where the cost is linear in rows or better. From the two
smallest scales every stage gets two constants, seconds at no rows and seconds per million rows;
what they predict of the other scales stands beside what was measured. The last table is what the
constants of the two largest say of the nation's registers on larger machines. Measure on a machine
that does nothing else; the load before and after is printed.
"""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
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
    "checks": SPELLS,
    "cost": WEEKS,
}
# What the main analysis has of the nation, in millions: the rows of the registers it reads, and the
# newcomers of the report (scale 1 has as many).
NATION = {DELIVERED: 2100.0, SPELLS: 0.0369}
READING = ("ingest", "permit_holders", "population")
CLUSTERS = (8, 32, 128)
GIB = 1024**3
SAMPLES_APART_S = 2.0  # summing the memory of a process of gigabytes takes a core for a while


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: seconds by stage in order and the most memory of the process tree (bytes) until
    its end, those of the whole command, and the rows (in millions) by what they are."""

    stages: dict[str, float]
    peaks: dict[str, int]
    total: float
    peak: int
    rows: dict[str, float]

    def rate(self, stage: str) -> float:
        """Seconds per million rows of what the stage works on."""
        return self.stages[stage] / self.rows[RATES.get(stage, DELIVERED)]


def run_demo(scale: str) -> Measured:
    """Simulate and run at a scale, into a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(sys.executable).with_name("kommunebench")
        command = [str(program), "demo", "--out", folder, "--scale", scale]
        stages, total, peak = measure(command, samples_apart_s=SAMPLES_APART_S)
        store = Path(folder) / "store"
        rows = {
            DELIVERED: sum(_rows_of(path) for path in (store / "bronze").iterdir()) / 1e6,
            WEEKS: _rows_of(store / "silver" / "weekly_panel") / 1e6,
            SPELLS: _rows_of(store / "silver" / "spells") / 1e6,
        }
    return Measured(
        {name: seconds for name, seconds, _ in stages},
        {name: most for name, _, most in stages},
        total,
        peak,
        rows,
    )


def _rows_of(table: Path) -> int:
    """Rows of a Delta table, from its log."""
    files = pa.table(DeltaTable(str(table)).get_add_actions(flatten=True))
    return sum(files.column("num_records").to_pylist())


def print_rates(runs: dict[str, Measured]) -> None:
    """Table 2: seconds per million rows by stage, and the memory of the largest scale."""
    measured = list(runs.values())
    first, last = measured[0], measured[-1]
    heads = " | ".join(f"scale {scale}" for scale in runs)
    print(f"\n| stage | seconds per | {heads} | ratio | GiB at the largest |")
    print(f"|---|---|{'---:|' * (len(runs) + 2)}")
    for stage in first.stages:
        cells = " | ".join(f"{run.rate(stage):.3g}" for run in runs.values())
        ratio = last.rate(stage) / first.rate(stage)
        kind, memory = RATES.get(stage, DELIVERED), last.peaks[stage] / GIB
        print(f"| {stage} | {kind} | {cells} | {ratio:.2f} | {memory:.1f} |")
    whole = [run.total / run.rows[DELIVERED] for run in runs.values()]
    cells = " | ".join(f"{rate:.3g}" for rate in whole)
    ratio = whole[-1] / whole[0]
    print(f"| whole command | {DELIVERED} | {cells} | {ratio:.2f} | {last.peak / GIB:.1f} |")


def print_predictions(runs: dict[str, Measured]) -> None:
    """Table 3: the two constants of each stage from the two smallest scales, and what they predict
    of the others."""
    (small, large), others = list(runs.values())[:2], list(runs.items())[2:]
    heads = " | ".join(f"scale {s}: predicted | measured | error" for s, _ in others)
    print(f"\n| stage | seconds at no rows | seconds per million | {heads} |")
    print(f"|---|{'---:|' * (2 + 3 * len(others))}")
    predicted_totals = dict.fromkeys(dict(others), 0.0)
    for stage in small.stages:
        kind = RATES.get(stage, DELIVERED)
        fixed, slope = constants(small, large, stage)
        cells = []
        for scale, run in others:
            predicted = fixed + slope * run.rows[kind]
            predicted_totals[scale] += predicted
            cells.append(_beside(predicted, run.stages[stage]))
        print(f"| {stage} ({kind}) | {fixed:.1f} | {slope:.3g} | {' | '.join(cells)} |")
    cells = [_beside(predicted_totals[s], sum(run.stages.values())) for s, run in others]
    print(f"| all stages | | | {' | '.join(cells)} |")


def constants(small: Measured, large: Measured, stage: str) -> tuple[float, float]:
    """Seconds of a stage at no rows and per million rows, from two runs."""
    kind = RATES.get(stage, DELIVERED)
    more_rows = large.rows[kind] - small.rows[kind]
    slope = max(large.stages[stage] - small.stages[stage], 0.0) / more_rows
    return max(large.stages[stage] - slope * large.rows[kind], 0.0), slope


def print_plan(runs: dict[str, Measured]) -> None:
    """Table 4: the main analysis on the nation's registers. Stages that read registers by the
    constants of the two largest scales: what grows with rows is shared by the cores, what does not
    is not. The others take what they took at the scale that has as many newcomers. Simulating is
    left out."""
    small, large = list(runs.values())[-2:]
    nearest = min(runs.values(), key=lambda run: abs(run.rows[SPELLS] - NATION[SPELLS]))
    cores = os.cpu_count() or 1
    print(f"\n| stage | {' | '.join(f'{n} cores' for n in (cores, *CLUSTERS))} |")
    print(f"|---|{'---:|' * (1 + len(CLUSTERS))}")
    totals = dict.fromkeys((cores, *CLUSTERS), 0.0)
    for stage in small.stages:
        if stage == "simulate":
            continue
        fixed, slope = nearest.stages[stage], 0.0
        if stage in READING:
            fixed, slope = constants(small, large, stage)
        work = slope * NATION[DELIVERED] * cores
        seconds = {n: fixed + work / n for n in totals}
        totals = {n: totals[n] + seconds[n] for n in totals}
        print(f"| {stage} | {' | '.join(f'{one:.0f}' for one in seconds.values())} |")
    print(f"| all stages | {' | '.join(f'{one:.0f}' for one in totals.values())} |")


def _beside(predicted: float, measured: float) -> str:
    return f"{predicted:.0f} | {measured:.0f} | {100 * (predicted / measured - 1):+.0f} %"


def main() -> None:
    """Print what was measured as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", nargs="+", default=["0.3", "1", "3", "10"])
    parser.add_argument("--keep", type=Path, help="folder of finished runs, which are not repeated")
    options = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores\n")
    print("| scale | delivered rows, million | person-weeks, million | spells | seconds | GiB |")
    print("|---:|---:|---:|---:|---:|---:|")
    runs = {}
    for scale in options.scales:
        run = runs[scale] = _kept_or_run(scale, options.keep)
        rows = f"{run.rows[DELIVERED]:.1f} | {run.rows[WEEKS]:.1f} | {1e6 * run.rows[SPELLS]:,.0f}"
        print(f"| {scale} | {rows} | {run.total:.0f} | {run.peak / GIB:.1f} |", flush=True)
    print_rates(runs)
    if len(runs) > 2:
        print_predictions(runs)
    if len(runs) > 1:
        print_plan(runs)
    print(f"\nload after: {os.getloadavg()[0]:.2f}")


def _kept_or_run(scale: str, folder: Path | None) -> Measured:
    kept = None if folder is None else folder / f"scale_{scale}.json"
    if kept is not None and kept.exists():
        return Measured(**json.loads(kept.read_text()))
    run = run_demo(scale)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(asdict(run)))
    return run


if __name__ == "__main__":
    main()
