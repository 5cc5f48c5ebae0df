"""What the stochastic frontier can be trusted with: `python -m benchmarks.frontier_study --samples
400`. Prints Markdown.

Samples are of the report's kind: municipalities with its numbers of spells as weights, a quadratic
frontier of the benchmark indicator over the cost indicator, outcomes in levels.
"""

import argparse
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

from kommunebench.costs import FrontierFit, fit_frontier
from kommunebench.errors import ConvergenceError
from kommunebench.reference import read_reference

NOISE = 0.05
LEVEL, SLOPE, CURVE = 0.95, 0.12, -0.03  # of the frontier in the cost indicator
# Each with mean one, to be multiplied by the mean inefficiency.
DRAW = {
    "half_normal": lambda rng, n: np.abs(rng.normal(size=n)) * np.sqrt(np.pi / 2),
    "exponential": lambda rng, n: rng.exponential(size=n),
    "truncated_normal": lambda rng, n: (
        _truncated(rng, n) / _truncated(np.random.default_rng(0), 400_000).mean()
    ),
    "gamma": lambda rng, n: rng.gamma(1.7, 1 / 1.7, n),
}
CRITICAL = 2.7055  # of the half chi-square mixture with one degree of freedom, 5 %


def _truncated(rng: np.random.Generator, n: int) -> np.ndarray:
    """Normal with mean 1.5 and standard deviation 1, cut off at zero."""
    draws = rng.normal(1.5, 1.0, 3 * n + 50)
    return draws[draws > 0][:n]


def report_weights() -> np.ndarray:
    """Spells of the municipalities in the comparison, from appendix table 5.1."""
    spells = pd.to_numeric(read_reference("appendix_5_1_municipalities")["corrected_spells"])
    return spells[spells >= 100].to_numpy(float)


def samples(
    count: int, weights: np.ndarray, kind: str, mean: float, seed: int
) -> Iterator[tuple[np.ndarray, pd.DataFrame, np.ndarray]]:
    """Outcome, design and true inefficiency of independent samples."""
    n = len(weights)
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        x = np.exp(rng.normal(0.0, 0.25, n))
        u = mean * DRAW[kind](rng, n)
        frontier = LEVEL + SLOPE * x + CURVE * x**2
        design = pd.DataFrame({"constant": 1.0, "x": x, "x_squared": x**2})
        yield frontier - u + NOISE * rng.normal(size=n), design, u


def fitted(y: np.ndarray, X: pd.DataFrame, kind: str, weights: np.ndarray) -> FrontierFit | None:
    """The frontier, or None where its likelihood has no interior maximum."""
    try:
        return fit_frontier(y, X, side="production", distribution=kind, weights=weights)  # type: ignore[arg-type]
    except ConvergenceError:
        return None


