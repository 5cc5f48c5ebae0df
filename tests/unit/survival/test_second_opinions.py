"""Other Python packages on the same rows: statsmodels' PHReg and lifelines."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from lifelines import CoxPHFitter
from lifelines.statistics import proportional_hazard_test
from lifelines.utils import concordance_index
from survival_rows import random_rows

from kommunebench.survival import fit_cox
from kommunebench.survival.cox_sums import Ties
from kommunebench.survival.diagnostics import concordance


@pytest.mark.parametrize("ties", ["breslow", "efron"])
@pytest.mark.parametrize("delayed", [False, True])
def test_coefficients_and_errors_of_statsmodels(ties: Ties, delayed: bool) -> None:
    d = random_rows(30)
    x = d.x.assign(age=(d.x["age"] - 40) / 10)
    # Entries between the weeks: statsmodels counts a row as at risk at its entry, R and we only
    # after it.
    entry = d.entry + 0.5 if delayed else None
    model = sm.PHReg(
        d.duration, x.to_numpy(), status=d.event, entry=entry, strata=d.strata, ties=ties
    )
    other = model.fit(disp=0, method="newton", tol=1e-12)
    ours = fit_cox(d.duration, d.event, x, entry=entry, strata=d.strata, ties=ties)
    assert ours.coefficients.to_numpy() == pytest.approx(other.params, abs=1e-6)
    assert ours.se.to_numpy() == pytest.approx(other.bse, rel=1e-5)
    assert ours.log_likelihood == pytest.approx(other.llf, rel=1e-9)


def test_concordance_of_lifelines() -> None:
    d = random_rows(31)
    fit = fit_cox(d.duration, d.event, d.x[["b", "c"]])
    wanted = concordance_index(d.duration, -fit.linear_predictor, d.event)
    assert fit.concordance() == pytest.approx(wanted, abs=1e-12)


def test_predictors_that_differ_by_rounding_are_ties() -> None:
    """Matrix products may round equal rows differently by their place in the matrix."""
    d = random_rows(31)
    fit = fit_cox(d.duration, d.event, d.x[["b", "c"]])
    exact = fit.linear_predictor
    rounded = exact + 1e-15 * np.random.default_rng(0).integers(-2, 3, len(exact))
    assert len(np.unique(rounded)) > len(np.unique(exact))
    assert concordance(fit.data.rows, d.duration, rounded) == fit.concordance()


def test_proportionality_test_of_lifelines() -> None:
    """Times without ties, where lifelines' Efron and Breslow are one."""
    d = random_rows(32)
    duration = d.duration + np.random.default_rng(0).uniform(-0.4, 0.4, len(d.event))
    frame = d.x.assign(duration=duration, event=d.event)
    other = CoxPHFitter().fit(frame, "duration", "event", fit_options={"precision": 1e-12})
    wanted = proportional_hazard_test(other, frame, time_transform="identity").summary
    found = fit_cox(duration, d.event, d.x).proportionality_test()
    assert found["chi2"].to_numpy() == pytest.approx(wanted["test_statistic"].to_numpy(), rel=1e-3)
    assert found["p_value"].to_numpy() == pytest.approx(wanted["p"].to_numpy(), rel=1e-3)


def test_hazards_that_cross_are_found() -> None:
    """One half fails early, the other late: constant proportional hazards would be wrong, and the
    test says so."""
    rng = np.random.default_rng(4)
    early = np.arange(600) % 2
    duration = np.where(early == 1, rng.exponential(4.0, 600), rng.weibull(4.0, 600) * 8)
    columns = pd.DataFrame({"early": early * 1.0, "noise": rng.normal(size=600)})
    found = fit_cox(duration, np.ones(600), columns).proportionality_test()["p_value"]
    assert found["early"] < 1e-6 < 1e-3 < found["noise"]
