"""Keys of persons: numbers that are the same for a person's spells, whatever process makes them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Keys = NDArray[np.uint64]


def person_keys(person: pd.Series) -> Keys:
    """A stable 64-bit key per spell from its person's identifier (n,)."""
    text = person.astype(str).to_numpy(dtype=object)
    return pd.util.hash_array(text, hash_key="kommunebench-key").astype(np.uint64)
