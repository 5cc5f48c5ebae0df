"""Countries of spells with a known hazard, for studies that need hundreds of them: no registers, no
Spark.

A country has the municipalities of appendix table 5.1 with their numbers of spells. Each has its
own mix: its share of late arrivals, of refugees and of age groups. Follow-up ends on one calendar
day, so that late arrivals, who have the lowest hazards, are censored first. A spell of group g with
covariates x in municipality K succeeds in week t, if it got there, with probability 1 - exp(-m_g(t)
exp(x beta_g + gamma_K)): proportional hazards in whole weeks. Every seventh spell or so shares its
person with the one before it, and their outcomes are correlated (a Gaussian copula, which leaves
each spell's hazard what it is).

What is true. The expected side is by definition what the pooled model says, so its truth is the
model's limit: the coefficients and Kalbfleisch-Prentice factors that solve the estimating equations
with every spell's outcome replaced by its expectation (as if every spell were repeated without
end). With municipality effects these are not beta and m: the average effect goes into the baseline,
and what of it goes with the mix goes into the coefficients. The observed side's truth is no limit
of an estimator but the thing meant: the mean, over the municipality's spells, of the area under
their true survival curves to the horizon, as if nobody were censored. The true log indicator is the
log of the ratio. Without effects it is 0 up to what ties in whole weeks do to Breslow's
coefficients.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from kommunebench.reference import read_reference
from kommunebench.survival.baseline import kalbfleisch_prentice

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
HORIZON = 156
COVARIATES = ("start_year", "refugee", "age")
EFFECT_SD = 0.12
# Weeks since 2008-W01: first week of 2014, last week in which a spell may start, last followed week
# (2016-W22).
LATE, LAST_START, LAST_WEEK = 313, 416, 438
_MOVE_HAZARD = (0.0006, 0.0012)
_SHARED_PERSON, _COPULA = 0.15, 0.5
# Log hazards: start years 2008 … 2015, refugee by sex (men, women), age groups.
_YEAR = np.array([0.0, -0.1, -0.1, -0.15, -0.2, -0.2, -0.4, -0.6])
_REFUGEE = np.array([-1.5, -1.9])
_AGE = np.array([0.0, -0.15, -0.9])
_PEAK = np.array([0.0150, 0.0125])


@dataclass(frozen=True, slots=True)
class TrueCountry:
    """A drawn country. ``spells``: a DataFrame as benchmark_spells takes it; names, true log
    indicators and effects of the units (K,)."""

    spells: pd.DataFrame
    units: tuple[str, ...]
    log_indicator: Floats
    effect: Floats


def municipality_sizes() -> Floats:
    """Numbers of spells of appendix table 5.1."""
    return np.sort(
        pd.to_numeric(read_reference("appendix_5_1_municipalities")["spells"]).to_numpy(float)
    )


def baseline_hazard() -> Floats:
    """m_g(t) of men and women in weeks 1 … 156 (2, H): rises for half a year, then falls slowly."""
    week = np.arange(1, HORIZON + 1)
    shape = (1 - np.exp(-week / 10.0)) * np.exp(-week / 150.0)
    return _PEAK[:, None] * shape[None, :]


def draw_country(
    seed: int, effect_sd: float = EFFECT_SD, sizes: Floats | None = None, late: Floats | None = None
) -> TrueCountry:
    """A country by seed. ``effect_sd``: spread of gamma_K, 0 for none; ``sizes``, ``late`` (K,):
    numbers of spells and shares of late arrivals, else those of the report and drawn ones."""
    rng = np.random.default_rng([2018, seed])
    n_spells = (municipality_sizes() if sizes is None else sizes).astype(np.intp)
    count = len(n_spells)
    effect = rng.normal(0.0, effect_sd, count) if effect_sd else np.zeros(count)
    late_share = rng.beta(2.5, 3.5, count) if late is None else late
    refugee_share = rng.normal(-0.3, 0.7, count)
    unit = np.repeat(np.arange(count), n_spells)
    n = len(unit)
    again = np.concatenate(
        [[False], (rng.random(n - 1) < _SHARED_PERSON) & (unit[1:] == unit[:-1])]
    )
    again &= ~np.concatenate([[False], again[:-1]])
    first = np.arange(n) - again
    sex = (rng.random(n) < 0.52).astype(np.intp)[first]
    is_late = rng.random(n) < late_share[unit]
    start = np.where(is_late, rng.integers(LATE, LAST_START + 1, n), rng.integers(0, LATE, n))
    refugee = (rng.random(n) < 1 / (1 + np.exp(-(refugee_share[unit] + 1.2 * is_late))))[first]
    old = rng.dirichlet([4.0, 5.0, 2.0], count).cumsum(axis=1)
    age = (rng.random(n)[:, None] > old[unit]).sum(axis=1)
    year = np.minimum(start // 52.18, 7).astype(np.intp)
    predictor = _YEAR[year] + _REFUGEE[sex] * refugee + _AGE[age]
    ceiling = np.minimum(LAST_WEEK - start, HORIZON)
    level = rng.standard_normal(n)
    level[again] = _COPULA * level[first[again]] + np.sqrt(1 - _COPULA**2) * level[again]
    hazard = np.cumsum(baseline_hazard(), axis=1)
    needed = -stats.norm.logsf(level) / np.exp(predictor + effect[unit])
    success = (
        1
        + np.array([hazard[0].searchsorted(needed), hazard[1].searchsorted(needed)])[
            sex, np.arange(n)
        ]
    )
    move_rate = np.array(_MOVE_HAZARD)[refugee.astype(np.intp)]
    move = np.ceil(rng.exponential(1 / move_rate)).astype(np.intp)
    names = tuple(f"{k:03d}" for k in range(count))
    spells = pd.DataFrame(
        {
            "unit": np.array(names)[unit],
            "person": first.astype(str),
            "sex": np.array(["men", "women"])[sex],
            "start_year": (2008 + year).astype(str),
            "refugee": refugee.astype(float),
            "age": np.array(["18-29", "30-44", "45-64"])[age],
            "follow_up": ceiling,
            "duration": np.minimum(np.minimum(success, move), ceiling),
            "event": (success <= np.minimum(move, ceiling)).astype(int),
        }
    )
    cell = (year * 2 + refugee) * 3 + age
    truth = _true_log_indicators(
        unit, count, sex, cell, predictor + effect[unit], ceiling, np.exp(-move_rate)
    )
    return TrueCountry(spells, names, truth, effect)


def _true_log_indicators(
    unit: Indices,
    count: int,
    sex: Indices,
    cell: Indices,
    predictor: Floats,
    ceiling: Indices,
    stay: Floats,
) -> Floats:
    """Log of the pooled model's limit of the expected duration over the true mean area (K,)."""
    observed, expected = np.zeros(count), np.zeros(count)
    for sex_code in (0, 1):
        rows = np.flatnonzero(sex == sex_code)
        hazard = np.exp(predictor[rows])[:, None] * baseline_hazard()[sex_code][None, :]
        survival = np.exp(-np.cumsum(np.hstack([np.zeros((len(rows), 1)), hazard]), axis=1))[:, :-1]
        week = np.arange(HORIZON)
        at_risk = survival * stay[rows][:, None] ** week * (week < ceiling[rows][:, None])
        events = at_risk * -np.expm1(-hazard)
        cells, position = np.unique(cell[rows], return_inverse=True)
        gather = sparse.csr_matrix((np.ones(len(rows)), (position, np.arange(len(rows)))))
        areas = _limit_of_expected(_columns(cells), gather @ at_risk, gather @ events)
        observed += np.bincount(unit[rows], survival.sum(axis=1), count)
        expected += np.bincount(unit[rows], areas[position], count)
    return np.log(expected / observed)


