"""A share of few full-year persons follows neither from the shares that add up to one with it nor
from the cost need, which is a sum of shares times published coefficients."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kommunebench import gold
from kommunebench.disclosure import publish
from kommunebench.settings.analysis import DisclosureSettings

FIVE = DisclosureSettings(min_persons=5)
NAMES = list(gold.COMPOSITION_SHARES)
COURSES = NAMES[:4]


def unit_costs(courses: list[int], others: list[int], persons: int) -> pd.DataFrame:
    counts = dict(zip(NAMES, [*courses, *others], strict=True))
    row = {name: count / persons for name, count in counts.items()}
    return pd.DataFrame(
        [{"municipality_code": "101", "year": 2013, "full_year_persons": float(persons), **row}]
    ).reindex(columns=list(gold.UNIT_COSTS.columns))


def follows(shown: pd.Series) -> set[str]:
    """The hidden shares that the two equations determine: those whose unit vector is a combination
    of the equations' rows. Coefficients are drawn, so that none is a multiple of another."""
    hidden = [name for name in NAMES if pd.isna(shown[name])]
    coefficients = np.random.default_rng(5).normal(size=len(NAMES))
    # The last course is the reference, whose coefficient is zero.
    of_need = [0.0 if name == COURSES[-1] else coefficients[NAMES.index(name)] for name in hidden]
    equations = np.array([[float(name in COURSES) for name in hidden], of_need])
    rank = np.linalg.matrix_rank(equations)
    return {
        name
        for place, name in enumerate(hidden)
        if np.linalg.matrix_rank(np.vstack([equations, np.eye(len(hidden))[place]])) == rank
    }


def test_a_course_of_few_does_not_follow_from_the_other_courses() -> None:
    """Three of eighty are in one course: one less the others would be three eightieths."""
    rows = unit_costs([3, 20, 27, 30], [12] + [40] * 9, 80)
    shown = publish(gold.UNIT_COSTS, rows, FIVE).rows.iloc[0]
    told = pd.to_numeric(shown[COURSES])
    assert told.isna().tolist() == [True, True, False, False]
    # With these two alone, the courses' sum and the cost need would be two equations in two shares.
    assert pd.isna(shown["under_25"]) and follows(shown) == set()


def test_a_share_of_few_does_not_follow_from_the_cost_need() -> None:
    rows = unit_costs([20, 20, 20, 20], [40] * 9 + [3], 80)
    shown = publish(gold.UNIT_COSTS, rows, FIVE).rows.iloc[0]
    assert pd.to_numeric(shown[NAMES]).isna().sum() == 2 and follows(shown) == set()


@settings(max_examples=100)
@given(
    courses=st.lists(st.integers(0, 40), min_size=4, max_size=4).filter(lambda c: sum(c) >= 5),
    traits=st.lists(st.floats(0, 1), min_size=10, max_size=10),
)
def test_no_hidden_share_follows(courses: list[int], traits: list[float]) -> None:
    persons = sum(courses)
    rows = unit_costs(courses, [round(persons * trait) for trait in traits], persons)
    counts = (rows[NAMES] * persons).iloc[0].astype(float)
    shown = publish(gold.UNIT_COSTS, rows, FIVE).rows.iloc[0]
    few = (counts > 1e-9) & (counts < 5 - 1e-9)
    assert pd.to_numeric(shown[NAMES])[few].isna().all()
    nothing_else = (pd.to_numeric(shown[NAMES]).fillna(0) == 0).all()
    assert nothing_else or not follows(shown) & set(counts.index[few])
