"""The checks of the national model with the method's defaults: what the benchmark works with and
the settings of an analysis take their defaults from."""

from dataclasses import dataclass
from typing import Literal, get_args

CheckName = Literal[
    "calibration",
    "competing_ends",
    "stability",
    "groups",
    "split_hazards",
    "piecewise",
    "weeks_seen",
    "moves",
    "movers_to_target",
    "older_ages",
    "current_residence",
]
ALL_CHECKS: tuple[CheckName, ...] = get_args(CheckName)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRules:
    """Which checks are run and their choices (method, section 7; fact sheet, section 2)."""

    run: tuple[CheckName, ...] = ALL_CHECKS
    split_at: tuple[int, ...] = (52, 104)
    least_events: int = 50
    least_age: int = 23
