"""Terms that the rows at risk at the events cannot tell from the terms before them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from survival_rows import random_rows

from kommunebench.errors import ConvergenceError, InputError
from kommunebench.survival import CoxFit, fit_cox
from kommunebench.survival.aliasing import find_aliased
from kommunebench.survival.cox_sums import CoxRows, Ties
from kommunebench.survival.newton import maximise
from kommunebench.survival.partial_likelihood import PartialLikelihood

TIES: tuple[Ties, Ties] = ("breslow", "efron")


def with_aliased_columns(seed: int) -> tuple:
    """All kinds at once: a combination of others, a constant, one that varies between strata only,
    and one that varies only among rows censored before the first event."""
    d = random_rows(seed)
    early = np.arange(len(d.event)) < 3
    duration, event = np.where(early, 0.5, d.duration), np.where(early, 0, d.event)
    entry = np.where(early, 0.0, d.entry)
    x = d.x.assign(a=1.0 - d.x["b"] - d.x["c"], one=7.1, s=d.strata * 1.0, early=early * 1.0)
    order = ["one", "b", "early", "c", "s", "a", "age"]
    return d, (duration, event, x[order]), {"entry": entry, "strata": d.strata}


@pytest.mark.parametrize("ties", TIES)
def test_omitted_terms_leave_the_fit_of_the_others(ties: Ties) -> None:
    d, (duration, event, x), options = with_aliased_columns(1)
    person = np.arange(len(event)) // 2
    fit = fit_cox(duration, event, x, ties=ties, aliased="omit", cluster=person, **options)
    kept = ["b", "c", "age"]
    wanted = fit_cox(duration, event, x[kept], ties=ties, cluster=person, **options)
    assert fit.aliased == ("one", "early", "s", "a")
    assert (fit.coefficients[list(fit.aliased)] == 0).all()
    assert fit.se[list(fit.aliased)].isna().all()
    assert fit.se_robust is not None and wanted.se_robust is not None
    assert fit.se_robust[list(fit.aliased)].isna().all()
    assert (fit.bread.loc[list(fit.aliased)] == 0).all(axis=None)
    assert (fit.bread[list(fit.aliased)] == 0).all(axis=None)
    compare(fit, wanted, kept)
    assert fit.expected_duration(x, 12, d.strata) == pytest.approx(
        wanted.expected_duration(x[kept], 12, d.strata), rel=1e-9
    )
    assert fit.proportionality_test().loc[list(fit.aliased)].isna().all(axis=None)


def compare(fit: CoxFit, wanted: CoxFit, kept: list[str]) -> None:
    assert fit.coefficients[kept].to_numpy() == pytest.approx(
        wanted.coefficients.to_numpy(), rel=1e-9
    )
    assert fit.se[kept].to_numpy() == pytest.approx(wanted.se.to_numpy(), rel=1e-9)
    assert fit.se_robust is not None and wanted.se_robust is not None
    assert fit.se_robust[kept].to_numpy() == pytest.approx(wanted.se_robust.to_numpy(), rel=1e-8)
    assert fit.bread.loc[kept, kept].to_numpy() == pytest.approx(wanted.bread.to_numpy(), rel=1e-8)
    assert fit.log_likelihood == pytest.approx(wanted.log_likelihood, rel=1e-12)
    assert fit.score_statistic == pytest.approx(wanted.score_statistic, rel=1e-9)
    pd.testing.assert_frame_equal(
        fit.proportionality_test().loc[kept], wanted.proportionality_test(), rtol=1e-7
    )


def test_aliased_terms_are_refused_by_name_unless_they_are_to_be_left_out() -> None:
    _, (duration, event, x), options = with_aliased_columns(2)
    with pytest.raises(InputError, match=r"\['one'\] are constant"):
        fit_cox(duration, event, x, **options)
    with pytest.raises(InputError, match=r"columns \['a'\] are linear combinations"):
        fit_cox(duration, event, x[["b", "c", "a"]], **options)
    with pytest.raises(ConvergenceError, match=r"\['s'\] does not vary; \['copy'\] is a combinat"):
        fit_cox(
            duration,
            event,
            x[["b", "s"]].assign(copy=2.0 * x["b"] + 3.0 * x["s"] - x["early"]),
            **options,
        )
    with pytest.raises(InputError, match="aliased: 'drop' is neither refuse nor omit"):
        fit_cox(duration, event, x, aliased="drop")  # type: ignore[arg-type]


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("size", [1e-3, 1e-5])
def test_columns_that_are_nearly_equal_converge(ties: Ties, size: float) -> None:
    """x and x + 1e-5 noise are the model of x and noise, whose coefficients are known well."""
    d = random_rows(3)
    x, noise = (d.x["age"] - 40) / 10, np.random.default_rng(0).normal(size=len(d.event))
    close = fit_cox(d.duration, d.event, pd.DataFrame({"x": x, "y": x + size * noise}), ties=ties)
    apart = fit_cox(d.duration, d.event, pd.DataFrame({"x": x, "noise": noise}), ties=ties)
    assert close.coefficients["y"] * size == pytest.approx(apart.coefficients["noise"], rel=1e-4)
    assert close.coefficients.sum() == pytest.approx(apart.coefficients["x"], rel=1e-4)
    assert close.se["y"] * size == pytest.approx(apart.se["noise"], rel=1e-4)
    assert close.log_likelihood == pytest.approx(apart.log_likelihood, rel=1e-10)
    assert fit_cox(
        d.duration, d.event, pd.DataFrame({"x": x, "y": x + size * noise}), aliased="omit"
    ).aliased == ()  # fmt: skip


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(2, 8), st.integers(0, 4))
def test_columns_made_of_earlier_ones_are_found_and_no_others(
    seed: int, independent: int, dependent: int
) -> None:
    rng = np.random.default_rng(seed)
    columns = [rng.normal(size=60) for _ in range(independent)]
    marked = [False] * independent
    for _ in range(dependent):
        at = int(rng.integers(2, len(columns) + 1))
        made = sum(rng.normal() * column for column in columns[:at])
        columns.insert(at, made / np.std(made))
        marked.insert(at, True)
    x = np.array(columns).T
    x -= x.mean(axis=0)
    # Where a copy stands before all that it is made of, the last of those is the one marked.
    assert int(find_aliased(x.T @ x).aliased.sum()) == dependent
    assert find_aliased(x.T @ x).aliased.tolist() == marked


def test_where_the_search_starts_does_not_matter() -> None:
    _, (duration, event, x), options = with_aliased_columns(5)
    fit = fit_cox(duration, event, x, aliased="omit", **options)
    rows = CoxRows(
        fit.data.rows.risk,
        (fit.data.rows.x - fit.data.rows.x.mean(axis=0)) / 5.0,
        np.ones(len(event)),
        np.zeros(len(event)),
    )
    likelihood = PartialLikelihood([rows], "breslow")
    for start in (np.zeros(7), np.full(7, 0.5)):
        maximum = maximise(likelihood, start, list(x), aliased="omit")
        assert maximum.coefficients / 5.0 == pytest.approx(
            fit.coefficients.to_numpy(), rel=1e-8, abs=1e-10
        )
        assert maximum.aliased.tolist() == [name in fit.aliased for name in x]


def test_separation_is_told_from_small_weights_and_from_collinearity() -> None:
    d = random_rows(4)
    light = fit_cox(d.duration, d.event, d.x, weights=np.full(len(d.event), 1e-9))
    whole = fit_cox(d.duration, d.event, d.x)
    assert light.coefficients.to_numpy() == pytest.approx(whole.coefficients.to_numpy(), rel=1e-9)
    first = (d.duration == 1) & (d.event == 1)
    with pytest.raises(ConvergenceError, match=r"no finite coefficient for \['first'\]"):
        fit_cox(d.duration, d.event, d.x.assign(first=first * 1.0))
    order = np.random.default_rng(0).permutation(3000).astype(float)
    with pytest.raises(ConvergenceError, match=r"coefficients? (for|of) \['order'\]"):
        fit_cox(order + 1, np.ones(3000), pd.DataFrame({"order": order}))
