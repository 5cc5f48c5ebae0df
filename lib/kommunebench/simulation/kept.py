"""Columns that some persons have and others have not."""

import numpy as np
from numpy.typing import NDArray


def kept_or_none(kept: NDArray[np.bool_], values: NDArray[np.generic]) -> NDArray[np.object_]:
    """The values where kept, None elsewhere."""
    result = np.full(len(values), None, dtype=object)
    result[kept] = values[kept]
    return result
