"""Settings of the national model, its covariates, and the uncertainty of the comparison."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kommunebench.settings.base import Settings
from kommunebench.verdict_rules import (
    CONSTANT_SHARE,
    PaceErrorName,
    PaceName,
    VerdictIndicator,
    VerdictModel,
    VerdictRules,
)

Share = Annotated[float, Field(ge=0, le=1)]

# The defaults of the comparison's limits stand with the rules that the benchmark works with.
_RULES = VerdictRules()


class Covariate(Settings):
    """One covariate of the model, by its column in the spells."""

    column: str = Field(description="column of the spells, cases or file of spells")
    kind: Literal["category", "number", "indicator"] = Field(
        description="category: a term for each level but the reference; number: linear; indicator:"
        " 0 or 1"
    )
    prefix: str | None = Field(
        None, description="term = prefix_value; none: the column's name; empty: the value alone"
    )
    reference: str | None = Field(None, description="level of a category without a term")
    bins: tuple[float, ...] | None = Field(
        None,
        description="cut a number into classes [b0, b1), [b1, b2), …; one that lies in none of them"
        " is refused",
    )
    bin_labels: tuple[str, ...] | None = Field(None, description="names of those classes")
    label_da: str | None = Field(None, description="name in the Danish report; none: the column")
    label_en: str | None = Field(None, description="name in the English report; none: the column")

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
    ties: Literal["breslow", "efron"] = Field(
        "breslow",
        description="efron needs uncertainty.replicates: 0, since replicates have Breslow's ties",
    )
    baseline: Literal["kalbfleisch_prentice", "breslow"] = Field(
        "kalbfleisch_prentice",
        description="estimate of the baseline survival; without covariates the first is"
        " Kaplan-Meier's",
    )
    min_spells: int = Field(
        100,
        ge=1,
        description="municipalities with fewer spells (cases) are in the model, not compared",
    )
    verdict_model: VerdictModel = Field(
        _RULES.verdict_model,
        description="the model that carries the verdicts: within has a term for each municipality,"
        " pooled has none, as the report's; tables 3.1, 3.2 and 6.1 and the fifths are always"
        " pooled",
    )
    constant_share: float = Field(
        CONSTANT_SHARE,
        ge=0,
        lt=1,
        description="a covariate of whose variance at most this share lies within municipalities"
        " counts as constant there and goes to the second stage of the model within",
    )
    # A fit holds up to 5.65 times spells × columns of 8 bytes at its peak, 45 bytes each (measured
    # within units, 240,000 × 167 in one group: 1.8 GB beside 0.4 GB of process and spells), 1.6 GB
    # at this limit. The main analysis has 36,700 spells, 70 columns and 97 units: 6.1 million
    # cells, 0.3 GB.
    collect_limit_cells: int = Field(
        35_000_000,
        ge=1,
        description="spells times columns of the widest model, one for each unit included; more"
        " than this are fitted inside Spark tasks (45 bytes each on the driver)",
    )
    engine: Literal["auto", "arrays", "spark"] = Field(
        "auto",
        description=(
            "arrays: the spells in memory on the driver; spark: sums over blocks in tasks; auto: by"
            " collect_limit_cells"
        ),
    )
    proportionality_test: bool = Field(
        False,
        description="Schoenfeld test of proportional hazards per term, in gold.proportionality",
    )


class TierSettings(Settings):
    """Tiers of municipalities (method, section 7)."""

    error_rate: Share = Field(
        _RULES.tier_error_rate,
        description="share of wrong orders expected among pairs in different tiers, at most",
    )


class UncertaintySettings(Settings):
    """Standard errors, verdicts, spread, ranks (method, section 7)."""

    verdict_indicator: VerdictIndicator = Field(
        _RULES.verdict_indicator,
        description="indicator of the verdicts: robust to censoring by the calendar, or plain, as"
        " in the report",
    )
    pace: PaceName = Field(
        _RULES.pace,
        description="how a performance becomes a pace: allowing for its curvature in the log"
        " hazard, or divided by its slope, as the method has it",
    )
    pace_error: PaceErrorName = Field(
        _RULES.pace_error,
        description="error of a pace in spread, shrinkage, tiers and ranks: the one with which a"
        " normal distribution has the verdict's interval, or the standard error, as the method has"
        " it",
    )
    confidence_level: float = Field(
        _RULES.confidence_level, gt=0.5, lt=1, description="of all intervals and verdicts"
    )
    min_events: int = Field(
        _RULES.min_events,
        ge=2,
        description="with fewer a municipality has no verdict; disclosure.min_persons at least",
    )
    min_non_events: int = Field(
        _RULES.min_non_events,
        ge=0,
        description="of a share: spells without the event; disclosure.min_persons at least",
    )
    support_share: Share = Field(
        _RULES.support_share,
        description="no verdict where nobody is at risk at this share of the horizon, unless the"
        " curve is zero there",
    )
    min_verdicts: int = Field(
        _RULES.min_verdicts, ge=2, description="with fewer there is no spread, tier or rank"
    )
    fdr_level: float = Field(
        _RULES.fdr_level, gt=0, lt=1, description="false discovery rate of the flags"
    )
    replicates: int = Field(
        1000, ge=0, description="of the bootstrap that checks the errors; 0: no bootstrap"
    )
    posterior_draws: int = Field(
        _RULES.draws, ge=100, description="from which ranks and probabilities of fifths are taken"
    )
    seed: int = Field(_RULES.seed, ge=0, description="of the bootstrap and of those draws")
    tiers: TierSettings = TierSettings()
