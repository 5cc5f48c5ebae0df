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

from kommunebench.costs import (
    CostNeedSettings,
    SimexSettings,
    build_cost_indicators,
    fit_cost_need,
    fit_errors_in_variables,
    mean_error_variance,
)
from kommunebench.simulation.true_costs import TrueCosts

SLOPE, SCATTER = (
    0.20,
    0.04,
)  # of the benchmark indicator on the true cost indicator, and about the line


def table(demo: Path, name: str) -> pd.DataFrame:
    """A table of the demo's store."""
    return DeltaTable(str(demo / "store" / name)).to_pandas()


def draw(truth: pd.DataFrame, true: TrueCosts, seed: int) -> pd.DataFrame:
    """The municipality-years with other inefficiency (half-normal), local difference (normal) and
    noise (lognormal of mean one)."""
    rng = np.random.default_rng([seed, 4])
    codes = truth["municipality_code"].unique()
    lasting = np.abs(rng.normal(0.0, true.inefficiency_sd, len(codes))) + rng.normal(
        0.0, true.local_sd, len(codes)
    )
    own = truth["municipality_code"].map(pd.Series(lasting, codes))
    spread = truth["year"].map(dict(true.noise)) * np.sqrt(
        true.noise_persons / truth["full_year_persons"].clip(25.0, 400.0)
    )
    factor = np.exp(spread * rng.normal(size=len(truth)) - spread**2 / 2)
    cost = (truth["cost_need"] + own).clip(lower=8_000.0) * factor
    return truth.assign(base=truth["cost_need"], lasting=own, unit_cost=cost).drop(
        columns="cost_need"
    )


def mean_ratio(cost: pd.Series, need: pd.Series, codes: pd.Series) -> pd.Series:
    """Mean over a municipality's counted years of cost over need, by code."""
    return (cost / need).groupby(codes).mean()


def one_country(
    truth_table: pd.DataFrame, weights: pd.Series, compared: frozenset[str], seed: int
) -> tuple[pd.DataFrame, list[dict]]:
    """Coefficients of the third model; slopes and coverage where the need is known and where it is
    fitted."""
    true = TrueCosts()
    drawn = draw(truth_table, true, seed)
    fitted = fit_cost_need(drawn, CostNeedSettings(compared=compared))
    own = fitted.yearly.merge(
        drawn[["municipality_code", "year", "base", "lasting"]], on=["municipality_code", "year"]
    )
    lasting, need, codes = (
        own["base"] + own["lasting"],
        own["base"] + true.mean_inefficiency,
        own["municipality_code"],
    )
    truth = mean_ratio(lasting, need, codes)
    result = (
        1.0
        + SLOPE * (truth - 1.0)
        + SCATTER * np.random.default_rng([seed, 77]).normal(size=len(truth))
    )
    figures = []
    for name, yearly in (
        ("known", own.assign(cost_need=need, cost_indicator=own["unit_cost"] / need)),
        ("fitted", own),
    ):
        signal = mean_ratio(lasting, yearly["cost_need"], codes)
        found = one_slope(yearly, result, truth, signal, weights, seed)
        figures.append({"need": name, **found})
    third = fitted.models[(fitted.models["model"] == 3) & ~fitted.models["is_reference"]].set_index(
        "term"
    )
    return third[["coefficient", "se", "se_clustered"]], figures


def one_slope(
    yearly: pd.DataFrame,
    result: pd.Series,
    truth: pd.Series,
    signal: pd.Series,
    weights: pd.Series,
    seed: int,
) -> dict[str, float]:
    """The three slopes of a result on the cost indicator, and what theory makes of the true one.

    ``signal``: the cost indicator without the years' noise. The plain slope is the true one times
    the slope of the truth on the indicator.
    """
    indicators = (
        build_cost_indicators(yearly).table.set_index("municipality_code").reindex(truth.index)
    )
    units = pd.DataFrame(
        {
            "cost_indicator": indicators["cost_indicator"],
            "indicator": result,
            "persons": weights.reindex(truth.index),
        }
    )
    variance = mean_error_variance(yearly).reindex(units.index)
    w = units["persons"] / units["persons"].sum()
    noise = units["cost_indicator"] - signal
    fit = fit_errors_in_variables(
        units, error_variance=variance, simex=SimexSettings(draws=100, seed=seed)
    )
    known = indicators["ci_low"].notna()
    inside = (indicators["ci_low"] <= truth) & (truth <= indicators["ci_high"])
    slopes = {"plain": fit.plain, "moment": fit.moment, "simex": fit.simex}
    return {
        "reliability": fit.reliability,
        "theory_plain": weighted_slope(truth, units["cost_indicator"], units["persons"]),
        "error_estimated": float((w * (1 - w)) @ variance),
        "error_actual": float(w @ (noise - w @ noise) ** 2),
        "identified": fit.identified,
        "interval_holds": inside[known].mean(),
        **{name: slope.estimate for name, slope in slopes.items()},
        **{
            f"{name}_holds": slope.ci_low <= SLOPE <= slope.ci_high
            for name, slope in slopes.items()
        },
    }


def weighted_slope(y: pd.Series, x: pd.Series, weights: pd.Series) -> float:
    """Slope of the weighted regression of y on x."""
    w = weights / weights.sum()
    deviation = x - w @ x
    return float((w * (y - w @ y) * deviation).sum() / (w * deviation**2).sum())


