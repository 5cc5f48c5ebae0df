"""One text in both languages."""

from dataclasses import dataclass

from kommunebench.report.formats import Language


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Danish and English."""

    da: str
    en: str

    def of(self, language: Language) -> str:
        """The text in one language."""
        return self.da if language == "da" else self.en


def capital(words: str) -> str:
    """The words with a capital first letter; the rest as it is."""
    return words[:1].upper() + words[1:]
