"""The golden data once more, by lifelines and statsmodels instead of R: second opinions on the same
rows."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from lifelines import CoxPHFitter, KaplanMeierFitter
from statsmodels.duration.survfunc import SurvfuncRight
from survival_cases import CASES_OF_CURVES, all_cox_cases

from kommunebench.survival import fit_cox, kaplan_meier

CASES = all_cox_cases()
# statsmodels takes no case weights, and counts a row as at risk at its entry, R and we only after
# it.
BY_STATSMODELS = [
    f"{case}-{ties}"
    for case in (
        "rossi-fit",
        "rossi-factor",
        "rotterdam-fit",
        "unempdur-fit",
        "colon-strata",
        "colon-deaths",
    )
    for ties in ("breslow", "efron")
]
# lifelines has Efron's ties only, and no delayed entry together with them.
BY_LIFELINES = [
    "rossi-fit-efron",
    "rossi-weighted-efron",
    "rotterdam-fit-efron",
    "unempdur-fit-efron",
    "nwtco-fit-efron",
]


@pytest.mark.parametrize("name", BY_STATSMODELS)
def test_cox_models_by_statsmodels(name: str) -> None:
    case, ties = CASES[name], name.rsplit("-", 1)[1]
    ours = fit_cox(case.duration, case.event, case.covariates, ties=ties, **case.options)
    # Its Newton starts badly from columns on very different scales.
    scale = case.covariates.std()
    x = (case.covariates - case.covariates.mean()) / scale
    strata = case.options.get("strata")
    model = sm.PHReg(case.duration, x.to_numpy(), status=case.event, strata=strata, ties=ties)
    other = model.fit(disp=0, method="newton", tol=1e-12)
    assert ours.coefficients.to_numpy() * scale.to_numpy() == pytest.approx(
        other.params, rel=1e-6, abs=1e-9
    )
    assert ours.se.to_numpy() * scale.to_numpy() == pytest.approx(other.bse, rel=1e-6)
    assert ours.log_likelihood == pytest.approx(other.llf, rel=1e-9)


@pytest.mark.filterwarnings("ignore:It appears your weights")
@pytest.mark.parametrize("name", BY_LIFELINES)
def test_cox_models_by_lifelines(name: str) -> None:
    case = CASES[name]
    ours = fit_cox(case.duration, case.event, case.covariates, ties="efron", **case.options)
    weights = case.options.get("weights", pd.Series(1.0, case.covariates.index))
    frame = case.covariates.assign(duration_=case.duration, event_=case.event, weight_=weights)
    other = CoxPHFitter().fit(
        frame, "duration_", "event_", weights_col="weight_", fit_options={"precision": 1e-12}
    )
    assert ours.coefficients.to_numpy() == pytest.approx(
        other.params_.to_numpy(), rel=1e-5, abs=1e-8
    )
    se = np.sqrt(np.diag(other.variance_matrix_))
    assert ours.se.to_numpy() == pytest.approx(se, rel=1e-5)


@pytest.mark.filterwarnings("ignore:It looks like your weights")
@pytest.mark.parametrize("name", CASES_OF_CURVES)
def test_kaplan_meier_by_both(name: str) -> None:
    rows, group, _ = CASES_OF_CURVES[name]
    for value in sorted(set(group)):
        own = rows[group == value]
        ours = kaplan_meier(own["duration"], own["event"], weights=own["weights"])
        curve = (
            KaplanMeierFitter()
            .fit(own["duration"], own["event"], weights=own["weights"])
            .survival_function_
        )
        assert ours.survival == pytest.approx(
            curve["KM_estimate"].reindex(ours.time).to_numpy(), abs=1e-10
        )
        if (own["weights"] == 1).all():
            other = SurvfuncRight(own["duration"], own["event"])
            at = np.isin(ours.time, other.surv_times)
            assert ours.survival[at] == pytest.approx(other.surv_prob, abs=1e-12)
            # Where the curve is zero statsmodels' error is not a number.
            left = ours.survival[at] > 0
            assert ours.survival_se[at][left] == pytest.approx(other.surv_prob_se[left], abs=1e-12)
