"""Settings of unit costs, cost need, and the benchmark against costs."""

from typing import Self

from pydantic import Field, model_validator

from kommunebench.cost_rules import (
    FEWER_GROUPS,
    LEAST_INTERVAL_DRAWS,
    MIN_FULL_YEAR_PERSONS,
    AccountSettings,
    Autocorrelation,
    DistributionName,
    EfficiencyRules,
    IntervalKind,
    Noise,
)
from kommunebench.settings.base import Settings

_ACCOUNTS, _EFFICIENCY = AccountSettings(), EfficiencyRules()


class AccountKindSettings(Settings):
    """Codes of DRANST and ART in the accounts (registers, section 11)."""

    operation: str = Field(_ACCOUNTS.kinds.operation, description="dranst of operation")
    state_refund: str = Field(_ACCOUNTS.kinds.state_refund, description="dranst of state refund")
    gross: str = Field(_ACCOUNTS.kinds.gross, description="art of gross expenditure")
    income: str = Field(_ACCOUNTS.kinds.income, description="art of income")
    net: str = Field(_ACCOUNTS.kinds.net, description="art of net expenditure")
    payments: str = Field(
        _ACCOUNTS.kinds.payments,
        description="art of payments from other municipalities (7.7), which are taken off",
    )


class CostSettings(Settings):
    """Unit cost and cost need (method, sections 8.1 and 8.2)."""

    function: str = Field(
        _ACCOUNTS.function, description="function of the accounts whose expenditure is looked at"
    )
    groups: tuple[str, ...] = Field(
        _ACCOUNTS.groups,
        min_length=1,
        description="account groups that are programme expenditure",
    )
    other_groups: tuple[str, ...] | None = Field(
        _ACCOUNTS.other_groups,
        description=(
            "the function's further account groups, shown beside the programme's; a code in"
            " neither list is unknown and left out. none: all further groups"
        ),
    )
    sensitivity_groups: tuple[str, ...] = Field(
        FEWER_GROUPS,
        min_length=1,
        description="account groups that count in the sensitivity analysis",
    )
    kinds: AccountKindSettings = AccountKindSettings()
    first_year: int = Field(_ACCOUNTS.first_year, description="first year of the accounts")
    last_year: int = Field(_ACCOUNTS.last_year, description="last year of the accounts")
    price_year: int = Field(_ACCOUNTS.price_year, description="year whose prices costs are in")
    min_full_year_persons: float = Field(
        MIN_FULL_YEAR_PERSONS,
        ge=0,
        description="a year of a municipality counts only with more full-year persons than this;"
        " disclosure.min_persons at least",
    )
    autocorrelation: Autocorrelation = Field(
        "none",
        description="pooled: intervals allow for correlation between the years of a municipality",
    )

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.first_year > self.last_year:
            raise ValueError(f"first_year {self.first_year} is after last_year {self.last_year}")
        for name in ("groups", "other_groups", "sensitivity_groups"):
            wrong = [
                group
                for group in getattr(self, name) or ()
                if not (len(group) == 3 and group.isdecimal())
            ]
            if wrong:
                raise ValueError(f"{name} {wrong}: account groups have three digits, as in '010'")
        return self


class EfficiencySettings(Settings):
    """Benchmark against cost (method, sections 8.3 and 8.4)."""

    outliers: tuple[str, ...] = Field(
        _EFFICIENCY.outliers, description="codes of municipalities that are left out"
    )
    distribution: DistributionName = Field(
        _EFFICIENCY.distribution,
        description="distribution of inefficiency in the stochastic frontier",
    )
    noise: Noise = Field(
        _EFFICIENCY.noise,
        description=(
            "known_variance: the squared standard error of each benchmark indicator is added"
            " to the frontier's noise variance; estimated: one noise variance, weighted"
        ),
    )
    interval: IntervalKind = Field(
        _EFFICIENCY.intervals.kind,
        description=(
            "intervals of efficiencies and ranks: allowing for the error of the frontier's"
            " parameters, or taking these as known (Horrace and Schmidt)"
        ),
    )
    interval_draws: int = Field(
        _EFFICIENCY.intervals.draws,
        ge=LEAST_INTERVAL_DRAWS,
        description="number of draws for those intervals",
    )
    simex_draws: int = Field(
        _EFFICIENCY.simex.draws,
        ge=10,
        description="number of draws for the SIMEX correction of errors in variables",
    )
    seed: int = Field(
        _EFFICIENCY.simex.seed,
        ge=0,
        description="seed of the SIMEX draws and of those for the intervals",
    )
