"""Shares of a municipality's full-year persons as they may leave: a share of few follows neither
from the others nor from the cost need they predict."""

import numpy as np
import pandas as pd

from kommunebench.disclosure.differences import also_hidden, is_few
from kommunebench.gold import COMPOSITION_SHARES

# Everybody is in one of them, so that they add up to one.
_ALL_TOGETHER = ("danish_unknown", "danish_1", "danish_2", "danish_3")


def without_small_shares(rows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Rows of gold.unit_costs without the shares of few persons, or of all but a few, and without
    the further shares that would give one of them away.

    The shares of the Danish courses add up to one, and the cost need is the sum of all shares times
    the published coefficients of the cost model: each is an equation, so that one share more is
    hidden than there are equations in which hidden ones stand.
    """
    persons = pd.to_numeric(rows["full_year_persons"]).astype(float)
    counts = rows[list(COMPOSITION_SHARES)].apply(pd.to_numeric).astype(float)
    counts = counts.mul(persons, axis=0)
    without_trait = counts.rsub(persons, axis=0)
    few = counts.apply(is_few, minimum=minimum)
    few |= (without_trait > 1e-9) & (without_trait < minimum)
    hidden = few.astype(bool)
    for label in rows.index[hidden.any(axis=1)]:
        hidden.loc[label] = _hidden_shares(counts.loc[label], hidden.loc[label], minimum)
    shown = rows.copy()
    for name in COMPOSITION_SHARES:
        shown[name] = rows[name].astype(object).where(~hidden[name], np.nan)
    return shown


def _hidden_shares(counts: pd.Series, few: pd.Series, minimum: int) -> pd.Series:
    """Which shares of one municipality and year are hidden, from the persons with each trait."""
    hidden = few.copy()
    courses = list(_ALL_TOGETHER)
    everybody = [pd.Series("all", courses)]
    hidden[courses] |= also_hidden(counts[courses].fillna(0), few[courses], everybody, minimum)
    equations = 1 + int(hidden[courses].any())
    lacking = max(equations + 1 - int(hidden.sum()), 0)
    # Not a course, which would make its sum with the others an equation more.
    others = counts[~hidden & (counts > 0)].drop(courses, errors="ignore")
    hidden[others.sort_values(kind="stable").index[:lacking]] = True
    return hidden if len(others) >= lacking else hidden | True
