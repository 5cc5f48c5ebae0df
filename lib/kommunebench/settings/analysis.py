"""The settings of an analysis: every decision of the method, with its default. Unknown keys are
errors."""

from datetime import date
from typing import Annotated, Literal, Self

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
from kommunebench.settings.populations import (
    ImmigrantsSettings,
    ModuleSettings,
    PupilsSettings,
    ResidentsSettings,
)
from kommunebench.verdict_rules import VerdictIndicator, VerdictRules

Share = Annotated[float, Field(ge=0, le=1)]
# The defaults of the comparison's limits stand with the rules that the benchmark works with.
_RULES = VerdictRules()
_ACCOUNTS, _EFFICIENCY = AccountSettings(), EfficiencyRules()

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

    residence_bases: tuple[str, ...] = RESIDENCE_BASES
    window_start: date = date(2008, 1, 1)
    window_end: date = date(2015, 12, 31)
    age_min: int = Field(18, ge=0)
    age_max: int = Field(64, ge=0)
    non_western_only: bool = True

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

    observation_end: date = date(2016, 8, 31)
    horizon_weeks: int = Field(156, ge=1, le=520)
    age_limit_year: int = Field(
        64, ge=1, description="the year of this birthday ends the analysis at 1 January"
    )
    holiday_codes_transfer_free: tuple[str, ...] = ("121", "122", "123")
    dream_extract: str | None = Field(
        None, description="period of the DREAM file to use (YYYYMM); none: the newest"
    )
    follow_only_establishable_weeks: bool = Field(
        True, description="stop at the last week whose success could still be established"
    )


class EmploymentSettings(Settings):
    """The employment that counts as success (method, section 3)."""

    weeks: int = Field(13, ge=1)
    hours_per_week: float = Field(20.0, gt=0)
    hours_tolerance: float = Field(0.25, ge=0)
    hours_source: Literal["hours", "atp"] = "hours"
    zero_hours_weeks_to_end: int = Field(4, ge=1)
    education_counts: bool = Field(
        False,
        description="the first week of education, too, is success, and education does not censor",
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

    last_start_date: date = date(2015, 12, 31)
    censoring_reasons: tuple[str, ...] = CENSORING_REASONS
    placement_grace_weeks: int = Field(0, ge=0)

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
        None, ge=1, description="weeks of the spell searched for a match group; none: all"
    )
    health_window: Literal["selection_year", "first_year"] = "selection_year"
    health_min_months: float = Field(1.0, gt=0)


class Covariate(Settings):
    """One covariate of the model, by its column in the spells."""

    column: str
    kind: Literal["category", "number", "indicator"]
    prefix: str | None = Field(
        None, description="term = prefix_value; none: the column's name; empty: the value alone"
    )
    reference: str | None = None
    bins: tuple[float, ...] | None = Field(
        None, description="cut a number into classes [b0, b1), [b1, b2), …"
    )
    bin_labels: tuple[str, ...] | None = None
    label_da: str | None = None
    label_en: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.kind == "category" and self.reference is None:
            raise ValueError(f"covariate {self.column}: a category needs its reference")
        if self.kind != "category" and (self.reference is not None or self.bins is not None):
            raise ValueError(f"covariate {self.column}: reference and bins belong to kind category")
        if self.bins is not None and (
            self.bin_labels is None or len(self.bin_labels) != len(self.bins) - 1
        ):
            raise ValueError(f"covariate {self.column}: {len(self.bins) - 1} bin_labels needed")
        return self


class ModelSettings(Settings):
    """The national model behind the expected duration, and the comparison (method, sections 5 to
    7)."""

    covariates: tuple[Covariate, ...] = ()
    group: str | None = Field(
        "sex", description="column whose values have a model each; none: one model"
    )
    ties: Literal["breslow", "efron"] = "breslow"
    baseline: Literal["kalbfleisch_prentice", "breslow"] = "kalbfleisch_prentice"
    min_spells: int = Field(100, ge=1)
    municipality_effects: bool = Field(
        False, description="sensitivity: coefficients from a model with municipality terms"
    )
    collect_limit_rows: int = Field(
        2_000_000, ge=1, description="more spells than this are fitted inside Spark tasks"
    )
    engine: Literal["auto", "arrays", "spark"] = Field(
        "auto",
        description=(
            "arrays: the spells in memory on the driver; spark: sums over blocks in tasks; auto: by"
            " collect_limit_rows"
        ),
    )
    proportionality_test: bool = Field(
        False,
        description="Schoenfeld test of proportional hazards per term, in gold.proportionality",
    )


class TierSettings(Settings):
    """Tiers of municipalities (method, section 7)."""

    error_rate: Share = _RULES.tier_error_rate


