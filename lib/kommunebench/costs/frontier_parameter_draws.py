"""Draws of a frontier's parameters from their distribution given the data.

The normal approximation about the maximum is poor for the two scales at 90 municipalities: either
may be close to zero. The draws here follow the likelihood itself, with priors that say little:
uniform on the coefficients, on the log of the residual standard deviation s, on the angle whose
squared sine is the share of inefficiency in the residual variance, and on the shape of the
distribution where it has one. Weights that sum to n claim more information than unequal weights
carry, so the log-likelihood is multiplied by n_eff/n, as in the likelihood ratio test.
"""

from dataclasses import dataclass

import numpy as np

from kommunebench.costs.frontier_inputs import StandardisedInputs
from kommunebench.costs.frontier_likelihood import FrontierLikelihood
from kommunebench.costs.normal_tails import Array
from kommunebench.errors import ConvergenceError

DEGREES_OF_FREEDOM = 5.0  # of the t proposals, whose tails must be heavier than the likelihood's
ANGLE_EDGES = np.linspace(0.0, np.pi / 2.0, 11)
UNIFORM_SHARE = 0.3  # of the proposals of the angle, so that none of it is ever left out
TRIAL_PROPOSALS, MOST_TRIALS = 1000, 8
PROPOSALS_PER_DRAW = 1.5
LEAST_EFFECTIVE = 100.0  # independent draws that the weighted proposals must be worth


