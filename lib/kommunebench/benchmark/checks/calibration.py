"""Observed against expected events of the national model by group of spells (method, section
7)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from kommunebench.benchmark.blocks.block import Flags, Floats, Indices, SpellBlock
from kommunebench.benchmark.checks.facts import UNKNOWN, FactBlocks, Facts, UnitSums
from kommunebench.benchmark.model.national import NationalModel
from kommunebench.survival.cox_sums import row_hazard
from kommunebench.survival.risk_sets import lay_out

RISK_TENTH = "risk_tenth"
# A number for each spell of a block (n,).
BySpell = Callable[[SpellBlock], Floats]
# Spells are sorted into tenths by their bin on a grid of predicted hazards this fine.
_BINS = 10_000


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Groups of spells by a fact: ``names`` of the codes."""

    fact: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Range:
    """Smallest and largest value."""

    low: float
    high: float

    def merge(self, other: "_Range") -> "_Range":
        """The range of both."""
        return _Range(min(self.low, other.low), max(self.high, other.high))


def calibration(
    blocks: FactBlocks,
    models: Sequence[NationalModel],
    breakdowns: Mapping[str, Breakdown],
    unit_breakdowns: Mapping[str, Sequence[str]],
    confidence_level: float,
) -> pd.DataFrame:
    """Observed and expected events by tenth of the predicted hazard and by every value of the
    breakdowns; ``unit_breakdowns``: by name the value of each unit.

    Columns of gold.calibration: ``breakdown``, ``value``, ``observed_events``,
    ``expected_events`` (the sum over spells of the cumulative hazard up to their end; the
    increments of the baseline are those of the likelihood, as in martingale residuals, so that
    the sums of a whole group agree, whatever is done with ties), and limits of observed over
    expected, which are the exact limits of a Poisson count (Garwood 1936) over the expected number.
    Values without spells and spells of unknown value are left out.
    """
    models = tuple(models)
    counted = counted_by_group(
        blocks,
        partial(expected_events, models=models),
        partial(_log_hazard, models=models),
        breakdowns,
        unit_breakdowns,
    )
    return with_limits(counted, *_poisson_limits(counted, confidence_level))


