"""Who the newcomers are: drawn attributes in arrays, before anything happens to them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kommunebench.simulation.calendar_days import Days, year_end, year_of
from kommunebench.simulation.country import Country, Floats
from kommunebench.simulation.newcomer_health import draw_conditions, draw_gp_contacts

Texts = NDArray[np.str_]
Flags = NDArray[np.bool_]

_YEARS = np.arange(2008, 2016)
_REFUGEE_INFLOW = np.array([900, 1000, 1200, 1300, 1700, 2600, 4700, 7200], float)
_FAMILY_INFLOW = np.array([2300, 2300, 2100, 1700, 1600, 1900, 2300, 2700], float)
MEN_AMONG_REFUGEES, MEN_AMONG_FAMILY = 0.61, 0.31
_AGE_LIMITS = np.array([18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65])
_AGE_SHARES = np.array([0.06, 0.17, 0.22, 0.19, 0.13, 0.09, 0.06, 0.04, 0.025, 0.015])
MAX_CHILDREN = 5
AGE_GROUPS = (
    *("18_19", "20_24", "25_29", "30_34", "35_39"),
    *("40_44", "45_49", "50_54", "55_59", "60_64"),
)
# Origin: term of table 6.1, shares among refugees with their families, spouses of Danes, spouses of
# other foreigners.
_ORIGINS: tuple[tuple[str, float, float, float], ...] = (
    ("syria", 0.44, 0.01, 0.01),
    ("afghanistan", 0.11, 0.01, 0.03),
    ("iran", 0.10, 0.01, 0.03),
    ("iraq", 0.05, 0.01, 0.06),
    ("somalia", 0.12, 0.0, 0.01),
    ("africa", 0.12, 0.13, 0.07),
    ("russia", 0.02, 0.06, 0.03),
    ("lebanon", 0.005, 0.02, 0.04),
    ("pakistan", 0.005, 0.03, 0.17),
    ("turkey", 0.0, 0.05, 0.22),
    ("thailand", 0.0, 0.25, 0.01),
    ("philippines", 0.0, 0.15, 0.02),
    ("ukraine", 0.0, 0.06, 0.06),
    ("india", 0.0, 0.02, 0.05),
    ("china", 0.0, 0.04, 0.03),
    ("vietnam", 0.0, 0.02, 0.05),
    ("morocco", 0.0, 0.02, 0.05),
    ("south_central_america", 0.0, 0.06, 0.01),
    ("asia", 0.02, 0.02, 0.02),
    ("sri_lanka", 0.005, 0.003, 0.02),
    ("bosnia_herzegovina", 0.0, 0.006, 0.02),
    ("macedonia", 0.0, 0.006, 0.02),
    ("europe_non_eu28", 0.005, 0.01, 0.02),
    ("yugoslavia", 0.0, 0.002, 0.01),
    ("other", 0.0, 0.01, 0.005),
)
_ORIGIN_COLUMN = {"family_danish_nordic": 2, "family_foreigner": 3}
_FRACTIONS = (0.7548776662466927, 0.5698402909980532)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomers:
    """n persons. ``place``: municipality by position in the country; ``origin``: term;
    ``child_births`` (n, 5), NaT where there is no child;
    ``gp_contacts``: contacts from arrival to the end of the selection year."""

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
    child_births: Days
    danish_course: Texts
    match_group: Texts
    on_benefit: Flags
    in_dream: Flags
    gp_contacts: NDArray[np.int32]
    gp_class: Texts
    flags: dict[str, Flags]

    @property
    def is_refugee(self) -> Flags:
        """Refugees, as against family-reunified."""
        return np.char.startswith(self.basis, "refugee")


def even_numbers(index: NDArray[np.intp], seed: int) -> tuple[Floats, Floats]:
    """Two numbers in [0, 1) for each index, spread evenly over the square whatever range of indices
    is looked at.

    Persons so numbered fill municipalities and residence bases in the shares wanted, to within one
    or two, in every block (the additive recurrence of Roberts, 2018, on the plastic number).
    """
    shift = (seed * 0.6180339887 + 0.5) % 1.0
    first, second = (np.asarray((index * step + shift) % 1.0, np.float64) for step in _FRACTIONS)
    return first, second


def draw_newcomers(
    count: int,
    country: Country,
    codes: dict[str, int],
    rng: np.random.Generator,
    *,
    first: int = 0,
    seed: int = 0,
) -> Newcomers:
    """Draw attributes. ``codes``: a country code by origin term, from the packaged list; ``first``:
    number of the first person."""
    even, other = even_numbers(first + np.arange(count), seed)
    place = np.minimum(
        np.searchsorted(np.cumsum(country.weight), even, side="right"), len(country.code) - 1
    )
    refugee = other < country.refugee_share[place]
    sex = np.where(
        rng.random(count) < np.where(refugee, MEN_AMONG_REFUGEES, MEN_AMONG_FAMILY), 1, 2
    ).astype(np.int8)
    arrival = _arrivals(refugee, rng)
    basis = _bases(refugee, country.refugee_family_share[place], arrival, rng)
    origin = _origins(basis, rng)
    permit = _permits(basis, arrival, rng)
    selection = np.maximum(arrival, permit)
    group = rng.choice(len(_AGE_SHARES), count, p=_AGE_SHARES)
    # Days that are within the class whatever the leap years.
    youngest, oldest = (_AGE_LIMITS[g] * 365.2425 for g in (group, group + 1))
    birth = selection - (youngest + 2 + rng.random(count) * (oldest - youngest - 4)).astype(
        int
    ).astype("timedelta64[D]")
    married = rng.random(count) < np.where(refugee, 0.5, 0.87)
    cohabiting = ~married & (rng.random(count) < np.where(refugee, 0.08, 0.6))
    family_type = np.where(married, "married", np.where(cohabiting, "cohabiting", "single"))
    with_partner = family_type != "single"
    danish_partner = with_partner & (basis == "family_danish_nordic") & (rng.random(count) < 0.75)
    children = _children(
        rng.poisson(np.where(with_partner, np.where(refugee, 1.4, 0.5), 0.15)), selection, rng
    )
    course = rng.choice(["1", "2", "3", "unknown"], count, p=[0.24, 0.50, 0.16, 0.10])
    benefit = rng.random(count) < np.where(
        refugee, 0.9, np.where(basis == "family_refugee", 0.5, 0.12)
    )
    in_dream = benefit | (rng.random(count) < 0.6)
    # A match group is given by the job centre and stands in DREAM: who is not there has none.
    match = np.where(in_dream & (rng.random(count) < np.where(refugee, 0.75, 0.35)), "2_3", "other")
    days = (year_end(selection) - arrival).astype(int) + 1
    contacts, gp = draw_gp_contacts(days, rng)
    return Newcomers(
        place=place,
        sex=sex,
        basis=basis,
        origin=origin,
        country_code=np.array([codes[o] for o in origin], np.int32),
        arrival=arrival,
        permit=permit,
        selection=selection,
        birth=birth,
        age_group=group,
        family_type=family_type,
        danish_partner=danish_partner,
        child_births=children,
        danish_course=course,
        match_group=match,
        on_benefit=benefit,
        in_dream=in_dream,
        gp_contacts=contacts,
        gp_class=gp,
        flags=draw_conditions(days, rng),
    )


def _arrivals(refugee: Flags, rng: np.random.Generator) -> Days:
    year = np.where(
        refugee,
        rng.choice(_YEARS, len(refugee), p=_REFUGEE_INFLOW / _REFUGEE_INFLOW.sum()),
        rng.choice(_YEARS, len(refugee), p=_FAMILY_INFLOW / _FAMILY_INFLOW.sum()),
    )
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return first + rng.integers(0, 363, len(refugee)).astype("timedelta64[D]")


def _origins(basis: Texts, rng: np.random.Generator) -> Texts:
    """Families of refugees come from where refugees come from."""
    terms = np.array([row[0] for row in _ORIGINS])
    chosen = np.empty(len(basis), terms.dtype)
    column = np.select([basis == name for name in _ORIGIN_COLUMN], list(_ORIGIN_COLUMN.values()), 1)
    for position in (1, 2, 3):
        shares = np.array([float(row[position]) for row in _ORIGINS])
        of_column = column == position
        chosen[of_column] = rng.choice(terms, int(of_column.sum()), p=shares / shares.sum())
    return chosen


def _bases(
    refugee: Flags, refugee_family: Floats, arrival: Days, rng: np.random.Generator
) -> Texts:
    count = len(refugee)
    late = arrival >= np.datetime64("2015-02-20")
    refugees = rng.choice(
        ["refugee_convention", "refugee_b_status", "refugee_quota"], count, p=[0.47, 0.42, 0.11]
    )
    refugees = np.where(late & (rng.random(count) < 0.12), "refugee_temporary", refugees)
    others = rng.choice(["family_danish_nordic", "family_foreigner"], count, p=[0.64, 0.36])
    families = np.where(rng.random(count) < refugee_family, "family_refugee", others)
    return np.where(refugee, refugees, families)


def _permits(basis: Texts, arrival: Days, rng: np.random.Generator) -> Days:
    """Quota refugees and many spouses get the permit before they arrive, most others on arrival, a
    few long after."""
    count = len(basis)
    u, days = rng.random(count), rng.integers(1, 80, count)
    early = np.where(
        basis == "refugee_quota", 0.9, np.where(np.char.startswith(basis, "family"), 0.45, 0.03)
    )
    late = (u > 0.97) & (arrival < np.datetime64("2014-06-01"))
    shift = np.where(u < early, -days, np.where(late, rng.integers(30, 500, count), 0))
    return arrival + shift.astype("timedelta64[D]")


def child_counts(people: Newcomers) -> dict[str, NDArray[np.intp]]:
    """Children by age at the end of the selection year, under table 6.1's names."""
    # On 31 December everybody has had the year's birthday: completed years are the difference of
    # the years.
    age = year_of(people.selection)[:, None] - np.where(
        np.isnat(people.child_births), 0, year_of(people.child_births)
    )
    born = ~np.isnat(people.child_births)
    return {
        "children_0_2": (born & (age < 3)).sum(axis=1),
        "children_3_6": (born & (age >= 3) & (age < 7)).sum(axis=1),
        "children_0_17": (born & (age < 18)).sum(axis=1),
    }


def _children(n_children: NDArray[np.intp], selection: Days, rng: np.random.Generator) -> Days:
    ages = rng.integers(30, 15 * 365, (len(n_children), MAX_CHILDREN)).astype("timedelta64[D]")
    births: Days = (selection[:, None] - ages).astype("datetime64[D]")
    is_born = np.arange(MAX_CHILDREN)[None, :] < n_children[:, None]
    return np.where(is_born, births, np.datetime64("NaT")).astype("datetime64[D]")
