"""Years of days in arrays."""

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]


def year_end(days: Days) -> Days:
    """31 December of each day's year."""
    next_year: Days = (days.astype("datetime64[Y]") + np.timedelta64(1, "Y")).astype(
        "datetime64[D]"
    )
    return next_year - np.timedelta64(1, "D")


def year_of(days: Days) -> NDArray[np.intp]:
    """Calendar year of each day."""
    return days.astype("datetime64[Y]").astype(int) + 1970
