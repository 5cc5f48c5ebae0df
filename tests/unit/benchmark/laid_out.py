"""Spells of the tests laid out and estimated as benchmark_spells does it."""

from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.in_memory import estimate_in_memory, lay_out_spells
from kommunebench.benchmark.influence.covariance import influence_plan
from kommunebench.benchmark.influence.spells import spell_influences
from kommunebench.benchmark.model.national import ModelChoice

HORIZON = 30


def lay_out(spells, covariates=("x", "c"), horizon=HORIZON, *, unit_effects=False, **columns):
    """SpellsInMemory with the usual column names; ``person`` or ``group`` None: without."""
    names = {"unit": "unit", "person": "person", "group": "group"} | columns
    checked = spell_columns(spells, duration="duration", event="event", horizon=horizon, **names)
    specs = infer_specs(spells, list(covariates))
    return lay_out_spells(spells, checked, specs, unit_effects=unit_effects)


def estimate(laid_out, measure="restricted_mean", *, unit_effects=False, **choice):
    """The chain estimated in memory."""
    chosen = ModelChoice(**choice)
    return estimate_in_memory(laid_out, chosen, measure, unit_effects=unit_effects)


def influence_matrix(laid_out, chain, indicator="ratio"):
    """Influences of all spells on plain and robust performance (n, 2, K)."""
    chosen = Indicator(indicator, chain.measure.name)
    plan = influence_plan(laid_out.blocks, chain, chosen)
    both = laid_out.blocks.by_spell(partial(spell_influences, plan=plan))
    return np.stack(np.split(both, 2, axis=1), axis=1)
