"""How the simulated local labour markets move from year to year."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# The local labour market moves from year to year around its level: spread of the movements, and how
# much of a year's movement is left in the next year.
MARKET_YEARS = range(2006, 2017)
_MOVES = {"unemployment": 0.5, "jobs": 0.02, "skilled": 0.02}
_MOVES_LAST = 0.7


def market_row(year: NDArray[np.intp]) -> NDArray[np.intp]:
    """Row of MARKET_YEARS for a year; years before the first and after the last have theirs."""
    return np.clip(year, MARKET_YEARS[0], MARKET_YEARS[-1]) - MARKET_YEARS[0]


def draw_moves(
    place: NDArray[np.intp], weight: Floats, generator: np.random.Generator
) -> dict[str, Floats]:
    """Movements of the labour markets around their level (years, K), by figure: each area's
    follow one another (first-order autoregression), and those of a year are zero on average over
    the newcomers, so that the national level of the hazards is what it is without them."""
    moves = {}
    for figure, spread in _MOVES.items():
        by_area = generator.normal(0.0, spread, (len(MARKET_YEARS), place.max() + 1))
        for year in range(1, len(MARKET_YEARS)):
            by_area[year] = (
                _MOVES_LAST * by_area[year - 1] + np.sqrt(1 - _MOVES_LAST**2) * by_area[year]
            )
        by_place = by_area[:, place]
        moves[figure] = np.round(by_place - (by_place @ weight)[:, None], 4)
    return moves
