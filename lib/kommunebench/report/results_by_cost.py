"""Municipalities whose result and cost are both shown, and their order on a frontier."""

import numpy as np
import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.frontiers import frontier_curve, ordered_by_residual

FIRST = 10
# What the frontier of a side goes over, and what it is a frontier of.
INPUT_AND_OUTCOME = {"production": ("cost_indicator", "ratio"), "cost": ("ratio", "cost_indicator")}


def both_indicators(edition: Edition) -> pd.DataFrame:
    """Municipalities with a benchmark and a cost indicator, as the stage efficiency takes them:
    ``ratio`` is the result, persons are the weights; and their classes. Those of which either is
    hidden are not among them."""
    costs = edition.data.cost_indicators
    assert costs is not None
    rows = edition.compared.merge(
        costs, on="municipality_code", how="inner", suffixes=("", "_cost")
    )
    usable = np.isfinite(rows["ratio"]) & (rows["ratio"] > 0) & rows["cost_indicator"].notna()
    return rows[usable].reset_index(drop=True)


def ranked_on(edition: Edition, side: str) -> pd.DataFrame:
    """The rows of ``both_indicators`` that have a score on a side of the run's frontiers, with
    ``efficiency`` and ``rank`` (1 the first; missing where it is hidden).

    An order by residual is counted among these rows alone: a number left out between two others
    would tell the place of a municipality that is hidden.
    """
    all_scores = edition.data.frontier_scores
    assert all_scores is not None
    scores = all_scores[all_scores["side"] == side]
    rows = both_indicators(edition).merge(
        scores[["municipality_code", "rank", "efficiency"]],
        on="municipality_code",
        suffixes=("_bench", ""),
    )
    if ordered_by_residual(edition.data.frontier_parameters, scores, side):
        rows["rank"] = pd.to_numeric(rows["rank"]).rank(method="first")
    return rows


def first_by_residual(edition: Edition, side: str) -> pd.DataFrame:
    """The first ten of ``ranked_on`` in their order, with ``residual``: outcome less frontier,
    which is the regression itself where there is no inefficiency (missing where the table of
    parameters lacks its coefficients)."""
    rows = ranked_on(edition, side)
    first = rows[rows["rank"] <= FIRST].sort_values("rank")
    parameters = edition.data.frontier_parameters
    curve = None if parameters is None else frontier_curve(parameters, side)
    x, y = INPUT_AND_OUTCOME[side]
    fitted = np.nan if curve is None else curve(first[x].to_numpy(float))
    return first.assign(residual=first[y].to_numpy(float) - fitted)


def ratio_label(edition: Edition) -> str:
    """What a result is called on an axis or over a column: it is a ratio whatever the run's form
    is."""
    return edition.words(f"ax_indicator_{edition.scale.measure}_ratio")
