"""Tables that a person hands over, with the columns that a function needs."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.columns import code_texts
from kommunebench.errors import InputError
from kommunebench.survival.arguments import Table, as_frame, as_numbers, refuse


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


def with_codes(argument: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with municipality_code as text, so that 101 and "101" are one municipality. Raises
    InputError where codes are missing or blank."""
    named = frame["municipality_code"].rename(f"{argument}['municipality_code']")
    refuse(str(named.name), named.isna(), "missing")
    return frame.assign(municipality_code=code_texts(named))


def with_numbers(argument: str, frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The frame with these columns as numbers, NaN where missing. Raises InputError naming the
    column that holds something else, as texts."""
    numbers = {name: as_numbers(f"{argument}['{name}']", frame[name]) for name in columns}
    return frame.assign(**numbers)


def with_years(argument: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with year as whole numbers of four digits at most, missing where they are. Raises
    InputError for texts, decimals and other numbers."""
    name = f"{argument}['year']"
    year = as_numbers(name, frame["year"])
    is_year = (year == np.floor(year)) & (np.abs(year) < 10_000)
    refuse(name, ~is_year & ~np.isnan(year), "no whole year")
    return frame.assign(year=pd.Series(year, frame.index).astype("Int64"))


def with_known_years(argument: str, frame: pd.DataFrame) -> pd.DataFrame:
    """As with_years; raises InputError where a year is missing, too."""
    frame = with_years(argument, frame)
    refuse(f"{argument}['year']", frame["year"].isna(), "missing")
    return frame.astype({"year": "int64"})
