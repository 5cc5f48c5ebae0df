"""Whether the true cost model comes back, and the slope of result on cost: `python -m benchmarks.cost_recovery demo --seeds 200`.

Full-year persons and composition are those of the demo's simulated country, costs are drawn anew by the simulator's own model for
every seed; the last table sets the demo's one run beside its truth. Prints Markdown.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from deltalake import DeltaTable

from kommunebench.costs import (
    CostNeedSettings,
    SimexSettings,
    build_cost_indicators,
    fit_cost_need,
    fit_errors_in_variables,
    mean_error_variance,
)
from kommunebench.simulation.country import build_country
from kommunebench.simulation.true_costs import TrueCosts, draw_costs

SLOPE, SCATTER = 0.20, 0.04  # of the benchmark indicator on the true cost indicator, and about the line


def table(demo: Path, name: str) -> pd.DataFrame:
    """A table of the demo's store."""
    return DeltaTable(str(demo / "store" / name)).to_pandas()


def true_indicator(counted: pd.DataFrame, true: TrueCosts) -> pd.Series:
    """Lasting cost over need of each municipality, mean over its counted years: need holds the mean inefficiency."""
    ratio = (counted["true_need"] + counted["inefficiency"]) / (counted["true_need"] + true.mean_inefficiency)
    return ratio.groupby(counted["municipality_code"]).mean()


def one_country(persons: pd.DataFrame, weights: pd.Series, compared: frozenset[str], seed: int) -> tuple[pd.DataFrame, dict[str, float]]:
    """Coefficients of the third model, and slopes and coverage, for costs drawn with this seed."""
    true = TrueCosts()
    drawn = draw_costs(build_country("report", 1), persons, seed, true).rename(columns={"cost_need": "true_need"})
    need = fit_cost_need(drawn, CostNeedSettings(compared=compared))
    indicators = build_cost_indicators(need.yearly).table.set_index("municipality_code")
    counted = need.yearly.merge(drawn[["municipality_code", "year", "true_need", "inefficiency"]], on=["municipality_code", "year"])
    truth = true_indicator(counted, true).reindex(indicators.index)
    rng = np.random.default_rng([seed, 77])
    units = pd.DataFrame(
        {
            "cost_indicator": indicators["cost_indicator"],
            "indicator": 1.0 + SLOPE * (truth - 1.0) + SCATTER * rng.normal(size=len(truth)),
            "persons": weights.reindex(indicators.index),
        }
    )
    variance = mean_error_variance(need.yearly).reindex(units.index)
    fit = fit_errors_in_variables(units, error_variance=variance, simex=SimexSettings(draws=100, seed=seed))
    known = indicators["ci_low"].notna()
    inside = (indicators["ci_low"] <= truth) & (truth <= indicators["ci_high"])
    figures = {
        "reliability": fit.reliability,
        "true_reliability": _true_reliability(units, truth),
        "plain": fit.plain.estimate, "moment": fit.moment.estimate, "simex": fit.simex.estimate,
        "plain_holds": fit.plain.ci_low <= SLOPE <= fit.plain.ci_high, "moment_holds": fit.moment.ci_low <= SLOPE <= fit.moment.ci_high,
        "simex_holds": fit.simex.ci_low <= SLOPE <= fit.simex.ci_high,
        "identified": fit.identified,
        "interval_holds": inside[known].mean(),
    }  # fmt: skip
    third = need.models[(need.models["model"] == 3) & ~need.models["is_reference"]].set_index("term")
    return third[["coefficient", "se", "se_clustered"]], figures


def _true_reliability(units: pd.DataFrame, truth: pd.Series) -> float:
    """Slope of the true indicator on the estimated one: what theory multiplies the slope by."""
    w = units["persons"] / units["persons"].sum()
    x, t = units["cost_indicator"], truth
    x, t = x - w @ x, t - w @ t
    return float((w * x * t).sum() / (w * x**2).sum())


