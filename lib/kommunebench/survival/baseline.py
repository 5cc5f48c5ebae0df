"""The baseline of a Cox model: Kalbfleisch-Prentice's product limit, or Breslow's cumulative
hazard."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kommunebench.errors import InputError
from kommunebench.survival.arguments import refuse_unknown_choice
from kommunebench.survival.cox_sums import CoxRows
from kommunebench.survival.curves import OPEN_CURVE, Floats, SurvivalCurve
from kommunebench.survival.partial_likelihood import PartialLikelihood
from kommunebench.survival.risk_sets import Indices, totals
from kommunebench.survival.tie_equation import solve_cells, tie_sums

BaselineMethod = Literal["kalbfleisch_prentice", "breslow"]
_ROWS = 4096


def kalbfleisch_prentice(
    event_position: Indices, weight: Floats, risk: Floats, at_risk: Floats
) -> Floats:
    """Log factor of the baseline survival at each event time, 0 or less; minus infinity where all
    at risk have the event.

    With alpha = exp(log factor), solves sum over events of w r / (1 - alpha^r) = sum over the risk
    set of w r (Kalbfleisch and Prentice 1973). Without covariates alpha is Kaplan-Meier's factor.
    ``event_position``, ``weight`` and ``risk`` are the event rows' event time (0 … m - 1), case
    weight and exp(x beta); ``at_risk`` (m,) the right hand side. Raises ConvergenceError if
    Newton's method, safeguarded by bisection, does not settle.
    """
    m = len(at_risk)
    n_events = np.bincount(event_position, minlength=m)
    # Event times with a single event have a closed form, and their rows need not be summed.
    tied = np.flatnonzero(n_events[event_position] > 1)
    tied_position, tied_weight, tied_risk = event_position[tied], weight[tied], risk[tied]
    return solve_cells(
        lambda factor: tie_sums(tied_position, tied_weight, tied_risk, factor),
        n_events,
        totals(event_position, weight, m),
        totals(event_position, weight * risk, m),
        at_risk,
    )


def log_survival_at(log_survival: Floats, log_risk: float) -> Floats:
    """Log survival of risk exp(``log_risk``), from that of risk 1, both (m,).

    A curve of 1 or of 0 stays what it is at every risk. Beyond the range of numbers a logarithm is
    the lowest finite one, so that minus infinity says that all at risk have had the event.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.maximum(log_survival * np.exp(log_risk), np.finfo(float).min)
    return np.where((log_survival == 0) | np.isneginf(log_survival), log_survival, scaled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baselines:
    """The baselines of a fitted model, relative to a row whose linear predictor is ``shift`` (so
    that risks stay in range).

    ``factors`` (m,): log survival factor at each event time; ``hazard`` (m,): Breslow's hazard
    there; ``drift`` (m, p) and ``spread`` (m,): increments of that hazard's derivative in the
    coefficients and of its own variance; ``followed_to``: last observed time by stratum.
    """

    rows: CoxRows
    shift: float
    factors: Floats
    hazard: Floats
    drift: Floats
    spread: Floats
    followed_to: Floats

    def log_survival(self, stratum: int) -> tuple[Floats, Floats]:
        """Event times of a stratum and log survival after each, at the linear predictor
        ``shift``."""
        times = self._event_times(stratum)
        return self.rows.risk.grid.time[times], np.cumsum(self.factors[times])

    def curve(
        self, stratum: int, covariance: Floats, centre: Floats, centre_predictor: float
    ) -> SurvivalCurve:
        """Survival at covariates zero, with the standard error of Tsiatis (1981).

        The covariates of the rows are those of the model less ``centre`` (p,), whose linear
        predictor is ``centre_predictor``. Far from zero the curve may be 0 or 1 throughout.
        """
        times, risk, weights = self._event_times(stratum), self.rows.risk, self.rows.weights
        time, log_survival = self.log_survival(stratum)
        log_risk = -self.shift - centre_predictor
        log_at_zero = log_survival_at(log_survival, log_risk)
        # Survival times risk, in logarithms, so that zero times infinity does not occur.
        survival_risk = np.exp(log_at_zero + log_risk)
        drift = np.cumsum(self.drift[times], axis=0)
        # The derivative at the given covariates, not at those less the centre.
        drift += np.cumsum(self.hazard[times])[:, None] * centre
        variance = np.cumsum(self.spread[times]) + np.einsum(
            "ij,jk,ik->i", drift, covariance, drift
        )
        event_weight = totals(risk.last[risk.event] - 1, weights[risk.event], len(risk.grid.time))
        return SurvivalCurve(
            time=time,
            at_risk=risk.over_risk_sets(weights)[times],
            events=event_weight[times],
            censored=np.zeros(len(time)),
            survival=np.exp(log_at_zero),
            survival_se=survival_risk * np.sqrt(variance),
            observed_to=float(self.followed_to[stratum]),
            is_baseline=True,
        )

    def _event_times(self, stratum: int) -> slice:
        bounds = self.rows.risk.grid.bounds
        return slice(int(bounds[stratum]), int(bounds[stratum + 1]))


def baseline_factors(
    rows: CoxRows, beta: Floats, method: BaselineMethod, followed_to: Floats
) -> Baselines:
    """Baselines of all strata at the coefficients ``beta``; Breslow's hazard also where ties were
    Efron's.

    Raises InputError for an unknown method.
    """
    refuse_unknown_choice("method", method, ("kalbfleisch_prentice", "breslow"))
    predictor, risk = rows.predictor(beta), rows.risk
    shift = float(np.average(predictor, weights=rows.weights))
    relative_risk = np.exp(predictor - shift)
    terms = PartialLikelihood([rows], "breslow").score(beta).terms
    hazard = np.zeros(len(risk.grid.time))
    hazard[terms.at] = terms.weight / terms.denominator * np.exp(shift - terms.shift)
    spread = np.zeros(len(hazard))
    weighted = terms.weight > 0
    spread[terms.at[weighted]] = hazard[terms.at[weighted]] ** 2 / terms.weight[weighted]
    if method == "breslow":
        factors = -hazard
    else:
        events = np.flatnonzero(risk.event & (rows.weights > 0))
        factors = kalbfleisch_prentice(
            risk.last[events] - 1,
            rows.weights[events],
            relative_risk[events],
            risk.over_risk_sets(rows.weights * relative_risk),
        )
    return Baselines(
        rows=rows,
        shift=shift,
        factors=factors,
        hazard=hazard,
        drift=terms.mean_by_time * hazard[:, None],
        spread=spread,
        followed_to=followed_to,
    )


def expected_durations(
    time: Floats, log_survival: Floats, predictor: Floats, horizon: float
) -> Floats:
    """Area under exp(log_survival exp(predictor)) from 0 to the horizon, one value a row; flat
    after the last time.

    Raises InputError for an infinite horizon where the survival stays above zero.
    """
    if np.isinf(horizon):
        if not len(time) or not np.isneginf(log_survival[-1]):
            raise InputError(OPEN_CURVE)
        horizon = float(time[-1])
    inside = time < horizon
    widths = np.diff(np.concatenate([[0.0], time[inside], [horizon]]))
    # No predictor, however far away, moves a survival of 0 or 1.
    fixed = np.isneginf(log_survival[inside]) | (log_survival[inside] == 0)
    result = np.empty(len(predictor))
    for start in range(0, len(predictor), _ROWS):
        with np.errstate(over="ignore", invalid="ignore"):
            risk = np.exp(predictor[start : start + _ROWS])
            exponent = risk[:, None] * log_survival[inside][None, :]
        exponent[:, fixed] = log_survival[inside][fixed]
        result[start : start + _ROWS] = widths[0] + np.exp(exponent) @ widths[1:]
    return result