def size(count: int) -> None:
    """How often inefficiency is found where there is none."""
    print("### Size: no inefficiency, test at 5 %\n")
    print(
        "| distribution | weights | samples | rejected, LR scaled | rejected, LR not scaled | σ_u ="
        " 0 | not fitted |"
    )
    print("|---|---|---|---|---|---|---|")
    of_report = report_weights()
    plans = (
        ("half_normal", "none", np.ones(len(of_report)), count),
        ("half_normal", "the report's", of_report, count),
        ("exponential", "the report's", of_report, count),
        ("truncated_normal", "the report's", of_report, count // 4),
    )
    for kind, name, weights, number in plans:
        fits = [
            fitted(y, X, kind, weights)
            for y, X, _ in samples(number, weights, "half_normal", 0.0, 1)
        ]
        known = [fit for fit in fits if fit is not None]
        scaled = np.mean([fit.lr_p_value < 0.05 for fit in known])
        plain = (
            ""
            if kind == "truncated_normal"
            else f"{np.mean([fit.lr_unscaled > CRITICAL for fit in known]):.3f}"
        )
        edge = np.mean([fit.no_inefficiency for fit in known])
        print(
            f"| {kind} | {name} | {number} | {scaled:.3f} | {plain} | {edge:.2f} |"
            f" {number - len(known)} |",
            flush=True,
        )
    print(
        f"\nMonte Carlo standard error of a rejection rate of 0.05 with {count} samples:"
        f" {np.sqrt(0.05 * 0.95 / count):.3f}."
    )
    print(f"Effective number of the {len(of_report)} municipalities under the report's weights: "
          f"{of_report.sum() ** 2 / np.square(of_report).sum():.0f}.\n")  # fmt: skip


def power(count: int) -> None:
    """How often inefficiency that is there is found, and what is then said of the
    municipalities."""
    print("### Power and use: half-normal inefficiency, the report's weights\n")
    print(
        "| σ_u / σ_v | samples | rejected | σ_u = 0 | wrong skew | correlation of score and truth |"
        " of the ten best truly so |"
    )
    print("|---|---|---|---|---|---|---|")
    weights = report_weights()
    for ratio in (0.5, 1.0, 1.5, 2.0, 3.0):
        rows = []
        for y, X, u in samples(
            count, weights, "half_normal", ratio * NOISE * np.sqrt(2 / np.pi), 2
        ):
            fit = fitted(y, X, "half_normal", weights)
            if fit is not None:
                best = set(np.argsort(fit.rank)[:10]) & set(np.argsort(u)[:10])
                agree = np.corrcoef(fit.rank, u)[0, 1]
                rows.append(
                    (fit.lr_p_value < 0.05, fit.no_inefficiency, fit.wrong_skew, agree, len(best))
                )
        rejected, edge, skew, agree, best = np.mean(rows, axis=0)
        print(
            f"| {ratio} | {len(rows)} | {rejected:.2f} | {edge:.2f} | {skew:.2f} | {agree:.2f} |"
            f" {best:.1f} |",
            flush=True,
        )
    print()


def recovery(count: int) -> None:
    """Whether the parameters come back, and whether intervals hold what they promise."""
    print("### Recovery of the parameters, equal weights, mean inefficiency 0.10, σ_v 0.05\n")
    print("| distribution | units | samples | mean E[u] (0.100) | Monte Carlo SE | mean σ_v (0.050) | Monte Carlo SE |"
          " slope's 95 % interval holds | unit's 95 % interval of u holds | not fitted | σ_u = 0 |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for kind, n, number in (
        ("half_normal", 90, count), ("half_normal", 1000, count // 2), ("exponential", 90, count), ("exponential", 1000, count // 2),
        ("truncated_normal", 2000, count // 8), ("gamma", 1000, count // 20),
    ):  # fmt: skip
        rows, edge, failed = [], 0, 0
        weights = np.ones(n)
        for y, X, u in samples(number, weights, kind, 0.10, 3):
            fit = fitted(y, X, kind, weights)
            if fit is None:
                failed += 1
            elif fit.no_inefficiency:
                edge += 1
            else:
                gap = abs(float(fit.coefficients["x"]) - SLOPE) / float(fit.se_robust["x"])
                low, high = (
                    (1.0 - fit.efficiency_high) * fit.frontier,
                    (1.0 - fit.efficiency_low) * fit.frontier,
                )
                rows.append(
                    (
                        fit.inefficiency.mean(),
                        fit.sigma_v,
                        gap < 1.96,
                        np.mean((low <= u) & (u <= high)),
                    )
                )
        means, errors = np.mean(rows, axis=0), np.std(rows, axis=0, ddof=1) / np.sqrt(len(rows))
        print(f"| {kind} | {n} | {number} | {means[0]:.4f} | {errors[0]:.4f} | {means[1]:.4f} | {errors[1]:.4f} | {means[2]:.2f} | "
              f"{means[3]:.3f} | {failed} | {edge} |", flush=True)  # fmt: skip
    print()


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--samples", type=int, default=400, help="of the size study; the others take a part of it"
    )
    options = parser.parse_args()
    started = time.perf_counter()
    size(options.samples)
    power(max(options.samples // 4, 20))
    recovery(max(options.samples // 2, 40))
    print(f"{time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
