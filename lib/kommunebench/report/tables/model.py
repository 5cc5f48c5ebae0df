"""What a table of the page is: caption, columns, blocks of rows, notes. Text only; numbers are
formatted before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Column:
    """A column; neighbours with the same ``group`` share a heading above. ``kind``: number or
    text."""

    label: str
    group: str = ""
    kind: str = "number"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of a row, the first its heading; ``style`` is a CSS class (total, aside, better,
    worse)."""

    cells: tuple[str, ...]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under a common heading; none: no heading is shown."""

    rows: tuple[Row, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlTable:
    """A table of the page."""

    key: str
    caption: str
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = field(default=())
    wide: bool = False

    @property
    def empty(self) -> bool:
        """Whether there are no rows."""
        return not any(block.rows for block in self.blocks)

    @property
    def spans(self) -> list[tuple[str, int]]:
        """Upper headings with the number of columns each covers; empty when no column has one."""
        if not any(column.group for column in self.columns):
            return []
        return [
            (group, len(list(members)))
            for group, members in groupby(self.columns, key=lambda c: c.group)
        ]

    @property
    def kinds(self) -> list[str]:
        """The CSS classes of each column: its kind, and ``apart`` where it begins another upper
        heading than its neighbour's, so that two numbers side by side do not touch."""
        groups = [column.group for column in self.columns]
        before = [*groups[:1], *groups[:-1]]
        return [
            f"{column.kind} apart" if column.group != left else column.kind
            for column, left in zip(self.columns, before, strict=True)
        ]


def text_column(label: str, group: str = "") -> Column:
    """A column of words."""
    return Column(label, group, "text")


def plain_rows(rows: Sequence[tuple[str, ...]]) -> tuple[Block, ...]:
    """One block of rows without style."""
    return (Block(tuple(Row(cells) for cells in rows)),)
