"""Cox's partial likelihood of rows held in memory, and what each row adds to its gradient."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from kommunebench.survival.cox_sums import (
    CoxRows,
    CoxSums,
    EventSums,
    Score,
    Terms,
    Ties,
    block_information,
    block_sums,
    event_sums,
    information,
    row_hazard,
    score,
)
from kommunebench.survival.curves import Floats
from kommunebench.survival.threads import ONE_THREAD, BlockThreads

__all__ = ["PartialLikelihood", "Ties", "score_residuals"]


@dataclass(frozen=True, slots=True)
class PartialLikelihood:
    """The likelihood of one or more blocks laid out over one grid, added up in the order given:
    what newton.maximise maximises."""

    blocks: Sequence[CoxRows]
    ties: Ties
    threads: BlockThreads = ONE_THREAD
    events: tuple[EventSums, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Sums that no coefficient changes are taken once."""
        object.__setattr__(self, "events", tuple(self.threads.map(event_sums, self.blocks)))

    def score(self, beta: Floats) -> Score:
        """First pass over the rows: value, gradient and terms."""
        grid = self.blocks[0].risk.grid
        sums = self.threads.map(
            lambda rows, events: block_sums(rows, beta, self.ties, events), self.blocks, self.events
        )
        return score(
            reduce(CoxSums.merge, sums, CoxSums.zero(len(grid.time), len(beta))), grid, self.ties
        )

    def information(self, beta: Floats, terms: Terms) -> Floats:
        """Second pass: minus the Hessian (p, p)."""
        grams = self.threads.map(lambda rows: block_information(rows, beta, terms), self.blocks)
        gram = sum(grams, np.zeros((len(beta), len(beta))))
        return information(gram, terms)


def score_residuals(rows: CoxRows, beta: Floats, ties: Ties) -> Floats:
    """Score residuals (n, p), unweighted: each row's derivative of the gradient in its case weight
    (Therneau and Grambsch 2000, 4.6).

    Under Efron they are R's: the weights of tied events are averaged before the derivative is
    taken.
    """
    return block_score_residuals(rows, beta, PartialLikelihood([rows], ties).score(beta).terms)


def block_score_residuals(rows: CoxRows, beta: Floats, terms: Terms) -> Floats:
    """Score residuals (n, p) of a block of rows, given the terms of all rows at ``beta``."""
    risk, step = rows.risk, terms.weight / terms.denominator
    mean_hazard = terms.summed(terms.mean * step[:, None])
    expected = rows.x * row_hazard(risk, terms)[:, None] - risk.over_rows(mean_hazard)
    events = np.flatnonzero(risk.event)
    time = risk.last[events] - 1
    if len(terms.tied_average):
        excluded = terms.summed(terms.mean * (step * terms.excluded)[:, None])
        expected[events] += excluded[time]
    residual = -np.exp(rows.predictor(beta) - terms.shift)[:, None] * expected
    residual[events] += rows.x[events] - terms.mean_by_time[time]
    return residual