def _columns(cells: Indices) -> Floats:
    """Model columns of cells of start year, refugee and age."""
    year, refugee, age = cells // 6, cells // 3 % 2, cells % 3
    levels = [*(year == value for value in range(1, 8)), refugee == 1, age == 1, age == 2]
    x = np.column_stack(levels).astype(float)
    return x[:, x.any(axis=0)]


def _limit_of_expected(x: Floats, at_risk: Floats, events: Floats) -> Floats:
    """Expected duration by cell at the root of the expected estimating equations; at_risk and
    events (cells, H)."""
    beta = np.zeros(x.shape[1])
    weekly = events.sum(axis=0)
    for _ in range(25):
        weighted = np.exp(x @ beta)[:, None] * at_risk
        s0 = weighted.sum(axis=0)
        mean = (x.T @ weighted) / s0
        information = (x.T * (weighted @ (weekly / s0))) @ x - (mean * weekly) @ mean.T
        step = np.linalg.lstsq(information, x.T @ events.sum(axis=1) - mean @ weekly, rcond=1e-12)[
            0
        ]
        beta += step
        if np.abs(step).max() < 1e-11:
            break
    else:
        raise RuntimeError("the expected score equations did not settle")
    risk = np.exp(x @ beta)
    row, week = np.nonzero(events)
    factors = kalbfleisch_prentice(week, events[row, week], risk[row], risk @ at_risk)
    log_survival = np.concatenate([[0.0], np.cumsum(factors)[:-1]])
    return np.exp(risk[:, None] * log_survival).sum(axis=1)


def true_order(log_indicator: Floats) -> Indices:
    """Rank 1 … K of the true log indicators, 1 the highest."""
    return np.argsort(np.argsort(-log_indicator, kind="stable")) + 1
