"""Newton's method for a concave log-likelihood, with step halving and a plain word when there is no
finite maximum."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import linalg

from kommunebench.errors import ConvergenceError
from kommunebench.survival.cox_sums import Score, Terms
from kommunebench.survival.curves import Floats

_ITERATIONS = 60
_HALVINGS = 30
# The likelihood has levelled off (Newton decrement) although a coefficient still moves by this many
# standard deviations of its covariate.
_LEVEL = 1e-9
_STILL_MOVING = 1e-4
# A step this small leaves an error of its square: the step after it is taken, but its value and
# information are those before it.
_CLOSE = 1e-6


class LogLikelihood(Protocol):
    """What is maximised: two passes over rows that may be here or on a cluster."""

    def score(self, beta: Floats) -> Score:
        """Value, gradient and terms."""
        ...

    def information(self, beta: Floats, terms: Terms) -> Floats:
        """Minus the Hessian, given the terms."""
        ...


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where Newton's method ended: coefficients (p,), value and information (p, p) there, number of
    steps; value and score statistic at the start (NaN from a refit)."""

    coefficients: Floats
    value: float
    information: Floats
    iterations: int
    start_value: float = np.nan
    start_statistic: float = np.nan


def climb(likelihood: LogLikelihood, start: Floats, tolerance: float) -> Maximum:
    """Maximise to a gain still in reach below ``tolerance`` times the log-likelihood, for refits of
    a model known to have a maximum.

    A coefficient the rows say nothing about stays at the start; one that runs away stops where the
    likelihood levels off. Raises ConvergenceError if it does not settle.
    """
    beta, current = start, likelihood.score(start)
    for iteration in range(1, _ITERATIONS + 1):
        info = likelihood.information(beta, current.terms)
        step = np.linalg.pinv(info, rcond=1e-12, hermitian=True) @ current.gradient
        gain = 0.5 * float(current.gradient @ step)
        beta, current = _halve(likelihood, beta, step, current.value)
        if gain <= tolerance * abs(current.value):
            return Maximum(
                beta, current.value, likelihood.information(beta, current.terms), iteration
            )
    raise ConvergenceError(f"weights: the refit did not settle in {_ITERATIONS} steps.")


def maximise(likelihood: LogLikelihood, start: Floats, names: Sequence[str]) -> Maximum:
    """Maximise a log-likelihood of covariates scaled to unit spread.

    Raises ConvergenceError naming the terms whose coefficients run away (separation), or that the
    information cannot tell apart.
    """
    beta, current = start, likelihood.score(start)
    value, info = current.value, likelihood.information(start, current.terms)
    statistic = np.nan
    for iteration in range(1, _ITERATIONS + 1):
        step = _solve(info, current.gradient, names)
        decrement = float(current.gradient @ step)
        statistic = decrement if iteration == 1 else statistic
        _refuse_separation(step, decrement, names)
        new, reached = _halve(likelihood, beta, step, current.value)
        moved = float(np.max(np.abs(new - beta), initial=0.0))
        beta, current = new, reached
        info = likelihood.information(beta, current.terms)
        if moved < _CLOSE:
            last = _solve(info, current.gradient, names)
            return Maximum(beta + last, current.value, info, iteration, value, statistic)
    raise ConvergenceError(_separated(_moving(step, names)))


def _solve(info: Floats, gradient: Floats, names: Sequence[str]) -> Floats:
    if not len(gradient):
        return gradient
    values, vectors = np.linalg.eigh(info)
    if values[0] <= 1e-12 * values[-1]:
        blamed = [
            str(name) for name, part in zip(names, vectors[:, 0], strict=True) if abs(part) > 0.1
        ]
        if len(blamed) == 1:
            raise ConvergenceError(
                f"covariates: column {blamed} does not vary among the rows at risk at the events"
                " (of a stratum); leave it out."
            )
        raise ConvergenceError(
            f"covariates: the rows at risk at the events cannot tell the columns {blamed} apart "
            f"(smallest eigenvalue of the information {values[0]:.2g}); leave one out."
        )
    return linalg.cho_solve(linalg.cho_factor(info), gradient)


def _refuse_separation(step: Floats, decrement: float, names: Sequence[str]) -> None:
    if decrement < _LEVEL and np.max(np.abs(step), initial=0.0) > _STILL_MOVING:
        raise ConvergenceError(_separated(_moving(step, names)))


def _moving(step: Floats, names: Sequence[str]) -> list[str]:
    size = np.abs(step)
    return [str(name) for name, moved in zip(names, size, strict=True) if moved > 0.01 * size.max()]


def _halve(
    likelihood: LogLikelihood, beta: Floats, step: Floats, value: float
) -> tuple[Floats, Score]:
    """The step, halved until the likelihood does not fall (beyond rounding)."""
    for halving in range(_HALVINGS):
        new = beta + step * 0.5**halving
        reached = likelihood.score(new)
        if np.isfinite(reached.value) and reached.value >= value - 1e-10 * (1 + abs(value)):
            return new, reached
    raise ConvergenceError(
        "covariates: no step raises the partial likelihood; look for columns with extreme values."
    )


def _separated(terms: list[str]) -> str:
    return (
        f"covariates: no finite coefficient for {terms}: one of their values never (or always) goes"
        " with an event. Merge the category with another one or leave it out."
    )
