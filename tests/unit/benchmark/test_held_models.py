"""Models without a finite maximum: every level and every unit is held by a prior, in the fit, in
its replicates, and in what is said of it."""

import numpy as np
import pandas as pd
import pytest
from laid_out import lay_out
from simulated_spells import simulate_spells

from kommunebench.benchmark import benchmark_cases, benchmark_spells
from kommunebench.benchmark.bootstrap.fit import fit_replicates, replicate_start
from kommunebench.benchmark.bootstrap.weights import Draw
from kommunebench.benchmark.checks.sensitivity import RunResults, under_models
from kommunebench.benchmark.covariates.design import PRIOR_SD
from kommunebench.benchmark.durations.chain import with_baselines
from kommunebench.benchmark.model.block_fit import fit_over_blocks
from kommunebench.benchmark.model.likelihood import fit_columns, score_residuals
from kommunebench.benchmark.model.memory_fit import fit_in_memory
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.benchmark.model.tables import coefficient_table
from kommunebench.errors import ConvergenceError
from kommunebench.stages.stored_models import model_rows
from kommunebench.survival import fit_cox
from kommunebench.verdict_rules import VerdictRules


@pytest.fixture(scope="module")
def spells() -> pd.DataFrame:
    """One unit's only spell among men succeeds before all others: the likelihood of the model
    within units rises without end in its effect."""
    spells = simulate_spells(500, 7)
    spells["duration"] += 1
    first = spells.index[spells["group"] == "m"][0]
    spells.loc[first, ["unit", "event", "duration"]] = ["tiny", 1, 1]
    return spells


@pytest.fixture(scope="module")
def laid_out(spells):
    return lay_out(spells, unit_effects=True)


@pytest.fixture(scope="module")
def models(laid_out):
    return fit_in_memory(laid_out.blocks, laid_out.layout, ModelChoice(), unit_effects=True)


def test_a_unit_that_separates_has_every_level_and_unit_held(models):
    held = {model.name: model.is_held for model in models}
    assert held == {"m": True, "w": False}
    men = next(model for model in models if model.name == "m")
    numbers = [column.level is None for column in men.design.columns]
    of_design = men.estimate.prior_sd[men.shared]
    assert np.isinf(of_design[numbers]).all()
    assert (of_design[~np.array(numbers)] == PRIOR_SD).all()
    assert (men.estimate.prior_sd[: men.n_effects] == PRIOR_SD).all()
    assert np.abs(men.estimate.beta).max() < 10


def test_both_fitters_hold_alike(laid_out, models):
    over_blocks = fit_over_blocks(
        laid_out.blocks, laid_out.layout, ModelChoice(), unit_effects=True
    )
    for one, other in zip(models, over_blocks, strict=True):
        for name in ("beta", "bread", "covariance", "prior_sd"):
            np.testing.assert_allclose(
                getattr(one.estimate, name), getattr(other.estimate, name), atol=1e-8
            )


def _fit_of_men(laid_out, men, weights):
    """The men's model as one fit of weighted rows with the priors of the national model."""
    group = laid_out.layout.group_names.index("m")
    blocks, effects = laid_out.blocks, men.unit_effects
    columns = fit_columns(
        blocks.group_x[group], blocks.of_group(group, lambda block: block.unit), effects
    )
    names = [*effects.names, *men.design.terms]
    priors = zip(names, men.estimate.prior_sd, strict=True)
    fitted = fit_cox(
        blocks.of_group(group, lambda block: block.duration),
        blocks.of_group(group, lambda block: block.event),
        pd.DataFrame(columns, columns=names),
        weights=weights,
        ridge={name: float(sd) for name, sd in priors if np.isfinite(sd)},
        # A unit of weight zero: the prior alone gives 0, too.
        aliased="omit",
    )
    return fitted.coefficients.to_numpy()


def test_replicates_are_held_by_the_same_priors(laid_out, models):
    group = laid_out.layout.group_names.index("m")
    men = with_baselines(laid_out.blocks, models)[group]
    draw = Draw(3, tuple(range(40)))
    start = replicate_start(laid_out.blocks, group, men)
    hazards, settled = fit_replicates(laid_out.blocks, group, start, draw)
    assert settled.all()
    weights = laid_out.blocks.of_group(group, draw.of)
    effects = men.unit_effects
    for replicate in range(4):
        beta = _fit_of_men(laid_out, men, weights[:, replicate])
        np.testing.assert_allclose(hazards.fit_beta[:, replicate], beta[men.n_effects :], atol=2e-3)
        contrasts = effects.contrasts @ hazards.unit_effects[:, replicate]
        np.testing.assert_allclose(contrasts, beta[: men.n_effects], atol=2e-2)


