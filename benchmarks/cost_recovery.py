"""Whether the true cost model comes back, and the slope of result on cost: `python -m
benchmarks.cost_recovery demo --seeds 200`.

Full-year persons, composition and need are those of the demo's simulated country; inefficiency,
independent of composition, and the years' noise are drawn anew for every seed, with the simulator's
spreads. The last part sets the demo's one run beside its truth. Prints Markdown.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from deltalake import DeltaTable

from benchmarks.cost_draws import SLOPE, mean_ratio, one_country
from benchmarks.markdown import row, table
from kommunebench.costs import (
    CostNeedSettings,
    fit_cost_need,
)
from kommunebench.costs.confidence import t_multiple
from kommunebench.simulation.true_costs import TrueCosts

LEVEL = 0.95


def stored(demo: Path, name: str) -> pd.DataFrame:
    """A table of the demo's store."""
    return DeltaTable(str(demo / "store" / name)).to_pandas()


def cost_model(rows: list[pd.DataFrame]) -> None:
    """Mean of each coefficient over the seeds against the truth, and how honest its two standard
    errors are."""
    true = TrueCosts().terms
    table(
        "Cost model, third model of table 5.1",
        "term",
        "true",
        "mean estimate",
        "Monte Carlo SE",
        "deviation in SE",
        "spread of estimates",
        "mean plain SE",
        "mean clustered SE",
        "plain interval holds",
        "clustered holds",
    )
    stacked = pd.concat(rows, keys=range(len(rows)), names=["seed"])
    for term, of_term in stacked.groupby("term", sort=False):
        value, truth = of_term["coefficient"], true[str(term)]
        error = value.std(ddof=1) / np.sqrt(len(value))
        reach = t_multiple(LEVEL, int(of_term["df_residual"].iloc[0]))
        holds = [
            ((value - truth).abs() < reach * of_term[name]).mean()
            for name in ("se", "se_clustered")
        ]
        money = (truth, value.mean(), error)
        errors = (value.std(ddof=1), of_term["se"].mean(), of_term["se_clustered"].mean())
        row(
            term,
            *(f"{amount:,.0f}" for amount in money),
            f"{(value.mean() - truth) / error:.2f}",
            *(f"{amount:,.0f}" for amount in errors),
            *(f"{share:.2f}" for share in holds),
        )
    print()


def slopes(figures: pd.DataFrame) -> None:
    """The plain slope against what theory predicts, and the corrected ones; need known and need
    fitted."""
    table(
        f"Slope of result on cost, true slope {SLOPE}",
        "cost need",
        "slope",
        "mean over true",
        "Monte Carlo SE",
        "median",
        "theory says",
        "95 % interval holds",
    )
    for need, rows in figures.groupby("need", sort=False):
        identified = rows[rows["identified"].astype(bool)]
        theories = {"plain": f"{rows['theory_plain'].mean():.3f}", "moment": "1"}
        for name in ("plain", "moment", "simex"):
            of_slope = rows if name == "plain" else identified
            values = of_slope[name].astype(float) / SLOPE
            row(
                need,
                name,
                f"{values.mean():.3f}",
                f"{values.std(ddof=1) / np.sqrt(len(values)):.3f}",
                f"{values.median():.3f}",
                theories.get(name, "most of the way to 1"),
                f"{of_slope[f'{name}_holds'].mean():.2f}",
            )
    print()
    for need, rows in figures.groupby("need", sort=False):
        failed = int((~rows["identified"].astype(bool)).sum())
        ratio = rows["error_estimated"].mean() / rows["error_actual"].mean()
        print(
            f"- need {need}: mean reliability {rows['reliability'].mean():.3f}, not identified in"
            f" {failed} of {len(rows)}; error variance estimated over actual {ratio:.2f}; the"
            " interval of a cost indicator holds the truth in"
            f" {100 * rows['interval_holds'].mean():.1f} %"
        )
    print()


