"""Kaplan-Meier, Greenwood and the restricted mean against R's survfit."""

from typing import Any

import numpy as np
import pytest
from survival_cases import CASES_OF_CURVES, channing_from_816, load

from kommunebench.survival import SurvivalCurve, kaplan_meier
from kommunebench.survival.curves import greenwood_terms

ABS = 1e-10


def assert_curve(curve: SurvivalCurve, wanted: dict[str, Any], rel: float = 1e-12) -> None:
    for values, key in (
        (curve.time, "time"),
        (curve.at_risk, "n_risk"),
        (curve.events, "n_event"),
        (curve.censored, "n_censor"),
    ):
        assert values == pytest.approx(np.array(wanted[key], float), rel=rel, abs=ABS), key
    assert curve.survival == pytest.approx(np.array(wanted["surv"]), abs=ABS)
    assert curve.survival_se**2 == pytest.approx(np.array(wanted["var_surv"]), abs=ABS)
    assert np.cumsum(greenwood_terms(curve.at_risk, curve.events)) == pytest.approx(
        np.array(wanted["greenwood_sum"]), abs=ABS
    )
    halved = np.flatnonzero(curve.survival <= 0.5 + 1e-12)
    assert (curve.time[halved[0]] if len(halved) else None) == wanted["first_time_surv_le_half"]
    for horizon, area in wanted.get("rmst", {}).items():
        found = curve.restricted_mean(float(horizon.removeprefix("tau_")))
        assert found.value == pytest.approx(area["rmst"], abs=ABS)
        assert found.se == pytest.approx(area["se"], abs=ABS)
        assert found.se**2 == pytest.approx(area["var"], abs=ABS)


@pytest.mark.parametrize("name", CASES_OF_CURVES)
def test_curves_and_areas_by_group(name: str) -> None:
    d, group, wanted = CASES_OF_CURVES[name]
    assert set(group) == set(wanted)
    for value, expected in wanted.items():
        own = d[group == value]
        assert len(own) == expected["n_start"]
        assert_curve(kaplan_meier(own["duration"], own["event"], weights=own["weights"]), expected)


def test_delayed_entry() -> None:
    d, expected = load("lefttrunc_channing")
    late = channing_from_816(d)
    assert len(late) == expected["n_used"]
    for male, name in ((0, "female"), (1, "male")):
        own = late[late["male"] == male]
        assert len(own) == expected["km_from_816_by_sex"][name]["n_start"]
        assert_curve(
            kaplan_meier(own["age"], own["death"], entry=own["start"]),
            expected["km_from_816_by_sex"][name],
        )
        shifted = kaplan_meier(
            own["age"] - 816, own["death"], entry=own["start"] - 816
        ).restricted_mean(1080 - 816)
        area = expected["rmst_816_to_1080"][name]
        found = (shifted.value, shifted.se, shifted.se**2)
        assert found == pytest.approx((area["rmst"], area["se"], area["var"]), abs=ABS)


def test_observed_less_expected_by_year_of_surgery() -> None:
    d, expected = load("km_cox_rotterdam_156")
    means = expected["breslow"]["kp"]["expected_duration_group_mean"]
    for year, own in d.groupby("year"):
        area = kaplan_meier(own["week"], own["event"]).restricted_mean(156).value
        assert area - means[str(year)] == pytest.approx(
            expected["rmst_minus_expected_by_year"][str(year)], abs=1e-8
        )


@pytest.mark.filterwarnings("ignore:The maximum number of subdivisions")
def test_lifelines_variance_is_that_of_one_duration_and_not_of_the_area() -> None:
    """Why the error of the area is computed here: lifelines' is the spread of min(T, horizon) (its
    issues 1456 and 1682)."""
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    d, _ = load("km_rossi")
    fitter = KaplanMeierFitter().fit(d["week"], d["arrest"])
    value, variance = restricted_mean_survival_time(fitter, t=52, return_variance=True)
    ours = kaplan_meier(d["week"], d["arrest"]).restricted_mean(52)
    assert ours.value == pytest.approx(value, abs=1e-6)
    # Nobody is censored before week 52, so both are known: sd of min(T, 52), and that over root n.
    # lifelines integrates numerically, which is good to four digits here.
    capped = np.minimum(d["week"], 52).to_numpy(float)
    assert np.sqrt(variance) == pytest.approx(capped.std(), rel=1e-3)
    assert ours.se == pytest.approx(capped.std() / np.sqrt(len(d)), rel=1e-9)
    assert np.sqrt(variance) > 10 * ours.se


def test_weights_count_rows() -> None:
    d, expected = load("km_rossi")
    weights = 1 + d["id"] % 3
    repeated = d.loc[np.repeat(d.index.to_numpy(), weights)]
    for value, own in repeated.groupby("wexp"):
        assert_curve(
            kaplan_meier(own["week"], own["arrest"]), expected["by_wexp_freq_weighted"][value]
        )
