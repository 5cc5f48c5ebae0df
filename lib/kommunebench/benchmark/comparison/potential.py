"""The potential: mean of the best fifth less that of the worst (fact sheet, section 1), from the
differences as they were measured and from shrunk ones; the ten best and the ten worst units."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Flags, Floats
from kommunebench.benchmark.comparison.fifths import FIFTHS
from kommunebench.benchmark.comparison.normal import two_sided_z
from kommunebench.benchmark.comparison.pace import Paces, paces_of
from kommunebench.benchmark.comparison.shrinkage import posterior
from kommunebench.benchmark.comparison.spread import estimate_spread
from kommunebench.benchmark.comparison.verdicts import normal_error
from kommunebench.benchmark.influence.covariance import PerformanceCovariance
from kommunebench.verdict_rules import VerdictRules

RAW, SHRUNK = "raw", "shrunk"
BEST, WORST = "best", "worst"
LISTED = 10


def potentials(
    difference: Floats,
    covariance: PerformanceCovariance,
    fifth: Floats,
    rules: VerdictRules,
    *,
    n_events: Floats,
    judged: Flags,
) -> pd.DataFrame:
    """Columns of gold.potentials, a row ``raw`` and a row ``shrunk`` (none of the latter for fewer
    units with a verdict than spread and ranks need).

    ``difference`` (K,): plain, on a scale on which more is better; ``covariance`` of the plain
    performances is used; ``fifth`` (K,): 1 … 5, missing for units that are not compared;
    ``n_events`` (K,) of the units, and which of them have a verdict (``judged``). Both rows
    are about the units that make up the best and the worst fifth by their measured difference.
    Chance has helped the former into the best fifth and the latter into the worst, so that the raw
    potential is too large on average; the shrunk one is the difference between the shrunk values of
    the same units, from the paces, their errors and the units judged as for shrunk indicators. The
    raw interval takes the fifths as given and holds the errors of the differences; the shrunk one
    is posterior.
    """
    compared = np.flatnonzero(np.isfinite(fifth) & np.isfinite(difference))
    weights = _weights(fifth[compared])
    if weights is None:
        return pd.DataFrame(columns=["basis"])
    best, worst = weights
    y, errors = difference[compared], covariance.plain[np.ix_(compared, compared)]
    contrast = best - worst
    potential = float(contrast @ y)
    se = np.sqrt(max(float(contrast @ errors @ contrast), 0.0))
    half = two_sided_z(rules.confidence_level) * se
    rows = [_row(RAW, (best, worst), y, (potential - half, potential + half))]
    scale = covariance.pace_scale.under(rules).of_units(compared)
    se_of_units = np.sqrt(np.maximum(np.diag(errors), 0.0))
    paces = paces_of(y, _errors(se_of_units, n_events[compared], rules), scale)
    drawn = np.isfinite(paces.value) & (paces.se > 0)
    known = drawn & judged[compared] & np.isfinite(paces.se)
    if known.sum() >= rules.min_verdicts:
        shrunk, low, high = _shrunk(paces, known, drawn, contrast, rules)
        rows.append(_row(SHRUNK, (best, worst), shrunk, (low, high)))
    return pd.DataFrame(rows).assign(units=len(y))


def _errors(se: Floats, n_events: Floats, rules: VerdictRules) -> Floats:
    """Errors of the differences (K,) for the posterior. They are infinite where an interval is
    asked for and there are too few events to have one: the fewer events, the wider it is."""
    error = normal_error(se, n_events, rules)
    return np.where(np.isnan(error) & np.isfinite(se), np.inf, error)


def _shrunk(
    paces: Paces, known: Flags, drawn: Flags, contrast: Floats, rules: VerdictRules
) -> tuple[Floats, float, float]:
    """The differences (K,) with those of the units ``drawn`` (K,) towards the mean of the units
    ``known``, which are those with a verdict, and the limits of their ``contrast``. A unit whose
    pace is not known, or without error, keeps its own."""
    spread = estimate_spread(paces.value[known], paces.se[known], rules.confidence_level)
    of_known = posterior(paces.value[known], paces.se[known], spread)
    # Of the units known this is their own posterior again; all are drawn together.
    of_drawn = of_known.of_others(paces.value[drawn], paces.se[drawn])
    scale, shrunk = paces.scale.of_units(drawn), paces.performance.copy()
    shrunk[drawn] = scale.performance(of_drawn.mean)
    kept = float(contrast[~drawn] @ shrunk[~drawn])
    draws = kept + scale.performance(of_drawn.draw(rules.draws, rules.seed)) @ contrast[drawn]
    tail = (1 - rules.confidence_level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return shrunk, float(low), float(high)


def _weights(fifth: Floats) -> tuple[Floats, Floats] | None:
    """Weights that give the mean of the best and of the worst fifth; None where one is empty."""
    in_best, in_worst = fifth == 1, fifth == FIFTHS
    if not (in_best.any() and in_worst.any()):
        return None
    return in_best / in_best.sum(), in_worst / in_worst.sum()


def _row(
    basis: str, weights: tuple[Floats, Floats], y: Floats, limits: tuple[float, float]
) -> dict[str, object]:
    best, worst = (float(of_fifth @ y) for of_fifth in weights)
    return {
        "basis": basis,
        "best_fifth": best,
        "worst_fifth": worst,
        "potential": best - worst,
        "ci_low": limits[0],
        "ci_high": limits[1],
    }


def ten_best(difference: Floats, fifth: Floats, codes: list[str]) -> pd.DataFrame:
    """Columns side and municipality_code of gold.ten_best: the ten best and the ten worst of the
    units compared by their measured difference; fewer of each where there are fewer than twenty."""
    compared = np.flatnonzero(np.isfinite(fifth) & np.isfinite(difference))
    order = compared[np.argsort(-difference[compared], kind="stable")]
    listed = min(LISTED, len(order) // 2)
    sides = [(BEST, order[:listed]), (WORST, order[len(order) - listed :])]
    return pd.DataFrame(
        [(side, codes[unit]) for side, units in sides for unit in units],
        columns=["side", "municipality_code"],
    )
