"""Choices of the cost and efficiency studies with the method's defaults, for the functions of costs
and for the settings of an analysis."""

from dataclasses import dataclass, field
from typing import Literal

from kommunebench.verdict_rules import VerdictRules

PROGRAMME_GROUPS = tuple(f"{group:03d}" for group in (*range(1, 12), 14, 15, 16))
# The further authorised groups of the chart of accounts, over its editions since 2011.
OTHER_GROUPS = tuple(f"{group:03d}" for group in (12, 13, *range(17, 22), *range(90, 106)))
# The report's sensitivity (footnote 17).
FEWER_GROUPS = tuple(f"{group:03d}" for group in range(1, 10))
# A municipality's year counts with more full-year persons than this (table 5.1).
MIN_FULL_YEAR_PERSONS = 50.0
CONFIDENCE_LEVEL = VerdictRules().confidence_level
LEAST_INTERVAL_DRAWS = 100
# Where the median interval of a rank covers more of the list than this, the order says little.
MOST_OF_LIST = 0.5

Autocorrelation = Literal["none", "pooled"]
DistributionName = Literal["half_normal", "exponential", "truncated_normal", "gamma"]
Noise = Literal["estimated", "known_variance"]
IntervalKind = Literal["parameters_estimated", "parameters_known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKinds:
    """Codes of REGK100's DRANST and ART: operation and its gross, income, net and 7.7 (payments
    from municipalities), state refund."""

    operation: str = "1"
    state_refund: str = "2"
    gross: str = "UE"
    income: str = "I"
    net: str = "TOT"
    payments: str = "77"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """Which account rows are programme expenditure (method, section 8.1). Groups are three digits.

    ``other_groups``: the further groups of operation on the function, shown beside the programme; a
    code in neither is unknown (None: every three-digit code is known).
    """

    function: str = "54660"
    groups: tuple[str, ...] = PROGRAMME_GROUPS
    other_groups: tuple[str, ...] | None = OTHER_GROUPS
    kinds: AccountKinds = AccountKinds()
    first_year: int = 2011
    last_year: int = 2015
    price_year: int = 2015


@dataclass(frozen=True, slots=True)
class SimexSettings:
    """Draws of the simulated noise and their seed."""

    draws: int = 200
    seed: int = 20181


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalSettings:
    """How the intervals of efficiencies and ranks are made.

    ``parameters_estimated`` allows for the error of the frontier's parameters,
    ``parameters_known`` (Horrace and Schmidt) does not. ``draws``: of efficiencies, from which
    quantiles are taken; ``seed``: of these draws.
    """

    kind: IntervalKind = "parameters_estimated"
    confidence_level: float = CONFIDENCE_LEVEL
    draws: int = 2000
    seed: int = 20181


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficiencyRules:
    """Choices of sections 8.3 and 8.4: outliers by code, distribution of inefficiency, noise, SIMEX
    and the intervals of the scores, whose confidence level is that of all intervals."""

    outliers: tuple[str, ...] = ("169",)
    distribution: DistributionName = "half_normal"
    noise: Noise = "estimated"
    simex: SimexSettings = field(default_factory=SimexSettings)
    intervals: IntervalSettings = field(default_factory=IntervalSettings)
