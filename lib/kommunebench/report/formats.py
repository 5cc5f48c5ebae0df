"""Numbers and dates as a reader of the language writes them."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

Language = Literal["da", "en"]

MISSING = "·"
NONE_PRINTED = "–"
_MONTHS_DA = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """Decimal comma and thousands point in Danish, the reverse in English; a true minus; ``·`` for
    a missing figure."""

    language: Language

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number with a fixed number of decimals; minus zero is zero."""
        if is_missing(value):
            return MISSING
        if math.isinf(float(value)):  # type: ignore[arg-type]
            return "∞" if float(value) > 0 else "−∞"  # type: ignore[arg-type]
        text = f"{abs(float(value)):,.{decimals}f}"  # type: ignore[arg-type]
        if self.language == "da":
            text = text.translate(str.maketrans(",.", ".,"))
        negative = float(value) < 0 and any(c in "123456789" for c in text)  # type: ignore[arg-type]
        return f"−{text}" if negative else text

    def signed(self, value: float | None, decimals: int = 0) -> str:
        """A number with its sign, also a plus: for differences."""
        text = self.number(value, decimals)
        return (
            text
            if text == MISSING or text.startswith("−") or not any(c in "123456789" for c in text)
            else f"+{text}"
        )

    def percent(self, share: float | None, decimals: int = 0) -> str:
        """A share of 0 to 1 as percent, with the sign; in Danish after a space that does not
        break."""
        if is_missing(share):
            return MISSING
        mark = "\u00a0%" if self.language == "da" else "%"
        return self.number(100 * float(share), decimals) + mark  # type: ignore[arg-type]

    def interval(self, low: float | None, high: float | None, decimals: int = 0) -> str:
        """Two ends of an interval."""
        if is_missing(low) and is_missing(high):
            return MISSING
        return f"{self.number(low, decimals)}–{self.number(high, decimals)}"

    def p_value(self, value: float | None) -> str:
        """A p-value to three decimals; below 0.001 as such."""
        if is_missing(value):
            return MISSING
        return f"< {self.number(0.001, 3)}" if float(value) < 0.001 else self.number(value, 3)  # type: ignore[arg-type]

    def p_equals(self, value: float | None) -> str:
        """The same as it stands in a sentence: p = 0.012, p < 0.001."""
        text = self.p_value(value)
        return f"p {text}" if text.startswith("<") else f"p = {text}"

    def day(self, value: date) -> str:
        """A date in words."""
        if self.language == "da":
            return f"{value.day}. {_MONTHS_DA[value.month - 1]} {value.year}"
        return f"{value.day} {_MONTHS_EN[value.month - 1]} {value.year}"


def is_missing(value: object) -> bool:
    """Whether a figure is absent: None or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))
