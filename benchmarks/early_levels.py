"""Small countries that have no finite maximum because of a level: `python -m
benchmarks.early_levels --persons 3000 --countries 5`.

A level whose only spell succeeds before all others has no finite coefficient. Looks for countries
whose national model stops for such levels when no coefficient has a prior, runs them as the product
does, and again with each of these levels merged with the reference of its covariate: how far the
municipalities' robust indicators move, in standard errors. Prints Markdown.
"""

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from benchmarks.markdown import row, table
from benchmarks.simulated_spells import SimulatedSpells, draw_spells, main_specs
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.in_memory import SpellsInMemory, estimate_in_memory
from kommunebench.benchmark.influence.covariance import performance_covariance
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.errors import ConvergenceError
from kommunebench.survival import fit_cox

RATIO = Indicator("ratio", "restricted_mean")
SEEDS = 1000


@dataclass(frozen=True, slots=True)
class Moved:
    """Performances (K,) and their standard errors under one treatment of the levels."""

    codes: tuple[str, ...]
    performance: np.ndarray
    se: np.ndarray
    held: tuple[str, ...]


def separating_terms(laid_out: SpellsInMemory) -> dict[str, list[str]]:
    """By group the terms that have no finite coefficient where no term has a prior."""
    found = {}
    for group, name in enumerate(laid_out.layout.group_names):
        blocks, design = laid_out.blocks, laid_out.layout.designs[group]
        inside = np.concatenate([~block.groups[group].zero_hazard for block in blocks.blocks])
        columns = pd.DataFrame(blocks.group_x[group][inside], columns=list(design.terms))
        duration = blocks.of_group(group, lambda block: block.duration)[inside]
        event = blocks.of_group(group, lambda block: block.event)[inside]
        try:
            fit_cox(duration, event, columns, aliased="omit")
        except ConvergenceError as error:
            found[name] = [t for t in re.findall(r"'([^']+)'", str(error)) if t in design.terms]
    return found


def merged(drawn: SimulatedSpells, terms: Mapping[str, list[str]]) -> SimulatedSpells:
    """The spells with these levels replaced by the references of their covariates."""
    spells = drawn.table.copy()
    for group, names in terms.items():
        rows = spells["sex"] == group
        for spec in main_specs():
            for level in spells[spec.column].unique():
                if spec.kind == "category" and spec.term(str(level)) in names:
                    others = spells.loc[spells[spec.column] != level, spec.column]
                    usual = spec.reference or others.mode()[0]
                    spells.loc[rows & (spells[spec.column] == level), spec.column] = usual
            if spec.kind != "category" and spec.column in names:
                spells.loc[rows, spec.column] = 0
    return replace(drawn, table=spells)


def estimated(laid_out: SpellsInMemory) -> Moved:
    """The national model, the chain and its errors."""
    chain = estimate_in_memory(laid_out, ModelChoice(), "restricted_mean")
    covariance = performance_covariance(laid_out.blocks, chain, RATIO)
    return Moved(
        laid_out.layout.unit_names,
        RATIO.performance(chain.expected, chain.robust),
        np.sqrt(np.diag(covariance.robust)),
        tuple(model.name for model in chain.models if model.is_held),
    )


def main() -> None:
    """Print a row for every country found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=3000)
    parser.add_argument("--countries", type=int, default=5)
    parser.add_argument("--least-spells", type=int, default=30)
    arguments = parser.parse_args()
    table(
        f"Countries of {arguments.persons} newcomers that stop without priors",
        *("seed", "spells", "separating terms", "events in these levels", "all levels held"),
        f"municipalities of {arguments.least_spells} spells or more",
        *("median change, standard errors", "largest change"),
    )
    found = 0
    for seed in range(SEEDS):
        drawn = draw_spells(seed, arguments.persons, "report")
        laid_out = drawn.laid_out()
        terms = separating_terms(laid_out)
        if not terms:
            continue
        _print_row(seed, drawn, laid_out, terms, arguments.least_spells)
        found += 1
        if found == arguments.countries:
            break
    print(f"\n{seed + 1} countries drawn, {found} of them stop without priors.")


def _print_row(
    seed: int,
    drawn: SimulatedSpells,
    laid_out: SpellsInMemory,
    terms: Mapping[str, list[str]],
    least_spells: int,
) -> None:
    own = estimated(laid_out)
    without = estimated(merged(drawn, terms).laid_out())
    assert own.codes == without.codes
    n_spells = drawn.table["unit"].value_counts().reindex(list(own.codes)).to_numpy()
    known = (n_spells >= least_spells) & np.isfinite(own.se) & (own.se > 0)
    change = np.abs(without.performance - own.performance)[known] / own.se[known]
    row(
        seed,
        len(drawn.table),
        "; ".join(f"{group}: {', '.join(names)}" for group, names in terms.items()),
        _events(laid_out, terms),
        ", ".join(own.held) or "none",
        int(known.sum()),
        f"{np.median(change):.4f}",
        f"{change.max():.3f}",
    )


def _events(laid_out: SpellsInMemory, terms: Mapping[str, list[str]]) -> str:
    """Events in each of the levels."""
    counts = []
    for group, name in enumerate(laid_out.layout.group_names):
        event = laid_out.blocks.of_group(group, lambda block: block.event)
        columns = dict(enumerate(laid_out.layout.designs[group].terms))
        x = laid_out.blocks.group_x[group]
        counts += [
            str(int(event[x[:, place] == 1].sum()))
            for place, term in columns.items()
            if term in terms.get(name, [])
        ]
    return ", ".join(counts)


if __name__ == "__main__":
    main()
