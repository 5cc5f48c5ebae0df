"""Cox's proportional hazards model: ties, case weights, delayed entry, strata, offset, clusters,
and a ridge on single terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kommunebench.errors import ConvergenceError, InputError
from kommunebench.survival import checks
from kommunebench.survival.argument_labels import as_labels
from kommunebench.survival.arguments import (
    Column,
    Table,
    refuse_misaligned,
    refuse_unknown_choice,
)
from kommunebench.survival.cox_fit import CoxData, CoxFit
from kommunebench.survival.cox_rows import ColumnScaling, CoxRows
from kommunebench.survival.cox_sums import Ties
from kommunebench.survival.curves import Floats
from kommunebench.survival.merging import equal_rows
from kommunebench.survival.newton import AliasedTerms, Maximum, maximise
from kommunebench.survival.partial_likelihood import PartialLikelihood, score_residuals
from kommunebench.survival.risk_sets import lay_out
from kommunebench.survival.threads import block_threads

__all__ = ["CoxData", "CoxFit", "fit_cox"]

# Rows computed with at a time: their covariates stay in the processor's cache.
ROWS = 8192
# A column whose mean is this many standard deviations from zero is centred before anything is
# computed of it. Nearer to zero no digit that matters is lost, and the covariates are not copied.
_FAR = 100.0


def fit_cox(
    duration: Column,
    event: Column,
    covariates: Table,
    *,
    entry: Column | None = None,
    weights: Column | None = None,
    strata: Column | Table | None = None,
    cluster: Column | Table | None = None,
    offset: Column | None = None,
    ties: Ties = "breslow",
    ridge: Mapping[str, float] | None = None,
    aliased: AliasedTerms = "refuse",
) -> CoxFit:
    """Fit hazard(t | x) = hazard0(t) exp(x beta) by the partial likelihood (Cox 1972).

    ``covariates``: a table (arguments.as_frame) of numbers, already dummy coded, no constant. The
    other arguments have one value per row; pandas arguments must agree in their row labels. At risk
    at t: entry < t <= duration; times that differ by rounding only are one. ``strata`` and
    ``cluster`` may be several columns, whose combinations count. ``cluster`` gives robust standard
    errors, score residuals summed within clusters, no small-sample factor (Lin and Wei 1989).
    ``ridge``: by term, the standard deviation of a normal prior with mean 0 on its coefficient.
    ``aliased``: whether a term that the rows at risk at the events cannot tell from the terms
    before it is refused or left out (R's rule and tolerance).

    Raises InputError naming argument, column and first rows; ConvergenceError naming separated or
    aliased terms.
    """
    refuse_unknown_choice("ties", ties, ("breslow", "efron"))
    refuse_unknown_choice("aliased", aliased, ("refuse", "omit"))
    by_row = {"duration": duration, "event": event, "entry": entry, "weights": weights}
    by_row |= {"strata": strata, "cluster": cluster, "offset": offset, "covariates": covariates}
    refuse_misaligned(by_row)
    time, happened, start, weight = checks.durations(duration, event, entry, weights)
    n = len(time)
    names, x = checks.design(covariates, n)
    shift = np.zeros(n) if offset is None else checks.numbers("offset", offset, n)
    prior_sd = _prior_deviations(ridge, names)
    if not (happened & (weight > 0)).any():
        raise InputError("event: no event in any row; a hazard cannot be estimated.")
    columns = _prepare_columns(x, weight > 0, names, aliased)
    codes, strata_names = _strata(strata, n)
    clusters = None if cluster is None else as_labels("cluster", cluster, n)[0]
    data = CoxData(
        rows=CoxRows(lay_out(time, happened, start, codes), columns.x, weight, shift),
        centre=columns.centre,
        duration=time,
        stratum=codes,
        strata_names=strata_names,
        ties=ties,
    )
    # The prior as the likelihood has it: of coefficients of columns with unit spread.
    precision = 1.0 / (prior_sd * columns.scale) ** 2
    maximum = _maximum(data, _without_repetition(data, start), columns, precision, aliased)
    return _fitted(data, columns, maximum, dict(ridge or {}), clusters)


def _strata(strata: Column | Table | None, n: int) -> tuple[NDArray[np.intp], tuple]:
    """Codes (n,) and names of the strata; one stratum without a name where there are none."""
    return (np.zeros(n, np.intp), (None,)) if strata is None else as_labels("strata", strata, n)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """The covariates ``x`` (n, p) less ``centre`` (p,), and what the fit standardises them by:
    ``mean`` (of x) and ``scale`` (p,)."""

    names: list[str]
    x: Floats
    centre: Floats
    mean: Floats
    scale: Floats


def _prepare_columns(
    x: Floats, counted: NDArray[np.bool_], names: list[str], aliased: AliasedTerms
) -> _Columns:
    """Columns far from zero centred, with means and spreads of all. Constant columns are refused,
    or made exactly zero where aliased terms are to be left out."""
    varies = checks.varying_columns(x, counted)
    if aliased == "refuse":
        checks.refuse_constant(varies.astype(float), names)
    # Rows without weight do not count, however extreme their values are.
    mean, spread = checks.mean_and_spread(x if counted.all() else x[counted])
    scale = np.where(varies, spread, 1.0)
    checks.refuse_extreme_columns(scale, names)
    far = np.abs(mean) > _FAR * scale
    centre = np.where(far, mean, 0.0)
    centre[~varies] = x[np.argmax(counted), ~varies]
    if centre.any():
        x, mean = x - centre, mean - centre
    mean[~varies] = 0.0
    return _Columns(names=names, x=x, centre=centre, mean=mean, scale=scale)


def _without_repetition(data: CoxData, start: Floats) -> CoxRows:
    """The rows the model is fitted to: equal ones as one with the sum of their weights, where that
    makes them a good deal fewer."""
    rows, risk = data.rows, data.rows.risk
    if rows.offset.any() or not rows.x.shape[1]:
        return rows
    marks = (risk.first * (len(risk.grid.time) + 1) + risk.last) * 2 + risk.event
    if data.ties == "efron":
        # The number of tied events counts: every event row keeps another mark.
        marks[risk.event] = -1 - np.arange(int(risk.event.sum()))
    merged = equal_rows(rows.x, marks)
    if merged is None:
        return rows
    kept = merged.rows
    layout = lay_out(
        data.duration[kept], risk.event[kept], start[kept], data.stratum[kept], risk.grid
    )
    return CoxRows(layout, rows.x[kept], merged.weights(rows.weights), rows.offset[kept])


def _maximum(
    data: CoxData, rows: CoxRows, columns: _Columns, precision: Floats, aliased: AliasedTerms
) -> Maximum:
    """The maximum in coefficients of standardised columns, which keep the sums small. Columns that
    depend on others among all rows are named before those that do at the events only."""
    scaling = ColumnScaling(columns.mean, columns.scale)
    scaled = CoxRows(rows.risk, rows.x, rows.weights, rows.offset, scaling)
    blocks, names = scaled.blocks(ROWS), columns.names
    with block_threads(len(blocks)) as threads:
        likelihood = PartialLikelihood(blocks, data.ties, threads)
        try:
            return maximise(
                likelihood, np.zeros(len(names)), names, precision=precision, aliased=aliased
            )
        except ConvergenceError:
            if aliased == "refuse":
                checks.refuse_dependent_columns(rows.x[rows.weights > 0], names)
            raise


def _fitted(
    data: CoxData,
    columns: _Columns,
    maximum: Maximum,
    ridge: dict[str, float],
    clusters: np.ndarray | None,
) -> CoxFit:
    """The maximum on the covariates' own scale."""
    names, scale = columns.names, columns.scale
    squared_scale = np.outer(scale, scale)
    covariance, bread = maximum.covariance / squared_scale, maximum.bread / squared_scale
    beta = maximum.coefficients / scale
    se = np.where(maximum.aliased, np.nan, np.sqrt(np.diag(covariance)))
    robust = None
    if clusters is not None:
        influence = _cluster_scores(data, beta, clusters) @ bread
        squares = np.einsum("ij,ij->j", influence, influence)
        robust = pd.Series(np.where(maximum.aliased, np.nan, np.sqrt(squares)), names)
    return CoxFit(
        coefficients=pd.Series(beta, names),
        se=pd.Series(se, names),
        se_robust=robust,
        covariance=pd.DataFrame(covariance, names, names),
        bread=pd.DataFrame(bread, names, names),
        aliased=tuple(name for name, out in zip(names, maximum.aliased, strict=True) if out),
        ridge={str(name): float(sd) for name, sd in ridge.items()},
        log_likelihood=maximum.value,
        log_likelihood_null=maximum.start_value,
        score_statistic=maximum.start_statistic,
        iterations=maximum.iterations,
        data=data,
    )


def _cluster_scores(data: CoxData, beta: Floats, clusters: np.ndarray) -> Floats:
    """Weighted score residuals summed by cluster (clusters, p)."""
    residuals = score_residuals(data.rows, beta, data.ties) * data.rows.weights[:, None]
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.diff(clusters[order], prepend=-1))
    return np.add.reduceat(residuals[order], starts, axis=0)


def _prior_deviations(ridge: Mapping[str, float] | None, names: list[str]) -> Floats:
    """Prior standard deviation of every term (p,), infinite where there is no ridge."""
    deviations = np.full(len(names), np.inf)
    if ridge is None:
        return deviations
    if not isinstance(ridge, Mapping):
        raise InputError("ridge: expected a dict of standard deviations by term.")
    unknown = [str(name) for name in ridge if str(name) not in names]
    if unknown:
        raise InputError(f"ridge: terms {unknown} are not among the covariates {names}.")
    for name, deviation in ridge.items():
        what = f"ridge: the standard deviation of '{name}' must be"
        if not isinstance(deviation, Real) or isinstance(deviation, bool):
            raise InputError(f"{what} a number.")
        if not 0 < float(deviation) < np.inf:
            raise InputError(f"{what} positive and finite, got {deviation}.")
        deviations[names.index(str(name))] = float(deviation)
    return deviations
