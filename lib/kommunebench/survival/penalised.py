"""A log-likelihood with independent normal priors on its coefficients, some of them left out."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kommunebench.survival.curves import Floats


class LikelihoodScore(Protocol):
    """A log-likelihood at some coefficients, its gradient (p,), and the terms it was made of."""

    @property
    def value(self) -> float:
        """The log-likelihood."""
        ...

    @property
    def gradient(self) -> Floats:
        """Its gradient (p,)."""
        ...

    @property
    def terms(self) -> Any:
        """What the information is computed from."""
        ...

    @property
    def is_finite(self) -> bool:
        """Whether all of it are finite numbers."""
        ...


class LogLikelihood(Protocol):
    """What is maximised: two passes over rows that may be here or on a cluster."""

    def score(self, beta: Floats) -> LikelihoodScore:
        """Value, gradient and terms."""
        ...

    def information(self, beta: Floats, terms: Any) -> Floats:
        """Minus the Hessian, given the terms."""
        ...


@dataclass(frozen=True, slots=True)
class Point:
    """Where the search stands: all coefficients (p,), their score, and the penalised value."""

    beta: Floats
    score: LikelihoodScore
    value: float


@dataclass(frozen=True, slots=True)
class PenalisedLikelihood:
    """A log-likelihood less half the sum of precision times squared coefficient, as a function of
    the coefficients that are ``kept``; the others stay zero."""

    likelihood: LogLikelihood
    names: tuple[str, ...]
    precision: Floats
    kept: NDArray[np.intp]

    def at(self, beta: Floats) -> Point:
        """The likelihood at all p coefficients: one pass over the rows."""
        return self.point(beta, self.likelihood.score(beta))

    def point(self, beta: Floats, score: LikelihoodScore) -> Point:
        """All p coefficients whose score is known."""
        return Point(beta, score, score.value - 0.5 * float(self.precision @ beta**2))

    def gradient(self, point: Point) -> Floats:
        """Gradient in the kept coefficients."""
        return (point.score.gradient - self.precision * point.beta)[self.kept]

    def curvature(self, information: Floats) -> Floats:
        """Minus the Hessian in the kept coefficients, from the information of all (p, p)."""
        return (information + np.diag(self.precision))[np.ix_(self.kept, self.kept)]

    def moved(self, point: Point, step: Floats) -> Floats:
        """All p coefficients after a step of the kept ones."""
        beta = point.beta.copy()
        beta[self.kept] += step
        return beta