def test_scores_and_bread_give_the_derivative_in_a_weight(laid_out, models):
    """What the influences of the chain start from."""
    group = laid_out.layout.group_names.index("m")
    men = models[group]
    scores = np.concatenate([score_residuals(b, group, men) for b in laid_out.blocks.blocks])
    step, row = 1e-4, 5
    up, down = (
        _fit_of_men(laid_out, men, np.where(np.arange(len(scores)) == row, 1 + way * step, 1.0))
        for way in (1, -1)
    )
    numeric = (up - down) / (2 * step)
    np.testing.assert_allclose(scores[row] @ men.estimate.bread, numeric, atol=1e-6)


def test_what_is_held_is_stored_and_said(spells, laid_out, models):
    with_baseline = with_baselines(laid_out.blocks, models)
    stored = model_rows("within", with_baseline).set_index("group")["prior_sd"]
    for model in models:
        assert stored[model.name] == model.estimate.prior_sd.tolist()
    result = benchmark_spells(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        covariates=["x", "c"],
        person="person",
        group="group",
        horizon=30,
        min_spells=20,
    )
    assert result.summary["held_groups"] == "m"
    # The pooled model, which is the one printed, has no terms for units and needs no prior.
    assert result.summary["terms_with_prior"] == 0
    assert result.coefficients["mark"].isna().all()


def ordered_by_a_number(n_events: int) -> pd.DataFrame:
    """Three times as many spells as events; a number orders the events without exception."""
    order = np.arange(1, 3 * n_events + 1)
    return pd.DataFrame(
        {
            "unit": "a",
            "person": order.astype(str),
            "group": "all",
            "x": -order.astype(float),
            "c": np.where(order % 3 == 0, "A", np.where(order % 3 == 1, "B", "C")),
            "duration": order,
            "event": (order <= n_events).astype(int),
        }
    )


def test_a_number_is_held_where_it_orders_few_events_and_refused_where_it_orders_many():
    """With priors on the levels alone there is still no maximum."""
    spells = ordered_by_a_number(10)
    laid_out = lay_out(spells)
    (model,) = fit_in_memory(laid_out.blocks, laid_out.layout, ModelChoice())
    assert model.is_held
    assert model.estimate.prior_sd == pytest.approx([PRIOR_SD / spells["x"].std(ddof=0), 2.5, 2.5])
    assert (coefficient_table([model]).query("not is_reference")["mark"] == "held").all()
    many = lay_out(ordered_by_a_number(60), horizon=200)
    for fit in (fit_in_memory, fit_over_blocks):
        with pytest.raises(ConvergenceError, match=r"\['x'\]"):
            fit(many.blocks, many.layout, ModelChoice())


def test_shares_decided_by_two_levels_together_are_held():
    """Nobody with both a and p succeeds and all others do with even odds, in levels that each have
    many of both kinds."""
    rng = np.random.default_rng(5)
    cases = pd.DataFrame({"unit": rng.choice(list("uvw"), 600)})
    cases["one"], cases["two"] = rng.choice(["a", "b"], 600), rng.choice(["p", "q"], 600)
    # Three cells with one outcome each: the log odds of two levels add up to infinity.
    cases = cases[~((cases["one"] == "b") & (cases["two"] == "q"))].reset_index(drop=True)
    both = (cases["one"] == "a") & (cases["two"] == "p")
    coin = rng.integers(0, 2, len(cases))
    cases["outcome"] = np.where(both, 0, coin)
    result = benchmark_cases(
        cases, unit="unit", outcome="outcome", covariates=["one", "two"], min_cases=20
    )
    terms = result.coefficients.query("term in ('one_b', 'two_q')")
    assert (terms["mark"] == "held").all() and result.summary["held_groups"] == "all"
    assert terms["coefficient"].between(1, 10).all()
    assert np.isfinite(result.indicators["difference"]).all()


def test_rows_of_the_other_models_are_those_of_their_verdicts():
    run = RunResults(
        codes=np.array(["1", "2", "3"]),
        performance=np.array([0.1, -0.2, 0.0]),
        se=np.array([0.05, 0.1, np.nan]),
        n_events=np.array([40.0, 50.0, 3.0]),
        judged=np.array([True, True, False]),
        assessment=np.array(["better", "as_expected", None], object),
        rules=VerdictRules(),
    )
    verdicts = pd.DataFrame(
        {
            "model": ["within", "within", "pooled", "pooled"],
            "municipality_code": ["1", "2", "2", "1"],
            "carries_verdicts": [True, True, False, False],
            "difference_in_se": [0.0, 0.0, 1.5, -2.0],
            "assessment": ["better", "as_expected", "worse", None],
        }
    )
    (rows,) = under_models(run, verdicts)
    assert rows["check"].tolist() == ["pooled", "pooled"]
    assert rows["municipality_code"].tolist() == ["1", "2"]
    assert rows["log_indicator"].tolist() == pytest.approx([0.0, -0.05])
    assert rows["difference_in_se"].tolist() == pytest.approx([-2.0, 1.5])
    assert rows["assessment"].tolist() == [None, "worse"]
