"""How a bronze table is declared."""

from kommunebench.tables import Table, columns

DELIVERED_FROM = "delivered_from"
_FIRST_DAY, _LAST_DAY = "DATE'1900-01-01'", "DATE'2100-12-31'"


def register_table(
    name: str,
    grain: str,
    listing: str,
    *,
    key: str = "",
    needed: str = "",
    rules: dict[str, str] | None = None,
) -> Table:
    """A table of delivered rows. ``needed``: columns besides the key that no row is without; dates
    lie within 1900-2100."""
    listed = columns(listing)
    dates = {
        f"{column}_possible": f"{column} IS NULL OR {column} BETWEEN {_FIRST_DAY} AND {_LAST_DAY}"
        for column, kind in listed.items()
        if kind == "date"
    }
    keys = tuple(key.split())
    return Table(
        name=name,
        layer="bronze",
        grain=grain,
        key=keys,
        columns=listed,
        constraints=dates | (rules or {}),
        not_null=tuple(needed.split()),
        stored={DELIVERED_FROM: "string"},
    )


def one_of(column: str, *codes: str | int) -> str:
    """Rule: a value of the list, or none."""
    return f"{column} IS NULL OR {column} IN ({', '.join(repr(code) for code in codes)})"
