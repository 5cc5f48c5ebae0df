"""Settings of who is in the population and how the spells of an analysis are made and measured."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from kommunebench.settings.base import Settings

# Jobs (BFL) have been reported by the month since then; no delivery holds earlier weeks of work.
JOBS_REPORTED_SINCE = date(2008, 1, 1)
RESIDENCE_BASES = (
    "refugee_convention",
    "refugee_b_status",
    "refugee_temporary",
    "refugee_quota",
    "family_refugee",
    "family_danish_nordic",
    "family_foreigner",
)


class PopulationSettings(Settings):
    """Who is in the population (method, section 1)."""

    residence_bases: tuple[str, ...] = Field(
        RESIDENCE_BASES, description="residence bases whose holders are in the population"
    )
    window_start: date = Field(
        date(2008, 1, 1), description="first day of the permits, or of immigrants' spells"
    )
    window_end: date = Field(
        date(2015, 12, 31), description="last day of the permits, or of immigrants' spells"
    )
    age_min: int = Field(18, ge=0, description="completed years at the start, at least")
    age_max: int = Field(64, ge=0, description="completed years at the start, at most")
    non_western_only: bool = Field(
        True, description="only persons from countries outside the West (Statistics Denmark's list)"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.window_start > self.window_end:
            raise ValueError(
                f"window_start {self.window_start} is after window_end {self.window_end}"
            )
        if self.age_min > self.age_max:
            raise ValueError(f"age_min {self.age_min} is above age_max {self.age_max}")
        return self


class ObservationSettings(Settings):
    """How long persons are observed and how their weeks are read (method, sections 1 and 2)."""

    observation_end: date = Field(
        date(2016, 8, 31), description="last day for which all registers are there"
    )
    horizon_weeks: int = Field(
        156, ge=1, le=520, description="weeks from the start for which persons are followed"
    )
    age_limit_year: int = Field(
        64, ge=1, description="persons are followed until 1 January of the year of this birthday"
    )
    holiday_codes_transfer_free: tuple[str, ...] = Field(
        ("121", "122", "123"),
        description="DREAM codes of holiday allowance; weeks with them are not weeks on benefits",
    )
    dream_extract: str | None = Field(
        None, description="period of the DREAM file to use (YYYYMM); none: the newest"
    )
    follow_only_establishable_weeks: bool = Field(
        True,
        description="follow persons only to the last week in which a success could still be seen",
    )


class EmploymentSettings(Settings):
    """The employment that counts as success (method, section 3)."""

    weeks: int = Field(13, ge=1, description="weeks in a row without benefits that are success")
    hours_per_week: float = Field(
        20.0,
        gt=0,
        description="least mean of hours a week over these weeks, before hours_tolerance is"
        " subtracted",
    )
    hours_tolerance: float = Field(
        0.25,
        ge=0,
        description=(
            "hours a week by which the mean may fall short; a contract of 20 hours is paid by"
            " the month and has less in some weeks"
        ),
    )
    hours_source: Literal["hours", "atp"] = Field(
        "hours", description="paid hours (E-income), or the bands of ATP contributions"
    )
    zero_hours_weeks_to_end: int = Field(
        4, ge=1, description="an employment ends after this many weeks in a row without hours"
    )
    education_counts: bool = Field(
        False,
        description=(
            "true: the first week of education is a success as well, and education does not"
            " end a spell without success"
        ),
    )


CENSORING_REASONS = (
    "death",
    "emigration",
    "moved_municipality",
    "early_retirement",
    "disability_pension",
    "transitional_allowance",
    "other_pension",
    "education",
    "maternity",
    "age_limit",
)


class SpellSettings(Settings):
    """What starts, ends and owns a spell (method, section 4)."""

    last_start_date: date = Field(
        date(2015, 12, 31), description="spells whose start week begins later are not used"
    )
    censoring_reasons: tuple[str, ...] = Field(
        CENSORING_REASONS, description="what ends a spell without success"
    )
    placement_grace_weeks: int = Field(
        0,
        ge=0,
        description=(
            "a move in this many first weeks of a spell does not end it: the spell belongs to"
            " the municipality moved to"
        ),
    )

    first_spell_only: bool = Field(
        False, description="true: only the first of a person's spells counts; false: all of them"
    )

    @model_validator(mode="after")
    def _known_reasons(self) -> Self:
        unknown = sorted(set(self.censoring_reasons) - set(CENSORING_REASONS))
        if unknown:
            raise ValueError(
                f"censoring_reasons {unknown} unknown; known: {list(CENSORING_REASONS)}"
            )
        return self


class MeasurementSettings(Settings):
    """When and how covariates are measured (method, section 6)."""

    match_group_weeks: int | None = Field(
        None,
        ge=1,
        description="weeks from the start of the spell in which a match group is looked for; none:"
        " all weeks",
    )
    health_window: Literal["selection_year", "first_year"] = Field(
        "selection_year",
        description=(
            "selection_year: health care from the arrival to the end of the selection year;"
            " first_year: in the first year in Denmark"
        ),
    )
    health_min_months: float = Field(
        1.0,
        gt=0,
        description=(
            "Contacts are scaled to twelve months. Shorter observation is treated as this"
            " many months."
        ),
    )
    child_at_home: bool = Field(
        False,
        description=(
            "true: family type has a level for children living at home, as in appendix 1.1;"
            " false: they have the type of the family they live in, as in table 6.1"
        ),
    )
