"""Who the newcomers are: drawn attributes in arrays, before anything happens to them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kommunebench.simulation.country import Country, Floats

Texts = NDArray[np.str_]
Days = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

_YEARS = np.arange(2008, 2016)
_REFUGEE_INFLOW = np.array([900, 1000, 1200, 1300, 1700, 2600, 4700, 7200], float)
_FAMILY_INFLOW = np.array([2300, 2300, 2100, 1700, 1600, 1900, 2300, 2700], float)
_AGE_LIMITS = np.array([18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65])
_AGE_SHARES = np.array([0.06, 0.17, 0.22, 0.19, 0.13, 0.09, 0.06, 0.04, 0.025, 0.015])
AGE_GROUPS = ("18_19", "20_24", "25_29", "30_34", "35_39", "40_44", "45_49", "50_54", "55_59", "60_64")
# Origin by kind of newcomer: term of table 6.1, a country code of that term, shares among refugees and family-reunified.
_ORIGINS: tuple[tuple[str, int, float, float], ...] = (
    ("syria", 5486, 0.42, 0.10), ("afghanistan", 5404, 0.10, 0.03), ("iran", 5436, 0.10, 0.03), ("iraq", 5434, 0.06, 0.04),
    ("somalia", 5390, 0.11, 0.02), ("africa", 5215, 0.12, 0.08), ("russia", 5162, 0.03, 0.05), ("lebanon", 5448, 0.01, 0.02),
    ("pakistan", 5464, 0.01, 0.07), ("turkey", 5172, 0.0, 0.10), ("thailand", 5472, 0.0, 0.13), ("philippines", 5468, 0.0, 0.08),
    ("ukraine", 5706, 0.0, 0.05), ("india", 5432, 0.0, 0.05), ("china", 5448, 0.0, 0.05), ("vietnam", 5488, 0.0, 0.03),
    ("morocco", 5228, 0.0, 0.02), ("south_central_america", 5348, 0.0, 0.03), ("asia", 5444, 0.03, 0.03), ("sri_lanka", 5466, 0.005, 0.01),
    ("bosnia_herzegovina", 5754, 0.0, 0.01), ("macedonia", 5756, 0.0, 0.01), ("europe_non_eu28", 5700, 0.005, 0.02),
    ("yugoslavia", 5122, 0.0, 0.005), ("other", 5103, 0.01, 0.005),
)


@dataclass(frozen=True, slots=True)
class Newcomers:
    """n persons. ``place``: municipality by position in the country; ``origin``: term; dates as days; ages in completed years at selection."""

    place: NDArray[np.intp]
    sex: NDArray[np.int8]
    basis: Texts
    origin: Texts
    country_code: NDArray[np.int32]
    arrival: Days
    permit: Days
    selection: Days
    birth: Days
    age_group: NDArray[np.intp]
    family_type: Texts
    danish_partner: Flags
    children: NDArray[np.int8]
    danish_course: Texts
    match_group: Texts
    gp_class: Texts
    flags: dict[str, Flags]

    @property
    def is_refugee(self) -> Flags:
        """Refugees, as against family-reunified."""
        return np.char.startswith(self.basis, "refugee")


def draw_newcomers(count: int, country: Country, codes: dict[str, int], rng: np.random.Generator) -> Newcomers:
    """Draw attributes. ``codes``: a country code by origin term, from the packaged list."""
    place = rng.choice(len(country.code), count, p=country.weight)
    refugee = rng.random(count) < country.refugee_share[place]
    sex = np.where(rng.random(count) < np.where(refugee, 0.62, 0.30), 1, 2).astype(np.int8)
    arrival = _arrivals(refugee, rng)
    origin = _origins(refugee, rng)
    basis = _bases(refugee, arrival, rng)
    permit = _permits(basis, arrival, rng)
    selection = np.maximum(arrival, permit)
    group = rng.choice(len(_AGE_SHARES), count, p=_AGE_SHARES)
    age_days = (_AGE_LIMITS[group] + rng.random(count) * (_AGE_LIMITS[group + 1] - _AGE_LIMITS[group])) * 365.2425
    birth = selection - (age_days.astype(int) + 2).astype("timedelta64[D]")
    married = rng.random(count) < np.where(refugee, 0.5, 0.87)
    cohabiting = ~married & (rng.random(count) < np.where(refugee, 0.08, 0.6))
    family_type = np.where(married, "married", np.where(cohabiting, "cohabiting", "single"))
    with_partner = family_type != "single"
    danish_partner = with_partner & (basis == "family_danish_nordic") & (rng.random(count) < 0.75)
    children = rng.poisson(np.where(with_partner, np.where(refugee, 1.4, 0.5), 0.15)).clip(0, 5).astype(np.int8)
    course = rng.choice(["1", "2", "3", "unknown"], count, p=[0.25, 0.44, 0.21, 0.10])
    match = np.where(rng.random(count) < np.where(refugee, 0.75, 0.25), "2_3", "other")
    gp = rng.choice(["0", "1_4", "5_8", "9_12", "13_plus"], count, p=[0.22, 0.36, 0.22, 0.11, 0.09])
    return Newcomers(
        place, sex, basis, origin, np.array([codes[o] for o in origin], np.int32), arrival, permit, selection, birth, group, family_type,
        danish_partner, children, course, match, gp, _conditions(count, rng),
    )


def _arrivals(refugee: Flags, rng: np.random.Generator) -> Days:
    year = np.where(
        refugee, rng.choice(_YEARS, len(refugee), p=_REFUGEE_INFLOW / _REFUGEE_INFLOW.sum()),
        rng.choice(_YEARS, len(refugee), p=_FAMILY_INFLOW / _FAMILY_INFLOW.sum()),
    )
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return first + rng.integers(0, 363, len(refugee)).astype("timedelta64[D]")


def _origins(refugee: Flags, rng: np.random.Generator) -> Texts:
    terms = np.array([row[0] for row in _ORIGINS])
    chosen = np.empty(len(refugee), terms.dtype)
    for flag, column in ((True, 2), (False, 3)):
        shares = np.array([row[column] for row in _ORIGINS])
        own = refugee == flag
        chosen[own] = rng.choice(terms, int(own.sum()), p=shares / shares.sum())
    return chosen


def _bases(refugee: Flags, arrival: Days, rng: np.random.Generator) -> Texts:
    count = len(refugee)
    late = arrival >= np.datetime64("2015-02-20")
    refugees = rng.choice(["refugee_convention", "refugee_b_status", "refugee_quota"], count, p=[0.47, 0.42, 0.11])
    refugees = np.where(late & (rng.random(count) < 0.12), "refugee_temporary", refugees)
    families = rng.choice(["family_refugee", "family_danish_nordic", "family_foreigner"], count, p=[0.28, 0.46, 0.26])
    return np.where(refugee, refugees, families)


def _permits(basis: Texts, arrival: Days, rng: np.random.Generator) -> Days:
    """Quota refugees and many spouses get the permit before they arrive, most others on arrival, a few long after."""
    count = len(basis)
    u, days = rng.random(count), rng.integers(1, 80, count)
    early = np.where(basis == "refugee_quota", 0.9, np.where(np.char.startswith(basis, "family"), 0.45, 0.03))
    late = (u > 0.97) & (arrival < np.datetime64("2014-06-01"))
    shift = np.where(u < early, -days, np.where(late, rng.integers(30, 500, count), 0))
    return arrival + shift.astype("timedelta64[D]")


def _conditions(count: int, rng: np.random.Generator) -> dict[str, Flags]:
    shares = {
        "specialist": 0.25, "hospital_4_days_plus": 0.03, "mental_illness": 0.06, "musculoskeletal": 0.05, "cardiovascular": 0.04,
        "nervous_system": 0.015, "nutritional": 0.02, "pain": 0.06, "eye": 0.04, "dentist": 0.35,
    }
    return {name: rng.random(count) < share for name, share in shares.items()}
