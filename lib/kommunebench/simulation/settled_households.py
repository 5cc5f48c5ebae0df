"""Families of the settled immigrants: couples, and pupils who live with one of the grown-ups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_IN_COUPLE, _MARRIED_OF_COUPLES = 0.55, 0.8
_MARRIED, _COHABITING, _SINGLE = 1, 4, 5
_FIRST, _SECOND, _CHILD = 1, 2, 3
_PARENT_FROM = 36


@dataclass(frozen=True, slots=True)
class Households:
    """Per person (n,): position of the family's first member; position of the partner, -1 for
    none; place in the family (1 first, 2 partner, 3 child); the family's code in BEF."""

    head: NDArray[np.intp]
    partner: NDArray[np.intp]
    place_in_family: NDArray[np.intp]
    family_code: NDArray[np.intp]


def settled_households(
    sex: NDArray[np.intp], age: NDArray[np.intp], pupil: NDArray[np.bool_], seed: Sequence[int]
) -> Households:
    """Men and women of about the same age in couples; every pupil (n,) in the family of a person
    old enough to be the parent. A pupil lives alone where there is no such person."""
    rng = np.random.default_rng(list(seed))
    everyone = np.arange(len(sex))
    in_couple = ~pupil & (rng.random(len(sex)) < _IN_COUPLE)
    men, women = (
        rows[np.argsort(age[rows], kind="stable")]
        for rows in (np.flatnonzero(in_couple & (sex == code)) for code in (1, 2))
    )
    couples = min(len(men), len(women))
    men, women = men[:couples], women[:couples]
    head, partner = everyone.copy(), np.full(len(sex), -1)
    place, code = np.full(len(sex), _FIRST), np.full(len(sex), _SINGLE)
    head[women], place[women] = men, _SECOND
    partner[men], partner[women] = women, men
    of_couple = np.where(rng.random(couples) < _MARRIED_OF_COUPLES, _MARRIED, _COHABITING)
    code[men] = code[women] = of_couple
    parents = np.flatnonzero(~pupil & (age >= _PARENT_FROM))
    if len(parents):
        parent = parents[rng.integers(0, len(parents), int(pupil.sum()))]
        head[pupil], place[pupil], code[pupil] = head[parent], _CHILD, code[parent]
    return Households(head, partner, place, code)
