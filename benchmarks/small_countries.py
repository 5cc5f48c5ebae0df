"""The main analysis on small simulated countries, without Spark: `python -m
benchmarks.small_countries --scales 0.02 0.1 0.5 --seeds 5`.

A small country has levels without events, terms that cannot be told apart and municipalities of a
few spells. Every country has to come through the national models, pooled and within municipalities,
the chain, the verdicts and every check of the model; a check may be left out with a reason, which
is counted. Prints Markdown. From registers to report: benchmarks.small_deliveries.
"""

import argparse
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.markdown import row, table
from benchmarks.simulated_spells import SimulatedSpells, draw_spells
from kommunebench.benchmark.checks.calibration import Breakdown, calibration
from kommunebench.benchmark.checks.facts import MemoryFacts
from kommunebench.benchmark.checks.groups import KIND, chain_of_more_groups
from kommunebench.benchmark.checks.halves import HALF, estimate_halves
from kommunebench.benchmark.checks.piecewise import chain_of_piecewise_hazard
from kommunebench.benchmark.checks.split import measures_of_periods, periods_of
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.in_memory import SpellsInMemory, fit_models
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.benchmark.verdict_models import ModelResults, judge_models
from kommunebench.check_rules import CheckRules
from kommunebench.errors import ConvergenceError, InputError
from kommunebench.simulation.lives import HORIZON
from kommunebench.simulation.plan import plan_country
from kommunebench.verdict_rules import VerdictRules

CHOICE, RATIO, RULES = ModelChoice(), Indicator("ratio", "restricted_mean"), CheckRules()
MIN_SPELLS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one country: spells, municipalities with a verdict and without one by reason,
    terms of the pooled model omitted and with a prior, levels without events, models that are held
    by priors, checks left out (check: reason), and why it stopped."""

    spells: int = 0
    judged: int = 0
    reasons: Counter[str]
    omitted: int = 0
    with_prior: int = 0
    no_events: int = 0
    held: tuple[str, ...] = ()
    left_out: dict[str, str]
    stopped: str = ""


def analyse(drawn: SimulatedSpells) -> Outcome:
    """The main analysis and its checks on the spells of one country."""
    spells = drawn.table
    laid_out = drawn.laid_out(unit_effects=True)
    models = fit_models(laid_out.blocks, laid_out.layout, CHOICE, ("pooled", "within"))
    results = judge_models(
        laid_out.blocks,
        laid_out.facts,
        models,
        measure=Measure.named("restricted_mean", HORIZON),
        indicator=RATIO,
        min_spells=MIN_SPELLS,
        rules=VerdictRules(),
    )
    reasons = results.comparison.table["no_verdict_reason"]
    return Outcome(
        spells=len(spells),
        judged=int(reasons.isna().sum()),
        reasons=Counter(reasons.dropna()),
        omitted=results.summary["terms_omitted"],
        with_prior=results.summary["terms_with_prior"],
        no_events=results.summary["levels_at_limit"],
        held=tuple(f"{k} {one.name}" for k, of in models.items() for one in of if one.is_held),
        left_out=dict(_left_out(laid_out, results, spells)),
    )


def _left_out(
    laid_out: SpellsInMemory, results: ModelResults, spells: pd.DataFrame
) -> Iterator[tuple[str, str]]:
    """Make every check; those that cannot be made, with the reason. Raises ValueError for measures
    that are not finite."""
    year = spells["start_year"].astype(int).to_numpy()
    facts = {HALF: (year >= 2012).astype(int), KIND: (~spells["refugee"]).to_numpy(int)}
    blocks = MemoryFacts(laid_out.blocks, facts)
    layout, chain, pooled = laid_out.layout, results.carrying.chain, results.pooled.chain
    measure = chain.measure
    least = RULES.least_events

    def piecewise() -> np.ndarray:
        return chain_of_piecewise_hazard(
            blocks, layout, CHOICE, measure, least_events=least, unit_effects=True
        ).robust

    def calibrated() -> np.ndarray:
        halves = {"half": Breakdown(HALF, ("1", "2"))}
        rows = calibration(blocks, pooled.models, halves, {}, 0.95)
        return rows["expected_events"].to_numpy()

    checks: dict[str, Callable[[], np.ndarray]] = {
        "groups": lambda: (
            chain_of_more_groups(
                blocks, layout, CHOICE, measure, least_events=least, unit_effects=True
            ).robust
        ),
        "split_hazards": lambda: measures_of_periods(
            blocks,
            layout,
            CHOICE,
            measure,
            periods_of(RULES.split_at, HORIZON),
            least_events=least,
            unit_effects=True,
        )[1],
        "piecewise": piecewise,
        "calibration": calibrated,
        "stability": lambda: np.nan_to_num(estimate_halves(blocks, chain, RATIO).performance),
    }
    for name, check in checks.items():
        try:
            if not np.isfinite(check()).all():
                raise ValueError(f"{name}: not finite")
        except (InputError, ConvergenceError) as error:
            yield name, str(error)


def run(scale: float, seed: int) -> Outcome:
    """One country, or why it stopped."""
    newcomers = plan_country(scale, seed, 0.0, "report").newcomers
    try:
        return analyse(draw_spells(seed, newcomers, "report"))
    except ValueError as error:
        return Outcome(reasons=Counter(), left_out={}, stopped=str(error))


def main() -> None:
    """Print what became of every country, by scale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=float, nargs="+", default=[0.02, 0.05, 0.1, 0.2, 0.5])
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    warnings.simplefilter("error")
    table(
        "Small countries",
        *("scale", "countries", "stopped", "spells", "verdicts", "no verdict", "terms omitted"),
        *("terms with a prior", "levels without events", "models held", "checks left out"),
    )
    said: list[str] = []
    for scale in arguments.scales:
        outcomes = [run(scale, seed) for seed in range(arguments.seeds)]
        _print_row(scale, outcomes)
        for seed, outcome in enumerate(outcomes):
            place = f"scale {scale}, seed {seed}"
            said += [f"{place}: {name}: {why}" for name, why in outcome.left_out.items()]
            said += [f"{place}: stopped: {outcome.stopped}"] if outcome.stopped else []
    print("", *said, sep="\n")


def _print_row(scale: float, outcomes: list[Outcome]) -> None:
    left_out = Counter(name for outcome in outcomes for name in outcome.left_out)
    held = Counter(name for outcome in outcomes for name in outcome.held)
    reasons: Counter[str] = sum((outcome.reasons for outcome in outcomes), Counter())
    row(
        scale,
        len(outcomes),
        sum(bool(outcome.stopped) for outcome in outcomes),
        round(np.mean([outcome.spells for outcome in outcomes])),
        round(np.mean([outcome.judged for outcome in outcomes]), 1),
        ", ".join(f"{name} {count}" for name, count in reasons.items()),
        sum(outcome.omitted for outcome in outcomes),
        sum(outcome.with_prior for outcome in outcomes),
        sum(outcome.no_events for outcome in outcomes),
        ", ".join(f"{name} {count}" for name, count in held.items()) or "none",
        ", ".join(f"{name} {count}" for name, count in left_out.items()) or "none",
    )


if __name__ == "__main__":
    main()
