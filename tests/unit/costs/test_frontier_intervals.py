"""Intervals of efficiencies and ranks: their formula, their level, and what they hold."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from kommunebench.costs import FrontierFit, IntervalSettings, fit_frontier, frontier_parameter_draws
from kommunebench.costs.frontier_closed_forms import HalfNormal
from kommunebench.costs.frontier_inputs import check_inputs, standardise
from kommunebench.costs.frontier_likelihood import likelihood_of
from kommunebench.costs.frontier_parameter_draws import draw_parameters
from kommunebench.costs.horrace_schmidt import inefficiency_interval
from kommunebench.errors import ConvergenceError, InputError

DRAWS = 400


def sample(seed: int, n: int = 90, sigma_u: float = 0.15) -> tuple[np.ndarray, pd.DataFrame, Any]:
    """Outcome in levels, design, true efficiency."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    frontier = 1.0 + 0.05 * x
    u = sigma_u * np.abs(rng.normal(size=n))
    y = frontier - u + 0.05 * rng.normal(size=n)
    return y, pd.DataFrame({"constant": 1.0, "x": x}), 1.0 - u / frontier


def fitted(sample_seed: int, kind: Any = "parameters_estimated", **options: Any) -> FrontierFit:
    y, X, _ = sample(sample_seed)
    settings = {"draws": DRAWS} | options
    return fit_frontier(y, X, side="production", intervals=IntervalSettings(kind=kind, **settings))


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_horrace_and_schmidt_by_their_formula(level: float) -> None:
    residual, noise, sigma_u = np.array([-0.2, 0.1, 0.9]), np.full(3, 0.3), 0.4
    posterior = HalfNormal().posterior(residual, noise, np.log([sigma_u]))
    low, high = inefficiency_interval(posterior, level)
    location = residual * sigma_u**2 / (0.3**2 + sigma_u**2)
    spread = 0.3 * sigma_u / np.sqrt(0.3**2 + sigma_u**2)
    mass, tail = norm.cdf(location / spread), (1.0 - level) / 2.0
    assert low == pytest.approx(location + spread * norm.ppf(1.0 - (1.0 - tail) * mass))
    assert high == pytest.approx(location + spread * norm.ppf(1.0 - tail * mass))


def test_known_parameters_give_the_interval_of_that_formula() -> None:
    fit = fitted(1, "parameters_known")
    posterior = HalfNormal().posterior(
        -fit.residual, np.full(fit.n, fit.sigma_v), np.log([fit.sigma_u])
    )
    low, high = inefficiency_interval(posterior, 0.95)
    assert fit.efficiency_high == pytest.approx(1.0 - low / fit.frontier)
    assert fit.efficiency_low == pytest.approx(1.0 - high / fit.frontier)


def width(fit: FrontierFit) -> float:
    return float(np.mean(fit.efficiency_high - fit.efficiency_low))


def test_estimated_parameters_make_intervals_wider() -> None:
    known, estimated = fitted(1, "parameters_known"), fitted(1)
    assert width(estimated) > 1.05 * width(known)
    assert estimated.rank_span > known.rank_span
    assert (estimated.interval, known.interval) == ("parameters_estimated", "parameters_known")
    assert estimated.efficiency == pytest.approx(known.efficiency)
    for fit in (known, estimated):
        assert (fit.efficiency_low <= fit.efficiency).all()
        assert (fit.efficiency <= fit.efficiency_high).all()
        assert (fit.efficiency_high <= 1.0).all()
        assert ((fit.rank_low >= 1) & (fit.rank_high <= fit.n)).all()


@pytest.mark.parametrize("kind", ["parameters_known", "parameters_estimated"])
def test_the_confidence_level_reaches_efficiencies_and_ranks(kind: Any) -> None:
    narrow, wide = fitted(1, kind, confidence_level=0.5), fitted(1, kind, confidence_level=0.99)
    assert width(narrow) < 0.5 * width(wide)
    assert narrow.rank_span < 0.7 * wide.rank_span
    assert wide.confidence_level == 0.99


def test_a_seed_gives_one_answer_and_another_seed_nearly_the_same() -> None:
    one, again, other = fitted(1), fitted(1), fitted(1, seed=5)
    assert (one.efficiency_low == again.efficiency_low).all()
    assert not (one.efficiency_low == other.efficiency_low).all()
    assert one.efficiency_low == pytest.approx(other.efficiency_low, abs=0.04)


def test_unit_and_origin_change_no_interval() -> None:
    y, X, _ = sample(1)
    settings = IntervalSettings(draws=DRAWS)
    plain = fit_frontier(y, X, side="production", intervals=settings)
    moved = X.assign(x=2013.0 + 4.0 * X["x"])
    other = fit_frontier(1000.0 * y, moved, side="production", intervals=settings)
    for name in ("efficiency_low", "efficiency_high", "rank_low", "rank_high"):
        assert getattr(other, name) == pytest.approx(getattr(plain, name), rel=1e-6), name


