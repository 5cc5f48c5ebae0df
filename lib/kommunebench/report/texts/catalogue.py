"""Looking up a text in one language, with the analysis' own words filled in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kommunebench.report.formats import Language
from kommunebench.report.texts.calibration import CALIBRATION_TEXTS
from kommunebench.report.texts.case_codes import CASE_CODES
from kommunebench.report.texts.case_headlines import CASE_HEADLINES
from kommunebench.report.texts.cases import CASE_WORDINGS
from kommunebench.report.texts.checks import CHECK_TEXTS
from kommunebench.report.texts.codes import CODES
from kommunebench.report.texts.comparison import COMPARISON_TEXTS
from kommunebench.report.texts.cost_notes import COST_NOTE_TEXTS
from kommunebench.report.texts.costs import COST_TEXTS
from kommunebench.report.texts.factsheet import FACTSHEET_TEXTS
from kommunebench.report.texts.figures import FIGURE_TEXTS
from kommunebench.report.texts.frontiers import FRONTIER_TEXTS
from kommunebench.report.texts.headlines import HEADLINE_TEXTS
from kommunebench.report.texts.measures import MEASURE_TEXTS
from kommunebench.report.texts.method import METHOD_TEXTS
from kommunebench.report.texts.notes import NOTE_TEXTS
from kommunebench.report.texts.overview import OVERVIEW_TEXTS
from kommunebench.report.texts.page import PAGE_TEXTS
from kommunebench.report.texts.precision import PRECISION_TEXTS
from kommunebench.report.texts.tables import TABLE_TEXTS
from kommunebench.report.texts.text import Text, capital
from kommunebench.settings.analysis import LabelSettings

# The printed report's number before a caption: Table 3.1, Appendix table 6.1.
_NUMBER = re.compile(r"^(Tabel|Table|Figur|Figure|Bilagstabel|Appendix table) \d+\.\d+ (?=\S)")

TEXTS: dict[str, Text] = {
    **PAGE_TEXTS,
    **HEADLINE_TEXTS,
    **TABLE_TEXTS,
    **FIGURE_TEXTS,
    **METHOD_TEXTS,
    **MEASURE_TEXTS,
    **NOTE_TEXTS,
    **CHECK_TEXTS,
    **CALIBRATION_TEXTS,
    **PRECISION_TEXTS,
    **COST_TEXTS,
    **COST_NOTE_TEXTS,
    **FRONTIER_TEXTS,
    **COMPARISON_TEXTS,
    **FACTSHEET_TEXTS,
    **OVERVIEW_TEXTS,
}
_OF_CASES = {**CASE_WORDINGS, **CASE_HEADLINES}


@dataclass(frozen=True, slots=True)
class Words:
    """Texts of one language. Every text may name {unit}, {units}, {event}, {time}, the same with a
    capital, and what ``places`` holds. ``of_cases``: the analysis has persons with an outcome and
    no spells; texts and labels that speak of spells then have wordings of their own.
    ``numbered``: tables and figures keep the printed report's numbers, which mean nothing where it
    is not compared with."""

    language: Language
    labels: LabelSettings
    places: Mapping[str, str] = field(default_factory=dict)
    of_cases: bool = False
    numbered: bool = True

    def __call__(self, key: str, **values: object) -> str:
        """The text with its places filled. Raises KeyError for a text or a place that does not
        exist."""
        text = _OF_CASES.get(key, TEXTS.get(key)) if self.of_cases else TEXTS.get(key)
        if text is None:
            raise KeyError(key)
        said = text.of(self.language)
        said = said if self.numbered else _NUMBER.sub("", said)
        return said.format(**{**self._filled(), **values})

    def counted(self, key: str, counted: float, **values: object) -> str:
        """The text, in its wording for a single one (KEY_one) where that is what is counted."""
        return self(f"{key}_one" if counted == 1 else key, **values)

    def code(self, family: str, value: object) -> str:
        """The label of a coded value, such as an outcome or a reason; an unlisted one with spaces
        for underscores."""
        label = CASE_CODES.get(family, {}).get(str(value)) if self.of_cases else None
        label = label or CODES[family].get(str(value))
        if label is None:
            return str(value).replace("_", " ")
        return label.of(self.language).format(**self._filled())

    def listed(self, names: Sequence[str]) -> str:
        """Names as a sentence lists them: a, b and c."""
        return self("and").join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    def knows(self, family: str, value: object) -> bool:
        """Whether a coded value has a label."""
        return str(value) in CODES[family]

    def position(self, family: str, value: object) -> int:
        """Where a coded value stands in the list of labels; an unlisted one after all that are."""
        listed = list(CODES[family])
        return listed.index(str(value)) if str(value) in listed else len(listed)

    def in_order(self, family: str, values: Iterable[object]) -> list[str]:
        """Values once each, in the order in which their labels are listed; unlisted ones last, as
        they come."""
        distinct = list(dict.fromkeys(str(value) for value in values))
        return sorted(distinct, key=lambda value: self.position(family, value))

    def _filled(self) -> dict[str, str]:
        """What every text may name: the analysis' words for what is compared, what happens and how
        time is counted, and the places."""
        words = {
            name: str(getattr(self.labels, f"{name}_{self.language}"))
            for name in ("unit", "units", "event", "time")
        }
        words |= {name.capitalize(): capital(word) for name, word in words.items()}
        return words | dict(self.places)
