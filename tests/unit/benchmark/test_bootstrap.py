"""The bootstrap: weights that depend on seed, replicate and person only; replicates that are the
weighted chain."""

import numpy as np
import pandas as pd
import pytest
from laid_out import HORIZON, estimate, lay_out
from plain_chain import PlainSecondStage, covariate_matrix, plain_chain
from simulated_spells import simulate_spells

from kommunebench.benchmark import benchmark_cases, benchmark_spells
from kommunebench.benchmark.blocks.person_keys import person_keys
from kommunebench.benchmark.bootstrap.effects import unit_deviations
from kommunebench.benchmark.bootstrap.replicates import bootstrap_performance, bootstrap_se
from kommunebench.benchmark.bootstrap.weights import Draw, poisson_weights
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.table import bootstrap_note, summarise_bootstrap

# Replicates stop at 1e-9 of the log-likelihood, and measures are interpolated: a hundredth of a
# standard error (0.06).
TOLERANCE = 1e-3
PIECEWISE = {"baseline": "piecewise", "cuts": (6, 13)}


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


@pytest.mark.parametrize(
    ("measure", "indicator", "choice", "unit_effects"),
    [
        ("restricted_mean", "ratio", {}, False),
        ("share", "difference", {}, False),
        ("restricted_mean", "ratio", {"baseline": "breslow"}, False),
        ("restricted_mean", "ratio", {}, True),
        ("restricted_mean", "ratio", PIECEWISE, False),
        ("share", "difference", PIECEWISE, True),
    ],
)
def test_replicates_are_the_chain_run_with_their_weights(measure, indicator, choice, unit_effects):
    spells = simulate_spells(900, 12)
    laid_out = lay_out(spells, unit_effects=unit_effects)
    chain = estimate(laid_out, measure, unit_effects=unit_effects, **choice)
    drawn = bootstrap_performance(
        laid_out.blocks,
        chain.models,
        chain.measure,
        Indicator(indicator, measure),
        replicates=range(2),
        seed=5,
    )
    keys, covariates = person_keys(spells["person"]), covariate_matrix(spells)
    scale = 100.0 if indicator == "difference" else 1.0
    for replicate in range(2):
        weights = poisson_weights(keys, np.array([replicate]), 5)[:, 0].astype(float)
        plain = plain_chain(
            spells,
            covariates,
            weights,
            HORIZON,
            measure=measure,
            unit_effects=unit_effects,
            **choice,
        )
        np.testing.assert_allclose(
            drawn[replicate].T, plain.performance(measure, indicator), atol=TOLERANCE * scale
        )


def test_replicates_of_a_second_stage_are_the_chain_with_their_weights_and_their_units():
    spells = simulate_spells(900, 12)
    rng = np.random.default_rng(2)
    spells["unit"] = rng.choice(list("abcdefgh"), 900)
    market = dict(zip("abcdefgh", rng.normal(size=8), strict=True))
    spells["market"] = spells["unit"].map(market)
    laid_out = lay_out(spells, ["x", "c", "market"], unit_effects=True)
    chain = estimate(laid_out, unit_effects=True)
    drawn = bootstrap_performance(
        laid_out.blocks,
        chain.models,
        chain.measure,
        Indicator("ratio", "restricted_mean"),
        replicates=range(2),
        seed=5,
    )
    covariates = covariate_matrix(spells, ["x", "c", "market"])
    second_stage = PlainSecondStage(["market"], np.zeros(8))

    def chain_of(weights):
        plain = plain_chain(
            spells, covariates, weights, HORIZON, unit_effects=True, second_stage=second_stage
        )
        return plain.performance()

    chain_of(np.ones(900))
    keys, draws = person_keys(spells["person"]), unit_deviations(Draw(5, (0, 1)), 8)
    for replicate in range(2):
        weights = poisson_weights(keys, np.array([replicate]), 5)[:, 0].astype(float)
        second_stage.deviation = draws[:, replicate]
        np.testing.assert_allclose(drawn[replicate].T, chain_of(weights), atol=TOLERANCE)


def test_a_unit_in_one_replicate_only_has_no_standard_error():
    drawn = np.full((3, 2, 2), np.nan)
    drawn[:, 0] = [[0.1, 0.2], [0.3, 0.2], [0.2, 0.5]]
    drawn[0, 1] = 0.4
    se = bootstrap_se(drawn)
    np.testing.assert_allclose(se[0], np.std(drawn[:, 0], axis=0, ddof=1))
    assert np.isnan(se[1]).all()


def test_every_unit_has_the_ratio_of_its_two_errors():
    """Of the indicator that carries the verdicts, for durations and shares."""
    spells = simulate_spells(900, 12)
    chosen = {"unit": "unit", "covariates": ["x"], "group": "group", "replicates": 3, "seed": 1}
    durations = benchmark_spells(
        spells, duration="duration", event="event", horizon=HORIZON, min_spells=20, **chosen
    ).indicators
    shares = benchmark_cases(spells, outcome="event", min_cases=20, **chosen).indicators
    for table, suffix in ((durations, "_robust"), (shares, "")):
        drawn, analytic = table[f"se_bootstrap{suffix}"], table[f"indicator{suffix}_se"]
        np.testing.assert_allclose(table["bootstrap_ratio"], drawn / analytic, rtol=1e-12)
        assert table["bootstrap_ratio"].gt(0).all()


def test_ratios_of_units_with_a_verdict_are_summed_up_with_those_that_are_outside():
    table = pd.DataFrame(
        {
            "assessment": ["better", "as_expected", "worse", None],
            "bootstrap_ratio": [0.89, 0.9, 1.2, 3.0],
        }
    )
    found = summarise_bootstrap(table)
    assert found == {
        "median_bootstrap_ratio": 0.9,
        "smallest_bootstrap_ratio": 0.89,
        "largest_bootstrap_ratio": 1.2,
        "bootstrap_ratios_outside": 2,
    }
    told = bootstrap_note(pd.Series({**found, "units_with_verdict": 3}))
    assert told == "bootstrap over analytic error 0.89 to 1.20, 2 of 3 outside 0.9–1.1"
    without = summarise_bootstrap(table.assign(bootstrap_ratio=None))
    assert np.isnan(list(without.values())).all()
    assert bootstrap_note(pd.Series(without)) == bootstrap_note(pd.Series(dtype=float)) == ""