@dataclass(frozen=True, slots=True)
class _Target:
    """The likelihood that the draws follow; ``frontier_above``: what X g must exceed."""

    model: FrontierLikelihood
    data: StandardisedInputs
    information_share: float
    frontier_above: Array | None

    def log_density(self, parameters: Array) -> float:
        on_basis = parameters[: self.data.X.shape[1]]
        outside = self.frontier_above is not None and bool(
            (self.data.X @ on_basis <= self.frontier_above).any()
        )
        if outside or not np.isfinite(parameters).all():
            return -np.inf
        model = self.model
        _, sigma_v, of_u = model.split(parameters)
        log = model.distribution.log_density(
            model.residual(parameters), model.noise_sd(sigma_v), of_u
        )
        return self.information_share * float(model.case_weights @ log)


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A t distribution of the basis coefficients (with the mean of u taken off) and of ln s, and a
    histogram of the angle."""

    centre: Array
    root: Array
    angle_shares: Array


@dataclass(frozen=True, slots=True)
class _Weighted:
    """Proposed coordinates and angles, the parameters there, and weights that sum to one."""

    coordinates: Array
    angles: Array
    parameters: Array
    weights: Array

    @property
    def effective(self) -> float:
        return float(1.0 / np.square(self.weights).sum())


def draw_parameters(
    model: FrontierLikelihood,
    data: StandardisedInputs,
    *,
    information_share: float,
    draws: int,
    rng: np.random.Generator,
    frontier_above: Array | None = None,
) -> Array:
    """Parameters of the model in its coordinates, one row a draw.

    Importance sampling, whose proposals are fitted to the distribution in rounds of trials.
    ``information_share`` is n_eff/n. Where ``frontier_above`` (n) is given, only parameters under
    which ``X g`` is above it in every row are drawn. Raises ConvergenceError if the weighted
    proposals remain worth fewer than 100 draws.
    """
    target = _Target(model, data, information_share, frontier_above)
    proposal = _first_proposal(data, information_share)
    for trial in range(MOST_TRIALS):
        weighted = _weigh(target, proposal, TRIAL_PROPOSALS, rng)
        enough = weighted.effective >= LEAST_EFFECTIVE
        proposal = _fitted_to(weighted, proposal)
        if enough and trial > 0:
            break
    weighted = _weigh(target, proposal, int(PROPOSALS_PER_DRAW * draws), rng)
    if weighted.effective < LEAST_EFFECTIVE:
        raise _not_drawn(f"{weighted.effective:.0f} effective draws of {len(weighted.weights)}")
    return weighted.parameters[_resample(weighted.weights, draws, rng)]


def _not_drawn(reason: str) -> ConvergenceError:
    return ConvergenceError(
        f"The distribution of the frontier's parameters could not be drawn from ({reason}). Use the"
        " interval parameters_known or another distribution of inefficiency."
    )


def _first_proposal(data: StandardisedInputs, information_share: float) -> _Proposal:
    """About weighted least squares, with its standard errors."""
    n, k = data.X.shape
    n_effective = n * information_share
    spread = np.full(k + 1, 1.0 / np.sqrt(n_effective))
    # Heavier tails than the normal's make a variance less certain than 1/(2n).
    spread[k] *= 0.85
    centre = np.zeros(k + 1)
    # The residual variance cannot be below the part that is known to be noise.
    centre[k] = 0.5 * np.log(max(1.0, 1.05 * float(data.known_variance.mean())))
    shares = np.full(len(ANGLE_EDGES) - 1, 1.0 / (len(ANGLE_EDGES) - 1))
    return _Proposal(centre, np.diag(spread), shares)


def _weigh(target: _Target, proposal: _Proposal, count: int, rng: np.random.Generator) -> _Weighted:
    """Proposals and their importance weights."""
    coordinates, log_density = _propose_coordinates(proposal, count, rng)
    angles, log_angle_density = _propose_angles(proposal, count, rng)
    shapes = rng.uniform(*target.model.distribution.shape_range, size=count)
    parameters = np.array(
        [
            _parameters(target, place, float(angle), float(shape))
            for place, angle, shape in zip(coordinates, angles, shapes, strict=True)
        ]
    )
    log_weights = np.array([target.log_density(row) for row in parameters])
    log_weights -= log_density + log_angle_density
    log_weights[~np.isfinite(log_weights)] = -np.inf
    if not np.isfinite(log_weights).any():
        raise _not_drawn("the likelihood is zero wherever it was tried")
    weights = np.exp(log_weights - log_weights.max())
    return _Weighted(coordinates, angles, parameters, weights / weights.sum())


def _propose_coordinates(
    proposal: _Proposal, count: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    dimension = len(proposal.centre)
    scale = np.sqrt(rng.chisquare(DEGREES_OF_FREEDOM, count) / DEGREES_OF_FREEDOM)
    z = rng.standard_normal((count, dimension)) / scale[:, None]
    power = -(DEGREES_OF_FREEDOM + dimension) / 2.0
    log_density = power * np.log1p(np.square(z).sum(axis=1) / DEGREES_OF_FREEDOM)
    return proposal.centre + z @ proposal.root.T, log_density


def _propose_angles(
    proposal: _Proposal, count: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    # One in each of ``count`` equal slices of the proposal's distribution.
    below = (np.arange(count) + rng.random(count)) / count
    cumulative = np.concatenate([[0.0], np.cumsum(proposal.angle_shares)])
    cumulative[-1] = 1.0
    bin_of = np.clip(np.searchsorted(cumulative, below, side="right") - 1, 0, None)
    angles = np.interp(below, cumulative, ANGLE_EDGES)
    return angles, np.log(proposal.angle_shares[bin_of])


def _parameters(target: _Target, coordinates: Array, angle: float, shape: float) -> Array:
    """The model's parameters: the constant moved by the mean of u, ln σ_v, the distribution's."""
    model, data = target.model, target.data
    k = data.X.shape[1]
    spread = np.exp(coordinates[k])
    noise_variance = np.square(spread * np.cos(angle)) - data.known_variance.mean()
    with np.errstate(all="ignore"):
        of_u, mean_u = model.distribution.of_variance(np.square(spread * np.sin(angle)), shape)
        # Not a number where less noise is proposed than is known to be there.
        log_sigma_v = 0.5 * np.log(noise_variance)
    moved = coordinates[:k] + model.sign * mean_u * data.constant
    return np.concatenate([moved, [log_sigma_v], of_u])


def _fitted_to(weighted: _Weighted, before: _Proposal) -> _Proposal:
    """Centre, spread and angles of the weighted proposals; few of them move it less."""
    weights, trust = weighted.weights, weighted.effective / (weighted.effective + 20.0)
    centre = weights @ weighted.coordinates
    deviation = weighted.coordinates - centre
    covariance = trust * (deviation.T @ (weights[:, None] * deviation))
    covariance += (1.0 - trust) * (before.root @ before.root.T)
    shares = np.histogram(weighted.angles, ANGLE_EDGES, weights=weights)[0]
    shares = (1.0 - UNIFORM_SHARE) * shares + UNIFORM_SHARE / len(shares)
    # A little wider than what it is fitted to.
    return _Proposal(centre, np.linalg.cholesky(1.1 * covariance), shares)


def _resample(weights: Array, count: int, rng: np.random.Generator) -> Array:
    """Rows in proportion to their weights, within one of the exact number each, shuffled."""
    points = (np.arange(count) + rng.random()) / count
    rows = np.minimum(np.searchsorted(np.cumsum(weights), points), len(weights) - 1)
    return rng.permutation(rows)
