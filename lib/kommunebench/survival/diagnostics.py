"""How well a Cox model orders the durations, and whether its hazards are proportional."""

import numpy as np
import pandas as pd
from scipy import stats

from kommunebench.survival.cox_sums import CoxRows, Terms, Ties
from kommunebench.survival.curves import Floats
from kommunebench.survival.partial_likelihood import PartialLikelihood
from kommunebench.survival.risk_sets import weighted_sum


def concordance(rows: CoxRows, duration: Floats, predictor: Floats) -> float:
    """Harrell's C: share of comparable pairs in which the row with the higher predictor had its
    event first; ties count half.

    A row with an event at t is compared with every row of its stratum at risk at t that outlasts t
    or is censored at it; pairs count by the product of their weights. NaN where no pair is
    comparable. The time taken grows with event times times rows.
    """
    right = pairs = 0.0
    risk, weights = rows.risk, rows.weights
    for position, time in enumerate(risk.grid.time):
        reached = (risk.first <= position) & (risk.last > position)
        tied = risk.event & (risk.last - 1 == position)
        others = np.flatnonzero(reached & ~(tied & (duration == time)))
        own = np.flatnonzero(tied)
        order = others[np.argsort(predictor[others], kind="stable")]
        below = np.concatenate([[0.0], np.cumsum(weights[order])])
        low = np.searchsorted(predictor[order], predictor[own], side="left")
        high = np.searchsorted(predictor[order], predictor[own], side="right")
        right += float(weights[own] @ (below[low] + below[high])) / 2
        pairs += float(weights[own].sum() * below[-1])
    return right / pairs if pairs > 0 else float("nan")


def proportionality(rows: CoxRows, beta: pd.Series, covariance: Floats, ties: Ties) -> pd.DataFrame:
    """Test per term of a coefficient that changes linearly with time (proportionality_of_sums) of
    rows held in memory."""
    terms = PartialLikelihood([rows], ties).score(beta.to_numpy()).terms
    risk = rows.risk
    deaths, event_x = (
        weighted_sum(risk.tied, rows.weights),
        weighted_sum(risk.tied, rows.weights, rows.x),
    )
    chi2, p_value = proportionality_of_sums(risk.grid.time, deaths, event_x, terms, covariance)
    return pd.DataFrame({"chi2": chi2, "p_value": p_value}, index=beta.index)


def proportionality_of_sums(
    time: Floats, deaths: Floats, event_x: Floats, terms: Terms, covariance: Floats
) -> tuple[Floats, Floats]:
    """Chi-squared and p-value (p,), one degree of freedom each (Grambsch and Therneau 1994, their
    approximation).

    The covariance between scaled Schoenfeld residuals and event times, squared, over its variance.
    By event time: ``time`` (m,), weights of the events ``deaths`` (m,), their weighted covariates
    ``event_x`` (m, p); ``terms``: the likelihood's at the coefficients. NaN for terms whose
    variance in ``covariance`` is zero (left out of the model).
    """
    m, p = event_x.shape
    mean = np.zeros((m, p))
    np.add.at(mean, terms.at, terms.mean)
    mean /= np.maximum(np.bincount(terms.at, minlength=m), 1)[:, None]
    centred, total = time - np.average(time, weights=deaths), deaths.sum()
    residual = event_x - deaths[:, None] * mean
    # A term without variance was left out of the model: nothing to test.
    variance = np.where(np.diag(covariance) > 0, np.diag(covariance), np.nan)
    chi2 = (centred @ residual @ covariance * total) ** 2 / (
        total * variance * (deaths @ centred**2)
    )
    return chi2, stats.chi2.sf(chi2, 1)
