"""Newton's method for a concave log-likelihood, with step halving, an optional ridge, and a message
that names the terms where there is no finite or no unique maximum."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from kommunebench.errors import ConvergenceError, InputError
from kommunebench.survival.aliasing import Aliasing, find_aliased
from kommunebench.survival.curves import Floats
from kommunebench.survival.penalised import LogLikelihood, PenalisedLikelihood, Point

AliasedTerms = Literal["refuse", "omit"]

_ITERATIONS = 60
_HALVINGS = 30
# Under separation each step moves the coefficient on by about the same length, while the curvature
# of the likelihood along it falls towards zero. This share of the curvature at the start is left
# only where a hazard ratio has passed 10^10.
_FLAT = 1e-10
_STILL_MOVING = 1e-4
# Each step of Newton's method squares the error, so that after a step this small (in standard
# deviations of the covariate) one more step is exact to rounding. The second limit does the same
# for the gain of a step, relative to the information: where columns are nearly combinations of
# others, their coefficients are known to fewer digits, and small steps never come.
_CLOSE = 1e-6
_CLOSE_GAIN = 1e-14


@dataclass(frozen=True, slots=True, kw_only=True)
class Maximum:
    """Where Newton's method ended.

    ``coefficients`` (p,), 0 for aliased terms; ``value`` the log-likelihood and ``information``
    (p, p) minus its Hessian there, both without the ridge; ``bread`` (p, p): the inverse of
    information plus ridge, with zeros in rows and columns of aliased terms; ``covariance`` (p, p):
    bread times information times bread, which without a ridge is the bread itself; ``aliased``
    (p,): terms left out; ``start_value`` and ``start_statistic``: log-likelihood and score
    statistic at the start.
    """

    coefficients: Floats
    value: float
    information: Floats
    bread: Floats
    covariance: Floats
    aliased: NDArray[np.bool_]
    iterations: int
    start_value: float
    start_statistic: float


def maximise(
    likelihood: LogLikelihood,
    start: Floats,
    names: Sequence[str],
    *,
    precision: Floats | None = None,
    aliased: AliasedTerms = "refuse",
) -> Maximum:
    """Maximise a log-likelihood of covariates scaled to unit spread.

    ``precision`` (p,): 1 / sigma^2 of independent normal priors with mean 0 on the coefficients as
    the likelihood has them (of scaled columns); 0 where there is none. A term which the information
    at ``start`` (zero, as a rule) cannot tell from the terms before it is refused by name, or with
    ``aliased="omit"`` left out. Raises InputError for a wrong precision, ConvergenceError naming
    the terms that are aliased, or whose coefficients grow without end (separation).
    """
    p = len(start)
    ridge = _checked_precision(precision, p)
    first = likelihood.score(start)
    information = likelihood.information(start, first.terms)
    aliasing = find_aliased(information)
    if aliasing.aliased.any() and aliased == "refuse":
        raise ConvergenceError(_aliased_message(aliasing, names))
    kept = np.flatnonzero(~aliasing.aliased)
    problem = PenalisedLikelihood(likelihood, tuple(map(str, names)), ridge, kept)
    point = problem.point(start, first)
    if start[aliasing.aliased].any():
        point = problem.at(np.where(aliasing.aliased, 0.0, start))
        information = likelihood.information(point.beta, point.score.terms)
    return _climb(problem, point, information)


def _climb(problem: PenalisedLikelihood, beginning: Point, information: Floats) -> Maximum:
    """Newton's method from the beginning, where the information is given."""
    point, curvature = beginning, problem.curvature(information)
    start_value = beginning.score.value
    at_start, statistic = curvature, np.nan
    enough = _CLOSE_GAIN * float(np.max(np.diag(information), initial=0.0))
    for iteration in range(1, _ITERATIONS + 1):
        gradient = problem.gradient(point)
        step = _solve(curvature, gradient, problem)
        gain = float(gradient @ step)
        statistic = gain if iteration == 1 else statistic
        _refuse_separation(step, curvature, at_start, problem)
        point = _halve(problem, point, step)
        information = problem.likelihood.information(point.beta, point.score.terms)
        curvature = problem.curvature(information)
        if np.max(np.abs(step), initial=0.0) < _CLOSE or gain < enough:
            last = _solve(curvature, problem.gradient(point), problem)
            return _maximum(problem, point, last, information, (iteration, start_value, statistic))
    raise ConvergenceError(_unsettled(step, problem))


