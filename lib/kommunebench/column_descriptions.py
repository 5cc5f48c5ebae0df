"""What every column of the store's tables holds, in a sentence, and the codes of those that hold
codes: the comments of the tables' columns and the data dictionary.

Both lists have one entry a name, which is that of every table with such a column; a name that
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


@cache
def column_codes() -> dict[str, dict[str, str]]:
    """The codes of columns that hold codes, each with its meaning ('' where the code says it), by
    name of the column or by layer.table.column where one table differs."""
    codes: dict[str, dict[str, str]] = {}
    for row in read_reference("values").itertuples(index=False):
        codes.setdefault(str(row.column), {})[str(row.value)] = str(row.meaning)
    return codes | _codes_of_countries()


def _codes_of_countries() -> dict[str, dict[str, str]]:
    """Origin and continent as the packaged list of countries has them; a delivered list may have
    others."""
    countries = read_reference("countries")
    terms = sorted({term.removeprefix("origin_") for term in countries["cox_term"]} - {"", "other"})
    continents = sorted(set(countries["continent"]) - {"unknown"})
    origins = dict.fromkeys(terms, "") | {
        "western": "of a Western country",
        "other": "of another country, or of one that the list does not hold",
    }
    unknown = {"unknown": "the list of countries does not tell"}
    return {"origin": origins, "continent": dict.fromkeys(continents, "") | unknown}


def codes_of_column(table: Table, name: str) -> dict[str, str]:
    """The codes of a column of a table with their meanings; empty for a column without codes, as
    are all that hold no text (silver.cases.outcome is a number)."""
    codes = column_codes()
    if (table.columns | table.stored)[name] != "string":
        return {}
    return codes.get(f"{table.qualified_name}.{name}", codes.get(name, {}))
