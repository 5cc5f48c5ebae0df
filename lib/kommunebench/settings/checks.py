"""Settings of the checks of the national model."""

from typing import Self

from pydantic import Field, model_validator

from kommunebench.check_rules import CheckName, CheckRules
from kommunebench.settings.base import Settings, refuse_weeks_out_of_order

_RULES = CheckRules()


class CheckSettings(Settings):
    """Checks of the national model (method, section 7)."""

    run: tuple[CheckName, ...] = Field(
        _RULES.run,
        description=(
            "which checks are run; those that the spells have no columns for are left out, and"
            " weeks_seen where the plain indicator carries the verdicts"
        ),
    )
    split_at: tuple[int, ...] = Field(
        _RULES.split_at, description="weeks at which the coefficients of split_hazards may change"
    )
    least_events: int = Field(
        _RULES.least_events,
        ge=1,
        description=(
            "groups, split_hazards, piecewise: a check is left out if one of its models would"
            " have fewer events than this"
        ),
    )

    @model_validator(mode="after")
    def _weeks_rise(self) -> Self:
        refuse_weeks_out_of_order("split_at", self.split_at)
        return self
