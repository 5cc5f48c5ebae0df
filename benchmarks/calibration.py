"""Simulated spells beside the published tables, in seconds and without Spark: `python -m
benchmarks.calibration [--seeds 3]`.

What the constants of kommunebench.simulation are set by. Prints Markdown: mean over seeds,
published, difference.
"""

import argparse
import warnings

import numpy as np
import pandas as pd

from benchmarks.simulated_spells import draw_spells
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.published import (
    published_fifth_means,
    published_variance_reduction,
)
from kommunebench.benchmark.comparison.table import compare
from kommunebench.benchmark.in_memory import estimate_in_memory
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.reference import read_reference
from kommunebench.simulation.lives import HORIZON
from kommunebench.survival import kaplan_meier

_GROUPS = (
    ("men", "sex", "men"),
    ("women", "sex", "women"),
    ("refugees", "refugee", True),
    ("family-reunified", "refugee", False),
)


def figures(seed: int, persons: int | None = None) -> dict[str, float]:
    """Figures of one country with so many newcomers (None: those of scale 1), municipalities with
    100 spells or more."""
    drawn = draw_spells(seed, persons, "report")
    table = drawn.table
    compared = table[table.groupby("unit")["unit"].transform("size") >= 100]
    result = {"municipalities": float(compared["unit"].nunique()), **_outcomes("all", compared)}
    for name, column, value in _GROUPS:
        result |= _outcomes(name, compared[compared[column] == value])
    result |= {
        f"spells begun {year}": float(n)
        for year, n in compared.groupby("start_year").size().items()
    }
    result |= _municipalities(compared)
    laid_out = drawn.laid_out()
    chain = estimate_in_memory(laid_out, ModelChoice(), "restricted_mean")
    ratio = Indicator("ratio", "restricted_mean")
    comparison = compare(laid_out.facts, chain, chain, indicator=ratio, min_spells=100)
    reduction = published_variance_reduction(comparison).set_index("component")
    for component in ("observed", "unexplained"):
        row = reduction.loc[[component]].iloc[0]
        result |= {
            f"3.1 mean {component}": row["mean_weeks"],
            f"3.1 sd {component}": row["sd_weeks"],
        }
    result["3.1 reduction (%)"] = 100 * float(
        reduction.loc[["unexplained"]].iloc[0]["variance_reduction"]
    )
    for _, row in published_fifth_means(comparison).iterrows():
        fifth = int(row["quintile"])
        result |= {
            f"3.2 indicator {fifth}": row["indicator"],
            f"3.2 observed {fifth}": row["observed_duration"],
        }
    return result


def _outcomes(name: str, spells: pd.DataFrame) -> dict[str, float]:
    success = spells[spells["event"] == 1]
    return {
        f"spells, {name}": float(len(spells)),
        f"successes (%), {name}": 100 * spells["event"].mean(),
        f"left, {name}": float((spells["outcome"] == "left").sum()),
        f"mean weeks, {name}": spells["duration"].mean(),
        f"weeks of successes, {name}": success["duration"].mean(),
        f"area, {name}": (
            kaplan_meier(spells["duration"].to_numpy(), spells["event"].to_numpy())
            .restricted_mean(HORIZON)
            .value
        ),
    }


def _municipalities(compared: pd.DataFrame) -> dict[str, float]:
    published = read_reference("appendix_5_1_municipalities").set_index("municipality_code")
    outcomes = compared.groupby("unit")["event"].agg(["size", "mean"])
    both = outcomes.join(
        published[["corrected_spells", "success_percent"]].astype(float), how="inner"
    )
    apart = 100 * both["mean"] - both["success_percent"]
    return {
        "5.1: spells, mean distance": (both["size"] - both["corrected_spells"]).abs().mean(),
        "5.1: successes (points), mean distance": apart.abs().mean(),
        "5.1: successes, correlation": float(
            np.corrcoef(both["mean"], both["success_percent"])[0, 1]
        ),
    }


def published_figures() -> dict[str, float]:
    """The printed figures under the same names (corrected where they are wrong)."""
    printed = {"municipalities": 92.0, "3.1 reduction (%)": 92.3}
    for name, group in (("men", "men"), ("women", "women"), ("all", "total")):
        printed |= _printed("table_2_1_spells_by_sex", "sex", "value", name, group)
    for name, group in (("refugees", "refugee"), ("family-reunified", "family_reunified")):
        printed |= _printed(
            "table_2_2_spells_by_residence_basis", "residence_basis", "corrected_value", name, group
        )
    for _, row in read_reference("table_3_1_variance_reduction").iterrows():
        component = row["component"]
        printed |= {
            f"3.1 mean {component}": float(row["mean_weeks"]),
            f"3.1 sd {component}": float(row["sd_weeks"]),
        }
    for _, row in read_reference("table_3_2_quintiles").iterrows():
        fifth = row["quintile"]
        printed[f"3.2 indicator {fifth}"] = float(row["benchmark_indicator"])
        printed[f"3.2 observed {fifth}"] = float(row["mean_observed_weeks"])
    return printed | {"5.1: successes, correlation": 1.0}


def _printed(table: str, key: str, column: str, name: str, group: str) -> dict[str, float]:
    rows = (
        read_reference(table).query(f"{key} == @group").set_index(["outcome", "quantity"])[column]
    )
    names = {
        ("total", "spells"): "spells", ("success", "percent"): "successes (%)",
        ("left", "spells"): "left",
        ("all", "mean_weeks"): "mean weeks", ("success", "mean_weeks"): "weeks of successes",
    }  # fmt: skip
    values = {
        f"{label}, {name}": pd.to_numeric(rows.get(k), errors="coerce")
        for k, label in names.items()
    }
    return {label: float(value) for label, value in values.items() if pd.notna(value)}


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--persons", type=int, help="newcomers; those of scale 1 if not given")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    drawn = pd.DataFrame([figures(seed, options.persons) for seed in range(1, options.seeds + 1)])
    printed = published_figures()
    print(
        "| figure | simulated | over seeds, sd | published | difference"
        " |\n|---|---:|---:|---:|---:|"
    )
    for name in drawn.columns:
        mean, spread, known = drawn[name].mean(), drawn[name].std(ddof=1), printed.get(str(name))
        decimals = 3 if "indicator" in str(name) or "correlation" in str(name) else 1
        gap = (
            ("", "")
            if known is None
            else (f"{known:,.{decimals}f}", f"{mean - known:+,.{decimals}f}")
        )
        print(f"| {name} | {mean:,.{decimals}f} | {spread:,.{decimals}f} | {gap[0]} | {gap[1]} |")


if __name__ == "__main__":
    main()
