"""What a chapter of the page is made of."""

from dataclasses import dataclass, field

from kommunebench.report.tables.model import HtmlTable


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure of the page: its name among the drawn figures, title and explanation."""

    name: str
    title: str
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A heading with paragraphs, warning, titled paragraphs (``notes``), figures and tables, in
    this order. ``introduces``: paragraphs say how to read the figures and tables, nothing alone."""

    key: str
    heading: str
    introduces: bool = False
    paragraphs: tuple[str, ...] = ()
    warning: str = ""
    pictures: tuple[Picture, ...] = ()
    tables: tuple[HtmlTable, ...] = ()
    notes: tuple[tuple[str, str], ...] = field(default=())

    @property
    def empty(self) -> bool:
        """Whether there is nothing under the heading."""
        said = self.paragraphs and not self.introduces
        return not (said or self.warning or self.pictures or self.tables or self.notes)
