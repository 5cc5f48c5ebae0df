"""What every column of the store's tables holds, in a sentence: the comments of the tables' columns
and the data dictionary.

The list has one description a name, which is that of every table with such a column; a name that
means something else in one table stands there a second time as layer.table.column.
"""

from functools import cache

from kommunebench.reference import read_reference
from kommunebench.tables import Table


@cache
def column_descriptions() -> dict[str, str]:
    """Description by name of the column, or by layer.table.column where one table differs."""
    rows = read_reference("columns")
    return dict(zip(rows["column"], rows["description"], strict=True))


def describe_column(table: Table, name: str) -> str:
    """The description of a column of a table; empty for a column nobody described (a test names
    those)."""
    described = column_descriptions()
    return described.get(f"{table.qualified_name}.{name}", described.get(name, ""))