def cost_model(rows: list[pd.DataFrame]) -> None:
    """Mean of each coefficient over the seeds against the truth, and how honest its two standard
    errors are."""
    true = TrueCosts().terms
    print("### Cost model, third model of table 5.1\n")
    print(
        "| term | true | mean estimate | Monte Carlo SE | deviation in SE | spread of estimates | mean plain SE | mean clustered SE |"
        " plain interval holds | clustered holds |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    stacked = pd.concat(rows, keys=range(len(rows)), names=["seed"])
    for term, own in stacked.groupby("term", sort=False):
        value, truth = own["coefficient"], true[str(term)]
        error = value.std(ddof=1) / np.sqrt(len(value))
        holds = [
            ((value - truth).abs() < 1.97 * own[name]).mean() for name in ("se", "se_clustered")
        ]
        gap = (value.mean() - truth) / error
        print(
            f"| {term} | {truth:,.0f} | {value.mean():,.0f} | {error:,.0f} | {gap:.2f} | {value.std(ddof=1):,.0f} | "
            f"{own['se'].mean():,.0f} | {own['se_clustered'].mean():,.0f} | {holds[0]:.2f} | {holds[1]:.2f} |"
        )
    print()


def slopes(figures: pd.DataFrame) -> None:
    """The plain slope against what theory predicts, and the corrected ones; need known and need
    fitted."""
    print(f"### Slope of result on cost, true slope {SLOPE}\n")
    print(
        "| cost need | slope | mean over true | Monte Carlo SE | median | theory says | 95 %"
        " interval holds |"
    )
    print("|---|---|---|---|---|---|---|")
    for need, rows in figures.groupby("need", sort=False):
        known = rows[rows["identified"].astype(bool)]
        for name in ("plain", "moment", "simex"):
            own = rows if name == "plain" else known
            theory = {"plain": f"{rows['theory_plain'].mean():.3f}", "moment": "1"}.get(
                name, "most of the way to 1"
            )
            print(
                f"| {need} | {name} | {own[name].mean() / SLOPE:.3f} | {_error(own[name]) / SLOPE:.3f} | "
                f"{own[name].median() / SLOPE:.3f} | {theory} | {own[f'{name}_holds'].mean():.2f} |"
            )
    print()
    for need, rows in figures.groupby("need", sort=False):
        failed, holds = (
            int((~rows["identified"].astype(bool)).sum()),
            100 * rows["interval_holds"].mean(),
        )
        ratio = rows["error_estimated"].mean() / rows["error_actual"].mean()
        print(
            f"- need {need}: mean reliability {rows['reliability'].mean():.3f}, not identified in {failed} of {len(rows)}; error "
            f"variance estimated over actual {ratio:.2f}; the interval of a cost indicator holds the truth in {holds:.1f} %"
        )
    print()


def _error(values: pd.Series) -> float:
    return float(values.astype(float).std(ddof=1) / np.sqrt(len(values)))


def one_run(demo: Path, truth: pd.DataFrame) -> None:
    """The demo's tables beside its truth."""
    print("### The demo's run beside its truth\n")
    units = table(demo, "gold/unit_costs").merge(
        truth, on=["municipality_code", "year"], suffixes=("", "_true")
    )
    for name in ("full_year_persons", "unit_cost"):
        gap = units[name] / units[f"{name}_true"] - 1.0
        print(
            f"- {name}: {len(units)} municipality-years, found over true: median {100 * gap.median():+.2f} %, "
            f"middle 90 % from {100 * gap.quantile(0.05):+.2f} to {100 * gap.quantile(0.95):+.2f} %"
        )
    third = "model == 3 and not is_reference and coefficient.notna()"
    rows = table(demo, "gold/cost_model").query(third).set_index("term")
    compared = frozenset(
        table(demo, "gold/benchmark_indicators").query("included")["municipality_code"]
    )
    own = (
        fit_cost_need(truth, CostNeedSettings(compared=compared))
        .models.query(third)
        .set_index("term")
    )
    apart = (rows["coefficient"] - own["coefficient"]) / rows["se_clustered"]
    z = (rows["coefficient"] - pd.Series(TrueCosts().terms)[rows.index]) / rows["se_clustered"]
    print(
        f"- cost model from the registers against the same model on the true municipality-years: coefficients differ by at most "
        f"{apart.abs().max():.3f} standard errors"
    )
    print(
        f"- against the coefficients drawn from, in clustered standard errors: mean {z.mean():.2f}, standard deviation {z.std():.2f}, "
        f"largest {z.abs().max():.2f} ({z.abs().idxmax()}; the draws of one country, as the line above shows)"
    )
    true = TrueCosts()
    counted = (
        table(demo, "gold/unit_costs")
        .dropna(subset="cost_indicator")[["municipality_code", "year"]]
        .merge(truth)
    )
    drawn = mean_ratio(
        counted[["cost_need", "inefficiency", "local_difference"]].sum(axis=1),
        counted["cost_need"] + true.mean_inefficiency,
        counted["municipality_code"],
    )
    both = (
        table(demo, "gold/cost_indicators")
        .set_index("municipality_code")
        .join(drawn.rename("true"))
    )
    print(
        f"- cost indicator: {len(both)} municipalities, correlation with the true one"
        f" {both['cost_indicator'].corr(both['true']):.2f}"
    )
    regressions = table(demo, "gold/efficiency_regressions").set_index(["specification", "term"])[
        "coefficient"
    ]
    reliability, corrected = (
        regressions[("errors_in_variables", term)] for term in ("reliability", "cost_indicator")
    )
    print(
        f"- reliability {reliability:.2f}; slopes: plain {regressions[('linear', 'cost_indicator')]:.3f}, corrected {corrected:.3f}, "
        f"SIMEX {regressions[('simex', 'cost_indicator')]:.3f} (true: 0, results and costs are drawn independently)\n"
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
        table(options.demo, "gold/benchmark_indicators")
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