def cost_model(rows: list[pd.DataFrame]) -> None:
    """Mean of each coefficient over the seeds against the truth, and how honest its two standard errors are."""
    true = TrueCosts().terms
    print("### Cost model, third model of table 5.1\n")
    print("| term | true | mean estimate | Monte Carlo SE | deviation in SE | spread of estimates | mean plain SE | mean clustered SE |"
          " plain interval holds | clustered holds |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    stacked = pd.concat(rows, keys=range(len(rows)), names=["seed"])
    for term, own in stacked.groupby("term", sort=False):
        value, truth = own["coefficient"], true[str(term)]
        error = value.std(ddof=1) / np.sqrt(len(value))
        holds = [((value - truth).abs() < 1.97 * own[name]).mean() for name in ("se", "se_clustered")]
        print(f"| {term} | {truth:,.0f} | {value.mean():,.0f} | {error:,.0f} | {(value.mean() - truth) / error:.2f} | {value.std(ddof=1):,.0f} | "
              f"{own['se'].mean():,.0f} | {own['se_clustered'].mean():,.0f} | {holds[0]:.2f} | {holds[1]:.2f} |")  # fmt: skip
    print()


def slopes(figures: pd.DataFrame) -> None:
    """The plain slope against what theory predicts, and the corrected ones."""
    known = figures[figures["identified"].astype(bool)]
    print(f"### Slope of result on cost, true slope {SLOPE}\n")
    print(f"Reliability: estimated {figures['reliability'].mean():.3f} on average (Monte Carlo SE {_error(figures['reliability']):.3f}); "
          f"true, which only the simulation knows, {figures['true_reliability'].mean():.3f}. Not identified in "
          f"{len(figures) - len(known)} of {len(figures)} countries.\n")  # fmt: skip
    print("| slope | mean | Monte Carlo SE | mean over true | theory says | 95 % interval holds |\n|---|---|---|---|---|---|")
    theory = {"plain": figures["true_reliability"].mean(), "moment": 1.0, "simex": float("nan")}
    for name, expected in theory.items():
        rows = figures if name == "plain" else known
        says = f"{expected:.3f}" if np.isfinite(expected) else "between plain and 1"
        print(f"| {name} | {rows[name].mean():.4f} | {_error(rows[name]):.4f} | {rows[name].mean() / SLOPE:.3f} | {says} | "
              f"{rows[f'{name}_holds'].mean():.2f} |")  # fmt: skip
    print(f"\nThe 95 % interval of a municipality's cost indicator holds its true one in {100 * figures['interval_holds'].mean():.1f} % "
          "of the municipalities (years independent here).\n")  # fmt: skip


def _error(values: pd.Series) -> float:
    return float(values.astype(float).std(ddof=1) / np.sqrt(len(values)))


def one_run(demo: Path, truth: pd.DataFrame) -> None:
    """The demo's tables beside its truth."""
    print("### The demo's run beside its truth\n")
    units = table(demo, "gold/unit_costs").merge(truth, on=["municipality_code", "year"], suffixes=("", "_true"))
    for name in ("full_year_persons", "unit_cost"):
        gap = units[name] / units[f"{name}_true"] - 1.0
        print(f"- {name}: {len(units)} municipality-years, found over true: median {100 * gap.median():+.2f} %, "
              f"middle 90 % from {100 * gap.quantile(0.05):+.2f} to {100 * gap.quantile(0.95):+.2f} %")  # fmt: skip
    rows = table(demo, "gold/cost_model").query("model == 3 and not is_reference and coefficient.notna()")
    z = (rows["coefficient"] - rows["term"].map(TrueCosts().terms)) / rows["se_clustered"]
    print(f"- cost model: {len(z)} coefficients; deviation from the truth in clustered standard errors: mean {z.mean():.2f}, "
          f"standard deviation {z.std():.2f}, largest {z.abs().max():.2f}")  # fmt: skip
    true = TrueCosts()
    named = truth.rename(columns={"cost_need": "true_need"})
    counted = table(demo, "gold/unit_costs").dropna(subset="cost_indicator")[["municipality_code", "year"]].merge(named)
    both = table(demo, "gold/cost_indicators").set_index("municipality_code").join(true_indicator(counted, true).rename("true"))
    print(f"- cost indicator: {len(both)} municipalities, correlation with the true one {both['cost_indicator'].corr(both['true']):.2f}")
    found = table(demo, "gold/efficiency_regressions").set_index(["specification", "term"])["coefficient"]
    print(f"- reliability of the run {found[('errors_in_variables', 'reliability')]:.2f}; slopes: plain {found[('linear', 'cost_indicator')]:.3f}, "
          f"corrected {found[('errors_in_variables', 'cost_indicator')]:.3f}, SIMEX {found[('simex', 'cost_indicator')]:.3f} "
          "(true: 0, the simulator draws results and costs independently)\n")  # fmt: skip


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("demo", nargs="?", default="demo", type=Path)
    parser.add_argument("--seeds", type=int, default=200)
    options = parser.parse_args()
    started = time.perf_counter()
    truth = pd.read_csv(options.demo / "truth" / "unit_costs.csv", dtype={"municipality_code": str})
    persons = truth.drop(columns=["cost_need", "inefficiency", "unit_cost"])
    benchmark = table(options.demo, "gold/benchmark_indicators").query("included").set_index("municipality_code")
    compared, weights = frozenset(benchmark.index), benchmark["persons"].astype(float)
    results = [one_country(persons, weights, compared, seed) for seed in range(1000, 1000 + options.seeds)]
    print(f"{options.seeds} countries, {len(compared)} municipalities compared.\n")
    cost_model([rows for rows, _ in results])
    slopes(pd.DataFrame([figures for _, figures in results]))
    one_run(options.demo, truth)
    print(f"{time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
