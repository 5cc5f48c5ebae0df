"""Populations of the fact sheet (sections 3 to 5): pupils with exams, residents of an age,
immigrants in a spell; and those of a module of one's own."""

from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from kommunebench.settings.base import Settings

# Levels of DISCED-15. Levels 15 (preparatory), 29 (parts of a vocational education) and 35
# (admission courses) are no completed upper secondary education.
EDUCATION_GROUPS = {
    "basic": (10, 15, 29, 35),
    "upper_secondary_or_vocational": (20, 30),
    "higher": (40, 50, 60, 70, 80),
}
EXAM_FORMS = {
    "compulsory": ("Bundne prøvefag",),
    "drawn": ("Prøvefag til udtræk",),
    "teacher": ("Standpunkt",),
    "other": (
        "Obligatoriske prøvefag",
        "Frivillige prøvefag",
        "Tilbudsfag",
        "8. kl. prøvefag",
        "Vurderinger og evalueringer",
        "Prøvefag 2002-2006",
    ),
}
SUBJECTS: dict[str, tuple[str, ...]] = {"danish": ("Dansk",), "mathematics": ("Matematik",)}
# HF_KILDE: education brought along, answered (3, 17) or imputed (9, 10, 18), and foreign
# qualifications recognised by the authority (11).
FOREIGN_SOURCES = ("3", "9", "10", "11", "17", "18")


class OriginSettings(Settings):
    """Who is of the origin the analyses of shares are about."""

    non_western_only: bool = Field(
        True, description="only persons from countries outside the West (Statistics Denmark's list)"
    )
    arrival_age_max: int = Field(
        12,
        ge=0,
        description=(
            "immigrants count if they had at most this many completed years at the first"
            " immigration; persons born in Denmark always count"
        ),
    )


