"""How well a Cox model orders the durations, and whether its hazards are proportional."""

import numpy as np
import pandas as pd
from scipy import stats

from kommunebench.survival import checks
from kommunebench.survival.cox_sums import CoxRows, Terms, Ties
from kommunebench.survival.curves import Floats
from kommunebench.survival.partial_likelihood import PartialLikelihood
from kommunebench.survival.risk_sets import weighted_sum

# Share of the largest predictor within which two predictors are one.
_ROUNDING = 1e-12


def concordance(rows: CoxRows, duration: Floats, predictor: Floats) -> float:
    """Harrell's C: share of comparable pairs in which the row with the higher predictor had its
    event first; ties count half.

    A row with an event at t is compared with every row of its stratum at risk at t that outlasts t
    or is censored at it; pairs count by the product of their weights. Predictors that differ by
    rounding only are ties. NaN where no pair is comparable. The time taken grows with event times
    times rows.
    """
    concordant = pairs = 0.0
    risk, weights = rows.risk, rows.weights
    predictor = _without_rounding(predictor)
    for position, time in enumerate(risk.grid.time):
        at_risk = (risk.first <= position) & (risk.last > position)
        tied = risk.event & (risk.last - 1 == position)
        others = np.flatnonzero(at_risk & ~(tied & (duration == time)))
        events = np.flatnonzero(tied)
        order = others[np.argsort(predictor[others], kind="stable")]
        weight_below = np.concatenate([[0.0], np.cumsum(weights[order])])
        low = np.searchsorted(predictor[order], predictor[events], side="left")
        high = np.searchsorted(predictor[order], predictor[events], side="right")
        concordant += float(weights[events] @ (weight_below[low] + weight_below[high])) / 2
        pairs += float(weights[events].sum() * weight_below[-1])
    return concordant / pairs if pairs > 0 else float("nan")


def _without_rounding(predictor: Floats) -> Floats:
    """Equal rows may get predictors that differ in the last digit, by where they stand in a matrix
    product; here they are one number again."""
    size = float(np.max(np.abs(predictor), initial=0.0))
    return checks.first_of_neighbours(predictor, _ROUNDING * max(size, 1.0))


def proportionality(rows: CoxRows, beta: pd.Series, covariance: Floats, ties: Ties) -> pd.DataFrame:
    """Test per term of a coefficient that changes linearly with time (proportionality_of_sums) of
    rows held in memory."""
    terms = PartialLikelihood([rows], ties).score(beta.to_numpy()).terms
    risk = rows.risk
    event_weight = weighted_sum(risk.tied, rows.weights)
    event_x = weighted_sum(risk.tied, rows.weights, rows.x)
    chi2, p_value = proportionality_of_sums(
        risk.grid.time, event_weight, event_x, terms, covariance
    )
    return pd.DataFrame({"chi2": chi2, "p_value": p_value}, index=beta.index)


def proportionality_of_sums(
    time: Floats, event_weight: Floats, event_x: Floats, terms: Terms, covariance: Floats
) -> tuple[Floats, Floats]:
    """Chi-squared and p-value (p,), one degree of freedom each (Grambsch and Therneau 1994, their
    approximation).

    The covariance between scaled Schoenfeld residuals and event times, squared, over its variance.
    By event time: ``time`` (m,), weights of the events ``event_weight`` (m,), their weighted
    covariates ``event_x`` (m, p); ``terms``: the likelihood's at the coefficients. NaN for terms
    whose variance in ``covariance`` is zero (left out of the model), and where all events have one
    time.
    """
    centred, total = time - np.average(time, weights=event_weight), event_weight.sum()
    residual = event_x - event_weight[:, None] * terms.mean_by_time
    # A term without variance was left out of the model: nothing to test.
    variance = np.where(np.diag(covariance) > 0, np.diag(covariance), np.nan)
    with np.errstate(invalid="ignore"):
        chi2 = (centred @ residual @ covariance * total) ** 2 / (
            total * variance * (event_weight @ centred**2)
        )
    return chi2, stats.chi2.sf(chi2, 1)
