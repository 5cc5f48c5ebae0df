"""Verdicts, tiers and fifths under several models, set beside each other (method, section 6)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.fifths import fifths_from_highest
from kommunebench.benchmark.comparison.table import Comparison
from kommunebench.benchmark.comparison.verdicts import judge
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.influence.covariance import PerformanceCovariance
from kommunebench.verdict_rules import VerdictRules

WITHIN, POOLED, UNADJUSTED = "within", "pooled", "without_area_adjustment"
# Numbers of tiers are not compared between models: see PairsApart.
_COMPARED = ("assessment", "fifth")


@dataclass(frozen=True, slots=True)
class ModelOutcome:
    """The chain of one model and the covariance of its performances."""

    chain: ChainEstimate
    covariance: PerformanceCovariance


@dataclass(frozen=True, slots=True)
class PairsApart:
    """How many pairs of units two models, or two runs, put in different tiers: both in the same
    order (``both``), both in opposite orders (``opposite``), the one or the other alone; ``pairs``
    in all.

    Numbers of tiers cannot be compared across models or runs: one cut more at the top renumbers all
    below.
    """

    pairs: int
    both: int
    opposite: int
    only_one: int
    only_other: int

    @property
    def changed(self) -> int:
        """Pairs of which the two models do not say the same."""
        return self.opposite + self.only_one + self.only_other


def pairs_apart(one: pd.Series, other: pd.Series) -> PairsApart:
    """Pairs of units in different tiers under one model, or in one run, and under the other; units
    without a tier under one of them are left out."""
    known = one.notna().to_numpy() & other.notna().to_numpy()
    first, second = (tiers.to_numpy(float)[known] for tiers in (one, other))
    upper = np.triu_indices(len(first), 1)
    order, order_other = (
        np.sign(tiers[:, None] - tiers[None, :])[upper] for tiers in (first, second)
    )
    return PairsApart(
        pairs=len(order),
        both=int((order * order_other > 0).sum()),
        opposite=int((order * order_other < 0).sum()),
        only_one=int(((order != 0) & (order_other == 0)).sum()),
        only_other=int(((order == 0) & (order_other != 0)).sum()),
    )


def model_verdicts(
    comparison: Comparison,
    others: Mapping[str, ModelOutcome],
    *,
    horizon: int,
    rules: VerdictRules,
) -> pd.DataFrame:
    """Columns of gold.model_verdicts, all of the indicator that carries the verdicts: a row per
    unit compared for the model that carries them, and for each of the others by name.

    ``differs``: whether verdict or fifth is another than under the model that carries the verdicts;
    a verdict that one of them lacks counts as another. Whether tiers differ only pairs can tell.
    """
    table, is_robust = comparison.table, rules.verdict_indicator == "robust"
    compared = table["included"].to_numpy(bool)
    of_run = comparison.robust if is_robust else comparison.plain
    carrying_se = table["indicator_robust_se" if is_robust else "indicator_se"].to_numpy(float)
    carrying = _rows(rules.verdict_model, comparison, table, of_run, carrying_se)[compared]
    frames = [carrying.assign(carries_verdicts=True, difference_in_se=0.0, differs=False)]
    for name, outcome in others.items():
        chain, covariance = outcome.chain, outcome.covariance
        observed = chain.robust if is_robust else chain.observed.value
        performance = comparison.indicator.performance(chain.expected, observed)
        variance = np.diag(covariance.robust if is_robust else covariance.plain)
        se = np.where(np.isfinite(performance), np.sqrt(variance), np.nan)
        judged = judge(
            table,
            performance,
            se,
            scale=covariance.pace_scale,
            indicator=comparison.indicator,
            horizon=horizon,
            rules=rules,
        )
        rows = _rows(name, comparison, judged.columns, performance, se)[compared]
        with np.errstate(divide="ignore", invalid="ignore"):
            change = ((performance - of_run) / carrying_se)[compared]
        rows["difference_in_se"] = np.where(np.isfinite(change), change, np.nan)
        rows["differs"] = np.any([differing(carrying[key], rows[key]) for key in _COMPARED], axis=0)
        frames.append(rows.assign(carries_verdicts=False))
    return pd.concat(frames, ignore_index=True)


def changes_from_pooled(verdicts: pd.DataFrame) -> dict[str, float]:
    """How many units compared have another verdict and fifth under the pooled model, and how many
    pairs tiers tell apart under one of the models only or in opposite orders, from
    gold.model_verdicts: headline numbers of a run."""
    names = {"assessment": "verdicts", "fifth": "fifths"}
    within, pooled = (
        verdicts[verdicts["model"] == name].set_index("municipality_code")
        for name in (WITHIN, POOLED)
    )
    pooled = pooled.reindex(within.index)
    changed = {
        f"{name}_changed_from_pooled": float(differing(within[column], pooled[column]).sum())
        for column, name in names.items()
    }
    pairs = pairs_apart(within["tier"], pooled["tier"])
    return {**changed, "pairs_changed_from_pooled": float(pairs.changed)}


def with_pooled(comparison: Comparison, verdicts: pd.DataFrame) -> pd.DataFrame:
    """The table of indicators with robust indicator, verdict and tier of the pooled model beside
    the others, from gold.model_verdicts; missing for units left out of the comparison."""
    pooled = verdicts[verdicts["model"] == POOLED].set_index("municipality_code")
    codes = comparison.table["municipality_code"]
    columns = {
        f"{name}_pooled": codes.map(pooled[name])
        for name in ("indicator_robust", "assessment", "tier")
    }
    return comparison.table.assign(**columns)


def _rows(
    name: str, comparison: Comparison, judged: pd.DataFrame, performance: Floats, se: Floats
) -> pd.DataFrame:
    """One row per unit (K,): indicator, verdict, tier, and fifth of those compared."""
    table = comparison.table
    compared = table["included"].to_numpy(bool)
    fifth = np.full(len(table), np.nan)
    fifth[compared] = fifths_from_highest(performance[compared])
    nothing = pd.Series(np.nan, index=table.index)
    return pd.DataFrame(
        {
            "model": name,
            "municipality_code": table["municipality_code"],
            "indicator_robust": comparison.indicator.printed(performance),
            "indicator_robust_se": se,
            "assessment": judged["assessment"].astype(object),
            "tier": judged.get("tier", nothing),
            "fifth": fifth,
        }
    )


def differing(one: pd.Series, other: pd.Series) -> np.ndarray:
    """Which rows of two columns in the same order differ, those with one of the two missing
    included."""
    both_missing = one.isna().to_numpy() & other.isna().to_numpy()
    return np.asarray((one.to_numpy(object) != other.to_numpy(object)) & ~both_missing)
