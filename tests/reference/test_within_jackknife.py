"""The model within units on real persons: influences against the change when a person is left out,
and the bootstrap, on the dialysis centres."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.in_memory import estimate_in_memory, lay_out_spells
from kommunebench.benchmark.influence.covariance import influence_plan
from kommunebench.benchmark.influence.spells import spell_influences
from kommunebench.benchmark.model.national import ModelChoice

SPELLS = Path(__file__).resolve().parents[2] / "examples" / "dialysis_centres.csv"
RATIO = Indicator("ratio", "restricted_mean")


@pytest.fixture(scope="module")
def spells() -> pd.DataFrame:
    """The centres with at least 50 patients, with the share of hypertensive patients of each as a
    circumstance that never changes within it."""
    every = pd.read_csv(SPELLS)
    large = every.groupby("center")["pid"].transform("size") >= 50
    kept = every[large].reset_index(drop=True)
    is_hypertensive = (kept["disease"] == "hypert").astype(float)
    return kept.assign(
        age_group=pd.cut(kept["age"], [-1, 29, 44, 59, 74, 120]).astype(str),
        market=is_hypertensive.groupby(kept["center"]).transform("mean"),
    )


def chain_of(spells):
    """The spells laid out and the chain of the model within units."""
    columns = spell_columns(
        spells, unit="center", duration="time", event="event", person="pid", horizon=44
    )
    specs = infer_specs(spells, ["age_group", "disease", "market"])
    laid_out = lay_out_spells(spells, columns, specs, unit_effects=True)
    return laid_out, estimate_in_memory(
        laid_out, ModelChoice(), "restricted_mean", unit_effects=True
    )


def test_influences_predict_what_leaving_a_person_out_does(spells):
    laid_out, chain = chain_of(spells)
    assert [len(effects.constant.positions) for effects in laid_out.layout.unit_effects] == [1]
    plan = influence_plan(laid_out.blocks, chain, RATIO)
    influences = laid_out.blocks.by_spell(lambda block: spell_influences(block, plan))
    n_units = len(chain.n_spells)
    whole = RATIO.performance(chain.expected, chain.robust)
    se = np.sqrt((influences[:, n_units:] ** 2).sum(axis=0))
    changes, predicted = [], []
    for row in np.random.default_rng(3).choice(len(spells), 12, replace=False):
        without = chain_of(spells.drop(index=row))[1]
        changes.append(whole - RATIO.performance(without.expected, without.robust))
        predicted.append(influences[row, n_units:])
    # What is left out is one in some thousand persons: the second order is far below the first.
    gap = np.abs(np.array(changes) - np.array(predicted)) / se
    assert gap.max() < 0.05 and np.abs(np.array(predicted) / se).max() > 0.2
    corrcoef = np.corrcoef(np.ravel(changes), np.ravel(predicted))[0, 1]
    assert corrcoef > 0.999
