"""The distributions of inefficiency: gradients, tails, families that contain one another."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import expon, gamma, halfnorm, norm, truncnorm

from kommunebench.costs.frontier_closed_forms import Exponential, HalfNormal, TruncatedNormal
from kommunebench.costs.frontier_gamma import Gamma
from kommunebench.costs.frontier_likelihood import FrontierLikelihood
from kommunebench.costs.normal_tails import mills_ratio, scaled_log_cdf

FAMILIES = [
    (HalfNormal(), np.array([-0.4])),
    (Exponential(), np.array([-0.7])),
    (TruncatedNormal(), np.array([-0.3, 0.8])),
    (TruncatedNormal(), np.array([0.6, -2.5])),
    (Gamma(), np.array([-0.6, 0.5])),
    (Gamma(), np.array([-0.6, -0.8])),
]


@pytest.mark.parametrize("fixed_noise", [False, True])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("kind", "parameters"), FAMILIES)
def test_analytic_gradient_equals_numerical(
    kind: Any, parameters: np.ndarray, sign: int, fixed_noise: bool
) -> None:
    rng = np.random.default_rng(5)
    X = np.column_stack([np.ones(12), rng.normal(size=12)])
    model = FrontierLikelihood(
        rng.normal(size=12),
        X,
        sign,
        kind,
        weights=rng.uniform(0.5, 2.0, 12),
        known_variance=rng.uniform(0.1, 0.5, 12),
        fixed_noise=fixed_noise,
    )
    noise = [] if fixed_noise else [-0.5]
    params = np.concatenate([[0.2, -0.1], noise, parameters])
    numerical = approx_fprime(params, model.loglike, 1e-7)
    assert model.score(params) == pytest.approx(numerical, rel=1e-4, abs=1e-4)
    assert model.score_obs(params).sum(axis=0) == pytest.approx(model.score(params))
    _, sigma_v, of_u = model.split(params)
    log = kind.log_density(model.residual(params), model.noise_sd(sigma_v), of_u)
    assert model.case_weights @ log == pytest.approx(model.loglike(params), rel=1e-12)


def test_tails_of_the_normal_do_not_overflow() -> None:
    z = np.array([-300.0, -40.0, -5.0, 0.0, 5.0, 60.0])
    assert np.isfinite(mills_ratio(z)).all()
    assert np.isfinite(scaled_log_cdf(z)).all()
    # Φ(z) ≈ φ(z)/|z| far out, so the ratio tends to |z|
    assert mills_ratio(z)[0] == pytest.approx(300.0, rel=1e-4)


@pytest.mark.study
def test_families_that_contain_one_another_agree() -> None:
    r, noise = np.linspace(-2.0, 3.0, 11), np.full(11, 0.4)
    pairs = [
        (HalfNormal(), np.array([-0.2]), TruncatedNormal(), np.array([-0.2, 0.0])),
        (Exponential(), np.array([-0.2]), Gamma(), np.array([-0.2, 0.0])),
    ]
    for narrow, p, wide, q in pairs:
        assert narrow.density(r, noise, p).log == pytest.approx(
            wide.density(r, noise, q).log, abs=1e-9
        )
        one, other = narrow.posterior(r, noise, p), wide.posterior(r, noise, q)
        assert one.mean == pytest.approx(other.mean, abs=1e-8)
        assert one.mean_exp_minus == pytest.approx(other.mean_exp_minus, abs=1e-8)
        # The quadrature interpolates quantiles between its nodes: within 2 % of the noise.
        probabilities = np.array([[0.025, 0.5, 0.975]])
        assert one.quantile(probabilities) == pytest.approx(
            other.quantile(probabilities), abs=0.02 * noise[0]
        )


@pytest.mark.parametrize("shape", [0.05, 0.9, 1.1, 6.0, 40.0])
def test_gamma_that_is_next_to_nothing_leaves_the_noise(shape: float) -> None:
    """The quadrature must find a spike far narrower than the noise, or it invents a likelihood."""
    r, noise = np.linspace(-3.0, 3.0, 13), np.full(13, 0.8)
    density = Gamma().density(r, noise, np.log([1e-7, shape]))
    assert density.log == pytest.approx(norm.logpdf(r, scale=0.8), abs=1e-4)
    assert density.log == pytest.approx(norm.logpdf(r - 1e-7 * shape, scale=0.8), abs=1e-9)


@pytest.mark.parametrize("shape", [0.3, 1.05, 2.5, 12.0])
def test_gamma_density_integrates_to_one(shape: float) -> None:
    grid = np.linspace(-6.0, 30.0, 12_001)
    density = np.exp(Gamma().density(grid, np.full(len(grid), 0.5), np.log([0.6, shape])).log)
    assert density.sum() * (grid[1] - grid[0]) == pytest.approx(1.0, abs=1e-6)
    mean = 0.6 * shape
    assert (density * grid).sum() * (grid[1] - grid[0]) == pytest.approx(mean, rel=1e-4)


SAME_IN_SCIPY = {
    "half_normal": lambda p: halfnorm(scale=np.exp(p[0])),
    "exponential": lambda p: expon(scale=np.exp(p[0])),
    "truncated_normal": lambda p: truncnorm(
        -p[1], np.inf, loc=p[1] * np.exp(p[0]), scale=np.exp(p[0])
    ),
    "gamma": lambda p: gamma(np.exp(p[1]), scale=np.exp(p[0])),
}


@pytest.mark.parametrize(("kind", "parameters"), FAMILIES)
def test_parameters_of_a_variance_give_that_variance(kind: Any, parameters: np.ndarray) -> None:
    shape = float(parameters[-1]) if len(parameters) > 1 else 0.0
    of_u, mean = kind.of_variance(0.49, shape)
    same = SAME_IN_SCIPY[kind.name](of_u)
    assert (same.mean(), same.var()) == pytest.approx((mean, 0.49))
    if len(parameters) > 1:
        assert of_u[1] == shape
