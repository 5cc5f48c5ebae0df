"""How verdicts depend on the choices of the model, from gold.model_verdicts and
gold.sensitivity."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.benchmark.checks.halves import HALVES
from kommunebench.benchmark.comparison.models import (
    POOLED,
    WITHIN,
    PairsApart,
    differing,
    pairs_apart,
)
from kommunebench.report.edition import Edition


def label_code(edition: Edition, check: str) -> str:
    """The code under which the label of a check stands. Its groups are family-reunified and others;
    the others are refugees, except among immigrants, most of whom have no permit that is known."""
    of_immigrants = edition.settings.immigrants is not None
    return "groups_of_immigrants" if of_immigrants and check == "groups" else check


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check against the run: over ``units`` units, the mean and largest change of the
    indicator in its standard errors and where it is largest, and how many verdicts change."""

    check: str
    units: int
    mean_change: float
    largest_change: float
    largest_where: str
    verdicts_changed: int


@dataclass(frozen=True, slots=True)
class Stability:
    """Units with a performance in both halves of the window: ``favourable`` says for each and each
    half whether it is on the favourable side; and the correlation of the two performances."""

    favourable: pd.DataFrame
    correlation: float

    def count(self, first: bool, second: bool) -> int:
        """Units on this side in the first and on that side in the second half."""
        first_half, second_half = (self.favourable[half] for half in HALVES)
        return int(((first_half == first) & (second_half == second)).sum())


def check_results(edition: Edition) -> list[CheckResult]:
    """Every check but the halves of the window, in the order of their labels; verdicts are held
    against the run's own."""
    rows = edition.data.sensitivity
    if rows is None:
        return []
    verdicts = edition.compared.set_index("municipality_code")["assessment"]
    results = []
    for check in edition.words.in_order("check", rows["check"]):
        if check in HALVES:
            continue
        of_check = rows[(rows["check"] == check) & rows["municipality_code"].isin(verdicts.index)]
        change = of_check.set_index("municipality_code")["difference_in_se"].astype(float).abs()
        if change.notna().sum() == 0:
            continue
        alternative = of_check.set_index("municipality_code")["assessment"]
        of_run = verdicts.reindex(alternative.index)
        results.append(
            CheckResult(
                check=check,
                units=len(of_check),
                mean_change=float(change.mean()),
                largest_change=float(change.max()),
                largest_where=edition.unit_names.get(str(change.idxmax()), ""),
                verdicts_changed=int(differing(of_run, alternative).sum()),
            )
        )
    return results


def stability(edition: Edition) -> Stability | None:
    """The performance in the two halves of the window; None without both."""
    rows = edition.data.sensitivity
    if rows is None or not set(HALVES) <= set(rows["check"]):
        return None
    wide = rows[rows["check"].isin(HALVES)].pivot(
        index="municipality_code", columns="check", values="log_indicator"
    )
    wide = wide.reindex(edition.compared["municipality_code"]).astype(float).dropna()
    if len(wide) < 3:
        return None
    # A performance is positive where the event comes sooner, whatever form the indicator has.
    direction = 1.0 if edition.sooner_is_better else -1.0
    correlation = float(np.corrcoef(wide[HALVES[0]], wide[HALVES[1]])[0, 1])
    return Stability(direction * wide > 0, correlation)


def model_changes(edition: Edition) -> pd.DataFrame | None:
    """Units compared with verdict, tier and fifth (of the robust indicator) from the model that
    decides and from the pooled one, and whether verdict and fifth differ; None where the run has
    one model. Whether tiers differ only pairs can tell: ``tier_pairs``.

    Columns ``municipality``, ``assessment``, ``assessment_pooled``, ``tier``, ``tier_pooled``,
    ``fifth``, ``fifth_pooled`` and ``verdict_differs``, ``fifth_differs``.
    """
    within, pooled = (verdicts_under(edition, name) for name in (WITHIN, POOLED))
    if within is None or pooled is None:
        return None
    names = ["assessment", "tier", "fifth"]
    changes = within[names].join(pooled[names], rsuffix="_pooled", how="inner")
    changes.insert(0, "municipality", [edition.unit_names.get(code, "") for code in changes.index])
    for name, one in (("verdict", "assessment"), ("fifth", "fifth")):
        changes[f"{name}_differs"] = differing(changes[one], changes[f"{one}_pooled"])
    return changes.reset_index(drop=True)


def tier_pairs(changes: pd.DataFrame) -> PairsApart:
    """Pairs of units that tiers tell apart under the model that decides (``one``) and under the
    pooled one, from the columns of ``model_changes``."""
    return pairs_apart(changes["tier"], changes["tier_pooled"])


def verdicts_under(edition: Edition, model: str) -> pd.DataFrame | None:
    """The rows of gold.model_verdicts of one model by unit; None where the run has none."""
    rows = edition.data.model_verdicts
    if rows is None:
        return None
    of_model = rows[rows["model"] == model].set_index("municipality_code")
    return of_model if len(of_model) else None
