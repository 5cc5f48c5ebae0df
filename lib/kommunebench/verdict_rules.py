"""Limits of verdicts and ranks with the method's defaults: what the benchmark works with and the
settings of an analysis take their defaults from."""

from dataclasses import dataclass
from typing import Literal

VerdictIndicator = Literal["robust", "plain"]
# Whether the model behind the verdicts has effects of the units (method, section 6).
VerdictModel = Literal["within", "pooled"]
# Whether paces allow for the curvature of performances in the log hazard, or not, as in the method.
PaceName = Literal["curved", "linear"]
# Whether the errors of paces are as large as the verdicts' intervals say, or, as in the method, the
# standard errors.
PaceErrorName = Literal["interval", "standard"]
# A covariate counts as constant within units where at most this share of its variance lies there.
CONSTANT_SHARE = 0.01
# With fewer events a column of the covariates than this (of shares: successes, or failures where
# these are fewer), columns together may order the events without exception (separation), although
# none does alone: every level then has the prior. Simulated countries stop below 2.5; 5 is the
# least that Vittinghoff and McCulloch (2007) find sufficient.
EVENTS_PER_COLUMN = 5.0
# Weeks after which a hazard that is constant within intervals may change (fact sheet, section 2).
PIECEWISE_CUTS = (13, 26, 52, 104)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRules:
    """Limits of verdicts, spread, tiers and ranks (method, section 7)."""

    verdict_model: VerdictModel = "within"
    verdict_indicator: VerdictIndicator = "robust"
    pace: PaceName = "curved"
    pace_error: PaceErrorName = "interval"
    confidence_level: float = 0.95
    min_events: int = 10
    min_non_events: int = 10
    support_share: float = 0.9
    min_verdicts: int = 5
    fdr_level: float = 0.05
    tier_error_rate: float = 0.10
    draws: int = 10_000
    seed: int = 20180
