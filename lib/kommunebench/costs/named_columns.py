"""Tables that a person hands over, with the columns that a function needs."""

from collections.abc import Iterable

import pandas as pd

from kommunebench.errors import InputError
from kommunebench.survival.arguments import Table, as_frame


def frame_with_columns(argument: str, table: Table, needed: Iterable[str]) -> pd.DataFrame:
    """The table as a pandas frame. Raises InputError naming the columns that are missing."""
    frame = as_frame(argument, table)
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        raise InputError(f"{argument} lacks the columns {', '.join(missing)}.")
    return frame


def refuse_repeated(argument: str, frame: pd.DataFrame, key: list[str], what: str) -> None:
    """Raise InputError if a combination of the key's columns occurs twice, with the first ones."""
    repeated = frame.duplicated(key)
    if repeated.any():
        first = frame.loc[repeated, key].head(5).to_records(index=False).tolist()
        raise InputError(f"{argument}: {int(repeated.sum())} {what} occur twice; first: {first}.")