def counted_by_group(
    blocks: FactBlocks,
    expected: BySpell,
    chance: BySpell,
    breakdowns: Mapping[str, Breakdown],
    unit_breakdowns: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """``spells``, ``observed_events`` and ``expected_events`` by tenth of the predicted ``chance``
    and by every value of the breakdowns, ``value`` of ``breakdown``. ``expected`` and ``chance``
    give a number for each spell of a block; minus infinity is below all others."""
    limits = blocks.total_with_facts(partial(_range_of, chance=chance))
    coded = {
        name: (np.array(values), *pd.factorize(pd.Series(values, dtype=object), sort=True))
        for name, values in unit_breakdowns.items()
    }
    tables = blocks.total_with_facts(
        partial(
            _counts,
            expected=expected,
            chance=chance,
            limits=limits,
            facts_of={name: (b.fact, len(b.names)) for name, b in breakdowns.items()},
            codes_of_unit={name: codes for name, (_, codes, _) in coded.items()},
        )
    )
    rows = [_tenths(tables.results[RISK_TENTH].values)]
    for name, breakdown in breakdowns.items():
        rows.append(_named(name, breakdown.names, tables.results[name].values))
    for name, (_, _, values) in coded.items():
        rows.append(_named(name, [str(v) for v in values], tables.results[name].values))
    return pd.concat(rows, ignore_index=True)


@dataclass(frozen=True, slots=True)
class _Tables:
    """Spells, observed and expected events (cells, 3) by breakdown."""

    results: dict[str, UnitSums]

    def merge(self, other: "_Tables") -> "_Tables":
        """The sums of both sets of spells."""
        return _Tables(
            {name: table.merge(other.results[name]) for name, table in self.results.items()}
        )


def expected_events(block: SpellBlock, models: Sequence[NationalModel]) -> Floats:
    """Cumulative hazard of each spell up to its end (n,), 0 where the fit's hazard is zero. Under
    Efron's ties a spell with an event is exposed to a share of the hazard of its last week only, as
    in the likelihood, whose equations make the sums of a group with a term agree."""
    expected = np.empty(len(block.duration))
    for model, group in zip(models, block.groups, strict=True):
        duration, event = block.duration[group.rows].astype(float), block.event[group.rows]
        start, stratum = np.zeros(len(duration)), np.zeros(len(duration), np.intp)
        at_risk = lay_out(duration, event, start, stratum, model.grid)
        cumulative = row_hazard(at_risk, model.terms) * np.exp(-model.terms.shift)
        expected[group.rows] = model.hazards.fit_risk(group)[:, 0] * cumulative
    return expected


def _baseline_hazard(model: NationalModel) -> Floats:
    """Events over risk at risk at each event time (m,)."""
    hazard: Floats = model.terms.hazard * np.exp(-model.terms.shift)
    return hazard


def _log_hazard(block: SpellBlock, models: Sequence[NationalModel]) -> Floats:
    """Logarithm of the cumulative hazard over the horizon that is predicted for each spell (n,)."""
    values = np.empty(len(block.duration))
    for model, group in zip(models, block.groups, strict=True):
        within = model.grid.time <= block.horizon
        with np.errstate(divide="ignore"):
            level = np.log(_baseline_hazard(model)[within].sum())
            values[group.rows] = np.log(model.hazards.risk(group)[:, 0]) + level
    return values


def _range_of(block: SpellBlock, facts: Facts, chance: BySpell) -> _Range:
    values = chance(block)
    finite = values[np.isfinite(values)]
    return _Range(
        float(finite.min(initial=np.inf)),
        float(finite.max(initial=-np.inf)),
    )


def _counts(
    block: SpellBlock,
    facts: Facts,
    *,
    expected: BySpell,
    chance: BySpell,
    limits: _Range,
    facts_of: Mapping[str, tuple[str, int]],
    codes_of_unit: Mapping[str, Indices],
) -> _Tables:
    values = np.stack(
        [
            np.ones(len(block.duration)),
            block.event.astype(float),
            expected(block),
        ],
        axis=1,
    )
    width = max(limits.high - limits.low, 1e-12) / _BINS
    # A spell without hazard lies below all others.
    place = np.clip((chance(block) - limits.low) / width, 0, _BINS - 1)
    tables = {RISK_TENTH: _by_code(place.astype(np.intp), values, _BINS)}
    for name, (fact, n_codes) in facts_of.items():
        tables[name] = _by_code(facts[fact], values, n_codes)
    for name, codes in codes_of_unit.items():
        tables[name] = _by_code(codes[block.unit], values, int(codes.max(initial=0)) + 1)
    return _Tables(tables)


def _by_code(codes: Indices, values: Floats, n_codes: int) -> UnitSums:
    known: Flags = codes != UNKNOWN
    sums = [np.bincount(codes[known], column[known], n_codes) for column in values.T]
    return UnitSums(np.stack(sums, axis=1))


def _tenths(by_bin: Floats) -> pd.DataFrame:
    """Bins joined to tenths of the spells: a bin belongs to the tenth that its middle spell is
    in."""
    passed = np.cumsum(by_bin[:, 0])
    middle = (passed - by_bin[:, 0] / 2) / passed[-1]
    tenth = np.minimum((middle * 10).astype(np.intp), 9)
    sums: Floats = np.stack([np.bincount(tenth, column, 10) for column in by_bin.T], axis=1)
    return _named(RISK_TENTH, [str(k) for k in range(1, 11)], sums)


def _named(breakdown: str, names: Sequence[str], sums: Floats) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "breakdown": breakdown,
            "value": list(names),
            "spells": sums[:, 0].round().astype("int64"),
            "observed_events": sums[:, 1].round().astype("int64"),
            "expected_events": sums[:, 2],
        }
    )
    return rows[sums[:, 0] > 0]


def _poisson_limits(rows: pd.DataFrame, confidence_level: float) -> tuple[Floats, Floats]:
    """Exact limits of the counts of events, each (n,)."""
    observed, tail = rows["observed_events"].to_numpy(float), (1 - confidence_level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(observed > 0, stats.chi2.ppf(tail, 2 * observed) / 2, 0.0)
    return low, stats.chi2.ppf(1 - tail, 2 * observed + 2) / 2


def with_limits(rows: pd.DataFrame, low: Floats, high: Floats) -> pd.DataFrame:
    """The rows with limits of observed over expected from those of the counts of events."""
    expected = rows["expected_events"].to_numpy(float)
    known = expected > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = [np.where(known, limit / expected, np.nan) for limit in (low, high)]
    return rows.drop(columns="spells").assign(ci_low=ratios[0], ci_high=ratios[1])
