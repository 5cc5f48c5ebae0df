"""One report in one language: its data, settings, words and number format, handed to tables and
figures."""

from dataclasses import dataclass

import pandas as pd

from kommunebench.report.data import ReportData
from kommunebench.report.formats import Language, NumberFormat
from kommunebench.report.texts import Words
from kommunebench.settings.analysis import AnalysisSettings

_SIDES = {"better": "sooner", "worse": "later"}


@dataclass(frozen=True, slots=True)
class Edition:
    """Data (tidied), settings and language of one report."""

    data: ReportData
    settings: AnalysisSettings
    language: Language

    @property
    def words(self) -> Words:
        """Texts of the language, with the analysis' own words."""
        return Words(self.language, self.settings.labels)

    @property
    def fmt(self) -> NumberFormat:
        """Numbers as the language writes them."""
        return NumberFormat(self.language)

    @property
    def compared(self) -> pd.DataFrame:
        """Rows of the units in the comparison, with ``verdict`` and ``verdict_se`` (of the log),
        the deciding indicator's."""
        rows = self.data.benchmark_indicators
        robust = self.settings.uncertainty.verdict_indicator == "robust"
        chosen = (
            ("indicator_robust", "indicator_robust_se") if robust else ("indicator", "indicator_se")
        )
        return (
            rows[rows["included"]]
            .assign(verdict=rows[chosen[0]], verdict_se=rows[chosen[1]])
            .reset_index(drop=True)
        )

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
    def scale(self) -> str:
        """How many persons were simulated, as a multiple of the printed report's population."""
        scale = self.data.run.scale
        return self.fmt.number(scale, 0 if scale is not None and float(scale).is_integer() else 2)

    @property
    def verdict_word(self) -> str:
        """Which of the two indicators decides, as an adjective."""
        return self.words(f"verdict_{self.settings.uncertainty.verdict_indicator}")

    @property
    def from_registers(self) -> bool:
        """Whether the analysis starts from registers (else from spells made elsewhere)."""
        return self.settings.starts_from == "registers"

    @property
    def sooner_is_better(self) -> bool:
        """False where the event is unwanted."""
        return self.settings.labels.sooner_is_better

    def assessment(self, code: object) -> str:
        """A verdict in words: better or worse where the event is wanted, else sooner or later,
        which do not judge."""
        if code is None:
            return self.words.code("assessment", "none")
        key = str(code) if self.sooner_is_better else _SIDES.get(str(code), str(code))
        return self.words.code("assessment", key)

    def short_assessment(self, code: str) -> str:
        """The same in a word or two, for a table's column."""
        key = code if self.sooner_is_better else _SIDES.get(code, code)
        return self.words.code("assessment_short", key)
