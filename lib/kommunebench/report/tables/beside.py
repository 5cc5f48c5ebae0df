"""A run's figure beside the published one: three cells where the analysis asks for the comparison,
else one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from kommunebench.report.edition import Edition
from kommunebench.report.formats import NONE_PRINTED, is_missing
from kommunebench.report.published import figures_by
from kommunebench.report.tables.model import Column


@dataclass(frozen=True, slots=True)
class Beside:
    """Makes the columns and the cells of figures that may have a published counterpart; ``what``
    says what they are, because durations and indicators compare only where the run measures what
    the printed report did."""

    edition: Edition
    what: Literal["counts", "durations", "indicators"] = "counts"

    @property
    def compares(self) -> bool:
        """Whether published figures are shown."""
        return self.edition.compares(self.what)

    def columns(self, label: str) -> tuple[Column, ...]:
        """Run, published and difference under the label; the label alone without comparison."""
        if not self.compares:
            return (Column(label),)
        words = self.edition.words
        return tuple(Column(words(key), label) for key in ("run", "published", "difference"))

    def printed(self, name: str, keys: tuple[str, ...], value: str) -> Callable[..., float | None]:
        """Look-up in a reference table; without comparison every figure is None."""
        return figures_by(name, keys, value) if self.compares else _nothing

    def cells(
        self, run: float | None, published: float | None, decimals: int = 0
    ) -> tuple[str, ...]:
        """The figures under those columns, differences signed; a dash where the source prints
        nothing."""
        fmt = self.edition.fmt
        of_run = fmt.number(run, decimals)
        if not self.compares:
            return (of_run,)
        if is_missing(published):
            return of_run, NONE_PRINTED, NONE_PRINTED
        gap = None if is_missing(run) else _rounded(run, decimals) - _rounded(published, decimals)
        return of_run, fmt.number(published, decimals), fmt.signed(gap, decimals)

    def notes(self, *keys: str) -> tuple[str, ...]:
        """Notes on the published figures, none without comparison."""
        return tuple(self.edition.words(key) for key in keys) if self.compares else ()


def _nothing(*_wanted: object) -> None:
    return None


def _rounded(value: float | None, decimals: int) -> float:
    """As printed, so that the difference is that of the two figures a reader sees."""
    return round(float(value), decimals)  # type: ignore[arg-type]
