"""What the stochastic frontier can be trusted with: `python -m benchmarks.frontier_study`.

Prints Markdown; `--samples` and `--tables` choose how much. The samples are described in
benchmarks/frontier_samples.py.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from benchmarks.frontier_samples import (
    CURVE,
    LEVEL,
    NOISE,
    SLOPE,
    fitted,
    report_weights,
    samples,
)
from benchmarks.markdown import row, table
from kommunebench.costs import FrontierFit
from kommunebench.costs.frontier_scores import rank_descending

CRITICAL = 2.7055  # of the half chi-square mixture with one degree of freedom, 5 %


def size(count: int) -> None:
    """How often inefficiency is found where there is none."""
    table(
        "Size: no inefficiency, test at 5 %",
        "distribution",
        "weights",
        "samples",
        "rejected, LR scaled",
        "rejected, LR not scaled",
        "σ_u = 0",
        "not fitted",
    )
    of_report = report_weights()
    plans = (
        ("half_normal", "none", np.ones(len(of_report)), count),
        ("half_normal", "the report's", of_report, count),
        ("exponential", "the report's", of_report, count),
        ("truncated_normal", "the report's", of_report, count // 4),
    )
    for kind, name, weights, repetitions in plans:
        fits = [
            fitted(y, X, kind, weights)
            for y, X, _ in samples(repetitions, weights, "half_normal", 0.0, 1)
        ]
        known = [fit for fit in fits if fit is not None]
        unscaled = np.mean([fit.lr_unscaled > CRITICAL for fit in known])
        row(
            kind,
            name,
            repetitions,
            f"{np.mean([fit.lr_p_value < 0.05 for fit in known]):.3f}",
            # The truncated normal's statistic has another distribution.
            "" if kind == "truncated_normal" else f"{unscaled:.3f}",
            f"{np.mean([fit.no_inefficiency for fit in known]):.2f}",
            repetitions - len(known),
        )
    error = np.sqrt(0.05 * 0.95 / count)
    effective = of_report.sum() ** 2 / np.square(of_report).sum()
    print(f"\nMonte Carlo standard error of a rate of 0.05 with {count} samples: {error:.3f}.")
    print(f"Effective number of the {len(of_report)} municipalities under the report's weights:")
    print(f"{effective:.0f}.\n")


def power(count: int) -> None:
    """How often inefficiency that is there is found, and what is then said of the units."""
    table(
        "Power and use: half-normal inefficiency, the report's weights",
        "σ_u / σ_v",
        "samples",
        "rejected",
        "σ_u = 0",
        "wrong skew",
        "correlation of score and truth",
        "of the ten best truly so",
    )
    weights = report_weights()
    for ratio in (0.5, 1.0, 1.5, 2.0, 3.0):
        rows = []
        mean = ratio * NOISE * np.sqrt(2 / np.pi)
        for y, X, u in samples(count, weights, "half_normal", mean, 2):
            fit = fitted(y, X, "half_normal", weights)
            if fit is not None:
                best = set(np.argsort(fit.rank)[:10]) & set(np.argsort(u)[:10])
                agree = np.corrcoef(fit.rank, u)[0, 1]
                rejects = fit.lr_p_value < 0.05
                rows.append((rejects, fit.no_inefficiency, fit.wrong_skew, agree, len(best)))
        rejected, edge, skew, agree, best_share = np.mean(rows, axis=0)
        shares = (f"{value:.2f}" for value in (rejected, edge, skew, agree))
        row(ratio, len(rows), *shares, f"{best_share:.1f}")
    print()


def recovery(count: int) -> None:
    """Whether the parameters come back."""
    table(
        "Recovery of the parameters, equal weights, mean inefficiency 0.10, σ_v 0.05",
        "distribution",
        "units",
        "samples",
        "mean E[u] (0.100)",
        "Monte Carlo SE",
        "mean σ_v (0.050)",
        "Monte Carlo SE",
        "slope within two of its errors",
        "not fitted",
        "σ_u = 0",
    )
    for kind, n, repetitions in (
        ("half_normal", 90, count),
        ("half_normal", 1000, count // 2),
        ("exponential", 90, count),
        ("exponential", 1000, count // 2),
        ("truncated_normal", 2000, count // 8),
        ("gamma", 1000, count // 20),
    ):
        weights = np.ones(n)
        fits = [
            fitted(y, X, kind, weights) for y, X, _ in samples(repetitions, weights, kind, 0.10, 3)
        ]
        inner = [fit for fit in fits if fit is not None and not fit.no_inefficiency]
        rows = [
            (
                fit.inefficiency.mean(),
                fit.sigma_v,
                abs(fit.coefficients["x"] - SLOPE) < norm.ppf(0.975) * fit.se_robust["x"],
            )
            for fit in inner
        ]
        means, errors = np.mean(rows, axis=0), np.std(rows, axis=0, ddof=1) / np.sqrt(len(rows))
        failed = sum(fit is None for fit in fits)
        values = (f"{v:.4f}" for v in (means[0], errors[0], means[1], errors[1]))
        edge = len(fits) - failed - len(inner)
        row(kind, n, repetitions, *values, f"{means[2]:.2f}", failed, edge)
    print()


def intervals(count: int) -> None:
    """Whether 95 % intervals of efficiencies and ranks hold the truth, parameters known or not."""
    table(
        "95 % intervals of efficiencies and ranks: share of municipalities whose truth they hold",
        "distribution",
        "weights",
        "mean u / σ_v",
        "samples",
        "σ_u = 0",
        "not fitted",
        "efficiency, parameters known",
        "efficiency, parameters estimated",
        "Monte Carlo SE",
        "rank, known",
        "rank, estimated",
        "rank interval, share of the list",
    )
    equal, of_report = np.ones(len(report_weights())), report_weights()
    for kind, weights, mean in (
        ("half_normal", equal, 0.10),
        ("half_normal", of_report, 0.10),
        ("half_normal", equal, 0.05),
        ("half_normal", of_report, 0.05),
        ("exponential", equal, 0.10),
        ("exponential", of_report, 0.05),
    ):
        rows, left_out = [], {"edge": 0, "failed": 0}
        for y, X, u in samples(count, weights, kind, mean, 4):
            known = fitted(y, X, kind, weights)
            wide = fitted(y, X, kind, weights, "parameters_estimated")
            if known is None or wide is None:
                left_out["failed"] += 1
            elif known.no_inefficiency:
                left_out["edge"] += 1
            else:
                frontier = LEVEL + SLOPE * X["x"] + CURVE * X["x_squared"]
                efficiency = 1.0 - u / frontier.to_numpy()
                rows.append((*holds(known, efficiency), *holds(wide, efficiency), wide.rank_span))
        means = np.mean(rows, axis=0)
        error = np.std(rows, axis=0, ddof=1)[2] / np.sqrt(len(rows))
        row(
            kind,
            "none" if weights is equal else "the report's",
            f"{mean / NOISE:.0f}",
            count,
            left_out["edge"],
            left_out["failed"],
            f"{means[0]:.3f}",
            f"{means[2]:.3f}",
            f"{error:.3f}",
            *(f"{means[j]:.3f}" for j in (1, 3)),
            f"{means[4]:.2f}",
        )
    print()


def holds(fit: FrontierFit, efficiency: np.ndarray) -> tuple[float, float]:
    """Share of the units whose true efficiency, and whose true rank, lie in their intervals."""
    rank = rank_descending(efficiency)
    return (
        float(np.mean((fit.efficiency_low <= efficiency) & (efficiency <= fit.efficiency_high))),
        float(np.mean((fit.rank_low <= rank) & (rank <= fit.rank_high))),
    )


# Each with the divisor of the number of samples and the smallest number.
TABLES: dict[str, tuple[Callable[[int], None], int, int]] = {
    "size": (size, 1, 20),
    "power": (power, 4, 20),
    "recovery": (recovery, 2, 40),
    "intervals": (intervals, 2, 10),
}


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--samples", type=int, default=400, help="of the size study; the others take a part of it"
    )
    parser.add_argument(
        "--tables", nargs="+", choices=list(TABLES), default=list(TABLES), help="all if not given"
    )
    parser.add_argument(
        "--least", type=int, help="smallest number of samples of a table; its own if not given"
    )
    options = parser.parse_args()
    started = time.perf_counter()
    for name in options.tables:
        study, share, least = TABLES[name]
        study(max(options.samples // share, options.least or least))
    print(f"{time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
