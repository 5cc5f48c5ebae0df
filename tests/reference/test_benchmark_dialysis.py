"""The whole benchmark on real persons against R: dialysis centres (tests/reference/data/benchmark_dialysis)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kommunebench.benchmark import Benchmark, benchmark_spells

DATA = Path(__file__).parent / "data" / "benchmark_dialysis" / "expected.json"
SPELLS = Path(__file__).resolve().parents[2] / "examples" / "dialysis_centres.csv"
AGES = ["0-29", "30-44", "45-59", "60-74", "75+"]
COEFFICIENTS, DURATIONS, BOOTSTRAP = 1e-8, 1e-8, 0.15  # the case's tolerances: relative, absolute, relative


@pytest.fixture(scope="module")
def golden() -> dict:
    return json.loads(DATA.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def result() -> Benchmark:
    spells = pd.read_csv(SPELLS)
    spells["age_group"] = pd.cut(spells["age"], [-1, 29, 44, 59, 74, 120], labels=AGES)
    others = sorted(set(spells["disease"]) - {"hypert"})
    spells["disease"] = pd.Categorical(spells["disease"], ["hypert", *others])
    return benchmark_spells(
        spells, unit="center", duration="time", event="event", covariates=["age_group", "disease"], person="pid", horizon=44,
        min_spells=50, replicates=1000, seed=1,
    )


def test_coefficients_and_standard_errors(result, golden):
    ours = result.coefficients.set_index("term")
    for name, value in golden["cox"]["all"]["coef"].items():
        term = name.replace("agegrp", "age_group_").replace("disease", "disease_")
        assert ours.loc[term, "coefficient"] == pytest.approx(value, rel=COEFFICIENTS)
        assert ours.loc[term, "se"] == pytest.approx(golden["cox"]["all"]["se"][name], rel=COEFFICIENTS)


def test_every_centre(result, golden):
    theirs = pd.DataFrame(golden["units"]).assign(code=lambda d: d["unit"].astype(str)).set_index("code")
    ours = result.indicators.set_index("municipality_code").loc[theirs.index]
    for column, name in {"observed_duration": "observed", "observed_se": "observed_se", "expected_duration": "expected"}.items():
        np.testing.assert_allclose(ours[column], theirs[name], atol=DURATIONS, rtol=0)
    np.testing.assert_allclose(ours["indicator"], theirs["indicator"], atol=DURATIONS, rtol=0)
    assert (ours["quintile"].fillna(0) == theirs["quintile"].fillna(0)).all()
    assert (ours["tail_extended"] == theirs["tail_extended"]).all()


def test_bootstrap_and_analytic_errors_agree_with_rs_bootstrap(result, golden):
    theirs = pd.DataFrame(golden["bootstrap_1000"]).assign(code=lambda d: d["unit"].astype(str)).set_index("code")
    ours = result.indicators.set_index("municipality_code").loc[theirs.index]
    large = (ours["spells"] >= 100) & (ours["support_week"] > 39)
    assert large.sum() > 20
    assert (ours["se_bootstrap"] / theirs["log_indicator_se"] - 1)[large].abs().max() < BOOTSTRAP
    assert (ours["indicator_se"] / theirs["log_indicator_se"] - 1)[large].abs().max() < BOOTSTRAP
    judged = ours["no_verdict_reason"].isna()
    assert (ours["se_bootstrap_robust"] / ours["indicator_robust_se"])[judged].between(0.9, 1.1).mean() > 0.95


def test_the_centres_truly_differ(result):
    assert result.summary["chance_share"] < 0.2
    assert result.summary["tiers"] > 3
