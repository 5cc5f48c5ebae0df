"""Units whose figures may not be published, and rows of other tables from which these could be
computed."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from kommunebench.reference import province_of

_PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Hidden:
    """Codes of the units whose ``indicators`` and numbers of events may not leave;
    ``some_compared``, ``some_judged``: whether one of them is compared, and has a verdict."""

    indicators: frozenset[str] = frozenset()
    some_compared: bool = False
    some_judged: bool = False

    @staticmethod
    def of_rows(rows: pd.DataFrame, withheld: pd.Series) -> "Hidden":
        """From a table of indicators, and flags of its rows."""
        codes, included = rows["municipality_code"], rows["included"].fillna(False).astype(bool)
        return Hidden(
            frozenset(codes[withheld]),
            bool((withheld & included).any()),
            "assessment" in rows and bool((withheld & rows["assessment"].notna()).any()),
        )

    @staticmethod
    def union(tables: "Iterable[Hidden]") -> "Hidden":
        """What any of several tables hides."""
        listed = tuple(tables)
        return Hidden(
            frozenset[str]().union(*(one.indicators for one in listed)),
            any(one.some_compared for one in listed),
            any(one.some_judged for one in listed),
        )

    def in_provinces(self, rows: pd.DataFrame) -> pd.Series:
        """Rows of a calibration that are provinces with a unit whose number of events is hidden."""
        provinces = set(province_of(self.indicators))
        return (rows["breakdown"] == _PROVINCE) & rows["value"].isin(provinces)
