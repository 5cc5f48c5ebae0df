"""The person bootstrap of the whole chain, many replicates at once: the check on the analytic
standard errors (method, section 7)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.areas import unit_area_sums
from kommunebench.benchmark.expected import GroupModel
from kommunebench.benchmark.replicate_cox import (
    PreparedGroup,
    ReplicateModels,
    fit_replicates,
    prepare_group,
)
from kommunebench.benchmark.resampling import Hashes, poisson_weights
from kommunebench.benchmark.spell_arrays import Floats, Indices, SpellArrays
from kommunebench.survival.baseline import kalbfleisch_prentice

BATCH = 64


@dataclass(frozen=True, slots=True)
class PreparedBootstrap:
    """The spells laid out for replicates: nothing is sorted or grouped again. ``keys`` (n,) per
    spell."""

    arrays: SpellArrays
    groups: tuple[PreparedGroup, ...]
    keys: Hashes


def prepare_bootstrap(
    arrays: SpellArrays, models: Sequence[GroupModel], keys: Hashes
) -> PreparedBootstrap:
    """Lay the spells out once; replicates start from the full data's coefficients."""
    return PreparedBootstrap(arrays, tuple(prepare_group(arrays, model) for model in models), keys)


def bootstrap_log_indicators(
    prepared: PreparedBootstrap, replicates: Sequence[int], seed: int
) -> Floats:
    """Log indicators (R, K, 2), plain and robust, of the given replicates; NaN where a unit has no
    spells in one, or its model did not settle."""
    numbers = np.asarray(replicates, np.intp)
    parts = [
        _batch(prepared, numbers[start : start + BATCH], seed)
        for start in range(0, len(numbers), BATCH)
    ]
    return np.concatenate(parts)


def bootstrap_se(log_indicators: Floats) -> Floats:
    """Standard deviation over replicates of the log indicators (K, 2)."""
    finite = np.where(np.isfinite(log_indicators), log_indicators, np.nan)
    # A unit without spells in all but one replicate has no spread to speak of.
    enough = np.isfinite(finite).sum(axis=0) > 1
    result = np.full(finite.shape[1:], np.nan)
    result[enough] = np.nanstd(finite[:, enough], axis=0, ddof=1)
    return result


def _batch(prepared: PreparedBootstrap, replicates: Indices, seed: int) -> Floats:
    arrays = prepared.arrays
    units, size, count = arrays.units, arrays.horizon, len(replicates)
    weights = poisson_weights(prepared.keys, replicates, seed)
    models = [fit_replicates(group, weights[group.rows]) for group in prepared.groups]
    shape = (units, size, count)
    at_risk, events = np.zeros(shape), np.zeros(shape)
    total, expected = np.zeros((units, count)), np.zeros((units, count))
    for group, model in zip(prepared.groups, models, strict=True):
        own = weights[group.rows]
        at_risk += group.by_unit_backwards(own, units, size)
        events += group.unit_events(own, units, size)
        total += group.by_unit(own, units)
        expected += unit_area_sums(group, model, own, None, size)
    multiplier = _multipliers(prepared, models, weights, at_risk, shape)
    robust = np.zeros((units, count))
    for group, model in zip(prepared.groups, models, strict=True):
        robust += unit_area_sums(group, model, weights[group.rows], multiplier, size)
    observed = _kaplan_meier_areas(at_risk, events)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_expected = np.log(expected / total)
        plain, conditional = log_expected - np.log(observed), log_expected - np.log(robust / total)
    # A replicate whose model did not settle counts for no unit; bootstrap_se leaves it out.
    gone = (total == 0) | ~np.logical_and.reduce([model.settled for model in models])[None, :]
    return np.stack(
        [np.where(gone, np.nan, plain), np.where(gone, np.nan, conditional)], axis=-1
    ).transpose(1, 0, 2)


def _kaplan_meier_areas(at_risk: Floats, events: Floats) -> Floats:
    """Area under Kaplan-Meier by unit and replicate (K, R)."""
    stay = np.divide(at_risk - events, at_risk, out=np.ones_like(at_risk), where=at_risk > 0)
    return 1.0 + np.cumprod(stay, axis=1)[:, :-1].sum(axis=1)


def _multipliers(
    prepared: PreparedBootstrap,
    models: Sequence[ReplicateModels],
    weights: Floats,
    at_risk: Floats,
    shape: tuple[int, int, int],
) -> Floats:
    """The conditional Kaplan-Meier multipliers of all units, weeks and replicates (K, H, R)."""
    units, size, count = shape
    right_side = np.zeros(shape)
    positions, hazards, masses = [], [], []
    for group, model in zip(prepared.groups, models, strict=True):
        own = weights[group.rows] * model.risk
        right_side -= group.by_unit_backwards(own, units, size) * model.log_factors[None, :size, :]
        rows = group.event_rows_within(size)
        hazard = -model.risk[rows] * model.log_factors[group.week[rows]]
        cell = (group.unit[rows] * size + group.week[rows])[:, None] * count + np.arange(count)[
            None, :
        ]
        drawn = weights[group.rows][rows] > 0
        positions.append(cell[drawn])
        hazards.append(hazard[drawn])
        masses.append(weights[group.rows][rows][drawn])
    solved = kalbfleisch_prentice(
        np.concatenate(positions),
        np.concatenate(masses),
        np.concatenate(hazards),
        right_side.ravel(),
    )
    return np.where(at_risk > 0, np.abs(solved.reshape(shape)), 1.0)
