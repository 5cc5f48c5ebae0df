"""Cox models of many bootstrap replicates at once, started from the full data's fit."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from kommunebench.benchmark.expected import GroupModel
from kommunebench.benchmark.spell_arrays import Floats, Indices, SpellArrays
from kommunebench.survival.baseline import BaselineMethod, kalbfleisch_prentice

_ITERATIONS = 80
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class PreparedGroup:
    """One group's spells for replicates. ``rows``: of the whole; ``x`` (n_g, p) standardised;
    ``inverse``: inverse information of the full data on that scale; ``week`` 0 …, ``unit`` and
    ``certain`` (level without events) per spell."""

    rows: Indices
    x: Floats
    start: Floats
    centre: float
    inverse: Floats
    curvature: Floats
    week: Indices
    unit: Indices
    event: np.ndarray
    certain: np.ndarray
    units: int
    by_week: sparse.csr_matrix
    baseline: BaselineMethod = "kalbfleisch_prentice"

    def by_unit(self, values: Floats, units: int) -> Floats:
        """Sums by unit (K, R)."""
        n = len(self.unit)
        return sparse.csr_matrix((np.ones(n), (self.unit, np.arange(n))), (units, n)) @ values

    def by_unit_backwards(self, values: Floats, units: int, size: int) -> Floats:
        """Sums over those at risk, by unit and week (K, H, R)."""
        n = len(self.unit)
        cell = self.unit * size + np.minimum(self.week, size - 1)
        ending = (
            sparse.csr_matrix((np.ones(n), (cell, np.arange(n))), (units * size, n)) @ values
        ).reshape(units, size, -1)
        return np.cumsum(ending[:, ::-1], axis=1)[:, ::-1]

    def unit_events(self, values: Floats, units: int, size: int) -> Floats:
        """Sums over events, by unit and week (K, H, R)."""
        rows = self.event_rows_within(size)
        cell = self.unit[rows] * size + self.week[rows]
        grouping = sparse.csr_matrix(
            (np.ones(len(rows)), (cell, np.arange(len(rows)))), (units * size, len(rows))
        )
        return (grouping @ values[rows]).reshape(units, size, -1)

    def event_rows_within(self, size: int) -> Indices:
        """Spells that end in an event within the horizon."""
        return np.flatnonzero(self.event & (self.week < size))


@dataclass(frozen=True, slots=True)
class ReplicateModels:
    """One group's model in R replicates: ``risk`` (n_g, R), ``log_factors`` (weeks, R); ``settled``
    (R,): whether the fit converged."""

    risk: Floats
    log_factors: Floats
    settled: np.ndarray


def prepare_group(arrays: SpellArrays, model: GroupModel) -> PreparedGroup:
    """Lay a group out: standardised covariates, the full data's fit as start and its information as
    preconditioner."""
    fit = model.fit
    assert fit is not None
    scale = model.x.std(axis=0) if model.x.shape[1] else np.ones(0)
    x = model.x / scale
    week = (arrays.duration[model.rows] - 1).astype(np.intp)
    weeks = int(max(week.max() + 1, arrays.horizon))
    n = len(week)
    by_week = sparse.csr_matrix((np.ones(n), (week, np.arange(n))), (weeks, n))
    inverse = fit.covariance.to_numpy() * np.outer(scale, scale)
    start = fit.coefficients.to_numpy() * scale
    group = PreparedGroup(
        model.rows,
        x,
        start,
        float(np.mean(x @ start)) if len(start) else 0.0,
        inverse,
        np.ones(len(start)),
        week,
        arrays.unit[model.rows],
        arrays.event[model.rows],
        model.design.certain,
        arrays.units,
        by_week,
        model.baseline,
    )
    _, expected, _ = _pass(group, np.ones((n, 1)), start[:, None])
    curvature = ((x**2).T @ expected)[:, 0]
    return replace(group, curvature=curvature)


def fit_replicates(group: PreparedGroup, weights: Floats) -> ReplicateModels:
    """Coefficients of all replicates by a preconditioned chord method, then risks and baseline
    factors.

    The full data's information serves every replicate, scaled term by term to the replicate's own
    curvature, so that a step costs two passes over the covariates; converged when the gain still in
    reach is below 1e-9 of the log-likelihood. A level without events in a replicate drifts.
    """
    count, p = weights.shape[1], len(group.start)
    beta = np.repeat(group.start[:, None], count, axis=1)
    settled = np.ones(count, bool)
    if p:
        beta, settled = _climb(group, weights, beta)
    risk = _risk(group, beta)
    at_risk = _backwards(group.by_week @ (weights * risk))
    if group.baseline == "breslow":
        deaths = group.by_week @ (weights * group.event[:, None])
        return ReplicateModels(
            risk, -np.divide(deaths, at_risk, out=np.zeros_like(at_risk), where=deaths > 0), settled
        )
    rows = np.flatnonzero(group.event)
    cell = group.week[rows][:, None] * count + np.arange(count)[None, :]
    drawn = weights[rows] > 0
    factors = kalbfleisch_prentice(
        cell[drawn], weights[rows][drawn], risk[rows][drawn], at_risk.ravel()
    )
    # Everyone at risk succeeding in a week leaves nobody: a large finite factor keeps products
    # finite.
    return ReplicateModels(risk, np.maximum(factors, -1e3).reshape(at_risk.shape), settled)


def _climb(group: PreparedGroup, weights: Floats, beta: Floats) -> tuple[Floats, np.ndarray]:
    """Coefficients, and which replicates settled."""
    value, expected, gradient = _pass(group, weights, beta)
    scaling = np.sqrt(np.maximum((group.x**2).T @ expected, 0.0) / group.curvature[:, None])
    scaling = np.clip(scaling, 0.2, 5.0)
    damping, open_ = np.ones(beta.shape[1]), np.ones(beta.shape[1], bool)
    for _ in range(_ITERATIONS):
        step = (group.inverse @ (gradient / scaling)) / scaling
        gain = 0.5 * np.einsum("pr,pr->r", gradient, step)
        # A replicate that has arrived stays where it is, so that its numbers do not depend on the
        # others of its batch.
        open_ &= gain > _TOLERANCE * np.abs(value)
        if not open_.any():
            break
        proposal = beta + np.clip(damping * step, -2.0, 2.0)
        new_value, _, new_gradient = _pass(group, weights, proposal)
        better = open_ & (new_value >= value - 1e-9 * np.abs(value))
        beta = np.where(better, proposal, beta)
        value, gradient = (
            np.where(better, new_value, value),
            np.where(better, new_gradient, gradient),
        )
        damping = np.where(better, np.minimum(2 * damping, 1.0), damping / 2)
    return beta, ~open_


def _risk(group: PreparedGroup, beta: Floats) -> Floats:
    predictor = group.x @ beta - group.centre
    np.exp(predictor, out=predictor)
    predictor[group.certain] = 0.0
    return predictor


def _pass(group: PreparedGroup, weights: Floats, beta: Floats) -> tuple[Floats, Floats, Floats]:
    """Log-likelihood (R,), expected events per spell (n_g, R) and gradient (p, R), Breslow ties."""
    predictor = group.x @ beta - group.centre
    weighted = np.exp(predictor)
    weighted *= weights
    weighted[group.certain] = 0.0
    happened = weights * group.event[:, None]
    events = group.by_week @ happened
    at_risk = _backwards(group.by_week @ weighted)
    hazard = np.divide(events, at_risk, out=np.zeros_like(events), where=at_risk > 0)
    log = np.log(at_risk, out=np.zeros_like(at_risk), where=events > 0)
    value = np.einsum("nr,nr->r", happened, predictor) - (events * log).sum(axis=0)
    expected = weighted * np.cumsum(hazard, axis=0)[group.week]
    return value, expected, group.x.T @ (happened - expected)


def _backwards(values: Floats) -> Floats:
    return np.cumsum(values[::-1], axis=0)[::-1]