def one_run(demo: Path, truth: pd.DataFrame) -> None:
    """The demo's tables beside its truth."""
    print("### The demo's run beside its truth\n")
    cells_beside_truth(demo, truth)
    coefficients_beside_truth(demo, truth)
    true = TrueCosts()
    counted = (
        stored(demo, "gold/unit_costs")
        .dropna(subset="cost_indicator")[["municipality_code", "year"]]
        .merge(truth)
    )
    drawn = mean_ratio(
        counted[["cost_need", "inefficiency", "local_difference"]].sum(axis=1),
        counted["cost_need"] + true.mean_inefficiency,
        counted["municipality_code"],
    )
    indicators = stored(demo, "gold/cost_indicators").set_index("municipality_code")
    both = indicators.join(drawn.rename("true"))
    print(
        f"- cost indicator: {len(both)} municipalities, correlation with the true one"
        f" {both['cost_indicator'].corr(both['true']):.2f}"
    )
    rows = stored(demo, "gold/efficiency_regressions").set_index(["specification", "term"])
    of_run = rows["coefficient"]
    print(
        f"- reliability {of_run[('errors_in_variables', 'reliability')]:.2f}; slopes: plain"
        f" {of_run[('linear', 'cost_indicator')]:.3f}, corrected"
        f" {of_run[('errors_in_variables', 'cost_indicator')]:.3f}, SIMEX"
        f" {of_run[('simex', 'cost_indicator')]:.3f} (true: 0, results and costs are drawn"
        " independently)\n"
    )


def cells_beside_truth(demo: Path, truth: pd.DataFrame) -> None:
    """Persons and unit costs of municipality-years over the true ones."""
    units = stored(demo, "gold/unit_costs").merge(
        truth, on=["municipality_code", "year"], suffixes=("", "_true")
    )
    for name in ("full_year_persons", "unit_cost"):
        gap = 100 * (units[name] / units[f"{name}_true"] - 1.0)
        print(
            f"- {name}: {len(units)} municipality-years, found over true: median"
            f" {gap.median():+.2f} %, middle 90 % from {gap.quantile(0.05):+.2f} to"
            f" {gap.quantile(0.95):+.2f} %"
        )


def coefficients_beside_truth(demo: Path, truth: pd.DataFrame) -> None:
    """The run's cost model against the same model on true municipality-years, and against what was
    drawn from."""
    third = "model == 3 and not is_reference and coefficient.notna()"
    rows = stored(demo, "gold/cost_model").query(third).set_index("term")
    compared = frozenset(
        stored(demo, "gold/benchmark_indicators").query("included")["municipality_code"]
    )
    on_truth = fit_cost_need(truth, CostNeedSettings(compared=compared)).models
    of_truth = on_truth.query(third).set_index("term")
    apart = (rows["coefficient"] - of_truth["coefficient"]) / rows["se_clustered"]
    z = (rows["coefficient"] - pd.Series(TrueCosts().terms)[rows.index]) / rows["se_clustered"]
    print(
        "- cost model from the registers against the same model on the true municipality-years:"
        f" coefficients differ by at most {apart.abs().max():.3f} standard errors"
    )
    print(
        "- against the coefficients drawn from, in clustered standard errors: mean"
        f" {z.mean():.2f}, standard deviation {z.std():.2f}, largest {z.abs().max():.2f}"
        f" ({z.abs().idxmax()}; the draws of one country, as the line above shows)"
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("demo", nargs="?", default="demo", type=Path)
    parser.add_argument("--seeds", type=int, default=200)
    options = parser.parse_args()
    started = time.perf_counter()
    truth = pd.read_csv(options.demo / "truth" / "unit_costs.csv", dtype={"municipality_code": str})
    benchmark = (
        stored(options.demo, "gold/benchmark_indicators")
        .query("included")
        .set_index("municipality_code")
    )
    compared, weights = frozenset(benchmark.index), benchmark["persons"].astype(float)
    results = [
        one_country(truth, weights, compared, seed) for seed in range(1000, 1000 + options.seeds)
    ]
    print(f"{options.seeds} countries, {len(compared)} municipalities compared.\n")
    cost_model([rows for rows, _ in results])
    slopes(pd.DataFrame([row for _, figures in results for row in figures]))
    one_run(options.demo, truth)
    print(f"{time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
