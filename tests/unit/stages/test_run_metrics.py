"""What the tracking server is told in numbers: nothing from which a hidden municipality follows."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from kommunebench import gold, tracked
from kommunebench.benchmark.comparison.variance_reduction import variance_reduction
from kommunebench.disclosure import publish_together
from kommunebench.settings import load_analysis
from kommunebench.settings.analysis import DisclosureSettings
from kommunebench.stages.published import PublishedResults
from kommunebench.stages.run_metrics import run_metrics

FIVE = DisclosureSettings(min_persons=5)
CODES = [str(code) for code in range(901, 911)]
# Three events in the last, and two in the one before: no further one has to be hidden with them.
CASES = np.array([40, 50, 60, 70, 80, 90, 100, 120, 30, 60])
EVENTS = np.array([20, 21, 30, 31, 40, 41, 50, 51, 2, 3])


def tables() -> dict:
    """Gold tables of ten municipalities compared."""
    observed, expected = EVENTS / CASES, np.linspace(0.3, 0.6, 10)
    indicators = pd.DataFrame(
        {
            "municipality_code": CODES,
            "municipality": CODES,
            "included": True,
            "cases": CASES,
            "persons": CASES,
            "events": EVENTS,
            "quintile": np.repeat([1, 2, 3, 4, 5], 2),
            "observed_share": observed,
            "expected_share": expected,
            "difference_plain": 100 * (observed - expected),
            "indicator_plain": 100 * (observed - expected),
            "assessment": ["better"] * 8 + [None] * 2,
        }
    ).reindex(columns=list(gold.SHARE_INDICATORS.columns))
    verdicts = pd.DataFrame(
        {
            "model": ["within"] * 10 + ["pooled"] * 10,
            "municipality_code": CODES * 2,
            "assessment": "as_expected",
            "tier": 1,
            "fifth": [1] * 10 + [2] * 10,
        }
    )
    checked = pd.DataFrame(
        {
            "check": ["groups"] * 10 + ["first_half"] * 10,
            "municipality_code": CODES * 2,
            "log_indicator": 0.1,
            "difference_in_se": [*np.linspace(0.1, 0.8, 8), 5.0, -9.0] * 2,
            "assessment": ["as_expected", *["better"] * 7, "worse", "worse"] * 2,
        }
    )
    return {
        gold.SHARE_INDICATORS: indicators,
        gold.VARIANCE_REDUCTION: variance_reduction(observed, expected, "share"),
        gold.MODEL_VERDICTS: verdicts,
        gold.SENSITIVITY: checked,
        gold.STABILITY: pd.DataFrame({"units": [8], "correlation": [0.5]}),
    }


def published(of_run: dict) -> dict[str, pd.DataFrame]:
    return {name: one.rows for name, one in publish_together(of_run, FIVE).items()}


def sent(of_stages: dict[str, float], of_run: dict) -> dict[str, float]:
    """The metrics that a whole run sends to the tracking server."""
    told: dict[str, float] = {}

    class Recorder:
        def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
            return told.update if name == "metrics" else lambda *_: None

    results = PublishedResults(tables=published(of_run))
    settings = load_analysis("school_exams")
    run = SimpleNamespace(
        metrics=of_stages, store=None, settings=settings, versions={}, written=[], skipped=[]
    )
    made = SimpleNamespace(results=results, pages={"da": "", "en": ""}, figures={})
    tracked._record(Recorder(), run, made, None)  # type: ignore[arg-type]
    return told


def test_the_events_of_a_hidden_municipality_do_not_follow_from_the_mean() -> None:
    """Units times the mean share, less the shares that are shown, would be the hidden shares."""
    of_run = tables()
    # As the stages of an earlier version left them in the log of a store.
    of_all = {
        "observed_share_mean": float((EVENTS / CASES).mean()),
        "units_compared": 10.0,
        "variance_reduction": 0.123,
        "check_groups_largest_change": 9.0,
    }
    told = sent({**of_all, "cases": float(CASES.sum()), "seconds_panel": 2.0}, of_run)
    rows = published(of_run)["share_indicators"]
    shares = pd.to_numeric(rows["observed_share"])
    assert shares.isna().sum() == 2
    hidden = 10 * told["observed_share_mean"] - shares.sum()
    assert abs(hidden - (EVENTS[8:] / CASES[8:]).sum()) > 0.1
    assert told["observed_share_mean"] == pytest.approx(shares.mean(), rel=1e-12)
    expected = pd.to_numeric(rows["expected_share"]).mean()
    assert told["expected_share_mean"] == pytest.approx(expected, rel=1e-12)
    assert told["cases"] == CASES.sum() and told["seconds_panel"] == 2.0
    assert told["variance_reduction"] != 0.123
    assert told["check_groups_largest_change"] == pytest.approx(0.8)


def test_counts_over_units_are_of_those_shown() -> None:
    metrics = run_metrics({}, published(tables()))
    # One of the eight shown has another verdict under the choice, and all another fifth.
    assert metrics["check_groups_verdicts_changed"] == 1
    assert metrics["fifths_changed_from_pooled"] == 8
    assert metrics["verdicts_changed_from_pooled"] == 0
    assert not any(name.startswith("check_first_half") for name in metrics)
    assert metrics["stability_correlation"] == 0.5


def costs() -> dict:
    """Unit costs of two years of three municipalities; the last has 2.5 full-year persons in one
    of them, whose accounts of 250,000 DKK anybody can look up."""
    places = ["901", "902", "910"]
    rows = pd.DataFrame(
        {
            "municipality_code": np.repeat(places, 2),
            "year": [2012, 2013] * 3,
            "full_year_persons": [80.0, 90, 70, 60, 40, 2.5],
            "unit_cost": [50_000.0, 60_000, 70_000, 80_000, 90_000, 100_000],
        }
    ).reindex(columns=list(gold.UNIT_COSTS.columns))
    indicators = pd.DataFrame(
        {
            "municipality_code": places,
            "full_year_persons": 60.0,
            "cost_indicator": [0.9, 1.0, 1.3],
            "assessment": ["below", "as_expected", "above"],
        }
    )
    fewer = indicators.assign(cost_indicator=[0.9, 1.0, 1.4])
    return {
        gold.UNIT_COSTS: rows,
        gold.COST_INDICATORS: indicators,
        gold.COST_SENSITIVITY: fewer,
    }


def test_few_full_year_persons_do_not_follow_from_the_mean_unit_cost() -> None:
    of_run = tables() | costs()
    of_all = {"unit_cost_mean": 75_000.0, "cost_above": 7.0, "cost_model_n": 6.0}
    told = sent(of_all, of_run)
    shown = published(of_run)["unit_costs"].astype({"unit_cost": float})
    assert shown["unit_cost"].isna().tolist() == [False] * 5 + [True]
    means = shown.groupby("municipality_code")["unit_cost"].mean()
    # Three times the mean, less two means that are shown, is that of the third over both its years.
    of_third = 3 * told["unit_cost_mean"] - means["901"] - means["902"]
    hidden = 2 * of_third - 90_000
    assert 250_000 / hidden != pytest.approx(2.5, abs=0.1)
    assert told["cost_above"] == 1 and told["cost_below"] == 1 and told["cost_as_expected"] == 1
    assert told["cost_model_n"] == 6.0
    of_indicators = np.corrcoef([0.9, 1.0, 1.3], [0.9, 1.0, 1.4])[0, 1]
    assert told["cost_sensitivity_correlation"] == pytest.approx(of_indicators)


def test_groups_of_the_calibration_that_are_hidden_are_not_counted() -> None:
    rows = pd.DataFrame(
        {
            "breakdown": "start_year",
            "value": list("abcd"),
            "observed_events": [30, 40, 2, 4],
            "expected_events": [30.0, 20.0, 9.0, 9.0],
            "ci_low": [0.8, 1.5, 0.1, 0.2],
            "ci_high": [1.2, 2.5, 0.8, 0.9],
        }
    )
    metrics = run_metrics({}, published({gold.CALIBRATION: rows}))
    assert metrics == {"calibration_groups": 2.0, "calibration_outside": 1.0}


def test_numbers_of_efficiency_go_with_its_tables() -> None:
    of_stages = {"slope_linear": 0.2, "efficiency_units": 12.0}
    assert run_metrics(of_stages, {}) == {"efficiency_units": 12.0}
    rows = pd.DataFrame({"specification": ["linear"], "coefficient": [0.2]})
    assert run_metrics(of_stages, {"efficiency_regressions": rows}) == of_stages
