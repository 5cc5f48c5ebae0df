"""What a table is: name, layer, grain, key, columns, absolute rules. The tables themselves: bronze,
silver, gold modules."""

from dataclasses import dataclass, field
from typing import Literal

Layer = Literal["bronze", "silver", "gold", "meta"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Table:
    """A declared table, compared by identity. ``columns`` maps name to Spark SQL type; neither
    columns of the key nor those of ``not_null`` may be null. ``stored``: further columns the store
    keeps for itself; readers do not see them, and none may be null."""

    name: str
    layer: Layer
    grain: str
    key: tuple[str, ...]
    columns: dict[str, str]
    constraints: dict[str, str] = field(default_factory=dict)
    not_null: tuple[str, ...] = ()
    stored: dict[str, str] = field(default_factory=dict)

    @property
    def qualified_name(self) -> str:
        """Layer and name, as people write it: gold.km_curves."""
        return f"{self.layer}.{self.name}"

    @property
    def schema(self) -> str:
        """Columns as a Spark DDL string."""
        return ", ".join(f"{name} {kind}" for name, kind in self.columns.items())

    @property
    def column_names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(self.columns)


def columns(text: str) -> dict[str, str]:
    """Columns from a compact listing: ``'person_id string, week int'``."""
    pairs = [column.split() for column in text.replace("\n", " ").split(",") if column.strip()]
    return {pair[0]: " ".join(pair[1:]) for pair in pairs}
