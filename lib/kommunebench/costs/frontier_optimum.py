"""The maximum of a frontier likelihood: several starts, then Newton steps to the end."""

from dataclasses import dataclass

import numpy as np

from kommunebench.costs.frontier_inputs import StandardisedInputs
from kommunebench.costs.frontier_likelihood import FrontierLikelihood
from kommunebench.costs.normal_tails import Array
from kommunebench.errors import ConvergenceError

# Shares of the residual variance given to inefficiency at the starts.
VARIANCE_SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)
FEWER_SHARES = (0.3, 0.7)  # for families that bring several starts of their own
GRADIENT_TOLERANCE = 1e-6
SMALLEST_NOISE = 1e-3  # of the residual spread; below it noise has vanished
NEWTON_STEPS = 30


@dataclass(frozen=True, slots=True)
class Optimum:
    """Parameters, weighted log-likelihood, and covariance from information and sandwich, in the
    model's coordinates."""

    params: Array
    log_likelihood: float
    covariance: Array
    covariance_robust: Array


def starting_points(model: FrontierLikelihood, data: StandardisedInputs) -> list[Array]:
    """At least five starts: OLS with the constant moved by the mean of u, the variance shared out
    in several ways."""
    known = float(data.known_variance.mean())
    shapes = model.distribution.starting_shapes
    points = []
    for share in VARIANCE_SHARES if len(shapes) == 1 else FEWER_SHARES:
        noise_sd = np.sqrt(max(1.0 - share - known, 0.05))
        noise = [] if model.fixed_noise else [np.log(noise_sd)]
        for shape in shapes:
            parameters, mean_u = model.distribution.of_variance(share, shape)
            points.append(np.concatenate([model.sign * mean_u * data.constant, noise, parameters]))
    return points


def best_end(model: FrontierLikelihood, data: StandardisedInputs) -> tuple[float, Array]:
    """Highest log-likelihood over all starts, and where. Raises ConvergenceError if it is finite
    from none."""
    ends = [model.maximise(start) for start in starting_points(model, data)]
    with np.errstate(all="ignore"):
        reached = [(float(model.loglike(end)), end) for end in ends]
    finite = [(value, end) for value, end in reached if np.isfinite(value)]
    if not finite:
        raise ConvergenceError(
            "The frontier's likelihood is not finite from any start: look at the scale of y and X."
        )
    return max(finite, key=lambda pair: pair[0])


def polish(model: FrontierLikelihood, params: Array) -> Optimum:
    """Newton steps from a point near the maximum.

    Raises ConvergenceError if they do not arrive, or arrive at the edge of the family.
    """
    _refuse_edge(model, params)
    value = model.loglike(params)
    for _ in range(NEWTON_STEPS):
        gradient, curvature = model.score(params), model.hessian(params)
        if np.abs(gradient).max() < 1e-11 or not _is_negative_definite(curvature):
            break
        params, value, moved = _newton_step(
            model, params, value, -np.linalg.solve(curvature, gradient)
        )
        if not moved:
            break
    _refuse_edge(model, params)
    curvature = model.hessian(params)
    if np.abs(model.score(params)).max() > GRADIENT_TOLERANCE * len(
        model.endog
    ) or not _is_negative_definite(curvature):
        raise ConvergenceError(
            f"The {model.distribution.name} frontier has no maximum that could be found: its"
            " likelihood is flat or ends in a ridge. Try another distribution or a simpler"
            " frontier."
        )
    return optimum_at(model, params, -curvature)


def optimum_at(model: FrontierLikelihood, params: Array, information: Array) -> Optimum:
    """Covariances at a maximum: inverse observed information, and the sandwich with each unit's
    weighted score."""
    covariance = np.linalg.inv(information)
    scores = model.score_obs(params)
    return Optimum(
        params,
        float(model.loglike(params)),
        covariance,
        covariance @ (scores.T @ scores) @ covariance,
    )


def _newton_step(
    model: FrontierLikelihood, params: Array, value: float, step: Array
) -> tuple[Array, float, bool]:
    for halving in range(20):
        trial = params + step * 0.5**halving
        reached = model.loglike(trial)
        # Equal to rounding counts as arriving: the last steps move less than the sum can show.
        if np.isfinite(reached) and reached >= value - 1e-12 * abs(value):
            return trial, reached, bool(np.abs(step).max() > 1e-13)
    return params, value, False


def _is_negative_definite(matrix: Array) -> bool:
    return bool(np.isfinite(matrix).all() and np.linalg.eigvalsh(matrix).max() < 0.0)


def _refuse_edge(model: FrontierLikelihood, params: Array) -> None:
    _, sigma_v, shape = model.split(params)
    if not model.fixed_noise and sigma_v < SMALLEST_NOISE and not model.known_variance.any():
        raise ConvergenceError(
            f"The {model.distribution.name} frontier has no interior maximum: the noise sigma_v"
            " goes to zero. Try another distribution of inefficiency."
        )
    if model.distribution.is_degenerate(shape):
        named = ", ".join(
            f"{name} = {value:.3g}"
            for name, value in zip(model.distribution.parameter_names, shape, strict=True)
        )
        raise ConvergenceError(
            f"The {model.distribution.name} frontier has no interior maximum ({named}): it runs to"
            " the edge of its family. Use half_normal or exponential."
        )