class ParentSettings(Settings):
    """How the parents' education is grouped."""

    education_groups: dict[str, tuple[int, ...]] = Field(
        default_factory=lambda: dict(EDUCATION_GROUPS),
        description="levels of DISCED-15 by group; a level in no group counts as none_or_unknown",
    )

    @field_validator("education_groups")
    @classmethod
    def _once(cls, groups: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        levels = [level for group in groups.values() for level in group]
        twice = sorted({level for level in levels if levels.count(level) > 1})
        if twice:
            raise ValueError(f"levels {twice} stand in two groups")
        return groups


class PupilsSettings(Settings):
    """Pupils who sat the 9th-grade final exams, and when they passed (fact sheet, section 3)."""

    exam_years: tuple[int, ...] = Field(
        (2008, 2009, 2010, 2011, 2012),
        min_length=1,
        description="years of the exams (2012: school year 2011/2012), pooled",
    )
    origin: OriginSettings = OriginSettings()
    parents: ParentSettings = ParentSettings()
    grade: str = Field("09", pattern=r"^\d{2}$", description="KLTRIN of the exams that count")
    levels: tuple[str, ...] = Field(
        ("FSA", "FP9"),
        min_length=1,
        description="values of GRUNDSKOLENIVEAU that count; four characters are compared",
    )
    marks: Literal["compulsory", "all_exams", "danish_and_mathematics"] = Field(
        "compulsory",
        description=(
            "exams whose marks count. compulsory: compulsory ones; all_exams: those drawn by"
            " lot as well; danish_and_mathematics: compulsory ones in these subjects"
        ),
    )
    exam_forms: dict[str, tuple[str, ...]] = Field(
        default_factory=lambda: dict(EXAM_FORMS),
        description="texts or numbers of PROEVEFORM, by form: compulsory, drawn, teacher, other",
    )
    subjects: dict[str, tuple[str, ...]] = Field(
        default_factory=lambda: dict(SUBJECTS),
        description="texts or numbers of GRUNDSKOLEFAG: danish, mathematics",
    )
    min_marks: int = Field(4, ge=1, description="with fewer marks a pupil has no mean")
    pass_mean: float = Field(2.0, description="a mean of this or more is success")
    without_marks: Literal["left_out", "failure"] = Field(
        "left_out", description="what becomes of pupils without marks, or with fewer than min_marks"
    )
    age_month: int = Field(
        6,
        ge=1,
        le=12,
        description="age and years in Denmark are measured on the first day of this month",
    )
    age_min: int = Field(
        10, ge=0, description="younger pupils are left out as errors in the registers"
    )

    @field_validator("exam_forms")
    @classmethod
    def _forms(cls, forms: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if unknown := sorted(set(forms) - set(EXAM_FORMS)):
            raise ValueError(f"forms {unknown} unknown; known: {list(EXAM_FORMS)}")
        if not forms.get("compulsory"):
            raise ValueError("say which texts or numbers of PROEVEFORM are compulsory exams")
        texts = [text.strip().lower() for form in forms.values() for text in form]
        if twice := sorted({text for text in texts if texts.count(text) > 1}):
            raise ValueError(f"{twice} stand in two forms")
        return forms

    @field_validator("subjects")
    @classmethod
    def _subjects(cls, subjects: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if unknown := sorted(set(subjects) - set(SUBJECTS)):
            raise ValueError(f"subjects {unknown} unknown; known: {list(SUBJECTS)}")
        return subjects

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.marks == "all_exams" and not self.exam_forms.get("drawn"):
            raise ValueError("marks: all_exams needs exam_forms.drawn")
        missing = [name for name in SUBJECTS if not self.subjects.get(name)]
        if self.marks == "danish_and_mathematics" and missing:
            raise ValueError(f"marks: danish_and_mathematics needs subjects {missing}")
        return self


class ResidentsSettings(Settings):
    """Residents of an age on a day, and which of them completed an education (fact sheet, section
    4)."""

    reference_date: date = Field(
        date(2012, 10, 1),
        description=(
            "education is that of UDDA of this date's year, residence at present that of"
            " December of the year"
        ),
    )
    age_min: int = Field(20, ge=0, description="completed years on the reference date, at least")
    age_max: int = Field(29, ge=0, description="completed years on the reference date, at most")
    origin: OriginSettings = OriginSettings()
    parents: ParentSettings = ParentSettings()
    success_levels: tuple[int, ...] = Field(
        (20, 30, 40, 50, 60, 70, 80),
        min_length=1,
        description="levels of DISCED-15 that are success",
    )
    danish_only: bool = Field(False, description="true: education from abroad is no success")
    foreign_sources: tuple[str, ...] = Field(
        FOREIGN_SOURCES, description="values of HF_KILDE that mean education from abroad"
    )
    residence: Literal["at_age", "current"] = Field(
        "at_age",
        description=(
            "municipality in December of the year of the birthday residence_age (at_age), or"
            " of the reference date's year (current)"
        ),
    )
    residence_age: int = Field(
        15,
        ge=0,
        description="age in whose year the parents, and under at_age the residence, are measured",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.residence_age <= self.age_min <= self.age_max:
            raise ValueError(
                f"residence_age {self.residence_age}, age_min {self.age_min} and age_max"
                f" {self.age_max} must rise"
            )
        return self


class ImmigrantsSettings(Settings):
    """Immigrants in a spell without work and education, by their years in Denmark when it starts
    (fact sheet, section 5). Window, ages and origin stand in the section population."""

    years_in_denmark: Literal["up_to", "over"] = Field(
        description=(
            "spells of persons with at most years_limit years in Denmark (up_to), or with"
            " more (over)"
        )
    )
    years_limit: int = Field(10, ge=0, description="completed years at the spell's start")
    education_groups: dict[str, tuple[int, ...]] = Field(
        default_factory=lambda: dict(EDUCATION_GROUPS),
        description="levels of DISCED-15 by group; a level in no group counts as none_or_unknown",
    )
    foreign_sources: tuple[str, ...] = Field(
        FOREIGN_SOURCES, description="values of HF_KILDE that mean education from abroad"
    )


class ModuleSettings(Settings):
    """A population that no other section can describe: a module of one's own."""

    module: str = Field(
        pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$",
        description="an importable module with a CasePopulation under the name POPULATION",
    )
    registers: tuple[str, ...] = Field(
        min_length=1, description="names of the registers it reads: BEF, VNDS, UDDA, …"
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="settings of the module's own, which it checks itself"
    )
