"""Settings that an analysis would not look at are refused where they are written."""

import pytest

from kommunebench.errors import ConfigError
from kommunebench.settings import load_analysis

MAIN = "integration_employment"


@pytest.mark.parametrize(
    ("analysis", "overrides", "said"),
    [
        ("dialysis_centres", ("cost={}",), "cost: an analysis that starts from spells has no such"),
        ("school_exams", ("cost={}", "efficiency={}"), "cost and efficiency: an analysis of this"),
        ("immigrants_up_to_10_years", ("cost={}",), "cost: an analysis of this population"),
        ("school_exams", ("model.ties=breslow",), "model.ties: persons with an outcome have no"),
        (
            "upper_secondary",
            ("model.baseline=breslow", "model.proportionality_test=false"),
            "model.baseline, model.proportionality_test: persons with an outcome",
        ),
        ("school_exams", ("checks.split_at=[52]", "checks.least_events=9"), "checks.split_at, che"),
        ("school_exams", ("checks.run=[calibration, moves]",), "checks.run: moves cannot be made"),
        (
            "upper_secondary",
            ("checks.run=[stability]",),
            "stability cannot be made of these persons with an outcome, who have only calibration,"
            " older_ages, current_residence",
        ),
        (
            "upper_secondary",
            ("residents.residence=current", "checks.run=[current_residence]"),
            "who have only calibration, older_ages",
        ),
        ("school_exams", ("checks.least_age=16",), "checks.least_age: only residents have the"),
        (MAIN, ("checks.least_age=16",), "checks.least_age: only residents have the check"),
        (MAIN, ("checks.run=[older_ages]",), "checks.run: older_ages: only residents have this"),
        (
            MAIN,
            (
                "model.verdict_model=pooled",
                "uncertainty.verdict_indicator=plain",
                "checks.run=[weeks_seen, moves]",
            ),
            "checks.run: weeks_seen is a second estimate of the robust indicator",
        ),
        (MAIN, ("model.ties=efron",), "model.ties: efron: the replicates of the bootstrap"),
        (
            MAIN,
            ("model.baseline=piecewise", "model.ties=efron", "uncertainty.replicates=0"),
            "model.ties: efron: with model.baseline: piecewise no events are tied",
        ),
        (
            MAIN,
            ("model.baseline=piecewise", "model.proportionality_test=true"),
            "model.proportionality_test: the test is of a Cox model",
        ),
        (
            MAIN,
            ("model.piecewise_cuts=[26]", "checks.run=[moves]"),
            "model.piecewise_cuts: neither model.baseline nor checks.run is piecewise",
        ),
        (
            MAIN,
            ("model.piecewise_cuts=[156, 200]",),
            "model.piecewise_cuts: no week of it lies within the horizon (156 weeks)",
        ),
    ],
)
def test_what_would_be_ignored_is_refused_by_name(analysis, overrides, said) -> None:
    with pytest.raises(ConfigError) as raised:
        load_analysis(analysis, overrides)
    assert said in str(raised.value)
    assert "leave" in str(raised.value) or "have only calibration" in str(raised.value)


@pytest.mark.parametrize(
    ("analysis", "overrides"),
    [
        ("school_exams", ("checks.run=[calibration]", "model.verdict_model=pooled")),
        ("upper_secondary", ("checks.run=[older_ages, current_residence]", "checks.least_age=25")),
        ("immigrants_up_to_10_years", ("model.baseline=breslow", "checks.split_at=[52]")),
        ("dialysis_centres", ("model.proportionality_test=true", "checks.least_events=9")),
        (MAIN, ("model.ties=efron", "uncertainty.replicates=0")),
        (MAIN, ("model.baseline=piecewise", "model.piecewise_cuts=[26, 78]", "checks.run=[moves]")),
        (MAIN, ("model.piecewise_cuts=[26]",)),
        (MAIN, ("model.piecewise_cuts=[]", "model.baseline=piecewise")),
        (MAIN, ("cost.first_year=2012", "efficiency.noise=known_variance")),
    ],
)
def test_what_is_used_is_accepted(analysis, overrides) -> None:
    assert load_analysis(analysis, overrides).name == analysis
