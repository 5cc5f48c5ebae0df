"""The commands of benchmarks/, each with the arguments of its smallest size."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Started by the normal suite, in seconds.
SMALL = {
    "bootstrap_ratios": "--rows 3000 --replicates 2 --naive 1 --processes 1",
    "calibration": "--seeds 1 --persons 4000",
    "cohort_mix": "--countries 1",
    "coverage": "--countries 1 --effects none --bootstrap-countries 1 --replicates 2",
    "cox_ratios": "--rows 300 --packages",
    "factsheet_calibration": "--seeds 1",
    "share_recovery": "--seeds 1 --analysis school_exams",
    "frontier_study": "--samples 4 --least 4 --tables size",
    "recovery_seeds": "--seeds 1 --persons 2000",
    "early_levels": "--persons 1000 --countries 1",
    "small_countries": "--scales 0.02 --seeds 1",
    "tiny_units": "--countries 1",
    "sas_memory": "--cells 32000",
}
# Of these, what takes longest is started by `make long`.
SLOW = (
    "coverage",
    "recovery_seeds",
    "factsheet_calibration",
    "sas_memory",
    "tiny_units",
    "share_recovery",
    "cohort_mix",
    "cox_ratios",
)
# Started with --help by the normal suite, and really by `make benchmark`; DEMO is a demo's folder.
SPARK = {
    "main_job": "--scale 0.1",
    "ingestion": "--rows 2000",
    "simulation": "--scales 0.1",
    "spark_engine": "--sizes 4000 --replicates 2",
    "scale": "--scales 0.1",
    "small_deliveries": "--scales 0.02 --seeds 1",
    "recovery": "DEMO",
    "cost_recovery": "DEMO --seeds 2",
    "against_r": "DEMO",
}
# cox_ratios starts it once for every fit, so that starting cox_ratios starts it too.
STARTED_BY_ANOTHER = {"cox_packages"}


def with_main() -> set[str]:
    """Modules of benchmarks/ that are commands."""
    return {
        path.stem
        for path in (ROOT / "benchmarks").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == "main"
    }


def named_in_documents() -> dict[str, set[str]]:
    """Modules that README, docs/, Makefile or a benchmark's own text start with ``python -m``, with
    the options given to each."""
    places = [ROOT / "README.md", ROOT / "Makefile", *(ROOT / "docs").rglob("*.md")]
    places += (ROOT / "benchmarks").glob("*.py")
    named: dict[str, set[str]] = {}
    for path in places:
        text = re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))
        for module, rest in re.findall(r"python -m (benchmarks\.\w+)([^`|;#]*)", text):
            # Options stand until the next command.
            own_options = rest.split("python -m")[0].split("$(")[0]
            named.setdefault(module, set()).update(re.findall(r"(?<= )--[a-z-]+", own_options))
    return named