def _maximum(
    problem: PenalisedLikelihood,
    point: Point,
    last_step: Floats,
    information: Floats,
    search: tuple[int, float, float],
) -> Maximum:
    p, kept = len(point.beta), problem.kept
    bread = np.zeros((p, p))
    bread[np.ix_(kept, kept)] = np.linalg.inv(problem.curvature(information))
    covariance = bread @ information @ bread if problem.precision.any() else bread
    aliased = np.ones(p, bool)
    aliased[kept] = False
    iterations, start_value, statistic = search
    return Maximum(
        coefficients=problem.moved(point, last_step),
        value=point.score.value,
        information=information,
        bread=bread,
        covariance=covariance,
        aliased=aliased,
        iterations=iterations,
        start_value=start_value,
        start_statistic=statistic,
    )


def _checked_precision(precision: Floats | None, p: int) -> Floats:
    if precision is None:
        return np.zeros(p)
    given = np.asarray(precision, float)
    if given.shape != (p,) or not (np.isfinite(given) & (given >= 0)).all():
        raise InputError(f"precision: expected {p} finite numbers of 0 or more, one per term.")
    return given


def _solve(curvature: Floats, gradient: Floats, problem: PenalisedLikelihood) -> Floats:
    """Newton's step. Raises ConvergenceError naming the terms along which the likelihood has become
    flat."""
    if not len(gradient):
        return gradient
    try:
        return linalg.cho_solve(linalg.cho_factor(curvature), gradient)
    except linalg.LinAlgError:
        _, vectors = np.linalg.eigh(curvature)
        message = _separated(vectors[:, 0], problem)
    raise ConvergenceError(message)


def _refuse_separation(
    step: Floats, curvature: Floats, at_start: Floats, problem: PenalisedLikelihood
) -> None:
    still_moving = np.max(np.abs(step), initial=0.0) > _STILL_MOVING
    if still_moving and step @ curvature @ step < _FLAT * (step @ at_start @ step):
        raise ConvergenceError(_separated(step, problem))


def _separated(direction: Floats, problem: PenalisedLikelihood) -> str:
    return (
        f"covariates: no finite coefficient for {_moving(direction, problem)}: the likelihood rises"
        " without end, as where one of the values never (or always) goes with an event. Merge such"
        " a category with another one, give the term a ridge, or leave it out."
    )


def _moving(step: Floats, problem: PenalisedLikelihood) -> list[str]:
    """The terms that take a noticeable part in a step."""
    size = np.abs(step)
    return [problem.names[problem.kept[k]] for k in np.flatnonzero(size > 0.01 * size.max())]


def _halve(problem: PenalisedLikelihood, point: Point, step: Floats) -> Point:
    """The point after the step, halved until the likelihood does not fall (beyond rounding)."""
    lowest = point.value - 1e-10 * (1 + abs(point.value))
    for halving in range(_HALVINGS):
        # Risks too far apart for the computer's numbers give sums that are not finite.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            reached = problem.at(problem.moved(point, step * 0.5**halving))
        if reached.score.is_finite and reached.value >= lowest:
            return reached
    raise ConvergenceError(_unsettled(step, problem))


def _unsettled(step: Floats, problem: PenalisedLikelihood) -> str:
    return (
        f"covariates: the coefficients of {_moving(step, problem)} do not settle: they grow without"
        " end, because their values order the events (almost) without exception, or single rows"
        " have extreme values. Leave such a column out, or look at its largest and smallest values."
    )


def _aliased_message(aliasing: Aliasing, names: Sequence[str]) -> str:
    return (
        "covariates: among the rows at risk at the events (of a stratum)"
        f" {aliasing.describe(names)}; leave the first named column out."
    )
