"""Every number the report and the fact sheet state in words: recomputed from their tables, met by a
default, or neither and said so.

Anomalies of the source keep the number of the reference tables' notes (A01 …): there the stated
number must *not* come back.
"""

import pytest
from published_choices import BY_NAME, CHOICES, NOT_RECOMPUTABLE
from published_numbers import BOUNDS, CONTRADICTED, RECOMPUTED, SAME_AS
from published_tables import MAIN, SCALARS, stated


def test_every_stated_number_has_its_place_and_only_one() -> None:
    places = [
        set(RECOMPUTED),
        set(CONTRADICTED),
        set(SAME_AS),
        set(BOUNDS),
        set(CHOICES),
        BY_NAME,
        NOT_RECOMPUTABLE,
    ]
    assert sum(len(place) for place in places) == len(set().union(*places))
    assert set().union(*places) == set(SCALARS.index)
    # Nothing that can be computed hides among the rest.
    assert len(NOT_RECOMPUTABLE) == 30


@pytest.mark.parametrize("key", RECOMPUTED)
def test_recomputed_from_the_tables(key: str) -> None:
    value, tolerance = RECOMPUTED[key]
    assert value == pytest.approx(stated(key), abs=tolerance + 1e-9)


@pytest.mark.parametrize("key", CONTRADICTED)
def test_an_anomaly_does_not_come_back(key: str) -> None:
    anomaly, value, least = CONTRADICTED[key]
    noted = SCALARS.loc[key, "anomaly"]
    assert noted in (anomaly, "")
    assert abs(value - stated(key)) > least
    for other, same in SAME_AS.items():
        if same == key:
            assert stated(other) == stated(key)
            assert SCALARS.loc[other, "anomaly"] == anomaly


@pytest.mark.parametrize("key", BOUNDS)
def test_a_bound_holds(key: str) -> None:
    assert BOUNDS[key] > stated(key)


@pytest.mark.parametrize("key", CHOICES)
def test_a_choice_of_the_report_is_the_default(key: str) -> None:
    assert float(CHOICES[key](MAIN)) == stated(key)
