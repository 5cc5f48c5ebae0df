"""Health of newcomers in the days it is measured in, drawn in arrays."""

import numpy as np
from numpy.typing import NDArray


def draw_gp_contacts(
    days: NDArray[np.intp], rng: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.str_]]:
    """Contacts in the window and their class a year, as the method measures it (a window is at
    least a month)."""
    rate = rng.choice([0.0, 2.5, 6.5, 10.5, 18.0], len(days), p=[0.22, 0.36, 0.22, 0.11, 0.09])
    # Fees are booked by whole weeks: a window without one has no contact to see.
    contacts = np.where(days >= 21, rng.poisson(rate * days / 365.25), 0)
    scaled = np.floor(contacts * 12 / np.maximum(days / (365.25 / 12), 1.0) + 0.5)
    yearly = np.where(contacts > 0, np.maximum(scaled, 1.0), 0.0)
    names = np.array(["0", "1_4", "5_8", "9_12", "13_plus"])
    return contacts.astype(np.int32), names[np.searchsorted([0.5, 4.5, 8.5, 12.5], yearly)]


def draw_conditions(
    days: NDArray[np.intp], rng: np.random.Generator
) -> dict[str, NDArray[np.bool_]]:
    """Which conditions show in the days health is measured in; three weeks at least."""
    shares = {
        "specialist": 0.25,
        "hospital_4_days_plus": 0.03,
        "mental_illness": 0.06,
        "musculoskeletal": 0.05,
        "cardiovascular": 0.04,
        "nervous_system": 0.015,
        "nutritional": 0.02,
        "pain": 0.06,
        "eye": 0.04,
        "dentist": 0.35,
    }
    return {name: (rng.random(len(days)) < share) & (days >= 21) for name, share in shares.items()}
