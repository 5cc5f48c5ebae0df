"""Settings of the checks of the national model."""

from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from kommunebench.check_rules import CheckName, CheckRules
from kommunebench.settings.base import Settings, refuse_weeks_out_of_order

if TYPE_CHECKING:
    from kommunebench.settings.analysis import AnalysisSettings

_RULES = CheckRules()


class CheckSettings(Settings):
    """Checks of the national model (method, section 7)."""

    run: tuple[CheckName, ...] = Field(
        _RULES.run,
        description=(
            "which checks are run; those of another kind of analysis, and those that the spells"
            " have no columns for, are left out, and weeks_seen where the plain indicator carries"
            " the verdicts"
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
    least_age: int = Field(
        _RULES.least_age, ge=0, description="older_ages: the youngest age that stays in"
    )

    @model_validator(mode="after")
    def _weeks_rise(self) -> Self:
        refuse_weeks_out_of_order("split_at", self.split_at)
        return self


def checks_of_cases(settings: "AnalysisSettings") -> tuple[CheckName, ...]:
    """The checks that an analysis of persons with an outcome can have: the halves of the exam years
    of pupils, the ages and the place of residence of residents."""
    if settings.pupils is not None:
        return ("calibration", "stability")
    if settings.residents is None:
        return ("calibration",)
    at_age = settings.residents.residence == "at_age"
    return ("calibration", "older_ages", *(("current_residence",) if at_age else ()))


# Checks that only analyses of persons with an outcome have.
ONLY_OF_CASES: tuple[CheckName, ...] = ("older_ages", "current_residence")
