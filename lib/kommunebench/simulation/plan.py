"""What every block of the simulation needs to know, and the mix of newcomers that gives each
municipality its published success."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from kommunebench.reference import read_reference
from kommunebench.simulation.country import (
    Country,
    Effects,
    Floats,
    build_country,
    refugee_families,
)
from kommunebench.simulation.lives import SEXES, draw_lives, start_monday
from kommunebench.simulation.people import MEN_AMONG_FAMILY, MEN_AMONG_REFUGEES, draw_newcomers

NATIONAL_POPULATION = 5_700_000
LEAST_NEWCOMERS = 50
_LAST_START = np.datetime64("2015-12-31")
_FEWEST, _MOST = 0.03, 0.97
_OFFSETS = np.array([-1.5, -1.0, -0.6, -0.3, 0.0, 0.3, 0.6, 1.0, 1.5])


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationPlan:
    """``codes``: a country code by origin term; ``newcomers``, ``background``: persons to draw;
    ``scale``: of everything else; ``municipalities_differ``: whether results and costs do, 1 or 0.
    """

    country: Country
    codes: dict[str, int]
    western_codes: tuple[int, ...]
    seed: int
    scale: float
    newcomers: int
    background: int
    municipalities_differ: int


def plan_country(scale: float, seed: int, background: float, effects: Effects) -> SimulationPlan:
    """The plan of a country. Raises ConfigError for a file of effects that is not usable."""
    countries = read_reference("countries")
    terms = countries[countries["cox_term"] != ""]
    codes = {
        str(t).removeprefix("origin_"): int(rows["country_code"].iloc[0])
        for t, rows in terms.groupby("cox_term")
    }
    western = countries[(countries["western"] == "true") & (countries["country_code"] != "5100")]
    country, persons = mixed_country(build_country(effects, seed), codes, effects == "report")
    return SimulationPlan(
        country=country,
        codes=codes,
        western_codes=tuple(int(code) for code in western["country_code"]),
        seed=seed,
        scale=scale,
        newcomers=max(round(scale * persons), LEAST_NEWCOMERS),
        background=round(scale * background * NATIONAL_POPULATION),
        municipalities_differ=int(effects != "none"),
    )


def mixed_country(
    country: Country, codes: dict[str, int], adjust_effects: bool
) -> tuple[Country, float]:
    """The country with the shares of refugees, and of newcomers, that give each municipality its
    spells and successes; all newcomers.

    Where no mix gives the published share of successes the share of refugees stays at its limit,
    and the effect is moved to what gives it, if effects may be moved.
    """
    curves = _curves(tuple(sorted(codes.items())))
    refugees = _bisect(
        lambda r: -_success(country, curves, country.effect, r), -country.success, 0.0, 1.0
    )
    limited = np.clip(refugees, _FEWEST, _MOST)
    effect = country.effect
    if adjust_effects:
        needed = _bisect(
            lambda e: _success(country, curves, e, limited),
            country.success,
            _OFFSETS[0],
            _OFFSETS[-1],
        )
        effect = np.where(refugees == limited, effect, needed)
    persons = country.spells / _per_person(country, curves, effect, limited)[0]
    return country.with_mix(persons / persons.sum(), limited, effect), float(persons.sum())


def _bisect(
    function: Callable[[Floats], Floats], wanted: Floats, lowest: float, highest: float
) -> Floats:
    """Where an increasing function of each municipality takes the wanted value; an end of the
    interval where it takes none."""
    low, high = np.full(len(wanted), lowest), np.full(len(wanted), highest)
    for _ in range(40):
        middle = (low + high) / 2
        below = function(middle) < wanted
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


# Spells and successes per person at each offset, by kind of newcomer and sex.
_Curves = dict[tuple[str, int], tuple[Floats, Floats]]
_MEN = {
    "refugee": MEN_AMONG_REFUGEES,
    "refugee_family": MEN_AMONG_FAMILY,
    "family": MEN_AMONG_FAMILY,
}


@cache
def _curves(codes: tuple[tuple[str, int], ...]) -> _Curves:
    """Spells and successes per person at each of ``_OFFSETS`` of the log hazard, everywhere under
    the same local labour market."""
    drawn = build_country("none", 0)
    unemployment, jobs, skilled = (
        np.full(len(drawn.code), drawn.weight @ v)
        for v in (drawn.unemployment, drawn.jobs, drawn.skilled)
    )
    still = {figure: np.zeros_like(values) for figure, values in drawn.moves.items()}
    even = replace(drawn, unemployment=unemployment, jobs=jobs, skilled=skilled, moves=still)
    people = draw_newcomers(20_000, even, dict(codes), np.random.default_rng(20_180_401))
    kind = np.where(
        people.is_refugee,
        "refugee",
        np.where(people.basis == "family_refugee", "refugee_family", "family"),
    )
    by_kind: dict[tuple[str, int], list[tuple[float, float]]] = {
        (name, sex): [] for name in _MEN for sex, _ in SEXES
    }
    for offset in _OFFSETS:
        lives = draw_lives(
            people,
            replace(even, effect=np.full(len(even.code), offset)),
            np.random.default_rng(20_180_402),
        )
        counted = (lives.spell_start >= 0) & (start_monday(lives) <= _LAST_START)
        for (name, sex), values in by_kind.items():
            of_kind = (kind == name) & (people.sex == sex)
            values.append(
                (
                    counted[of_kind].sum() / of_kind.sum(),
                    (lives.spell_event & counted)[of_kind].sum() / of_kind.sum(),
                )
            )
    return {
        key: (np.array(values)[:, 0], np.array(values)[:, 1]) for key, values in by_kind.items()
    }


def _per_person(
    country: Country, curves: _Curves, effect: Floats, refugees: Floats
) -> tuple[Floats, Floats]:
    """Spells and successes per newcomer of each municipality (K,)."""
    families = refugee_families(refugees)
    shares = {
        "refugee": refugees,
        "refugee_family": (1 - refugees) * families,
        "family": (1 - refugees) * (1 - families),
    }
    spells, successes = np.zeros(len(effect)), np.zeros(len(effect))
    for name, share in shares.items():
        for sex, label in SEXES:
            market = country.market_predictor(label)
            at = effect + market - country.weight @ market
            of_kind = share * (_MEN[name] if label == "men" else 1.0 - _MEN[name])
            spells += of_kind * np.interp(at, _OFFSETS, curves[(name, sex)][0])
            successes += of_kind * np.interp(at, _OFFSETS, curves[(name, sex)][1])
    return spells, successes


def _success(country: Country, curves: _Curves, effect: Floats, refugees: Floats) -> Floats:
    spells, successes = _per_person(country, curves, effect, refugees)
    result: Floats = successes / spells
    return result
