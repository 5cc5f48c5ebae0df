"""Cox models, Kalbfleisch-Prentice baselines and expected durations: R's survival package."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from survival_cases import CoxCase, all_cox_cases, load

from kommunebench.survival import CoxFit, SurvivalCurve, fit_cox

REL = 1e-8  # coefficients, standard errors, log-likelihoods
ABS = 1e-8  # curves and expected durations
CASES = all_cox_cases()


def fitted(name: str) -> tuple[CoxCase, CoxFit]:
    case = CASES[name]
    return case, fit_cox(
        case.duration, case.event, case.covariates, ties=name.rsplit("-", 1)[1], **case.options
    )


def curves(fit: CoxFit, method: Any) -> dict[str, SurvivalCurve]:
    found = fit.baseline(method)
    return (
        {"all": found}
        if isinstance(found, SurvivalCurve)
        else {str(name): curve for name, curve in found.items()}
    )


@pytest.mark.parametrize("name", CASES)
def test_coefficients_and_errors(name: str) -> None:
    case, fit = fitted(name)
    wanted = case.expected
    assert fit.coefficients.to_dict() == pytest.approx(wanted["coef"], rel=REL)
    assert fit.se.to_dict() == pytest.approx(wanted["se"], rel=REL)
    vcov = np.array(wanted["vcov"])
    assert (
        np.max(
            np.abs(fit.covariance.to_numpy() - vcov)
            / np.sqrt(np.outer(np.diag(vcov), np.diag(vcov)))
        )
        < REL
    )
    assert fit.log_likelihood == pytest.approx(wanted["loglik"], rel=REL)
    assert fit.log_likelihood_null == pytest.approx(wanted["loglik_null"], rel=REL)
    assert fit.score_statistic == pytest.approx(wanted["score_chi2"], rel=REL)
    assert 2 * (fit.log_likelihood - fit.log_likelihood_null) == pytest.approx(
        wanted["lr_chi2"], rel=REL
    )
    beta = fit.coefficients.to_numpy()
    assert beta @ np.linalg.solve(fit.covariance.to_numpy(), beta) == pytest.approx(
        wanted["wald_chi2_naive"], rel=REL
    )
    assert (len(case.event), int(case.event.sum())) == (wanted["n"], wanted["n_event"])
    if case.robust is not None:
        assert fit.se_robust is not None
        assert fit.se_robust.to_dict() == pytest.approx(case.robust, rel=REL)


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if case.predictions is not None]
)
def test_baseline_and_expected_durations(name: str) -> None:
    case, fit = fitted(name)
    wanted = case.predictions
    assert wanted is not None
    product_limit, breslow = curves(fit, "kalbfleisch_prentice"), curves(fit, "breslow")
    assert set(product_limit) == set(wanted["baseline"])
    for stratum, baseline in wanted["baseline"].items():
        assert product_limit[stratum].time == pytest.approx(np.array(baseline["time"]), abs=1e-12)
        assert product_limit[stratum].survival == pytest.approx(
            np.array(baseline["S0_kp"]), abs=ABS
        )
        factors = np.diff(np.log(product_limit[stratum].survival), prepend=0.0)
        assert factors == pytest.approx(np.array(baseline["log_alpha0_kp"]), abs=ABS)
        assert -np.log(breslow[stratum].survival) == pytest.approx(
            np.array(baseline["H0_breslow"]), abs=ABS
        )
        for row, survival in wanted["surv_kp_rows"].get(stratum, {}).items():
            risk = np.exp(fit.linear_predictor[int(row.removeprefix("row_")) - 1])
            assert product_limit[stratum].survival ** risk == pytest.approx(
                np.array(survival), abs=ABS
            )
    compare_expected(case, fit, wanted)


def compare_expected(case: CoxCase, fit: CoxFit, wanted: dict[str, Any]) -> None:
    rows = np.array(wanted["rows"]) - 1
    strata, weights = (
        case.options.get("strata"),
        case.options.get("weights", pd.Series(np.ones(len(case.event)))),
    )
    expected = fit.expected_duration(case.covariates, wanted["tau"], strata)
    by_breslow = fit.expected_duration(case.covariates, wanted["tau"], strata, "breslow")
    assert fit.linear_predictor[rows] == pytest.approx(np.array(wanted["lp_rows"]), abs=ABS)
    assert expected[rows] == pytest.approx(np.array(wanted["expected_duration_rows"]), abs=ABS)
    assert by_breslow[rows] == pytest.approx(
        np.array(wanted["expected_duration_rows_breslow_baseline"]), abs=ABS
    )
    assert np.average(expected, weights=weights) == pytest.approx(
        wanted["expected_duration_mean"], abs=ABS
    )
    assert np.average(by_breslow, weights=weights) == pytest.approx(
        wanted["expected_duration_mean_breslow_baseline"], abs=ABS
    )
    if "expected_duration_all" in wanted:
        assert expected == pytest.approx(np.array(wanted["expected_duration_all"]), abs=ABS)
    if "expected_duration_group_mean" in wanted:
        assert case.group is not None
        total = (
            pd.Series(expected * weights.to_numpy()).groupby(case.group.to_numpy()).sum()
        ).to_dict()
        count = weights.groupby(case.group.to_numpy()).sum().to_dict()
        means = {name: total[name] / count[name] for name in total}
        assert means == pytest.approx(wanted["expected_duration_group_mean"], abs=ABS)


@pytest.mark.parametrize("case", ["rossi-fit", "rossi_timevarying-fit"])
def test_published_efron_coefficients(case: str) -> None:
    """Fox and Weisberg's appendix on Cox regression prints five decimals."""
    published = load("cox_rossi" if case == "rossi-fit" else "cox_rossi_timevarying")[1][
        "published_efron"
    ]
    _, fit = fitted(f"{case}-efron")
    assert fit.coefficients[list(published)].to_dict() == pytest.approx(published, abs=6e-6)


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_whole_robust_covariance_from_score_residuals(ties: str) -> None:
    """Not its diagonal alone, and through the public residuals."""
    case, fit = fitted(f"colon-strata-{ties}")
    wanted = np.array(load("cox_strata_cluster_colon")[1][ties]["robust_vcov_cluster_id"])
    assert len(case.event) == load("cox_strata_cluster_colon")[1]["n_rows_used"]
    by_person = (
        pd.DataFrame(fit.score_residuals())
        .groupby(case.options["cluster"].to_numpy())
        .sum()
        .to_numpy()
    )
    influence = by_person @ fit.covariance.to_numpy()
    assert influence.T @ influence == pytest.approx(wanted, rel=1e-7, abs=1e-12)
