"""Cumulative incidence of competing ends: by hand, against statsmodels, and laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from kommunebench.errors import InputError
from kommunebench.stages.competing_ends import incidence_rows
from kommunebench.survival import kaplan_meier_from_counts
from kommunebench.survival.competing_ends import cumulative_incidence

SPELLS = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 3)), min_size=1, max_size=40)


def counted(spells, n_ends=3):
    """Times, at risk, and ends (0 is censored) of spells (time, end)."""
    time, end = np.array(spells).T
    times = np.unique(time).astype(float)
    at_risk = np.array([(time >= t).sum() for t in times], float)
    ends = np.array(
        [[((time == t) & (end == k)).sum() for t in times] for k in range(1, n_ends + 1)], float
    )
    return times, at_risk, ends


def test_five_spells_by_hand():
    """Week 1: one of five succeeds and one moves; week 2: one is censored; week 3: of the two left
    one leaves."""
    time, at_risk, ends = counted([(1, 1), (1, 3), (2, 0), (3, 2), (4, 0)])
    estimate = cumulative_incidence(time, at_risk, ends)
    np.testing.assert_allclose(estimate.share[0], [0.2, 0.2, 0.2, 0.2])
    np.testing.assert_allclose(estimate.share[1], [0, 0, 0.3, 0.3])
    np.testing.assert_allclose(estimate.share[2], [0.2, 0.2, 0.2, 0.2])
    np.testing.assert_allclose(estimate.open_share, [0.6, 0.6, 0.3, 0.3])
    # A share of 1 in 5, binomial.
    np.testing.assert_allclose(estimate.se[0][0], np.sqrt(0.2 * 0.8 / 5))


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@given(SPELLS)
def test_shares_and_errors_are_those_of_statsmodels(spells):
    time, at_risk, ends = counted(spells)
    estimate = cumulative_incidence(time, at_risk, ends)
    theirs = CumIncidenceRight(*np.array(spells).T)
    for end in range(int(max(end for _, end in spells))):
        np.testing.assert_allclose(estimate.share[end], theirs.cinc[end], atol=1e-12)
        with np.errstate(invalid="ignore"):
            known = np.isfinite(theirs.cinc_se[end])
        np.testing.assert_allclose(estimate.se[end][known], theirs.cinc_se[end][known], atol=1e-9)


@given(SPELLS)
def test_ends_and_open_spells_are_all_spells(spells):
    time, at_risk, ends = counted(spells)
    estimate = cumulative_incidence(time, at_risk, ends)
    np.testing.assert_allclose(estimate.share.sum(axis=0) + estimate.open_share, 1, atol=1e-12)
    together = kaplan_meier_from_counts(
        time, at_risk, ends.sum(axis=0), at_risk - np.append(at_risk[1:], 0) - ends.sum(axis=0)
    )
    np.testing.assert_allclose(estimate.open_share, together.survival, atol=1e-12)
    np.testing.assert_allclose(estimate.open_se, together.survival_se, atol=1e-12)


def test_errors_are_those_of_the_influences_of_single_spells():
    rng = np.random.default_rng(0)
    spells = np.stack([rng.integers(1, 9, 60), rng.integers(0, 3, 60)], axis=1)
    time, end = spells.T
    times = np.unique(time).astype(float)

    def shares(weight):
        at_risk = np.array([weight[time >= t].sum() for t in times])
        ends = [[weight[(time == t) & (end == k)].sum() for t in times] for k in (1, 2)]
        return cumulative_incidence(times, at_risk, np.array(ends)).share

    step, influences = 1e-5, []
    for spell in range(60):
        up, down = np.ones(60), np.ones(60)
        up[spell], down[spell] = 1 + step, 1 - step
        influences.append((shares(up) - shares(down)) / (2 * step))
    estimate = cumulative_incidence(*counted(spells, 2))
    wanted = np.sqrt((np.array(influences) ** 2).sum(axis=0))
    np.testing.assert_allclose(estimate.se, wanted, atol=1e-8)


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="rising"):
        cumulative_incidence(np.array([2.0, 1.0]), np.array([5.0, 4.0]), np.zeros((1, 2)))
    with pytest.raises(InputError, match="more than at risk"):
        cumulative_incidence(np.array([1.0]), np.array([2.0]), np.array([[2.0], [1.0]]))


def test_rows_stop_at_the_horizon_and_count_longer_spells_as_at_risk():
    import pandas as pd

    counts = pd.DataFrame(
        [(3, "success", 2), (3, "open", 1), (9, "left", 1), (200, "success", 6)],
        columns=["week", "end", "spells"],
    )
    rows = incidence_rows(counts, 156).set_index(["week", "end"])["share"]
    assert set(rows.index.get_level_values("week")) == {3, 9}
    assert rows[3, "success"] == pytest.approx(0.2)
    assert rows[9, "left"] == pytest.approx(0.8 / 7)
    assert rows[9, "moved"] == 0
    assert rows[9, "open"] == pytest.approx(0.8 * 6 / 7)