@pytest.mark.parametrize("side", ["production", "cost"])
@pytest.mark.parametrize("noise", ["weighted", "known_variance"])
def test_every_form_of_the_model_has_them(side: Any, noise: str) -> None:
    y, X, _ = sample(2)
    outcome = y if side == "production" else 2.0 - y
    rng = np.random.default_rng(1)
    options: dict[str, Any] = (
        {"weights": rng.uniform(100.0, 900.0, 90)}
        if noise == "weighted"
        else {"noise": "known_variance", "noise_se": rng.uniform(0.01, 0.04, 90)}
    )
    fit = fit_frontier(outcome, X, side=side, intervals=IntervalSettings(draws=DRAWS), **options)
    assert not fit.no_inefficiency
    assert (fit.efficiency_low < fit.efficiency_high).all()


def test_without_inefficiency_there_are_none() -> None:
    y, X, _ = sample(3, sigma_u=0.2)
    fit = fit_frontier(2.0 - y, X, side="production")
    assert fit.no_inefficiency
    limits = np.r_[fit.efficiency_low, fit.efficiency_high, fit.rank_low, fit.rank_high]
    assert np.isnan(limits).all()
    assert np.isnan(fit.rank_span)


def test_where_parameters_cannot_be_drawn_the_scores_stand_without_intervals(monkeypatch) -> None:
    known = fitted(3, "parameters_known")
    monkeypatch.setattr(frontier_parameter_draws, "LEAST_EFFECTIVE", 1e9)
    fit = fitted(3)
    assert "could not be drawn from" in fit.interval_fault and known.interval_fault == ""
    assert fit.efficiency == pytest.approx(known.efficiency)
    assert list(fit.rank) == list(known.rank)
    for limits in (fit.efficiency_low, fit.efficiency_high, fit.rank_low, fit.rank_high):
        assert np.isnan(limits).all()
    assert np.isnan(fit.rank_span)


def test_draws_of_many_units_are_those_of_maximum_likelihood() -> None:
    """With 3,000 units mean and spread of the draws are the estimate and its standard error."""
    y, X, _ = sample(4, 3000)
    fit = fit_frontier(y, X, side="production", intervals=IntervalSettings(kind="parameters_known"))
    inputs = check_inputs(y, X, None, None)
    data = standardise(inputs)
    drawn = draw_parameters(
        likelihood_of(inputs, data, HalfNormal(), "production"),
        data,
        information_share=1.0,
        draws=1000,
        rng=np.random.default_rng(1),
    )
    columns = data.ols + data.scale * drawn[:, :2] @ data.back.T
    scales = drawn[:, 2:] + np.log(data.scale)
    values = np.column_stack([columns, scales])
    errors = np.sqrt(np.diag(fit.covariance))
    gap = (values.mean(axis=0) - fit.parameters.to_numpy()) / errors
    assert np.abs(gap).max() < 0.25
    assert values.std(axis=0) / errors == pytest.approx(np.ones(4), abs=0.12)


@pytest.mark.study
def test_coverage_at_ninety_municipalities() -> None:
    """More in benchmarks/frontier_study.py."""
    inside: dict[str, list[float]] = {"parameters_known": [], "parameters_estimated": []}
    for seed in range(60):
        y, X, truth = sample(100 + seed, sigma_u=0.125)
        for kind, shares in inside.items():
            settings = IntervalSettings(kind=kind, draws=500)  # type: ignore[arg-type]
            try:
                fit = fit_frontier(y, X, side="production", intervals=settings)
            except ConvergenceError:
                continue  # no interior maximum: refused with either kind
            held = (fit.efficiency_low <= truth) & (truth <= fit.efficiency_high)
            if not fit.no_inefficiency:
                shares.append(float(held.mean()))
    assert len(inside["parameters_known"]) == len(inside["parameters_estimated"]) > 45
    assert np.mean(inside["parameters_known"]) < 0.92
    assert 0.93 <= np.mean(inside["parameters_estimated"]) <= 0.97


@pytest.mark.study
def test_with_known_parameters_nineteen_in_twenty_of_many_units() -> None:
    y, X, truth = sample(15, 4000)
    fit = fit_frontier(
        y, X, side="production", intervals=IntervalSettings(kind="parameters_known", draws=100)
    )
    held = (fit.efficiency_low <= truth) & (truth <= fit.efficiency_high)
    assert held.mean() == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "bootstrap"}, "intervals.kind"),
        ({"confidence_level": 1.0}, "intervals.confidence_level: must lie between 0 and 1"),
        ({"confidence_level": None}, "intervals.confidence_level: expected one positive number"),
        ({"confidence_level": float("nan")}, "intervals.confidence_level: must be positive"),
        ({"draws": 10}, "intervals.draws: must be a whole number of 100 or more, got 10"),
        ({"draws": 150.5}, "intervals.draws: must be a whole number of 100 or more, got 150.5"),
        ({"seed": -1}, "intervals.seed: must be a whole number of 0 or more, got -1"),
    ],
)
def test_unusable_settings_are_named(options: dict[str, Any], message: str) -> None:
    y, X, _ = sample(1)
    with pytest.raises(InputError, match=message):
        fit_frontier(y, X, side="production", intervals=IntervalSettings(**options))
