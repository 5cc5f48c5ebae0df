"""Recovery over many simulated countries, without Spark: `python -m benchmarks.recovery_seeds --seeds 50 --persons 6000`.

Persons and spells come from the simulator's own functions; coefficients are estimated by the library's Cox model on the true spells.
Prints Markdown.
"""

import argparse
import time

import numpy as np
import pandas as pd

from kommunebench.benchmark import benchmark_spells
from kommunebench.simulation.country import Country
from kommunebench.simulation.lives import _start_monday, draw_lives, fixed_predictor, start_predictor
from kommunebench.simulation.people import draw_newcomers
from kommunebench.simulation.simulate import _plan

LAST_START = np.datetime64("2015-12-31")


def draw_spells(seed: int, persons: int, effects: str) -> tuple[pd.DataFrame, Country]:
    """Spells of a country: person, municipality, sex, duration, event, and the true log hazard without the municipality's effect."""
    plan = _plan(1.0, seed, 0.0, effects)  # type: ignore[arg-type]
    rng = np.random.default_rng([seed, 5])
    people = draw_newcomers(persons, plan.country, plan.codes, rng)
    lives = draw_lives(people, plan.country, plan.levels, rng)
    who, number = np.nonzero((lives.spell_start >= 0) & (_start_monday(lives) <= LAST_START))
    start, end = lives.spell_start[who, number], lives.spell_end[who, number]
    every = fixed_predictor(people, plan.country) - plan.country.effect[people.place]
    begun = np.maximum(lives.spell_start, 0)
    varying = np.column_stack(
        [start_predictor(people, plan.country, lives.origin_monday + 7 * w.astype("timedelta64[D]"), w) for w in begun.T]
    )
    table = pd.DataFrame(
        {
            "person": who,
            "unit": plan.country.code[people.place[who]],
            "sex": np.where(people.sex[who] == 1, "men", "women"),
            "duration": np.maximum(end - start, 1),
            "event": lives.spell_event[who, number].astype(int),
            "true_predictor": every[who] + varying[who, number],
        }
    )
    return table, plan.country


def recover(seed: int, persons: int, effects: str) -> dict[str, float]:
    """One country: slopes on the true predictor (truth 1) and what the benchmark makes of the effects."""
    spells, country = draw_spells(seed, persons, effects)
    result = benchmark_spells(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        covariates=["true_predictor"],
        person="person",
        group="sex",
        horizon=156,
        min_spells=100,
    )
    slope = result.coefficients.set_index("group")["coefficient"]
    own = result.indicators
    own = own[own["included"].astype(bool) & own["ci_low"].notna()]
    effect = pd.Series(country.effect, country.code).reindex(own["municipality_code"]).to_numpy()
    log = np.log(own["indicator_robust"].to_numpy(float))
    z = log / own["indicator_robust_se"].to_numpy(float)
    figures = {"slope, men": float(slope["men"]), "slope, women": float(slope["women"])}
    if effects == "none":
        return {**figures, "spread of z": float(z.std()), "flagged": float((np.abs(z) > 1.96).mean())}
    return {**figures, "correlation with effect": float(np.corrcoef(log, effect)[0, 1])}


def main() -> None:
    """Run the countries and print mean, Monte Carlo error and truth."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--persons", type=int, default=34_000)
    options = parser.parse_args()
    truth = {"slope, men": 1.0, "slope, women": 1.0, "spread of z": 1.0, "flagged": 0.05}
    print("| effects | figure | countries | mean | Monte Carlo SE | truth | deviation in SE |\n|---|---|---|---|---|---|---|")
    started = time.perf_counter()
    for effects in ("report", "none"):
        rows = pd.DataFrame([recover(seed, options.persons, effects) for seed in range(1, options.seeds + 1)])
        for name, values in rows.items():
            error = values.std(ddof=1) / np.sqrt(len(values))
            known = truth.get(str(name))
            gap = "" if known is None else f"{(values.mean() - known) / error:.2f}"
            print(f"| {effects} | {name} | {len(values)} | {values.mean():.4f} | {error:.4f} | {known if known else ''} | {gap} |")
    print(f"\n{options.persons:,} newcomers a country; {time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
