"""Settings of the national model, its covariates, and the uncertainty of the comparison."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kommunebench.settings.base import Settings, refuse_weeks_out_of_order
from kommunebench.verdict_rules import (
    CONSTANT_SHARE,
    EVENTS_PER_COLUMN,
    PIECEWISE_CUTS,
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
        description=(
            "bounds of the classes [b0, b1), [b1, b2), … into which a number is cut; a number"
            " in none of them is an error"
        ),
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
        description=(
            "how tied durations are treated; efron needs uncertainty.replicates: 0, because"
            " the bootstrap uses Breslow's ties"
        ),
    )
    baseline: Literal["kalbfleisch_prentice", "breslow", "piecewise"] = Field(
        "kalbfleisch_prentice",
        description=(
            "baseline of the national model. kalbfleisch_prentice, breslow: estimates of the"
            " baseline survival after a Cox model; without covariates kalbfleisch_prentice is"
            " the Kaplan-Meier estimate. piecewise: a hazard that is constant within intervals,"
            " estimated together with the coefficients (a Poisson regression)"
        ),
    )
    piecewise_cuts: tuple[int, ...] = Field(
        PIECEWISE_CUTS,
        description=(
            "weeks after which the hazard may change, of baseline: piecewise and of the check"
            " piecewise; an empty list: it is the same in all weeks. A change repeats the model,"
            " also where the check alone has such a hazard"
        ),
    )
    min_spells: int = Field(
        100,
        ge=1,
        description=(
            "municipalities with fewer spells (or cases) are in the model, but are not compared"
        ),
    )
    verdict_model: VerdictModel = Field(
        _RULES.verdict_model,
        description=(
            "model that carries the verdicts: within has a term for each municipality, pooled"
            " has none, like the report's. Tables 3.1, 3.2 and 6.1 and the fifths always come"
            " from the pooled model"
        ),
    )
    constant_share: float = Field(
        CONSTANT_SHARE,
        ge=0,
        lt=1,
        description=(
            "a covariate counts as constant within municipalities if at most this share of"
            " its variance lies within them; it then goes to the second stage of the model"
            " within"
        ),
    )
    events_per_column: float = Field(
        EVENTS_PER_COLUMN,
        ge=0,
        allow_inf_nan=False,
        description=(
            "with fewer events (of shares: successes, or failures where these are fewer) than"
            " this for each column of a group's covariates every level has the prior N(0, 2.5²);"
            " 0: never, so that only levels with one to four events have it"
        ),
    )
    # A fit holds up to 5.65 times spells × columns of 8 bytes at its peak, 45 bytes each (measured
    # within units, 240,000 × 167 in one group: 1.8 GB beside 0.4 GB of process and spells), 3.6 GB
    # at this limit. Groups are fitted one after the other: two of 200,000 spells took 1.3 GB beside
    # 0.7 GB. The main analysis has 36,698 spells and 178 columns: 6.5 million cells, 0.3 GB.
    collect_limit_cells: int = Field(
        80_000_000,
        ge=1,
        description=(
            "engine auto: up to this many cells (spells times columns of the widest model, a"
            " column for each municipality included) the model is fitted in memory on the"
            " driver, at 45 bytes a cell; above, inside Spark tasks"
        ),
    )
    engine: Literal["auto", "arrays", "spark"] = Field(
        "auto",
        description=(
            "arrays: the spells in memory on the driver; spark: sums over blocks of spells in"
            " tasks; auto: chosen by collect_limit_cells"
        ),
    )
    proportionality_test: bool = Field(
        False,
        description="Schoenfeld test of proportional hazards per term, in gold.proportionality",
    )

    @model_validator(mode="after")
    def _weeks_rise(self) -> Self:
        refuse_weeks_out_of_order("piecewise_cuts", self.piecewise_cuts)
        return self


class TierSettings(Settings):
    """Tiers of municipalities (method, section 7)."""

    error_rate: Share = Field(
        _RULES.tier_error_rate,
        description=(
            "at most this share of the pairs in different tiers is expected to be in the"
            " wrong order"
        ),
    )


class UncertaintySettings(Settings):
    """Standard errors, verdicts, spread, ranks (method, section 7)."""

    verdict_indicator: VerdictIndicator = Field(
        _RULES.verdict_indicator,
        description=(
            "indicator behind the verdicts: robust, corrected for persons who came too late"
            " to be followed to the horizon; or plain, as in the report"
        ),
    )
    pace: PaceName = Field(
        _RULES.pace,
        description=(
            "how the pace is computed from the indicator: curved allows for the curvature of"
            " the indicator in the log hazard, linear divides by its slope, as the method has"
            " it"
        ),
    )
    pace_error: PaceErrorName = Field(
        _RULES.pace_error,
        description="error of a pace in spread, shrinkage, tiers and ranks: the one with which a"
        " normal distribution has the verdict's interval, or the standard error, as the method has"
        " it",
    )
    confidence_level: float = Field(
        _RULES.confidence_level,
        gt=0.5,
        lt=1,
        description="confidence level of all intervals and verdicts",
    )
    min_events: int = Field(
        _RULES.min_events,
        ge=2,
        description=(
            "a municipality with fewer events has no verdict; not below disclosure.min_persons"
        ),
    )
    min_non_events: int = Field(
        _RULES.min_non_events,
        ge=0,
        description=(
            "of shares: a municipality with fewer spells without the event has no verdict;"
            " not below disclosure.min_persons"
        ),
    )
    support_share: Share = Field(
        _RULES.support_share,
        description="no verdict for a municipality where nobody is at risk at this share of the"
        " horizon, unless its curve is zero there",
    )
    min_verdicts: int = Field(
        _RULES.min_verdicts,
        ge=2,
        description="with fewer verdicts there is no spread, tier or rank",
    )
    fdr_level: float = Field(
        _RULES.fdr_level, gt=0, lt=1, description="false discovery rate of the flags"
    )
    replicates: int = Field(
        1000,
        ge=0,
        description="number of bootstrap replicates, which check the standard errors; 0: none",
    )
    posterior_draws: int = Field(
        _RULES.draws,
        ge=100,
        description="number of draws for ranks and for probabilities of fifths",
    )
    seed: int = Field(_RULES.seed, ge=0, description="seed of the bootstrap and of those draws")
    tiers: TierSettings = TierSettings()
