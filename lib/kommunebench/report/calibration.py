"""Observed against expected events of the national model, as gold.calibration holds them."""

import numpy as np
import pandas as pd

from kommunebench.reference import province_of
from kommunebench.report.edition import Edition
from kommunebench.report.tables.terms import natural, value_label

# With fewer expected events a ratio inside its interval says nothing.
_LEAST_EXPECTED = 1.0


def calibration_rows(edition: Edition) -> pd.DataFrame:
    """One row per group: ``breakdown``, ``value``, ``label``, ``observed``, ``expected``, ``ratio``
    with ``low`` and ``high``, and whether the interval leaves 1 ``outside``.

    The table's limits are those of the ratio, which is left out (NaN, with its limits) where less
    than one event was expected and the interval holds 1. Breakdowns in the order in which their
    labels are listed; suppressed groups are left out.
    """
    rows = edition.data.calibration
    if rows is None:
        return pd.DataFrame()
    known = rows[rows["observed_events"].notna() & (rows["expected_events"] > 0)]
    frame = pd.DataFrame(
        {
            "breakdown": known["breakdown"],
            "value": known["value"],
            "label": [_label(edition, value) for value in known["value"]],
            "observed": known["observed_events"],
            "expected": known["expected_events"],
            "ratio": known["observed_events"] / known["expected_events"],
            "low": known["ci_low"],
            "high": known["ci_high"],
        }
    )
    frame["outside"] = (frame["low"] > 1) | (frame["high"] < 1)
    untold = (frame["expected"] < _LEAST_EXPECTED) & ~frame["outside"]
    frame.loc[untold, ["ratio", "low", "high"]] = np.nan
    names = edition.words.in_order("calibration", frame["breakdown"])
    places = frame["breakdown"].map({name: at for at, name in enumerate(names)})
    # Tenths, years and ages by number (17_plus after 16); others in the order of the table.
    numbers = np.array([max([0, *(n for n, _ in natural(str(v))[:1])]) for v in frame["value"]])
    order = np.lexsort((np.arange(len(frame)), numbers, places))
    return frame.iloc[order].reset_index(drop=True)


def groups_not_shown(edition: Edition) -> pd.DataFrame:
    """Groups whose figures are suppressed: ``breakdown``, ``label``, and whether units with a
    suppressed number lie in it (``holds_hidden``), which is so of provinces only."""
    rows = edition.data.calibration
    if rows is None:
        return pd.DataFrame(columns=["breakdown", "label", "holds_hidden"])
    hidden = rows[rows["observed_events"].isna()]
    codes = edition.units.loc[edition.units["events"].isna(), "municipality_code"]
    provinces = set(province_of(map(str, codes)))
    return pd.DataFrame(
        {
            "breakdown": hidden["breakdown"],
            "label": [_label(edition, value) for value in hidden["value"]],
            "holds_hidden": (hidden["breakdown"] == "province") & hidden["value"].isin(provinces),
        }
    )


def without_terms(edition: Edition, rows: pd.DataFrame) -> pd.DataFrame:
    """The groups the national model has no terms for. The others agree by construction: the values
    of a covariate that is a category, and the groups that have models of their own. Groups without
    a ratio are left out."""
    if rows.empty:
        return rows
    return rows[~rows["breakdown"].isin(_fitted(edition)) & rows["ratio"].notna()]


def not_shown_without_terms(edition: Edition) -> int:
    """How many groups the national model has no terms for are suppressed."""
    return int((~groups_not_shown(edition)["breakdown"].isin(_fitted(edition))).sum())


def _fitted(edition: Edition) -> set[str | None]:
    model = edition.settings.model
    return {c.column for c in model.covariates if c.kind == "category"} | {model.group}


def _label(edition: Edition, value: object) -> str:
    words = edition.words
    if words.knows("breakdown_value", value):
        return words.code("breakdown_value", value)
    if words.knows("term", f"basis_{value}"):
        return words.code("term", f"basis_{value}")
    return value_label(words, str(value))


def clearest_group(rows: pd.DataFrame) -> pd.Series:
    """The group whose ratio is furthest from 1 in lengths of its interval on that side: the one
    that departs most surely, which need not be the one that departs most."""
    above = rows["ratio"] > 1
    length = (rows["ratio"] - rows["low"]).where(above, rows["high"] - rows["ratio"])
    distance = ((rows["ratio"] - 1).abs() / length).where(rows["outside"], 0.0)
    return rows.iloc[int(distance.to_numpy().argmax())]
