"""How spells end: the Aalen-Johansen estimate of the share that has ended in each way, from weekly
counts."""

from dataclasses import dataclass

import numpy as np

from kommunebench.errors import InputError
from kommunebench.survival.curves import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeIncidence:
    """Shares of spells by competing end over m rising times.

    ``share`` (E, m): cumulative incidence of each end; ``open_share`` (m,): still without any of
    them; ``se`` (E, m) and ``open_se`` (m,): standard errors.
    """

    time: Floats
    share: Floats
    se: Floats
    open_share: Floats
    open_se: Floats


def cumulative_incidence(time: Floats, at_risk: Floats, ends: Floats) -> CumulativeIncidence:
    """The Aalen-Johansen estimate for competing ends (Aalen and Johansen 1978), ties counted as
    they are.

    ``time`` (m,) positive and rising; ``at_risk`` (m,) spells at risk at each; ``ends`` (E, m)
    spells that end in each way. Given the risk set, the ends of a time are multinomial; the
    variance is that of the delta method over independent times, which equals the sum of squared
    influences of single spells, and for a single end is Greenwood's. Raises InputError where times
    do not rise or more spells end than are at risk.
    """
    if (np.diff(time, prepend=0.0) <= 0).any():
        raise InputError("time: not positive and rising.")
    if (ends < 0).any() or (ends.sum(axis=0) > at_risk).any():
        raise InputError("ends: negative, or more than at risk.")
    hazard = np.divide(ends, at_risk, out=np.zeros_like(ends, dtype=float), where=at_risk > 0)
    staying = 1.0 - hazard.sum(axis=0)
    staying[ends.sum(axis=0) == at_risk] = 0.0
    open_share = np.cumprod(staying)
    before = np.concatenate([[1.0], open_share[:-1]])
    share = np.cumsum(before * hazard, axis=1)
    se = np.stack([_error(share, end, hazard, before, at_risk) for end in range(len(ends))])
    # Open after t: every end takes it down, so its derivative is minus the sum of the others.
    return CumulativeIncidence(
        time=time,
        share=share,
        se=se,
        open_share=open_share,
        open_se=_open_error(open_share, hazard, at_risk),
    )


def _error(share: Floats, end: int, hazard: Floats, before: Floats, at_risk: Floats) -> Floats:
    """Standard error of one end's share at every time (m,)."""
    staying = 1.0 - hazard.sum(axis=0)
    later = share[end][:, None] - share[end][None, :]
    # What a hazard at s takes from the share after it; nothing is left where all ended.
    lost = np.divide(later, staying, out=np.zeros_like(later), where=staying > 1e-12)
    gained = np.broadcast_to(before, later.shape)
    of_end = hazard[end]
    total = hazard.sum(axis=0)
    first = of_end * (gained - lost) ** 2 + (total - of_end) * lost**2
    second = of_end * (gained - lost) - (total - of_end) * lost
    return _root_of_sum(first - second**2, at_risk)


def _open_error(open_share: Floats, hazard: Floats, at_risk: Floats) -> Floats:
    total = hazard.sum(axis=0)
    odds = np.divide(total, 1.0 - total, out=np.zeros_like(total), where=total < 1.0 - 1e-12)
    by_time = np.divide(odds, at_risk, out=np.zeros_like(total), where=at_risk > 0)
    error: Floats = open_share * np.sqrt(np.cumsum(by_time))
    return error


def _root_of_sum(variances: Floats, at_risk: Floats) -> Floats:
    """Root of the sum over times s <= t of variances (t, s) over the risk set at s."""
    by_time = np.divide(
        variances, at_risk, out=np.zeros_like(variances), where=(at_risk > 0)[None, :]
    )
    root: Floats = np.sqrt(np.tril(by_time).sum(axis=1).clip(min=0.0))
    return root
