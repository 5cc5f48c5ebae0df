"""The log-likelihood of a logistic model of one group's cases in blocks: what newton.maximise
maximises, one pass over the cases a sum."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import special

from kommunebench.benchmark.blocks.block import Blocks, Floats, SpellBlock
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.model.likelihood import Matrices, fit_columns, in_fit


@dataclass(frozen=True, slots=True)
class LogitScore:
    """Log-likelihood, and its gradient in the constant and the coefficients (q,)."""

    value: float
    gradient: Floats
    terms: None = None

    @property
    def is_finite(self) -> bool:
        """Whether all of it are finite numbers."""
        return bool(np.isfinite(self.value) and np.isfinite(self.gradient).all())

    def merge(self, other: "LogitScore") -> "LogitScore":
        """The score of both sets of cases."""
        return LogitScore(self.value + other.value, self.gradient + other.gradient)


@dataclass(frozen=True, slots=True)
class LogitLikelihood:
    """The log-likelihood of one group's cases in blocks; columns are divided by ``scale`` (q,),
    whose first entry is that of the constant; after it come the effects of the units, where the
    model has any, and the columns of the design."""

    blocks: Blocks
    group: int
    scale: Floats
    effects: UnitEffects | None = None

    def score(self, beta: Floats) -> LogitScore:
        """Value and gradient at scaled coefficients (q,)."""
        sums = partial(_block_score, group=self.group, effects=self.effects, beta=beta / self.scale)
        total = self.blocks.total(sums)
        return LogitScore(total.value, total.gradient / self.scale)

    def information(self, beta: Floats, terms: None) -> Floats:
        """Minus the Hessian (q, q)."""
        sums = partial(
            _block_information, group=self.group, effects=self.effects, beta=beta / self.scale
        )
        return self.blocks.total(sums).totals[0] / np.outer(self.scale, self.scale)


def fitted_rows(
    block: SpellBlock, group: int, effects: UnitEffects | None
) -> tuple[Floats, Floats]:
    """Outcomes (n,) and columns (n, q - 1) of a block's cases of one group in the fit: those in no
    level, and with effects of the units in no unit, in which all or none succeed."""
    cases = block.groups[group]
    outcome, x, unit = block.event[cases.rows].astype(float), cases.x, cases.unit
    inside = in_fit(cases, effects)
    if not inside.all():
        outcome, x, unit = outcome[inside], x[inside], unit[inside]
    return outcome, fit_columns(x, unit, effects)


def linear_predictor(x: Floats, beta: Floats) -> Floats:
    """Log odds (n, …) from covariates (n, p) and the constant with the coefficients (p + 1, …)."""
    return x @ beta[1:] + beta[0]


def with_constant(values: Floats, x: Floats) -> Floats:
    """Sums (p + 1, …) over cases of values (n, …), alone and times each covariate (n, p)."""
    return np.concatenate([values.sum(axis=0, keepdims=True), x.T @ values])


def _block_score(
    block: SpellBlock, group: int, effects: UnitEffects | None, beta: Floats
) -> LogitScore:
    outcome, x = fitted_rows(block, group, effects)
    predictor = linear_predictor(x, beta)
    value = float(outcome @ predictor - np.logaddexp(0.0, predictor).sum())
    return LogitScore(value, with_constant(outcome - special.expit(predictor), x))


def _block_information(
    block: SpellBlock, group: int, effects: UnitEffects | None, beta: Floats
) -> Matrices:
    _, x = fitted_rows(block, group, effects)
    share = special.expit(linear_predictor(x, beta))
    return Matrices((weighted_gram(x, share * (1.0 - share)),))


def weighted_gram(x: Floats, weight: Floats) -> Floats:
    """The sum over cases of weight times the outer product of (1, x) with itself
    (p + 1, p + 1)."""
    weighted = x * weight[:, None]
    first = weighted.sum(axis=0)
    return np.block(
        [[weight.sum(keepdims=True)[None, :], first[None, :]], [first[:, None], x.T @ weighted]]
    )
