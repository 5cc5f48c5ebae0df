"""Concordance from sums over blocks: against lifelines, and pairs written out."""

from functools import partial

import numpy as np
import pytest
from laid_out import HORIZON, estimate, lay_out
from lifelines.utils import concordance_index
from simulated_spells import simulate_spells

from kommunebench.benchmark.blocks.block import MemoryBlocks
from kommunebench.benchmark.model.concordance import concordance_over_blocks, log_risk_of


@pytest.fixture(scope="module")
def spells():
    return simulate_spells(700, 3)


def by_pairs(duration, event, group, risk):
    """Every pair looked at."""
    concordant = pairs = 0.0
    for i in np.flatnonzero(event):
        later = (duration > duration[i]) | ((duration == duration[i]) & ~event)
        others = risk[later & (group == group[i])]
        pairs += len(others)
        concordant += (others < risk[i]).sum() + 0.5 * (others == risk[i]).sum()
    return concordant / pairs


def test_one_group_has_the_concordance_of_lifelines(spells):
    laid_out = lay_out(spells, group=None)
    models = estimate(laid_out).models
    log_risk = partial(log_risk_of, models=models)
    (block,) = laid_out.blocks.blocks
    expected = concordance_index(block.duration, -log_risk(block, 0), block.event)
    assert 0.55 < expected < 0.95
    assert concordance_over_blocks(laid_out.blocks, log_risk) == pytest.approx(expected, abs=1e-3)


def test_pairs_are_of_one_group_and_within_the_horizon(spells):
    late = spells.assign(duration=spells["duration"] + 5)
    laid_out = lay_out(late, horizon=HORIZON)
    log_risk = partial(log_risk_of, models=estimate(laid_out).models)
    (block,) = laid_out.blocks.blocks
    group = np.repeat([0, 1], [len(g.unit) for g in block.groups])
    risk = np.concatenate([log_risk(block, code) for code in (0, 1)])
    seen = block.event & (block.duration <= HORIZON)
    assert (block.event & ~seen).any()
    expected = by_pairs(np.minimum(block.duration, HORIZON), seen, group, risk)
    assert concordance_over_blocks(laid_out.blocks, log_risk) == pytest.approx(expected, abs=1e-3)


def test_spells_in_several_blocks_have_the_same_concordance(spells):
    laid_out = lay_out(spells)
    log_risk = partial(log_risk_of, models=estimate(laid_out).models)
    one = concordance_over_blocks(laid_out.blocks, log_risk)
    twice = MemoryBlocks((*laid_out.blocks.blocks, *laid_out.blocks.blocks), ())
    # Every spell has a twin: the pairs of events with each other's twins are ties in time.
    assert concordance_over_blocks(twice, log_risk) == pytest.approx(one, abs=1e-12)


@pytest.mark.parametrize(
    ("risks", "expected"),
    [((3.0, 1.0), 1.0), ((1.0, 3.0), 0.0), ((2.0, 2.0), 0.5), ((np.inf, -np.inf), 1.0)],
)
def test_one_pair(risks, expected):
    spells = simulate_spells(2, 0).assign(duration=[4, 9], event=[1, 0], group="m")
    (block,) = (laid_out := lay_out(spells, ["x"])).blocks.blocks
    by_duration = dict(zip((4, 9), risks, strict=True))
    risk = np.array([by_duration[weeks] for weeks in block.duration])
    assert concordance_over_blocks(laid_out.blocks, lambda *_: risk) == expected


def test_without_a_pair_there_is_none():
    spells = simulate_spells(2, 0).assign(duration=[4, 9], event=[0, 1], group="m")
    laid_out = lay_out(spells, ["x"])
    assert np.isnan(concordance_over_blocks(laid_out.blocks, lambda *_: np.zeros(2)))
