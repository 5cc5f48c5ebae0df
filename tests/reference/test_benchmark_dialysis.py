"""The whole benchmark on real persons against R: dialysis centres
(tests/reference/data/benchmark_dialysis)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kommunebench.benchmark import Benchmark, benchmark_spells
from kommunebench.survival import fit_cox, kaplan_meier

DATA = Path(__file__).parent / "data" / "benchmark_dialysis" / "expected.json"
SPELLS = Path(__file__).resolve().parents[2] / "examples" / "dialysis_centres.csv"
AGES = ["0-29", "30-44", "45-59", "60-74", "75+"]
COEFFICIENTS, DURATIONS, BOOTSTRAP = (
    1e-8,
    1e-8,
    0.15,
)  # the case's tolerances: relative, absolute, relative


@pytest.fixture(scope="module")
def golden() -> dict:
    return json.loads(DATA.read_text(encoding="utf-8"))


def with_categories(spells: pd.DataFrame) -> pd.DataFrame:
    others = sorted(set(spells["disease"]) - {"hypert"})
    return spells.assign(
        age_group=pd.cut(spells["age"], [-1, 29, 44, 59, 74, 120], labels=AGES),
        disease=pd.Categorical(spells["disease"], ["hypert", *others]),
    )


@pytest.fixture(scope="module")
def result() -> Benchmark:
    return benchmark_spells(
        with_categories(pd.read_csv(SPELLS)),
        unit="center",
        duration="time",
        event="event",
        covariates=["age_group", "disease"],
        person="pid",
        horizon=44,
        min_spells=50,
        replicates=1000,
        seed=1,
        model="pooled",
    )


def test_coefficients_and_standard_errors(result, golden):
    ours = result.coefficients.set_index("term")
    for name, value in golden["cox"]["all"]["coef"].items():
        term = name.replace("agegrp", "age_group_").replace("disease", "disease_")
        assert ours.loc[term, "coefficient"] == pytest.approx(value, rel=COEFFICIENTS)
        assert ours.loc[term, "se"] == pytest.approx(
            golden["cox"]["all"]["se"][name], rel=COEFFICIENTS
        )


def test_the_model_as_a_whole(result, golden):
    """Through fit_cox on the same columns, since the benchmark does not print these."""
    spells = with_categories(pd.read_csv(SPELLS))
    wanted = golden["cox"]["all"]
    columns = pd.get_dummies(spells[["age_group", "disease"]], drop_first=True, dtype=float)
    fit = fit_cox(spells["time"], spells["event"], columns)
    names = [
        name.replace("agegrp", "age_group_").replace("disease", "disease_")
        for name in wanted["coef"]
    ]
    assert sorted(names) == sorted(columns)
    vcov = np.array(wanted["vcov"])
    ours = fit.covariance.loc[names, names].to_numpy()
    assert (
        np.abs((ours - vcov) / np.sqrt(np.outer(np.diag(vcov), np.diag(vcov)))).max() < COEFFICIENTS
    )
    beta = fit.coefficients.to_numpy()
    found = {
        "loglik": fit.log_likelihood,
        "loglik_null": fit.log_likelihood_null,
        "lr_chi2": 2 * (fit.log_likelihood - fit.log_likelihood_null),
        "score_chi2": fit.score_statistic,
        "wald_chi2_naive": beta @ np.linalg.solve(fit.covariance.to_numpy(), beta),
        "n": len(spells),
        "n_event": int(spells["event"].sum()),
    }
    for name, value in found.items():
        assert value == pytest.approx(wanted[name], rel=COEFFICIENTS), name


def test_tables_3_1_and_3_2_and_the_pooled_curve(result, golden):
    table = result.variance_reduction.set_index("component")
    wanted = golden["variance"]
    for row, name in (("observed", "observed"), ("unexplained", "difference")):
        for column, end in (("mean_weeks", "mean"), ("sd_weeks", "sd"), ("variance", "variance")):
            assert table.loc[row, column] == pytest.approx(wanted[f"{name}_{end}"], abs=DURATIONS)
    assert table.loc["unexplained", "variance_reduction"] == pytest.approx(
        wanted["reduction"], abs=DURATIONS
    )
    fifths = result.quintile_means.set_index("quintile")
    for number, means in golden["quintiles"].items():
        own = fifths.loc[int(number)]
        assert own["units"] == means["n"]
        for column, name in (
            ("indicator", "indicator"), ("observed_duration", "observed"),
            ("expected_duration", "expected"), ("difference", "difference"),
        ):  # fmt: skip
            assert own[column] == pytest.approx(means[name], abs=DURATIONS)
    spells = pd.read_csv(SPELLS)
    pooled = kaplan_meier(spells["time"], spells["event"]).restricted_mean(44)
    found = (pooled.value, pooled.se, pooled.se**2)
    assert found == pytest.approx(
        [golden["pooled_observed"][name] for name in ("rmst", "se", "var")], abs=DURATIONS
    )
    assert result.summary["pooled_observed_duration"] == pytest.approx(
        golden["pooled_observed"]["rmst"], abs=DURATIONS
    )


def test_robust_durations_are_rs_survfit_of_each_centre(result):
    """survfit(stype = 1) of each centre with the pooled predictor held at coefficient one, averaged
    over its spells: robust.R.

    Centres with somebody at risk in month 43, the last that counts: past the last duration R's
    curves stay flat.
    """
    theirs = json.loads((DATA.parent / "robust.json").read_text(encoding="utf-8"))
    ours = result.indicators.set_index("municipality_code")["observed_duration_robust"]
    support = result.indicators.set_index("municipality_code")["support_week"]
    followed = [code for code in theirs if support[code] >= 43]
    assert len(followed) > 40
    np.testing.assert_allclose(
        ours[followed], [theirs[code] for code in followed], atol=DURATIONS, rtol=0
    )


def test_every_centre(result, golden):
    theirs = (
        pd.DataFrame(golden["units"]).assign(code=lambda d: d["unit"].astype(str)).set_index("code")
    )
    ours = result.indicators.set_index("municipality_code").loc[theirs.index]
    for column, name in {
        "observed_duration": "observed",
        "observed_se": "observed_se",
        "expected_duration": "expected",
    }.items():
        np.testing.assert_allclose(ours[column], theirs[name], atol=DURATIONS, rtol=0)
    for column in ("indicator", "difference"):
        np.testing.assert_allclose(ours[column], theirs[column], atol=DURATIONS, rtol=0)
    for column in ("spells", "events", "included"):
        assert (ours[column] == theirs[column]).all()
    assert (ours["quintile"].fillna(0) == theirs["quintile"].fillna(0)).all()
    assert (ours["tail_extended"] == theirs["tail_extended"]).all()


def test_bootstrap_and_analytic_errors_agree_with_rs_bootstrap(result, golden):
    theirs = (
        pd.DataFrame(golden["bootstrap_1000"])
        .assign(code=lambda d: d["unit"].astype(str))
        .set_index("code")
    )
    ours = result.indicators.set_index("municipality_code").loc[theirs.index]
    large = (ours["spells"] >= 100) & (ours["support_week"] > 39)
    assert large.sum() > 20
    assert (ours["se_bootstrap"] / theirs["log_indicator_se"] - 1)[large].abs().max() < BOOTSTRAP
    # R's error of the indicator itself, and its percentile limits, by the delta method and a normal
    # log.
    assert (ours["indicator"] * ours["indicator_se"] / theirs["indicator_se"] - 1)[
        large
    ].abs().max() < BOOTSTRAP
    for limit, sign in (("low", -1), ("high", 1)):
        normal = np.log(ours["indicator"]) + sign * 1.96 * ours["indicator_se"]
        assert ((np.log(theirs[limit]) - normal) / ours["indicator_se"])[large].abs().max() < 0.5
    assert (ours["indicator_se"] / theirs["log_indicator_se"] - 1)[large].abs().max() < BOOTSTRAP
    judged = ours["no_verdict_reason"].isna()
    assert (ours["se_bootstrap_robust"] / ours["indicator_robust_se"])[judged].between(
        0.9, 1.1
    ).mean() > 0.95


def test_the_centres_truly_differ(result):
    assert result.summary["chance_share"] < 0.2
    assert result.summary["tiers"] > 3
