"""Disclosure of spells by outcome: no cell and no margin follows from those that are shown."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kommunebench.disclosure import publish
from kommunebench.gold import SPELL_OUTCOMES
from kommunebench.settings.analysis import DisclosureSettings

Counts = dict[str, dict[str, int]]
FIVE = DisclosureSettings(min_persons=5)


def outcomes(breakdown: str, counts: Counts) -> pd.DataFrame:
    """The rows of one breakdown, as `count_outcomes` makes them: counts of 0 have no row."""
    wide = pd.DataFrame(counts).T
    wide.loc["total"] = wide.sum()
    wide["total"] = wide.sum(axis=1)
    rows = wide.rename_axis("value").melt(
        ignore_index=False, var_name="outcome", value_name="spells"
    )
    rows = rows.reset_index().assign(breakdown=breakdown)
    rows["share"] = rows["spells"] / rows["value"].map(wide["total"])
    return rows[rows["spells"] > 0].reset_index(drop=True)


def shown(rows: pd.DataFrame) -> pd.Series:
    """Which counts are shown, by value and outcome."""
    published = publish(SPELL_OUTCOMES, rows, FIVE).rows
    return published.set_index(["breakdown", "value", "outcome"])["spells"].notna()


def test_the_total_of_a_value_cannot_be_worked_out_from_the_total_of_all() -> None:
    """Three who were reunified with their family are 103 less a hundred refugees."""
    counts = {
        "family_reunified": {"success": 2, "open": 1},
        "refugee": {"success": 60, "open": 40},
    }
    told = shown(outcomes("residence_basis", counts))["residence_basis"]
    assert not told["family_reunified"].any() and not told["refugee"].any()
    assert told["total"].all()


def test_the_total_of_an_outcome_cannot_be_worked_out_from_the_total_of_all() -> None:
    counts = {"men": {"success": 60, "died": 2}, "women": {"success": 50, "died": 1}}
    told = shown(outcomes("sex", counts))["sex"]["total"]
    assert told.to_dict() == {"success": False, "died": False, "total": True}


def test_a_total_hidden_in_one_breakdown_is_hidden_in_the_other() -> None:
    """The totals over the values are of the same spells."""
    men = {"success": 60, "died": 6, "left": 10}
    by_sex = outcomes("sex", {"men": men, "women": {"success": 50}})
    basis = {
        "refugee": {"success": 107, "died": 6},
        "family_reunified": {"success": 3, "left": 10},
    }
    by_basis = outcomes("residence_basis", basis)
    told = shown(pd.concat([by_sex, by_basis], ignore_index=True)).xs("total", level="value")
    assert told["sex"].to_dict() == told["residence_basis"].to_dict()
    assert not told["sex"]["died"]


def test_shares_of_a_hidden_total_go_with_it() -> None:
    """Forty who are 40 % are forty of a hundred."""
    counts = {
        "a": {"success": 3},
        "b": {"success": 30, "left": 25, "open": 8},
        "c": {"success": 50, "left": 70, "open": 80},
    }
    published = publish(SPELL_OUTCOMES, outcomes("sex", counts), FIVE).rows
    of_b = published[published["value"] == "b"].set_index("outcome")
    assert pd.isna(of_b.loc["total", "spells"])
    assert of_b["spells"].notna().any() and of_b["share"].isna().all()
    assert published.loc[published["value"] == "total", "share"].notna().all()


def _is_determined(lines: list[str], columns: list[str], told: pd.Series) -> bool:
    """Whether a hidden count follows from those shown and the sums they are in; both lists end with
    the total."""
    cells = [(line, column) for line in lines for column in columns]
    hidden = [cell for cell in cells if not told.get(cell, True)]
    signs = [
        [(1 if cell[1 - side] != "total" else -1) * (cell[side] == label) for cell in hidden]
        for side, labels in enumerate((lines, columns))
        for label in labels
    ]
    if not hidden:
        return False
    _, sizes, directions = np.linalg.svd(np.array(signs, float))
    free = directions[int((sizes > 1e-9).sum()) :]
    return bool((np.abs(free).max(axis=0, initial=0.0) < 1e-9).any())


@settings(max_examples=60)
@given(
    counts=st.lists(
        st.lists(st.integers(0, 25), min_size=4, max_size=4), min_size=2, max_size=2
    ).filter(lambda table: any(map(sum, table)))
)
def test_no_hidden_count_of_two_values_can_be_solved_for(counts: list[list[int]]) -> None:
    kinds = ["success", "died", "moved", "open"]
    named = {
        value: dict(zip(kinds, line, strict=True))
        for value, line in zip(("men", "women"), counts, strict=True)
    }
    told = shown(outcomes("sex", named))["sex"]
    assert not _is_determined(["men", "women", "total"], [*kinds, "total"], told)
