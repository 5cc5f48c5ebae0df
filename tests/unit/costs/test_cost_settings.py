"""Settings of the cost stages: what is refused, and which registers they ask for."""

import pytest

from kommunebench.errors import ConfigError
from kommunebench.registers.needs import needs_of
from kommunebench.settings import load_analysis

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
