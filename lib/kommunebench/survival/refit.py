"""A fitted Cox model on the same rows with other case weights, from a warm start: nothing is
checked or sorted again."""

import numpy as np

from kommunebench.errors import InputError
from kommunebench.survival import checks
from kommunebench.survival.cox import ROWS, CoxFit
from kommunebench.survival.cox_sums import CoxRows
from kommunebench.survival.curves import Floats
from kommunebench.survival.newton import climb
from kommunebench.survival.partial_likelihood import PartialLikelihood
from kommunebench.survival.threads import block_threads


def refit_weighted(
    fit: CoxFit, weights: Floats, start: Floats | None = None, *, tolerance: float = 1e-9
) -> Floats:
    """Coefficients (p,) of the fit's rows under other case weights (n,), which replace its own;
    from ``start``, else the fit's.

    Stops when the gain still in reach is below ``tolerance`` times the log-likelihood, so that a
    level without events under these weights drifts a little way and ends. Raises InputError for
    wrong weights or none on an event.
    """
    rows = fit.data.rows
    given = checks.numbers("weights", weights, len(rows.weights))
    checks.refuse("weights", given < 0, "negative")
    if not (given[rows.risk.event] > 0).any():
        raise InputError("weights: zero on every event; a hazard cannot be estimated.")
    beta = fit.coefficients.to_numpy() if start is None else start
    # Rescaled as in the fit, so that rare and common terms are of one size; constants cancel.
    centre, spread = checks.mean_and_spread(rows.x)
    scale = np.maximum(spread, np.finfo(float).tiny)
    scaled = CoxRows(rows.risk, rows.x, given, rows.offset, centre, scale)
    blocks = scaled.blocks(ROWS)
    with block_threads(len(blocks)) as threads:
        found = climb(PartialLikelihood(blocks, fit.data.ties, threads), beta * scale, tolerance)
    return found.coefficients / scale
