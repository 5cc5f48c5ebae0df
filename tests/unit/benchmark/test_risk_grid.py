"""Measures interpolated in the log risk: the stated bound of their error, and wide ranges."""

import numpy as np
import pandas as pd
import pytest
from laid_out import lay_out

from kommunebench.benchmark.durations.measure import Measure, log_survival_of
from kommunebench.benchmark.durations.risk_grid import (
    ESTIMATE_STEP,
    REPLICATE_STEP,
    RiskGrid,
    gather_weights,
)
from kommunebench.benchmark.durations.risk_sets import UnitWeights, risk_range
from kommunebench.benchmark.model.hazards import GroupHazards

HORIZON = 156
MEASURE = Measure.named("restricted_mean", HORIZON)


def errors(log_risk, log_factors, step):
    """Interpolated less exact restricted mean of spells of these log risks, each a unit of its own,
    and the grid."""
    count = len(log_risk)
    spells = pd.DataFrame(
        {"unit": [f"{k:05d}" for k in range(count)], "x": log_risk, "duration": 9, "event": 1}
    )
    blocks = lay_out(spells, ("x",), HORIZON, person=None, group=None).blocks
    block = blocks.blocks[0]
    hazards = (GroupHazards(np.ones((1, 1)), np.array([log_risk.mean()]), log_factors[:, None]),)
    limits = risk_range(block, hazards, UnitWeights())
    grid = RiskGrid.between(limits.low, limits.high, step)
    gathered = gather_weights(block, hazards, UnitWeights(), grid)
    log_survival = log_survival_of(log_factors)
    on_grid = MEASURE.on_grid(log_survival[None], grid.risks(0, 0))[0]
    exact = MEASURE.of_risks(log_survival, np.exp(log_risk))
    return gathered.on_grid[0, :, :, 0] @ on_grid - exact, grid


@pytest.mark.parametrize("wide", [0.05, 3.0, 6.0, 8.0, 12.0, 25.0])
@pytest.mark.parametrize(("step", "bound"), [(REPLICATE_STEP, 1e-3), (ESTIMATE_STEP, 1e-6)])
@pytest.mark.parametrize("shape", ["one week", "constant"])
def test_the_error_of_every_spell_is_below_the_bound_at_every_range(wide, step, bound, shape):
    """All hazard in the first week is the worst baseline: every week of the mean errs alike."""
    log_factors = np.full(HORIZON, -0.01)
    if shape == "one week":
        log_factors = np.append(-20.0, np.zeros(HORIZON - 1))
    error, grid = errors(np.linspace(-wide, 0.0, 997), log_factors, step)
    assert np.abs(error).max() < bound
    assert grid.nodes <= wide / step + 4
    if shape == "one week" and wide > 3:
        assert np.abs(error).max() > 0.5 * bound


def test_one_enormous_risk_leaves_the_other_spells_theirs():
    """An outlier whose risk is exp(30) of the usual ones."""
    log_risk = np.append(np.linspace(-2.0, 0.0, 200), 30.0)
    error, _ = errors(log_risk, np.full(HORIZON, -0.01), REPLICATE_STEP)
    assert np.abs(error).max() < 1e-3


def test_without_a_spell_drawn_there_is_a_grid_all_the_same():
    grid = RiskGrid.between(np.full((1, 1), np.inf), np.full((1, 1), -np.inf), REPLICATE_STEP)
    assert np.isfinite(grid.risks(0, 0)).all() and grid.nodes == 4