class UncertaintySettings(Settings):
    """Standard errors, verdicts, spread, ranks (method, section 7)."""

    verdict_indicator: VerdictIndicator = _RULES.verdict_indicator
    confidence_level: float = Field(_RULES.confidence_level, gt=0.5, lt=1)
    min_events: int = Field(_RULES.min_events, ge=2)
    min_non_events: int = Field(
        _RULES.min_non_events, ge=0, description="of a share: spells without the event"
    )
    support_share: Share = _RULES.support_share
    min_verdicts: int = Field(
        _RULES.min_verdicts, ge=2, description="with fewer there is no spread, tier or rank"
    )
    fdr_level: float = Field(_RULES.fdr_level, gt=0, lt=1)
    replicates: int = Field(1000, ge=0)
    posterior_draws: int = Field(_RULES.draws, ge=100)
    seed: int = _RULES.seed
    tiers: TierSettings = TierSettings()


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

    function: str = _ACCOUNTS.function
    groups: tuple[str, ...] = Field(
        _ACCOUNTS.groups,
        min_length=1,
        description="account groups that are programme expenditure",
    )
    other_groups: tuple[str, ...] | None = Field(
        _ACCOUNTS.other_groups,
        description=(
            "the function's further groups, shown beside; a code in neither list is unknown and"
            " left out; none: all are known"
        ),
    )
    sensitivity_groups: tuple[str, ...] = Field(
        FEWER_GROUPS,
        min_length=1,
        description="account groups of the sensitivity",
    )
    kinds: AccountKindSettings = AccountKindSettings()
    first_year: int = _ACCOUNTS.first_year
    last_year: int = _ACCOUNTS.last_year
    price_year: int = _ACCOUNTS.price_year
    min_full_year_persons: float = Field(
        MIN_FULL_YEAR_PERSONS, ge=0, description="a municipality's year counts with more than this"
    )
    autocorrelation: Autocorrelation = Field(
        "none", description="pooled: intervals allow for years that go together"
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

    outliers: tuple[str, ...] = _EFFICIENCY.outliers
    distribution: DistributionName = _EFFICIENCY.distribution
    noise: Noise = _EFFICIENCY.noise
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
        description="draws from which those intervals are taken",
    )
    simex_draws: int = Field(_EFFICIENCY.simex.draws, ge=10)
    seed: int = Field(
        _EFFICIENCY.simex.seed, description="of the draws of SIMEX and of the intervals"
    )


class SpellsFileSettings(Settings):
    """Columns of the file of an analysis that starts from spells (method, section 9)."""

    unit: str
    duration: str
    event: str
    person: str | None = None
    group: str | None = None
    potential_follow_up: str | None = Field(
        None, description="column with the longest possible duration of each spell"
    )
    potential_follow_up_from: str | None = Field(
        None, description="column subtracted from follow_up_end to give it"
    )
    follow_up_end: float | None = None

    @model_validator(mode="after")
    def _follow_up(self) -> Self:
        if (self.potential_follow_up_from is None) != (self.follow_up_end is None):
            raise ValueError("potential_follow_up_from and follow_up_end go together")
        return self


class LabelSettings(Settings):
    """Words of the report, each in Danish and English."""

    title_da: str
    title_en: str
    unit_da: str = "kommune"
    unit_en: str = "municipality"
    units_da: str = "kommuner"
    units_en: str = "municipalities"
    event_da: str = "beskæftigelse"
    event_en: str = "employment"
    time_da: str = "uger"
    time_en: str = "weeks"
    sooner_is_better: bool = Field(
        True, description="false where the event is unwanted: the report then says so"
    )


class DisclosureSettings(Settings):
    """What a cell must rest on before it leaves (registers, section 1)."""

    min_persons: int = Field(5, ge=1)


class AnalysisSettings(Settings):
    """One analysis: who, what counts, which model, which limits. One YAML file in conf/analyses."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    starts_from: Literal["registers", "spells"] = "registers"
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

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if (self.starts_from == "spells") != (self.spells_file is not None):
            raise ValueError("starts_from: spells and the section spells_file go together")
        named = ("pupils", "residents", "immigrants", "population_module", "spells_file")
        if len([name for name in named if getattr(self, name) is not None]) > 1:
            raise ValueError(f"{', '.join(named)}: an analysis has one population")
        if self.efficiency is not None and self.cost is None:
            raise ValueError("efficiency needs the section cost")
        return self

    @property
    def starts_from_cases(self) -> bool:
        """Whether the analysis has one row a person with an outcome, and no spells."""
        sections = (self.pupils, self.residents, self.population_module)
        return any(section is not None for section in sections)

    @property
    def covariate_columns(self) -> tuple[str, ...]:
        """Columns of the spells the model needs."""
        return tuple(covariate.column for covariate in self.model.covariates)
