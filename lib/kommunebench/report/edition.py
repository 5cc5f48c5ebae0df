"""One report in one language: its data, settings, words and number format, handed to tables and
figures."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from kommunebench.errors import InputError
from kommunebench.report.data import ReportData
from kommunebench.report.formats import Language, NumberFormat, is_missing
from kommunebench.report.scale import IndicatorScale, scale_of
from kommunebench.report.texts import Words
from kommunebench.report.texts.measures import scale_words
from kommunebench.report.units import unit_frame
from kommunebench.settings.analysis import AnalysisSettings

_SIDES = {
    "restricted_mean": {"better": "sooner", "worse": "later"},
    "share": {"better": "more_often", "worse": "less_often"},
}
# An indicator beyond this is printed as a bound.
_LARGEST = 10_000.0


# Without slots, because what is derived from the data is worked out once and kept.
@dataclass(frozen=True)
class Edition:
    """Data (tidied), settings and language of one report."""

    data: ReportData
    settings: AnalysisSettings
    language: Language

    @cached_property
    def scale(self) -> IndicatorScale:
        """What the indicator measures and on which scale."""
        return scale_of(self.settings)

    @cached_property
    def words(self) -> Words:
        """Texts of the language, with the words of the analysis, its measure and its level."""
        fmt, level = self.fmt, self.level
        places = scale_words(self.scale, self.language, self.settings.labels, fmt)
        least_age = str(self.settings.checks.least_age)
        places |= {"level": _percent(fmt, level), "least_age": least_age}
        numbered = self.settings.published_comparison
        return Words(self.language, self.settings.labels, places, self.of_cases, numbered)

    @property
    def title(self) -> str:
        """The analysis in words."""
        return str(getattr(self.settings.labels, f"title_{self.language}"))

    @property
    def fmt(self) -> NumberFormat:
        """Numbers as the language writes them."""
        return NumberFormat(self.language)

    @property
    def level(self) -> float:
        """The confidence level of the intervals."""
        return self.settings.uncertainty.confidence_level

    @cached_property
    def units(self) -> pd.DataFrame:
        """Every unit of the run, in the columns of ``units.unit_frame``."""
        shares = self.scale.measure == "share"
        rows = self.data.share_indicators if shares else self.data.benchmark_indicators
        name = "share_indicators" if shares else "benchmark_indicators"
        if rows is None:
            raise InputError(
                f"report: the analysis {self.settings.name} measures {self.scale.measure}, but the"
                f" run has no table {name}; run the stage benchmark with these settings."
            )
        settings = self.settings
        return unit_frame(
            rows,
            self.scale,
            robust_decides=settings.verdict_indicator == "robust",
            within=settings.verdict_model == "within",
        )

    @cached_property
    def compared(self) -> pd.DataFrame:
        """Rows of the units in the comparison."""
        return self.units[self.units["included"].astype(bool)].reset_index(drop=True)

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Name by code of every unit of the run."""
        return dict(zip(self.units["municipality_code"], self.units["municipality"], strict=True))

    @property
    def summary(self) -> pd.Series:
        """The run's one row of headline figures."""
        return self.data.benchmark_summary.iloc[0]

    @property
    def horizon(self) -> int:
        """Where durations are cut, in the analysis' unit of time."""
        return self.settings.observation.horizon_weeks

    @property
    def price_year(self) -> int:
        """The year whose prices money is in."""
        assert self.settings.cost is not None
        return self.settings.cost.price_year

    @property
    def outliers(self) -> tuple[str, ...]:
        """Codes of the municipalities the settings leave out of the sensitivity regressions."""
        return self.settings.efficiency.outliers if self.settings.efficiency else ()

    @property
    def simulation_scale(self) -> str:
        """How many persons were simulated, as a multiple of the printed report's population."""
        scale = self.data.run.scale
        return self.fmt.number(scale, 0 if scale is not None and float(scale).is_integer() else 2)

    @property
    def verdict_word(self) -> str:
        """Which of the two indicators decides, as an adjective."""
        return self.words(f"verdict_{self.settings.verdict_indicator}")

    @property
    def from_registers(self) -> bool:
        """Whether the analysis starts from registers (else from spells made elsewhere)."""
        return self.settings.starts_from == "registers"

    @property
    def of_cases(self) -> bool:
        """Whether the analysis has persons with an outcome and no spells."""
        return self.settings.starts_from_cases

    @property
    def coefficients(self) -> pd.DataFrame:
        """The national model's coefficients: of the share model, or the hazard model."""
        rows = self.data.logit_coefficients
        return self.data.cox_coefficients if rows is None else rows

    @property
    def sooner_is_better(self) -> bool:
        """False where the event is unwanted."""
        return self.settings.labels.sooner_is_better

    def of_measure(self, key: str, **values: object) -> str:
        """The text a measure has of its own."""
        return self.words(f"{key}_{self.scale.measure}", **values)

    def of_scale(self, key: str, **values: object) -> str:
        """The text a measure and form of the indicator have of their own."""
        return self.words(f"{key}_{self.scale.measure}_{self.scale.form}", **values)

    def of_error(self, key: str, **values: object) -> str:
        """The text that depends on whether standard errors are of the log or of the difference."""
        return self.words(f"{key}_{'ratio' if self.scale.logarithmic else 'difference'}", **values)

    def compares(self, what: Literal["counts", "durations", "indicators"] = "counts") -> bool:
        """Whether printed figures stand beside the run's: counts wherever the settings ask for it,
        durations and indicators only where the run measures what the printed report did."""
        comparable = {
            "counts": True,
            "durations": self.scale.measure == "restricted_mean",
            "indicators": self.scale.as_printed,
        }
        return self.settings.published_comparison and comparable[what]

    @property
    def has_robust(self) -> bool:
        """Whether there is a robust indicator beside the plain one. Nobody among cases is censored:
        their other indicator is of another model, not robust."""
        return not self.of_cases and bool(self.compared["robust_pooled"].notna().any())

    @property
    def ranked(self) -> bool:
        """Whether the run has tiers, ranks and shrunk indicators: with few verdicts it has none."""
        return not is_missing(self.summary["tiers"])

    @property
    def pools_everybody(self) -> bool:
        """Whether ``pooled`` is of more than the units compared: the summary's figure is of all."""
        of_summary = self.summary.get(f"pooled_observed_{self.scale.quantity}")
        return not is_missing(of_summary) and 0 < len(self.compared) < len(self.units)

    def pooled(self, side: Literal["observed", "expected"]) -> float:
        """Observed or expected duration (in the unit of time) or share (in percent): the summary's,
        which is of all units, else the mean over the units compared, weighted by their cases."""
        value = self.summary.get(f"pooled_{side}_{self.scale.quantity}")
        if value is not None and not is_missing(value):
            return self.scale.factor * float(value)
        rows = self.compared[self.compared[side].notna() & self.compared["cases"].notna()]
        if rows.empty:
            return float("nan")
        return float(np.average(rows[side].astype(float), weights=rows["cases"].astype(float)))

    def measured(self, value: float | None) -> str:
        """A duration or share as sentences print it: the number of weeks, or percent."""
        if value is not None and self.scale.measure == "share":
            return self.fmt.percent(value / 100, 1)
        return self.fmt.number(value, 1)

    def indicator(self, value: float | None, decimals: int | None = None) -> str:
        """An indicator as it is printed in tables: a ratio to three decimals, a difference to one
        and with its sign (or with as many decimals as asked for); one too large to read, as a
        bound."""
        places = self.scale.decimals if decimals is None else decimals
        if value is not None and abs(value) > _LARGEST:
            bound = self.fmt.number(_LARGEST)
            return f"> {bound}" if value > 0 else f"< −{bound}"
        if self.scale.logarithmic:
            return self.fmt.number(value, places)
        return self.fmt.signed(value, places)

    def departure(self, position: float | None, decimals: int = 1) -> str:
        """A distance on the scale of standard errors in words: percent for ratios, else the unit
        of the difference."""
        if is_missing(position):
            return self.fmt.number(None)
        if self.scale.logarithmic:
            return self.fmt.percent(position, decimals)
        return f"{self.fmt.number(position, decimals)} {self.words.places['difference_in']}"

    def assessment(self, code: object) -> str:
        """A verdict in words: better or worse where the event is wanted, else words that do not
        judge."""
        if code is None:
            return self.words.code("assessment", "none")
        return self.words.code("assessment", self._side(str(code)))

    def short_assessment(self, code: str) -> str:
        """The same in a word or two, for a table's column."""
        return self.words.code("assessment_short", self._side(code))

    def _side(self, code: str) -> str:
        neutral = _SIDES[self.scale.measure]
        return code if self.sooner_is_better else neutral.get(code, code)

    def fifth(self, fifth: int) -> str:
        """A fifth in words, which judge only where the event is wanted."""
        return self.words.code("fifth", fifth) if self.sooner_is_better else str(fifth)


def _percent(fmt: NumberFormat, level: float) -> str:
    """A level with the decimals it has: 95 %, 99.5 %."""
    share = 100 * level
    decimals = next(d for d in range(4) if d == 3 or abs(round(share, d) - share) < 1e-9)
    return fmt.percent(level, decimals)
