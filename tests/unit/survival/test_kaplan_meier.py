"""Kaplan-Meier and the restricted mean: worked by hand, laws, and refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kommunebench.errors import InputError
from kommunebench.survival import kaplan_meier, kaplan_meier_from_counts

SPELLS = st.lists(
    st.tuples(st.integers(1, 20), st.booleans(), st.integers(1, 3)), min_size=1, max_size=40
)


def test_worked_by_hand() -> None:
    """Five spells: events at 2 (two of five) and 4 (one of two); 3 and 6 censored."""
    curve = kaplan_meier([2, 2, 3, 4, 6], [1, 1, 0, 1, 0])
    assert curve.time.tolist() == [2, 3, 4, 6]
    assert curve.at_risk.tolist() == [5, 3, 2, 1]
    assert curve.survival == pytest.approx([0.6, 0.6, 0.3, 0.3])
    assert curve.survival_se[0] == pytest.approx(0.6 * np.sqrt(2 / 15))
    area = curve.restricted_mean(5)
    assert area.value == pytest.approx(2 * 1 + 2 * 0.6 + 1 * 0.3)
    # Area to the right of 2 is 1.5, of 4 it is 0.3.
    assert area.se == pytest.approx(np.sqrt(1.5**2 * 2 / 15 + 0.3**2 / 2))


def test_tail_carried_forward_flat_is_flagged() -> None:
    open_end = kaplan_meier([2, 5], [1, 0])
    assert open_end.restricted_mean(10).tail_extended
    assert open_end.restricted_mean(10).value == pytest.approx(2 + 8 * 0.5)
    assert not open_end.restricted_mean(5).tail_extended
    assert not kaplan_meier([2, 5], [1, 1]).restricted_mean(10).tail_extended


def test_weeks_without_anybody_at_risk_do_not_count_as_observed() -> None:
    curve = kaplan_meier_from_counts([1, 2, 3], [2, 1, 0], [1, 0, 0], [0, 1, 0])
    assert curve.restricted_mean(3).tail_extended
    assert curve.survival == pytest.approx([0.5, 0.5, 0.5])


@given(SPELLS)
def test_a_survival_function_falls_from_one_and_never_below_zero(
    spells: list[tuple[int, bool, int]],
) -> None:
    curve = kaplan_meier(*np.array([(d, e) for d, e, _ in spells]).T)
    assert np.all(np.diff(np.concatenate([[1.0], curve.survival])) <= 0)
    assert np.all(curve.survival >= 0)
    assert np.all(np.isfinite(curve.survival_se))


@given(SPELLS, st.integers(2, 25))
def test_without_censoring_the_area_is_the_mean_of_the_capped_durations(
    spells: list[tuple[int, bool, int]], horizon: int
) -> None:
    duration = np.array([d for d, _, _ in spells], float)
    area = kaplan_meier(duration, np.ones(len(duration))).restricted_mean(horizon)
    capped = np.minimum(duration, horizon)
    assert area.value == pytest.approx(capped.mean())
    assert area.se == pytest.approx(capped.std() / np.sqrt(len(capped)), abs=1e-9)


@given(SPELLS)
def test_weights_are_repeated_rows_and_order_does_not_matter(
    spells: list[tuple[int, bool, int]],
) -> None:
    duration, event, weight = (np.array(column) for column in zip(*spells, strict=True))
    weighted = kaplan_meier(duration, event, weights=weight)
    repeated = kaplan_meier(np.repeat(duration, weight)[::-1], np.repeat(event, weight)[::-1])
    assert weighted.survival == pytest.approx(repeated.survival, abs=1e-12)
    assert weighted.restricted_mean(10).se == pytest.approx(
        repeated.restricted_mean(10).se, abs=1e-12
    )


@given(SPELLS)
def test_a_spell_cut_in_two_with_delayed_entry_is_the_same_spell(
    spells: list[tuple[int, bool, int]],
) -> None:
    duration, event, cut = (np.array(column) for column in zip(*spells, strict=True))
    longer = cut < duration
    whole = kaplan_meier(duration, event)
    split = kaplan_meier(
        np.concatenate([duration, cut[longer]]),
        np.concatenate([event, np.zeros(longer.sum())]),
        entry=np.concatenate([np.where(longer, cut, 0), np.zeros(longer.sum())]),
    )
    times = np.arange(1, 21)
    assert split.at(times) == pytest.approx(whole.at(times), abs=1e-12)


def test_counts_and_rows_give_one_curve() -> None:
    rows = kaplan_meier([1, 2, 2, 4], [1, 1, 0, 1])
    counts = kaplan_meier_from_counts([1, 2, 4], [4, 3, 1], [1, 1, 1], [0, 1, 0])
    assert counts.survival == pytest.approx(rows.survival)
    assert counts.survival_se == pytest.approx(rows.survival_se)
    assert counts.restricted_mean(3) == rows.restricted_mean(3)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (
            ([1, 0, -2], [1, 1, 1]),
            {},
            r"duration: zero or negative in 2 of 3 rows, first at positions 1, 2",
        ),
        (([1, np.nan], [1, 1]), {}, "duration: missing or infinite in 1 of 2"),
        (([1, 2], [1, 2]), {}, "event: neither 0 nor 1 in 1 of 2"),
        (([1, 2], [1]), {}, "event: 1 values, expected 2"),
        (([], []), {}, "duration: no rows"),
        (
            ([1, 2], [1, 1]),
            {"entry": [0, 2]},
            "entry: at or after the duration in 1 of 2 rows, first at positions 1",
        ),
        (([1, 2], [1, 1]), {"weights": [1, -1]}, "weights: negative in 1 of 2"),
        (([1, 2], [1, 1]), {"weights": [0, 0]}, "weights: zero in every row"),
        ((["a", "b"], [1, 1]), {}, "duration: expected numbers"),
    ],
)
def test_refusals_name_argument_count_and_rows(
    arguments: tuple[list, list], options: dict, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        kaplan_meier(*arguments, **options)


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="events: more than at risk in 1 of 2"):
        kaplan_meier_from_counts([1, 2], [3, 1], [1, 2], [0, 0])
    with pytest.raises(InputError, match="time: not positive and rising in 1 of 2"):
        kaplan_meier_from_counts([2, 1], [3, 1], [1, 1], [0, 0])
    with pytest.raises(InputError, match="horizon"):
        kaplan_meier([1], [1]).restricted_mean(0)
