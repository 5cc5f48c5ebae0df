"""Countries of spells with a known hazard, for studies that need hundreds of them: no registers, no
Spark.

A country has the municipalities of appendix table 5.1 with their numbers of spells. Each has its
own mix: its share of late arrivals, of refugees and of age groups. Follow-up ends on one calendar
day, so that late arrivals, who have the lowest hazards, are censored first. A spell of group g with
covariates x in municipality K succeeds in week t, if it got there, with probability 1 - exp(-m_g(t)
exp(x beta_g + gamma_K)): proportional hazards in whole weeks. Every seventh spell or so shares its
person with the one before it, and their outcomes are correlated (a Gaussian copula, which leaves
each spell's hazard what it is).

What is true. A municipality's true indicator is the mean, over its spells, of the area under the
survival curves they would have in a municipality of average effect (spell-weighted mean over the
sex's spells) over the same mean with its own effect, as if nobody were censored. That is what the
indicator is meant to say; which model comes near it is the question. Without effects its log is 0.

Effects are independent of the mix, or go with it (the report's do): then their correlation with the
municipality's tendency to receive refugees is -0.6. Local markets, where asked for, are three
numbers of each of 11 areas, which never change: they move the hazard and are covariates.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from kommunebench.reference import read_reference

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
HORIZON = 156
COVARIATES = ("start_year", "refugee", "age")
MARKETS = ("unemployment", "jobs", "skilled")
EFFECT_SD = 0.12
Effects = Literal["none", "independent", "report"]
_WITH_MIX = -0.6
_AREAS, _MARKET = 11, np.array([-0.08, 0.05, 0.03])
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
    indicators and effects of the units (K,), these less their spell-weighted mean."""

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
    seed: int,
    effects: Effects = "independent",
    sizes: Floats | None = None,
    late: Floats | None = None,
    *,
    effect_sd: float = EFFECT_SD,
    markets: bool = False,
) -> TrueCountry:
    """A country by seed. ``effect_sd``: spread of the effects gamma_K; ``sizes``, ``late`` (K,):
    numbers of spells and shares of late arrivals, else those of the report and drawn ones;
    ``markets``: with local markets."""
    rng = np.random.default_rng([2018, seed])
    n_spells = (municipality_sizes() if sizes is None else sizes).astype(np.intp)
    count = len(n_spells)
    independent = rng.normal(0.0, 1.0, count)
    late_share = rng.beta(2.5, 3.5, count) if late is None else late
    tendency = rng.normal(0.0, 1.0, count)
    refugee_share = -0.3 + 0.7 * tendency
    with_mix = _WITH_MIX * tendency + np.sqrt(1.0 - _WITH_MIX**2) * independent
    kinds = {"none": 0.0 * independent, "independent": independent, "report": with_mix}
    effect = effect_sd * kinds[effects]
    market = rng.normal(0.0, 1.0, (_AREAS, len(_MARKET)))[rng.integers(0, _AREAS, count)]
    market *= float(markets)
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
    predictor = _YEAR[year] + _REFUGEE[sex] * refugee + _AGE[age] + (market @ _MARKET)[unit]
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
    if markets:
        spells = spells.assign(**dict(zip(MARKETS, market[unit].T, strict=True)))
    centred = effect - n_spells @ effect / n_spells.sum()
    return TrueCountry(spells, names, _true_log_indicators(unit, sex, predictor, effect), centred)


def _true_log_indicators(unit: Indices, sex: Indices, predictor: Floats, effect: Floats) -> Floats:
    """Log of the mean area in a municipality of average effect over the mean area in the own one
    (K,)."""
    count = len(effect)
    observed, expected = np.zeros(count), np.zeros(count)
    for number in (0, 1):
        rows = np.flatnonzero(sex == number)
        own, average = effect[unit[rows]], effect[unit[rows]].mean()
        for total, shift in ((observed, own), (expected, average)):
            areas = _areas(np.exp(predictor[rows] + shift), baseline_hazard()[number])
            total += np.bincount(unit[rows], areas, count)
    return np.log(expected / observed)


def _areas(risk: Floats, baseline: Floats) -> Floats:
    """Area to the horizon under each spell's true survival curve (n,)."""
    hazard = np.concatenate([[0.0], np.cumsum(baseline)[:-1]])
    areas: Floats = np.exp(-risk[:, None] * hazard).sum(axis=1)
    return areas


def true_order(value: Floats) -> Indices:
    """Rank 1 … K of true values, 1 the highest."""
    return np.argsort(np.argsort(-value, kind="stable")) + 1
