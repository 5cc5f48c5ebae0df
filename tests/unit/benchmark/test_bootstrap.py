"""The bootstrap: weights that depend on seed, replicate and person only; replicates that are the
weighted chain."""

import numpy as np
import pandas as pd
from simulated_spells import simulate_spells
from test_influence import weighted_log_indicators

from kommunebench.benchmark.bootstrap import bootstrap_log_indicators, prepare_bootstrap
from kommunebench.benchmark.chain import estimate_chain
from kommunebench.benchmark.design import infer_specs
from kommunebench.benchmark.resampling import person_keys, poisson_weights
from kommunebench.benchmark.spell_arrays import spell_arrays

# Replicates stop at 1e-9 of the log-likelihood, and areas are interpolated: a hundredth of a
# standard error (0.06).
TOLERANCE = 1e-3


def test_weights_are_poisson_and_the_same_in_any_order():
    keys = person_keys(pd.Series([f"p{i}" for i in range(4000)]))
    weights = poisson_weights(keys, np.arange(50), seed=7)
    assert abs(weights.mean() - 1) < 0.01
    assert abs(weights.var() - 1) < 0.02
    assert abs(np.corrcoef(weights[:, 0], weights[:, 1])[0, 1]) < 0.05
    order = np.random.default_rng(1).permutation(4000)
    np.testing.assert_array_equal(poisson_weights(keys[order], np.arange(50), 7), weights[order])
    np.testing.assert_array_equal(poisson_weights(keys, np.array([17]), 7)[:, 0], weights[:, 17])
    assert (poisson_weights(keys, np.arange(50), 8) != weights).any()


def test_replicates_are_the_chain_run_with_their_weights():
    spells = simulate_spells(900, 12)
    arrays = spell_arrays(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        person="person",
        group="group",
        horizon=30,
    )
    chain = estimate_chain(arrays, spells, infer_specs(spells, ["x", "c"]))
    keys = person_keys(spells["person"])
    drawn = bootstrap_log_indicators(
        prepare_bootstrap(arrays, chain.models, keys), range(3), seed=5
    )
    for replicate in range(3):
        weights = poisson_weights(keys, np.array([replicate]), 5)[:, 0]
        plain, robust = weighted_log_indicators(arrays, chain, weights)
        np.testing.assert_allclose(drawn[replicate, :, 0], plain, atol=TOLERANCE)
        np.testing.assert_allclose(drawn[replicate, :, 1], robust, atol=TOLERANCE)


def test_replicates_do_not_depend_on_how_they_are_split():
    spells = simulate_spells(300, 13)
    arrays = spell_arrays(
        spells, unit="unit", duration="duration", event="event", person="person", horizon=30
    )
    chain = estimate_chain(arrays, spells, infer_specs(spells, ["x"]))
    prepared = prepare_bootstrap(arrays, chain.models, person_keys(spells["person"]))
    whole = bootstrap_log_indicators(prepared, range(6), 1)
    parts = np.concatenate(
        [
            bootstrap_log_indicators(prepared, range(2), 1),
            bootstrap_log_indicators(prepared, range(2, 6), 1),
        ]
    )
    np.testing.assert_allclose(parts, whole, atol=1e-10)
