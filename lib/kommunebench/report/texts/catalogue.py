"""Looking up a text in one language, with the analysis' own words filled in."""

from collections.abc import Iterable
from dataclasses import dataclass

from kommunebench.report.formats import Language
from kommunebench.report.texts.codes import CODES
from kommunebench.report.texts.comparison import COMPARISON_TEXTS
from kommunebench.report.texts.cost_notes import COST_NOTE_TEXTS
from kommunebench.report.texts.costs import COST_TEXTS
from kommunebench.report.texts.figures import FIGURE_TEXTS
from kommunebench.report.texts.method import METHOD_TEXTS
from kommunebench.report.texts.notes import NOTE_TEXTS
from kommunebench.report.texts.page import PAGE_TEXTS
from kommunebench.report.texts.tables import TABLE_TEXTS
from kommunebench.report.texts.text import Text
from kommunebench.settings.analysis import LabelSettings

TEXTS: dict[str, Text] = {
    **PAGE_TEXTS, **TABLE_TEXTS, **FIGURE_TEXTS, **METHOD_TEXTS, **NOTE_TEXTS, **COST_TEXTS, **COST_NOTE_TEXTS,
    **COMPARISON_TEXTS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Texts of one language. Every text may name {unit}, {units}, {event}, {time}, and the same
    with a capital."""

    language: Language
    labels: LabelSettings

    def __call__(self, key: str, **values: object) -> str:
        """The text with its places filled. Raises KeyError for a text or a place that does not
        exist."""
        return TEXTS[key].of(self.language).format(**self.own_words(), **values)

    def code(self, family: str, value: object) -> str:
        """The label of a coded value, such as an outcome or a reason; an unlisted one with spaces
        for underscores."""
        known = CODES[family].get(str(value))
        return known.of(self.language) if known else str(value).replace("_", " ")

    def knows(self, family: str, value: object) -> bool:
        """Whether a coded value has a label."""
        return str(value) in CODES[family]

    def in_order(self, family: str, values: Iterable[object]) -> list[str]:
        """Values once each, in the order in which their labels are listed; unlisted ones last, as
        they come."""
        found = list(dict.fromkeys(str(value) for value in values))
        listed = list(CODES[family])
        return sorted(
            found, key=lambda value: listed.index(value) if value in listed else len(listed)
        )

    def own_words(self) -> dict[str, str]:
        """The analysis' words for what is compared, what happens and how time is counted."""
        own = {
            name: str(getattr(self.labels, f"{name}_{self.language}"))
            for name in ("unit", "units", "event", "time")
        }
        return own | {name.capitalize(): word[:1].upper() + word[1:] for name, word in own.items()}
