"""What every column of the store's tables holds, in a sentence: the comments of the tables' columns
and the data dictionary. One description a name, because one name means one thing everywhere."""

from functools import cache

from kommunebench.reference import read_reference


@cache
def column_descriptions() -> dict[str, str]:
    """Description by column name."""
    rows = read_reference("columns")
    return dict(zip(rows["column"], rows["description"], strict=True))


def describe_column(name: str) -> str:
    """The description of a column; empty for a column nobody described (a test names those)."""
    return column_descriptions().get(name, "")
