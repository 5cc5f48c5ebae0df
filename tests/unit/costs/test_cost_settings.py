"""Settings of the cost stages: what is refused, what they ask for, and that their defaults are
those of the library."""

import inspect
from typing import get_args

import pytest

from kommunebench.cost_rules import Autocorrelation, DistributionName, Noise
from kommunebench.costs import (
    AccountKinds,
    AccountSettings,
    CostNeedSettings,
    CostRules,
    EfficiencyRules,
    IntervalKind,
    IntervalSettings,
    SimexSettings,
    build_cost_indicators,
    fit_errors_in_variables,
    fit_frontier,
)
from kommunebench.errors import ConfigError
from kommunebench.registers.needs import needs_of
from kommunebench.settings import load_analysis
from kommunebench.settings.analysis import (
    AccountKindSettings,
    CostSettings,
    EfficiencySettings,
    UncertaintySettings,
)
from kommunebench.stages.costs import cost_rules
from kommunebench.stages.efficiency import efficiency_rules

FEW = "model.covariates=[{column: danish_partner, kind: indicator}]"


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("cost.groups=['1']", "account groups have three digits"),
        ("cost.other_groups=['09a']", "account groups have three digits"),
        ("cost.groups=[]", "at least 1 item"),
        ("cost.first_year=2016", "first_year 2016 is after last_year 2015"),
        ("cost.kinds.art=77", "art"),
        ("cost.autocorrelation=ar1", "pooled"),
        ("efficiency.distribution=weibull", "half_normal"),
    ],
)
def test_an_unusable_setting_is_named(override, said):
    with pytest.raises(ConfigError, match=said):
        load_analysis("integration_employment", (override,))


def test_the_cost_model_asks_for_danish_courses_whatever_the_covariates():
    def purposes(*overrides):
        needs = needs_of(load_analysis("integration_employment", overrides))
        return {
            register.name: need.purpose
            for need in needs
            for choice in need.alternatives
            for register in choice
        }

    assert purposes(FEW)["DANSKUDD"] == "the composition in the cost model"
    assert "REGK100" in purposes(FEW)
    without = purposes(FEW, "cost=null", "efficiency=null")
    assert not {"DANSKUDD", "REGK100", "PRICE_INDEX"} & set(without)


def test_defaults_of_the_cost_settings_are_those_of_the_library() -> None:
    settings, accounts = CostSettings(), AccountSettings()
    for name in (
        "function",
        "groups",
        "other_groups",
        "first_year",
        "last_year",
        "price_year",
    ):
        assert getattr(settings, name) == getattr(accounts, name), name
    assert AccountKinds(**AccountKindSettings().model_dump()) == AccountKinds()
    need = CostNeedSettings()
    assert settings.min_full_year_persons == need.min_full_year_persons
    rules = CostRules(accounts=accounts, need=need)
    assert settings.autocorrelation == rules.autocorrelation
    assert UncertaintySettings().confidence_level == rules.confidence_level


def test_defaults_of_the_efficiency_settings_are_those_of_the_library() -> None:
    settings, rules = EfficiencySettings(), EfficiencyRules()
    for name in ("outliers", "distribution", "noise"):
        assert getattr(settings, name) == getattr(rules, name), name
    assert SimexSettings(settings.simex_draws, settings.seed) == SimexSettings() == rules.simex
    intervals = IntervalSettings(
        kind=settings.interval,
        confidence_level=UncertaintySettings().confidence_level,
        draws=settings.interval_draws,
        seed=settings.seed,
    )
    assert intervals == IntervalSettings() == rules.intervals


def test_defaults_of_functions_are_those_of_the_rules() -> None:
    def default(function: object, name: str) -> object:
        return inspect.signature(function).parameters[name].default  # type: ignore[arg-type]

    level = UncertaintySettings().confidence_level
    assert default(build_cost_indicators, "confidence_level") == level
    assert default(fit_errors_in_variables, "confidence_level") == level
    assert default(build_cost_indicators, "autocorrelation") == CostSettings().autocorrelation
    assert default(fit_frontier, "distribution") == EfficiencySettings().distribution
    assert default(fit_frontier, "noise") == EfficiencySettings().noise


@pytest.mark.parametrize(
    ("section", "name", "choices"),
    [
        (CostSettings, "autocorrelation", Autocorrelation),
        (EfficiencySettings, "distribution", DistributionName),
        (EfficiencySettings, "noise", Noise),
        (EfficiencySettings, "interval", IntervalKind),
    ],
)
def test_settings_offer_what_the_library_offers(section, name, choices) -> None:
    assert set(get_args(section.model_fields[name].annotation)) == set(get_args(choices))


def test_settings_reach_the_functions() -> None:
    settings = load_analysis(
        "integration_employment",
        (
            "uncertainty.confidence_level=0.9",
            "cost.autocorrelation=pooled",
            "cost.other_groups=['012']",
            "efficiency.interval=parameters_known",
            "efficiency.interval_draws=500",
            "efficiency.seed=7",
        ),
    )
    costs = cost_rules(settings, frozenset(["101"]), ("001", "002"))
    assert (costs.confidence_level, costs.autocorrelation) == (0.9, "pooled")
    assert costs.accounts.groups == ("001", "002")
    # A group that another choice counts is a known group.
    assert {"012", "003", "016"} <= set(costs.accounts.other_groups or ())
    rules = efficiency_rules(settings)
    assert rules.intervals == IntervalSettings(
        kind="parameters_known", confidence_level=0.9, draws=500, seed=7
    )
    assert rules.simex.seed == 7
