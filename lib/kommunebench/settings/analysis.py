"""The settings of an analysis: every decision of the method, with its default. Unknown keys are
errors."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from kommunebench.settings.base import Settings
from kommunebench.settings.checks import CheckSettings
from kommunebench.settings.costs import (
    AccountKindSettings,
    CostSettings,
    EfficiencySettings,
)
from kommunebench.settings.model import (
    Covariate,
    ModelSettings,
    TierSettings,
    UncertaintySettings,
)
from kommunebench.settings.populations import (
    ImmigrantsSettings,
    ModuleSettings,
    PupilsSettings,
    ResidentsSettings,
)
from kommunebench.settings.spells import (
    CENSORING_REASONS,
    JOBS_REPORTED_SINCE,
    RESIDENCE_BASES,
    EmploymentSettings,
    MeasurementSettings,
    ObservationSettings,
    PopulationSettings,
    SpellSettings,
)
from kommunebench.settings.unused import refuse_unused
from kommunebench.verdict_rules import VerdictIndicator, VerdictModel

__all__ = [
    "CENSORING_REASONS",
    "RESIDENCE_BASES",
    "AccountKindSettings",
    "AnalysisSettings",
    "CheckSettings",
    "CostSettings",
    "Covariate",
    "DisclosureSettings",
    "EfficiencySettings",
    "EmploymentSettings",
    "LabelSettings",
    "MeasurementSettings",
    "ModelSettings",
    "ObservationSettings",
    "PopulationSettings",
    "SpellSettings",
    "SpellsFileSettings",
    "TierSettings",
    "UncertaintySettings",
]


# Sections that describe a population of persons with an outcome.
CASE_SECTIONS = ("pupils", "residents", "population_module")


class SpellsFileSettings(Settings):
    """Columns of the file of an analysis that starts from spells (method, section 9)."""

    unit: str = Field(description="column with what is compared: municipality, centre, …")
    duration: str = Field(description="column with the whole weeks (or other steps) a spell lasts")
    event: str = Field(description="column with 1 where the spell ends in the event, else 0")
    person: str | None = Field(
        None, description="column that spells of one person share; none: every spell is a person's"
    )
    group: str | None = Field(
        None, description="column whose values have a model each; none: one model"
    )
    potential_follow_up: str | None = Field(
        None, description="column with the longest possible duration of each spell"
    )
    potential_follow_up_from: str | None = Field(
        None, description="column subtracted from follow_up_end to give it"
    )
    follow_up_end: float | None = Field(
        None, description="last step of the follow-up, from which that column is subtracted"
    )

    @model_validator(mode="after")
    def _follow_up(self) -> Self:
        if (self.potential_follow_up_from is None) != (self.follow_up_end is None):
            raise ValueError("potential_follow_up_from and follow_up_end go together")
        return self


class LabelSettings(Settings):
    """Words of the report, each in Danish and English."""

    title_da: str = Field(description="title of the Danish report")
    title_en: str = Field(description="title of the English report")
    unit_da: str = Field("kommune", description="what is compared, one of them")
    unit_en: str = Field("municipality", description="the same in English")
    units_da: str = Field("kommuner", description="what is compared, several of them")
    units_en: str = Field("municipalities", description="the same in English")
    event_da: str = Field("beskæftigelse", description="the event that ends a spell in success")
    event_en: str = Field("employment", description="the same in English")
    time_da: str = Field("uger", description="the steps in which durations are counted")
    time_en: str = Field("weeks", description="the same in English")
    sooner_is_better: bool = Field(
        True, description="false where the event is unwanted: the report then says so"
    )


class DisclosureSettings(Settings):
    """What a cell must rest on before it leaves (registers, section 1)."""

    min_persons: int = Field(
        5,
        ge=1,
        description="persons a published figure rests on at least; 3 is the usual lower limit",
    )


class AnalysisSettings(Settings):
    """One analysis: who, what counts, which model, which limits. One YAML file in conf/analyses."""

    name: str = Field(
        pattern=r"^[a-z][a-z0-9_]*$",
        description="name of the analysis; that of its file in conf/analyses",
    )
    starts_from: Literal["registers", "spells"] = Field(
        "registers", description="a delivery of registers, or a file with one row a spell"
    )
    labels: LabelSettings
    measure: Literal["restricted_mean", "share"] = Field(
        "restricted_mean",
        description="what of a survival curve is compared: the mean duration within the horizon, or"
        " the share with the event within it",
    )
    indicator: Literal["ratio", "difference", "inverse"] = Field(
        "ratio",
        description="ratio: above 1 is better than expected; inverse: its reciprocal (the report's"
        " appendix 3); difference: observed less expected, in weeks or percentage points",
    )
    population: PopulationSettings = PopulationSettings()
    observation: ObservationSettings = ObservationSettings()
    employment: EmploymentSettings = EmploymentSettings()
    spells: SpellSettings = SpellSettings()
    measurement: MeasurementSettings = MeasurementSettings()
    model: ModelSettings = ModelSettings()
    uncertainty: UncertaintySettings = UncertaintySettings()
    checks: CheckSettings = CheckSettings()
    cost: CostSettings | None = None
    efficiency: EfficiencySettings | None = None
    spells_file: SpellsFileSettings | None = None
    pupils: PupilsSettings | None = None
    residents: ResidentsSettings | None = None
    population_module: ModuleSettings | None = None
    immigrants: ImmigrantsSettings | None = None
    disclosure: DisclosureSettings = DisclosureSettings()
    published_comparison: bool = Field(
        False, description="the report sets the KORA report's figures beside the run's"
    )

    @model_validator(mode="before")
    @classmethod
    def _of_cases(cls, content: Any) -> Any:
        """Persons with an outcome have no durations: their share is compared, by its difference
        unless the settings say otherwise."""
        if isinstance(content, dict) and any(content.get(name) for name in CASE_SECTIONS):
            return {"measure": "share", "indicator": "difference"} | content
        return content

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if (self.starts_from == "spells") != (self.spells_file is not None):
            raise ValueError("starts_from: spells and the section spells_file go together")
        named = ("pupils", "residents", "immigrants", "population_module", "spells_file")
        if len([name for name in named if getattr(self, name) is not None]) > 1:
            raise ValueError(f"{', '.join(named)}: an analysis has one population")
        if self.starts_from_cases and self.measure != "share":
            raise ValueError("persons with an outcome have no durations: write measure: share")
        if self.efficiency is not None and self.cost is None:
            raise ValueError("efficiency needs the section cost")
        if self.uncertainty.verdict_indicator == "plain" and self.verdict_model == "within":
            raise ValueError(
                "uncertainty.verdict_indicator: plain repeats the report, whose model has no terms"
                " for municipalities; write model.verdict_model: pooled beside it"
            )
        self._refuse_verdicts_on_hidden_counts()
        refuse_unused(self)
        return self

    def _refuse_verdicts_on_hidden_counts(self) -> None:
        """A municipality whose events are hidden has no verdict, rank or class of cost: these would
        show by what is missing from the others and from the counts of the summary. Nor does a year
        of hidden full-year persons count in the costs: it would be a mean less the other years."""
        names = ["min_events", *(["min_non_events"] if self.measure == "share" else [])]
        least = self.disclosure.min_persons
        below = [name for name in names if getattr(self.uncertainty, name) < least]
        if below:
            raise ValueError(
                f"uncertainty.{' and uncertainty.'.join(below)}: verdicts rest on fewer persons"
                f" than may be published; write at least disclosure.min_persons, which is {least}"
            )
        if self.cost is not None and self.cost.min_full_year_persons < least:
            raise ValueError(
                "cost.min_full_year_persons: costs rest on fewer persons than may be published;"
                f" write at least disclosure.min_persons, which is {least}"
            )

    @property
    def starts_from_cases(self) -> bool:
        """Whether the analysis has one row a person with an outcome, and no spells."""
        return any(getattr(self, name) is not None for name in CASE_SECTIONS)

    @property
    def follows_work(self) -> bool:
        """Whether spells made from registers end in work."""
        return self.starts_from == "registers" and not self.starts_from_cases

    @property
    def opens_before_jobs(self) -> bool:
        """Whether spells may begin in weeks in which no register says who works."""
        return self.follows_work and self.population.window_start < JOBS_REPORTED_SINCE

    @property
    def verdict_indicator(self) -> VerdictIndicator:
        """Which indicator carries the verdicts. The observed share of cases is the plain one,
        because nobody is censored; their robust indicator is that of the model within
        municipalities."""
        if self.starts_from_cases and self.verdict_model == "pooled":
            return "plain"
        return self.uncertainty.verdict_indicator

    @property
    def verdict_model(self) -> VerdictModel:
        """The model that carries the verdicts."""
        return self.model.verdict_model

    @property
    def covariate_columns(self) -> tuple[str, ...]:
        """Columns of the spells the model needs."""
        return tuple(covariate.column for covariate in self.model.covariates)
