"""The sums of a Newton step add up over blocks of rows, however the rows are cut."""

from concurrent.futures import ThreadPoolExecutor
from functools import reduce

import numpy as np
import pytest
from survival_rows import Rows, random_rows
from threadpoolctl import threadpool_limits

from kommunebench.survival import fit_cox
from kommunebench.survival.cox_rows import ColumnScaling
from kommunebench.survival.cox_sums import CoxRows, CoxSums, Ties, block_sums, information
from kommunebench.survival.newton import maximise
from kommunebench.survival.partial_likelihood import PartialLikelihood
from kommunebench.survival.risk_sets import event_grid, lay_out
from kommunebench.survival.threads import BlockThreads

TIES: tuple[Ties, Ties] = ("breslow", "efron")


def blocks(d: Rows, parts: list[np.ndarray], x: np.ndarray) -> list[CoxRows]:
    event, stratum = d.event.astype(bool), d.strata.astype(np.intp)
    grid = event_grid(d.duration, event, stratum)
    return [
        CoxRows(
            lay_out(d.duration[own], event[own], d.entry[own], stratum[own], grid),
            x[own],
            d.weights[own],
            np.zeros(len(own)),
        )
        for own in parts
    ]


def thirds(n: int, seed: int) -> list[np.ndarray]:
    return np.array_split(np.random.default_rng(seed).permutation(n), [n // 10, n // 2])


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("seed", [0, 1])
def test_three_blocks_give_the_coefficients_of_the_whole(ties: Ties, seed: int) -> None:
    d = random_rows(20)
    scale = d.x.to_numpy().std(axis=0)
    x = (d.x.to_numpy() - d.x.to_numpy().mean(axis=0)) / scale
    cut = maximise(
        PartialLikelihood(blocks(d, thirds(len(x), seed), x), ties), np.zeros(3), list(d.x)
    )
    whole = fit_cox(
        d.duration, d.event, d.x, entry=d.entry, weights=d.weights, strata=d.strata, ties=ties
    )
    assert cut.coefficients / scale == pytest.approx(whole.coefficients.to_numpy(), rel=1e-10)
    assert np.linalg.inv(cut.information) / np.outer(scale, scale) == pytest.approx(
        whole.covariance.to_numpy(), rel=1e-10
    )
    assert cut.value == pytest.approx(whole.log_likelihood, rel=1e-13)


def test_merging_is_commutative_associative_and_has_a_zero() -> None:
    d = random_rows(21)
    a, b, c = (
        block_sums(rows, np.array([0.3, -1.0, 2.0]), "efron")
        for rows in blocks(d, thirds(240, 3), d.x.to_numpy())
    )
    left, right = a.merge(b).merge(c), c.merge(b.merge(a))
    zero = CoxSums.zero(len(a.event_weight), 3)
    for one, other in (
        (left, right),
        (a.merge(zero), a),
        (zero.merge(a), a),
        (zero.merge(zero), zero),
    ):
        for name in CoxSums.__slots__:
            assert getattr(one, name) == pytest.approx(
                getattr(other, name), rel=1e-12, abs=1e-12
            ), name


def test_empty_and_weightless_blocks_add_nothing() -> None:
    d = random_rows(22)
    rows = blocks(d, [np.arange(240), np.arange(0), np.arange(5)], d.x.to_numpy())
    weightless = CoxRows(rows[2].risk, rows[2].x, np.zeros(5), np.full(5, 1e4))
    beta = np.array([0.1, 0.2, 0.3])
    alone, together = (
        PartialLikelihood(rows[:1], "breslow"),
        PartialLikelihood([weightless, rows[1], rows[0]], "breslow"),
    )
    one, other = alone.score(beta), together.score(beta)
    assert other.value == one.value
    assert other.gradient == pytest.approx(one.gradient, rel=1e-14)
    assert together.information(beta, other.terms) == pytest.approx(
        alone.information(beta, one.terms), rel=1e-14
    )


def test_risks_far_out_of_range_stay_in_it() -> None:
    """Blocks whose predictors lie a thousand apart: exp() of either would overflow or vanish."""
    d = random_rows(23)
    first, second = blocks(d, [np.arange(120), np.arange(120, 240)], d.x.to_numpy())
    beta = np.array([0.01, 0.2, 0.3])
    shifted = [
        CoxRows(rows.risk, rows.x, rows.weights, np.full(120, 1000.0)) for rows in (first, second)
    ]
    plain = PartialLikelihood([first, second], "breslow").score(beta)
    moved = PartialLikelihood(shifted, "breslow").score(beta)
    assert moved.gradient == pytest.approx(plain.gradient, rel=1e-9)
    assert moved.value == pytest.approx(plain.value, rel=1e-9)
    sums = reduce(
        CoxSums.merge, [block_sums(rows, beta, "breslow") for rows in (first, shifted[1])]
    )
    assert np.all(np.isfinite(sums.leaving_x))


@pytest.mark.parametrize("ties", TIES)
def test_standardised_blocks_are_the_standardised_columns(ties: Ties) -> None:
    """What CoxRows does on the way, block by block and thread by thread, against columns written
    out."""
    d = random_rows(24)
    x = d.x.to_numpy()
    centre, scale = x.mean(axis=0), x.std(axis=0)
    (raw,) = blocks(d, [np.arange(240)], x)
    (written,) = blocks(d, [np.arange(240)], (x - centre) / scale)
    virtual = CoxRows(raw.risk, raw.x, raw.weights, raw.offset, ColumnScaling(centre, scale))
    beta = np.array([0.3, -0.2, 0.1])
    plain = PartialLikelihood([written], ties)
    with ThreadPoolExecutor(3) as pool:
        threaded = PartialLikelihood(virtual.blocks(50), ties, BlockThreads(pool))
        one, other = plain.score(beta), threaded.score(beta)
        assert len(threaded.blocks) == 5
        assert other.value == pytest.approx(one.value, rel=1e-13)
        assert other.gradient == pytest.approx(one.gradient, rel=1e-10, abs=1e-10)
        found = threaded.information(beta, other.terms)
    assert found == pytest.approx(plain.information(beta, one.terms), rel=1e-10, abs=1e-10)
    alone = PartialLikelihood(virtual.blocks(50), ties)
    assert alone.score(beta).value == other.value
    assert np.array_equal(alone.information(beta, alone.score(beta).terms), found)


def test_efrons_terms_by_event_time_are_those_of_each_tied_event() -> None:
    d = random_rows(25)
    (rows,) = blocks(d, [np.arange(240)], d.x.to_numpy() / 10)
    beta = np.array([0.3, -0.2, 0.1])
    found = PartialLikelihood([rows], "efron").score(beta)
    sums, terms = block_sums(rows, beta, "efron"), found.terms
    s0, s1 = rows.risk.grid.backwards(sums.leaving_risk), rows.risk.grid.backwards(sums.leaving_x)
    mean = (s1[terms.at] - terms.excluded[:, None] * sums.tied_x[terms.at]) / terms.denominator[
        :, None
    ]
    assert terms.denominator == pytest.approx(
        s0[terms.at] - terms.excluded * sums.tied_risk[terms.at], rel=1e-12
    )
    assert terms.mean == pytest.approx(mean, rel=1e-10, abs=1e-12)
    assert found.gradient == pytest.approx(sums.event_x - terms.weight @ mean, rel=1e-10, abs=1e-10)
    gram = np.diag([1e4, 1e4, 1e4])
    assert information(gram, terms) == pytest.approx(
        gram - mean.T @ (mean * terms.weight[:, None]), rel=1e-10
    )


def test_many_rows_are_fitted_alike_on_one_thread_and_on_several() -> None:
    d = random_rows(26, n=20_000)
    with threadpool_limits(1):
        one = fit_cox(d.duration, d.event, d.x)
    with threadpool_limits(2):
        other = fit_cox(d.duration, d.event, d.x)
    assert np.array_equal(one.coefficients, other.coefficients)
    assert np.array_equal(one.covariance, other.covariance)
