"""Account rows, a price index and full-year persons for the tests of costs."""

from typing import Any

import pandas as pd

COLUMNS = [
    "municipality_code",
    "year",
    "account_group",
    "dranst",
    "kind",
    "amount_thousand_dkk",
    "account_function",
    "owner",
]
INDEX = pd.DataFrame(
    {"year": [2011, 2012, 2013, 2014, 2015], "index": [95.0, 96.0, 97.5, 99.0, 100.0]}
)


def accounts(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """municipality, year, group, dranst, kind, thousand DKK."""
    return pd.DataFrame([(*row, "54660", "1") for row in rows], columns=COLUMNS)


def cell(code: str, year: int, thousand: float, group: str = "010") -> tuple[Any, ...]:
    return (code, year, group, "1", "UE", thousand)


def line(frame: pd.DataFrame, **where: Any) -> float:
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return float(frame["million_dkk_2015"].item())


def persons(*rows: tuple[str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["municipality_code", "year", "full_year_persons"]).assign(
        refugee=0.4
    )
