"""Reference data that travel with the package: published tables, code lists, geometry."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import pandas as pd


@cache
def _text(name: str) -> str:
    return (files(__name__) / name).read_text(encoding="utf-8")


def read_reference(name: str) -> pd.DataFrame:
    """A reference table as delivered in the package (``name`` with or without .csv): all columns
    text, blanks as ''.

    Raises FileNotFoundError when there is none of that name.
    """
    from io import StringIO

    file = name if name.endswith(".csv") else f"{name}.csv"
    return pd.read_csv(StringIO(_text(file)), dtype=str, keep_default_na=False)


def province_of(municipality_codes: Iterable[str]) -> list[str]:
    """The province (landsdel) of each municipality; ``unknown`` for a code that is none."""
    provinces = read_reference("municipalities").set_index("municipality_code")["landsdel"]
    return [provinces.get(code, "unknown") for code in municipality_codes]
