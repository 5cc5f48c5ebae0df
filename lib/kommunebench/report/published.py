"""The KORA report's printed figures, as the packaged reference tables hold them."""

from collections.abc import Callable
from functools import cache

import pandas as pd

from kommunebench.reference import read_reference


@cache
def printed_table(name: str) -> pd.DataFrame:
    """A reference table, all text, empty where the source gives nothing."""
    return read_reference(name).fillna("")


def figure(text: str) -> float | None:
    """A printed figure as a number; None where the source gives none."""
    return float(text) if text.strip() else None


@cache
def figures_by(name: str, keys: tuple[str, ...], value: str) -> Callable[..., float | None]:
    """Look-up of one column of a reference table by its keys; None for a combination the source
    does not have."""
    rows = printed_table(name)
    figures = {tuple(row[key] for key in keys): figure(row[value]) for _, row in rows.iterrows()}

    def look_up(*wanted: object) -> float | None:
        return figures.get(tuple(str(key) for key in wanted))

    return look_up
