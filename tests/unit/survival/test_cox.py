"""Laws the Cox model obeys, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from survival_rows import random_rows

from kommunebench.errors import ConvergenceError, InputError
from kommunebench.survival import SurvivalCurve, fit_cox, kaplan_meier
from kommunebench.survival.cox_sums import Ties
from kommunebench.survival.partial_likelihood import PartialLikelihood

TIES: tuple[Ties, Ties] = ("breslow", "efron")


@pytest.mark.parametrize("ties", TIES)
def test_score_is_zero_and_derivatives_are_those_of_the_likelihood(ties: Ties) -> None:
    d = random_rows()
    fit = fit_cox(
        d.duration,
        d.event,
        d.x,
        entry=d.entry,
        weights=d.weights,
        strata=d.strata,
        offset=d.x["age"] * 0.01,
        ties=ties,
    )
    likelihood = PartialLikelihood([fit.data.rows], ties)
    beta = fit.coefficients.to_numpy()
    found = likelihood.score(beta)
    assert found.gradient == pytest.approx(np.zeros(3), abs=1e-7)
    elsewhere, steps = beta + [0.01, -0.2, 0.3], np.diag([1e-6, 1e-5, 1e-5])
    at = likelihood.score(elsewhere)
    value = [
        (likelihood.score(elsewhere + h).value - likelihood.score(elsewhere - h).value)
        / (2 * h.sum())
        for h in steps
    ]
    assert at.gradient == pytest.approx(value, rel=1e-6)
    slopes = [
        (likelihood.score(elsewhere + h).gradient - likelihood.score(elsewhere - h).gradient)
        / (2 * h.sum())
        for h in steps
    ]
    assert likelihood.information(elsewhere, at.terms) == pytest.approx(
        -np.array(slopes), rel=1e-6, abs=1e-6
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_without_covariates_the_baseline_is_kaplan_meier(weighted: bool) -> None:
    d = random_rows(1)
    options = {"weights": d.weights} if weighted else {}
    fit = fit_cox(
        d.duration, d.event, pd.DataFrame(index=range(len(d.event))), entry=d.entry, **options
    )
    curve = kaplan_meier(d.duration, d.event, entry=d.entry, **options)
    baseline = fit.baseline()
    assert isinstance(baseline, SurvivalCurve)
    assert baseline.survival == pytest.approx(curve.at(baseline.time), abs=1e-12)
    expected = fit.expected_duration(pd.DataFrame(index=range(2)), 10)
    assert expected == pytest.approx(np.full(2, curve.restricted_mean(10).value), abs=1e-12)


def test_where_everybody_left_has_the_event_the_baseline_ends_at_zero() -> None:
    fit = fit_cox([1, 2, 3, 3], [1, 0, 1, 1], pd.DataFrame({"x": [0.0, 1.0, 1.0, 0.0]}))
    baseline = fit.baseline()
    assert isinstance(baseline, SurvivalCurve)
    assert baseline.survival[-1] == 0
    assert np.all(fit.expected_duration(pd.DataFrame({"x": [0.0, 1.0]}), 5) < 3.0 + 1e-12)


def test_integer_weights_are_repeated_rows() -> None:
    d = random_rows(2)
    times = d.weights.astype(int)
    repeated = pd.DataFrame(np.repeat(d.x.to_numpy(), times, axis=0), columns=d.x.columns)
    person = np.arange(len(times))
    one = fit_cox(d.duration, d.event, d.x, weights=d.weights, cluster=person)
    many = fit_cox(
        np.repeat(d.duration, times),
        np.repeat(d.event, times),
        repeated,
        cluster=np.repeat(person, times),
    )
    pd.testing.assert_series_equal(one.coefficients, many.coefficients, rtol=1e-10)
    pd.testing.assert_series_equal(one.se, many.se, rtol=1e-10)
    assert one.se_robust is not None and many.se_robust is not None
    pd.testing.assert_series_equal(one.se_robust, many.se_robust, rtol=1e-9)
    assert one.expected_duration(d.x, 10) == pytest.approx(
        many.expected_duration(d.x, 10), rel=1e-10
    )
    pd.testing.assert_frame_equal(
        one.proportionality_test(), many.proportionality_test(), rtol=1e-8
    )
    assert one.concordance() == pytest.approx(many.concordance(), rel=1e-10)


@pytest.mark.parametrize("ties", TIES)
def test_a_spell_cut_in_two_is_the_same_spell(ties: Ties) -> None:
    d = random_rows(3)
    cut = np.flatnonzero(d.duration > 3)
    rows = np.concatenate([np.arange(len(d.event)), cut])
    duration, event, entry = d.duration[rows], d.event[rows], np.zeros(len(rows))
    entry[cut] = 3
    duration[len(d.event) :], event[len(d.event) :] = 3, 0
    whole = fit_cox(d.duration, d.event, d.x, cluster=np.arange(len(d.event)), ties=ties)
    split = fit_cox(duration, event, d.x.iloc[rows], entry=entry, cluster=rows, ties=ties)
    assert split.coefficients.to_numpy() == pytest.approx(whole.coefficients.to_numpy(), rel=1e-9)
    assert split.se_robust is not None and whole.se_robust is not None
    assert split.se_robust.to_numpy() == pytest.approx(whole.se_robust.to_numpy(), rel=1e-9)
    assert split.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from(TIES))
def test_spells_cut_anywhere_in_any_row_order_are_the_same_spells(seed: int, ties: Ties) -> None:
    """Each row cut at a week of its own, the pieces shuffled; weights, delayed entry and strata as
    they come."""
    d = random_rows(seed % 50, n=150)
    rng = np.random.default_rng(seed)
    cut = rng.integers(1, 13, 150)
    pieces = np.flatnonzero((d.entry < cut) & (cut < d.duration))
    rows = np.concatenate([np.arange(150), pieces])
    duration, event, entry = d.duration[rows], d.event[rows], d.entry[rows].astype(float)
    entry[pieces] = cut[pieces]
    duration[150:], event[150:] = cut[pieces], 0
    order = rng.permutation(len(rows))
    whole = fit_cox(
        d.duration, d.event, d.x, entry=d.entry, weights=d.weights, strata=d.strata, ties=ties
    )
    split = fit_cox(
        duration[order],
        event[order],
        d.x.iloc[rows[order]],
        entry=entry[order],
        weights=d.weights[rows[order]],
        strata=d.strata[rows[order]],
        ties=ties,
    )
    assert split.coefficients.to_numpy() == pytest.approx(
        whole.coefficients.to_numpy(), rel=1e-8, abs=1e-11
    )
    assert split.se.to_numpy() == pytest.approx(whole.se.to_numpy(), rel=1e-8)
    assert split.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)


@pytest.mark.parametrize("ties", TIES)
def test_rows_in_any_order_give_the_same_model(ties: Ties) -> None:
    d = random_rows(4)
    order = np.random.default_rng(0).permutation(len(d.event))
    one = fit_cox(d.duration, d.event, d.x, weights=d.weights, ties=ties)
    other = fit_cox(
        d.duration[order], d.event[order], d.x.iloc[order], weights=d.weights[order], ties=ties
    )
    assert other.coefficients.to_numpy() == pytest.approx(one.coefficients.to_numpy(), rel=1e-10)
    assert other.score_residuals() == pytest.approx(one.score_residuals()[order], abs=1e-8)


def test_the_reference_category_does_not_change_expected_durations() -> None:
    d = random_rows(5)
    relabelled = d.x.assign(a=1.0 - d.x["b"] - d.x["c"])[["age", "a", "c"]]
    one = fit_cox(d.duration, d.event, d.x).expected_duration(d.x, 12)
    other = fit_cox(d.duration, d.event, relabelled).expected_duration(relabelled, 12)
    assert other == pytest.approx(one, rel=1e-9)


def test_where_a_number_starts_does_not_change_expected_durations() -> None:
    """A year as a number puts covariates zero two thousand years away; S0 underflows, expected
    durations must not."""
    d = random_rows(5)
    late = d.x.assign(age=d.x["age"] * 5 + 20_000.0)
    one = fit_cox(d.duration, d.event, d.x).expected_duration(d.x, 12)
    other = fit_cox(d.duration, d.event, late).expected_duration(late, 12)
    assert other == pytest.approx(one, rel=1e-8)


def test_an_offset_is_a_covariate_with_coefficient_one() -> None:
    d = random_rows(6)
    free = fit_cox(d.duration, d.event, d.x)
    fixed = fit_cox(
        d.duration, d.event, d.x[["b", "c"]], offset=d.x["age"] * free.coefficients["age"]
    )
    assert fixed.coefficients.to_numpy() == pytest.approx(
        free.coefficients[["b", "c"]].to_numpy(), rel=1e-8
    )
    assert fixed.log_likelihood == pytest.approx(free.log_likelihood, rel=1e-12)


def test_strata_have_their_own_baselines() -> None:
    d = random_rows(7)
    fit = fit_cox(d.duration, d.event, d.x, strata=d.strata)
    curves = fit.baseline()
    assert isinstance(curves, dict)
    assert list(curves) == [0, 1]
    for number, curve in curves.items():
        own = d.strata == number
        empty = pd.DataFrame(index=range(int(own.sum())))
        by_itself = fit_cox(
            d.duration[own], d.event[own], empty, offset=(d.x @ fit.coefficients)[own]
        ).baseline()
        assert isinstance(by_itself, SurvivalCurve)
        assert curve.survival == pytest.approx(by_itself.survival, rel=1e-10)
    with pytest.raises(InputError, match="strata: the model is stratified"):
        fit.expected_duration(d.x, 12)
    with pytest.raises(InputError, match=r"strata: none of the model's 2 labels in 1 of 1"):
        fit.expected_duration(d.x.iloc[:1], 12, [7])


def test_score_residuals_are_derivatives_in_the_case_weights() -> None:
    """d beta / d w = covariance times score residual: what the benchmark's influence functions rest
    on."""
    d = random_rows(8, n=60)
    fit = fit_cox(d.duration, d.event, d.x, weights=d.weights)
    influence = fit.score_residuals() @ fit.covariance.to_numpy()
    for row in (0, 17, int(np.flatnonzero(d.event)[3])):
        more, less = d.weights.copy(), d.weights.copy()
        more[row], less[row] = more[row] + 1e-4, less[row] - 1e-4
        up, down = (
            fit_cox(d.duration, d.event, d.x, weights=w).coefficients.to_numpy()
            for w in (more, less)
        )
        assert influence[row] == pytest.approx((up - down) / 2e-4, rel=1e-5, abs=1e-7)


def test_a_level_without_events_is_named() -> None:
    d = random_rows(10)
    event = np.where(d.x["c"] == 1, 0, d.event)
    with pytest.raises(ConvergenceError, match=r"no finite coefficient for \['c'\]"):
        fit_cox(d.duration, event, d.x)


def test_columns_that_say_nothing_are_named() -> None:
    d = random_rows(11)
    with pytest.raises(InputError, match=r"\['one'\] are constant"):
        fit_cox(d.duration, d.event, d.x.assign(one=3.0))
    with pytest.raises(InputError, match=r"\['a'\] are linear combinations"):
        fit_cox(d.duration, d.event, d.x.assign(a=1.0 - d.x["b"] - d.x["c"]))
    with pytest.raises(InputError, match=r"\['far', 'near'\] have values far out of range"):
        fit_cox(
            d.duration, d.event, d.x.assign(far=d.x["age"] * 1e200, near=d.x["age"] ** 2 * 1e-200)
        )
    with pytest.raises(ConvergenceError, match=r"at risk at the events .*\['s'\] does not vary"):
        fit_cox(d.duration, d.event, d.x.assign(s=d.strata * 1.0), strata=d.strata)


def test_other_refusals_name_argument_and_column() -> None:
    d = random_rows(12)
    with pytest.raises(
        InputError,
        match=r"covariates\['age'\]: missing or infinite in 2 of 240 rows, first at positions 4, 9",
    ):
        fit_cox(d.duration, d.event, d.x.assign(age=d.x["age"].mask(d.x.index.isin([4, 9]))))
    with pytest.raises(InputError, match=r"columns \['t'\] are not numeric"):
        fit_cox(d.duration, d.event, d.x.assign(t="x"))
    with pytest.raises(InputError, match="covariates: 239 rows, expected 240"):
        fit_cox(d.duration, d.event, d.x.iloc[1:])
    with pytest.raises(InputError, match="occur more than once"):
        fit_cox(d.duration, d.event, d.x[["age", "age"]])
    with pytest.raises(InputError, match="no event in any row"):
        fit_cox(d.duration, d.event * 0, d.x)
    with pytest.raises(InputError, match="ties: 'exact'"):
        fit_cox(d.duration, d.event, d.x, ties="exact")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="cluster: missing in 1 of 240"):
        fit_cox(d.duration, d.event, d.x, cluster=[None] + [1] * 239)
    fit = fit_cox(d.duration, d.event, d.x)
    with pytest.raises(InputError, match="columns must be"):
        fit.expected_duration(d.x[["b", "age", "c"]], 12)
    with pytest.raises(InputError, match="method: 'efron'"):
        fit.baseline("efron")  # type: ignore[arg-type]


def test_integers_and_real_numbers_are_times_alike() -> None:
    d = random_rows(13)
    weeks, days = fit_cox(d.duration, d.event, d.x), fit_cox(d.duration / 7.3, d.event, d.x)
    assert days.coefficients.to_numpy() == pytest.approx(weeks.coefficients.to_numpy(), rel=1e-12)
    assert days.expected_duration(d.x, 12 / 7.3) * 7.3 == pytest.approx(
        weeks.expected_duration(d.x, 12), rel=1e-10
    )
