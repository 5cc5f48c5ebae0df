"""Newton's method for a concave log-likelihood, with step halving and a plain word when there is no finite maximum."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kommunebench.errors import ConvergenceError
from kommunebench.survival.curves import Floats
from kommunebench.survival.partial_likelihood import Likelihood

_ITERATIONS = 60
_HALVINGS = 30
# A coefficient this many standard deviations of its covariate from zero, still growing, has no finite maximum.
_RUNAWAY = 25.0


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where Newton's method ended: coefficients and the likelihood there."""

    coefficients: Floats
    likelihood: Likelihood
    iterations: int


def maximise(evaluate: Callable[[Floats], Likelihood], start: Floats, scale: Floats, names: Sequence[str]) -> Maximum:
    """Maximise a log-likelihood. ``scale`` (p,) are the covariates' standard deviations.

    Raises ConvergenceError naming the terms whose coefficients run away (separation), or that the information cannot tell apart.
    """
    beta, current = start, evaluate(start)
    for iteration in range(1, _ITERATIONS + 1):
        step = _solve(current, names)
        new, reached = _halve(evaluate, beta, step, current.value)
        moved = float(np.max(np.abs(new - beta) * scale, initial=0.0))
        beta, current = new, reached
        runaway = np.abs(beta) * scale > _RUNAWAY
        if runaway.any():
            raise ConvergenceError(_separated([str(names[j]) for j in np.flatnonzero(runaway)]))
        if moved < 1e-9:
            return Maximum(beta, current, iteration)
    slow = np.argsort(-np.abs(step) * scale)[:3]
    raise ConvergenceError(_separated([str(names[j]) for j in slow]))


def _solve(current: Likelihood, names: Sequence[str]) -> Floats:
    try:
        factor = np.linalg.cholesky(current.information)
    except np.linalg.LinAlgError as error:
        values, vectors = np.linalg.eigh(current.information)
        blamed = np.flatnonzero(np.abs(vectors[:, 0]) > 0.1)
        raise ConvergenceError(
            f"covariates: the data cannot tell the columns {[str(names[j]) for j in blamed]} apart "
            f"(smallest eigenvalue of the information {values[0]:.2g}); leave one out."
        ) from error
    return np.linalg.solve(factor.T, np.linalg.solve(factor, current.gradient))


def _halve(evaluate: Callable[[Floats], Likelihood], beta: Floats, step: Floats, value: float) -> tuple[Floats, Likelihood]:
    """The step, halved until the likelihood does not fall (beyond rounding)."""
    for halving in range(_HALVINGS):
        new = beta + step * 0.5**halving
        reached = evaluate(new)
        if np.isfinite(reached.value) and reached.value >= value - 1e-10 * (1 + abs(value)):
            return new, reached
    return beta, evaluate(beta)


def _separated(terms: list[str]) -> str:
    return (
        f"covariates: no finite coefficient for {terms}: one of their values never (or always) goes with an event. "
        "Merge the category with another one or leave it out."
    )
