"""Twelve-digit identities: the same person has the same one in every register, whatever block drew
them."""

import numpy as np
from numpy.typing import NDArray

# Identities around a newcomer: the person, a partner, children, a second number.
SLOTS = 8
PARTNER_SLOT, CHILD_SLOT, SECOND_SLOT = 1, 2, 7
_KINDS = 5
_STEP, _MODULUS = 387_420_489, 10**12


def person_ids(numbers: NDArray[np.int64], seed: int) -> NDArray[np.object_]:
    """Identities of whole numbers (of less than 2^33 in size), different for different numbers:
    multiplication by a unit modulo 10^12."""
    shifted = (numbers.astype(np.int64) * _STEP + seed % 1_000_003 * 7_919_191 + 104_729) % _MODULUS
    # A thirteenth digit in front keeps the leading zeros.
    return np.array([text[1:] for text in (shifted + _MODULUS).astype(str).tolist()], dtype=object)


def newcomer_numbers(first: int, count: int) -> NDArray[np.int64]:
    """Numbers of the persons ``first``, ``first + 1``, … and of the slots after each."""
    return (first + np.arange(count, dtype=np.int64)) * SLOTS


def other_numbers(kind: int, first: int, count: int) -> NDArray[np.int64]:
    """Numbers of the persons ``first``, ``first + 1``, … of a kind from 0 to 4 who are not
    newcomers: below zero."""
    return numbers_of_kind(kind, first + np.arange(count, dtype=np.int64))


def numbers_of_kind(kind: int, position: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same for persons at any positions of their kind."""
    return -1 - (_KINDS * position + kind)
