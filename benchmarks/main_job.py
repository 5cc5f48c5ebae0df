"""Time and memory of `kommunebench demo`, by stage: `python -m benchmarks.main_job [--scale 1]` (or
`make benchmark`).

Memory is the proportional set size of the whole process tree (command, JVM, Python workers),
sampled twice a second, so that pages shared between workers count once.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STEP = re.compile(r"✓\s+(\S+)\s+([\d.]+) s")


def tree_of(root: int) -> set[int]:
    """A process and all its descendants."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int(
                    (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
                )
            except OSError:
                continue
    tree = {root}
    while children := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= children
    return tree


def memory_of_tree(root: int) -> int:
    """Bytes of proportional set size of a process and all its descendants."""
    return sum(proportional_set_size(process) for process in tree_of(root))


def proportional_set_size(process: int) -> int:
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    kilobytes = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(kilobytes.group(1)) * 1024 if kilobytes else 0


def measure(
    arguments: list[str], *, samples_apart_s: float = 0.5
) -> tuple[list[tuple[str, float, int]], float, int]:
    """Run the command; (stage, seconds, peak bytes until its end) in order, total seconds, peak
    bytes."""
    started = time.monotonic()
    stages, peak, stage_peak, text = [], 0, 0, ""
    # A file, because a pipe read without waiting may end within a letter.
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8") as told:
        process = subprocess.Popen(arguments, stderr=told, stdout=subprocess.DEVNULL)
        running = True
        with open(told.name, encoding="utf-8") as lines_told:
            while running:
                running = process.poll() is None
                if running:
                    time.sleep(samples_apart_s)
                    stage_peak = max(stage_peak, memory_of_tree(process.pid))
                    peak = max(peak, stage_peak)
                # Once more after the end: what was told last.
                *lines, text = (text + lines_told.read()).split("\n")
                for line in lines:
                    if step := STEP.search(line):
                        stages.append((step.group(1), float(step.group(2)), stage_peak))
                        stage_peak = 0
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} ended with status {process.returncode}")
    return stages, time.monotonic() - started, peak


def main() -> None:
    """Print a Markdown table, as the README has it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="1")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(Path(sys.executable).with_name("kommunebench")),
            "demo",
            "--out",
            folder,
            "--scale",
            options.scale,
        ]
        stages, total, peak = measure(command)
    print("| stage | seconds | memory at most, GB |\n|---|---:|---:|")
    for name, seconds, memory in stages:
        print(f"| {name} | {seconds:.1f} | {memory / 1e9:.1f} |")
    print(f"| whole command | {total:.1f} | {peak / 1e9:.1f} |")


if __name__ == "__main__":
    main()
