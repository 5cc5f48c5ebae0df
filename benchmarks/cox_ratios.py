"""Cox fits side by side: our array engine and other packages, as ratios in one run: `python -m
benchmarks.cox_ratios --others PYTHON`.

Spells of whole weeks 1 … 156 with 70 covariates (50 dummies, 20 numbers), a third of them events,
at 36,583, 400,000 and 4,000,000 rows. Every package gets the same file and its own process, a time
limit, and Breslow's ties where it has them; a package with Efron's only is compared with ours under
Efron. A time is printed only where the coefficients agree with ours to 1e-4. A package that would
need more than the limit, going by its time at the size before, is not started at the next. Ratio:
its time by the clock over ours, both on all cores; the processors' own seconds beside it do not
count what other programs took.

`--others`: an interpreter with the other packages (`make benchmark` sets one up); ours runs under
the present one. Prints Markdown.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.main_job import tree_of

SCRIPT = Path(__file__).with_name("cox_packages.py")
TIES = {
    "kommunebench": "breslow",
    "coxdev": "breslow",
    "coxstream": "efron",
    "scikit-survival": "breslow",
    "statsmodels": "breslow",
    "lifelines": "efron",
    "h2o": "breslow",
}
COLUMNS, DUMMIES = 70, 50
AGREE = 1e-4


def write_spells(rows: int, seed: int, file: Path) -> float:
    """Write duration, event and covariates (rows, 72) as float64; returns the share of events."""
    rng = np.random.default_rng(seed)
    data = np.lib.format.open_memmap(file, mode="w+", dtype=np.float64, shape=(rows, 2 + COLUMNS))
    share = rng.uniform(0.03, 0.5, DUMMIES)
    beta = rng.normal(0.0, 0.15, COLUMNS)
    centre = np.concatenate([share, np.zeros(COLUMNS - DUMMIES)]) @ beta
    events = 0
    for start in range(0, rows, 100_000):
        count = min(100_000, rows - start)
        x = np.hstack(
            [rng.random((count, DUMMIES)) < share, rng.standard_normal((count, COLUMNS - DUMMIES))]
        )
        waited = np.ceil(rng.exponential(1 / (0.0036 * np.exp(x @ beta - centre))))
        ceiling = np.minimum(rng.integers(20, 260, count), 156)
        chunk = data[start : start + count]
        chunk[:, 0], chunk[:, 1], chunk[:, 2:] = np.minimum(waited, ceiling), waited <= ceiling, x
        events += int(chunk[:, 1].sum())
    data.flush()
    return events / rows


def run(package: str, python: str, file: Path, ties: str, limit: float) -> dict[str, Any] | str:
    """A package's result, or why there is none."""
    # These two slow a current numpy down where they are set; the comparison is to be of the
    # packages at their best.
    slow = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS")
    environment = {name: value for name, value in os.environ.items() if name not in slow}
    started = time.perf_counter()
    process = subprocess.Popen(
        [python, str(SCRIPT), package, str(file), ties],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        # h2o has started a server.
        for process_id in tree_of(process.pid):
            os.kill(process_id, signal.SIGKILL)
        process.communicate()
        return f"stopped after {limit:.0f} s"
    if process.returncode:
        last = (errors.strip() or f"status {process.returncode}").splitlines()[-1]
        return (
            "out of memory"
            if process.returncode == -signal.SIGKILL or "MemoryError" in last
            else f"failed: {last[:100]}"
        )
    # A package may have words of its own around the result.
    printed = [line for line in output.splitlines() if line.startswith('{"seconds"')]
    result: dict[str, Any] = json.loads(printed[-1])
    # What one fit takes with all that goes before it.
    result["wall"] = time.perf_counter() - started - sum(result["seconds"]) + min(result["seconds"])
    return result


def compare(
    rows: int, packages: list[str], others: str, limit: float, hopeless: dict[str, float]
) -> None:
    """One table: every package at one size. ``hopeless``: seconds a row at the size before,
    updated."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "spells.npy"
        share = write_spells(rows, 1, file)
        size = rows * COLUMNS * 8 / 1e9
        print(
            f"\n#### {rows:,} × {COLUMNS} ({100 * share:.0f} % events; covariates {size:.2f} GB)\n"
        )
        print(
            "| package | ties | seconds | processor seconds | ratio to ours | difference of"
            " coefficients | memory for the fit, GB |"
        )
        print("|---|---|---:|---:|---:|---:|---:|")
        ours = {
            ties: run("kommunebench", sys.executable, file, ties, limit)
            for ties in ("breslow", "efron")
        }
        for ties, result in ours.items():
            if isinstance(result, str):
                sys.exit(f"kommunebench ({ties}) {result}")
            extra = (result["peak"] - result["before"]) / 1e9
            used = min(result["processor"])
            print(
                f"| **kommunebench** | {ties} | {min(result['seconds']):.2f} | {used:.2f} | 1 | |"
                f" {extra:.2f} |",
                flush=True,
            )
        for package in packages:
            ties = TIES[package]
            ours_with_ties = ours[ties]
            assert isinstance(ours_with_ties, dict)
            projected = hopeless.get(package, 0.0) * rows
            if projected > limit:
                print(
                    f"| {package} | {ties} | not run: would take {projected:.0f} s | | | | |",
                    flush=True,
                )
                continue
            result = run(package, others, file, ties, limit)
            if isinstance(result, str):
                stopped = result.startswith("stopped")
                hopeless[package] = limit / rows if stopped else 0.0
                print(f"| {package} | {ties} | {result} | | | | |", flush=True)
                continue
            seconds, gap = (
                min(result["seconds"]),
                np.abs(np.subtract(result["coefficients"], ours_with_ties["coefficients"])).max(),
            )
            hopeless[package] = result["wall"] / rows
            name, extra = (
                f"{package} {result['version']}",
                (result["peak"] - result["before"]) / 1e9,
            )
            held = "in the server" if package == "h2o" else f"{extra:.2f}"
            if gap > AGREE:
                print(f"| {name} | {ties} | coefficients differ | | | {gap:.0e} | |", flush=True)
                continue
            times = seconds / min(ours_with_ties["seconds"])
            used = "in the server" if package == "h2o" else f"{min(result['processor']):.2f}"
            print(
                f"| {name} | {ties} | {seconds:.2f} | {used} | {times:.1f} | {gap:.0e} | {held} |",
                flush=True,
            )


def main() -> None:
    """Run the sizes one after another."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[36_583, 400_000, 4_000_000])
    parser.add_argument(
        "--packages",
        nargs="*",
        default=[name for name in TIES if name != "kommunebench"],
        choices=list(TIES),
    )
    parser.add_argument(
        "--others", default=sys.executable, help="interpreter that has the other packages"
    )
    parser.add_argument(
        "--limit",
        type=float,
        default=300.0,
        help="seconds a package may take at one size, reading included",
    )
    options = parser.parse_args()
    print(f"### Cox fits side by side ({os.cpu_count()} cores)")
    hopeless: dict[str, float] = {}
    for rows in options.rows:
        compare(rows, options.packages, options.others, options.limit, hopeless)


if __name__ == "__main__":
    main()
