"""Exact influence functions of the whole chain, persons as clusters (method, section 7).

The influence of spell i on the performance y_K of unit K is d y_K / d w_i. It has a part in the
spell's own unit (its expected and observed measure, the risk sets of the unit) and a part through
its group's coefficients and baseline, which reaches every unit. The latter has rank p + H, so it is
a product of (n, p + H) and (p + H, K) and never stored: blocks of spells are multiplied, summed by
person and squared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Floats, Indices, backwards
from kommunebench.benchmark.blocks.shared_passes import Several, several
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.pace import PaceScale
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.influence.coefficients import through_coefficients
from kommunebench.benchmark.influence.pace_scale import log_hazard_sums, pace_scale_of
from kommunebench.benchmark.influence.spells import (
    GroupEffects,
    InfluencePlan,
    influence_gram,
    kaplan_meier_effects,
    performance_derivatives,
)
from kommunebench.benchmark.influence.sums import (
    GroupSums,
    InfluenceSums,
    MultiplierEffects,
    influence_sums,
    multiplier_effects,
)


@dataclass(frozen=True, slots=True)
class PerformanceCovariance:
    """Covariance of the performances over units: plain, robust, and between the two, each (K,
    K). ``pace_scale``: how a performance becomes a pace, the log hazard of the unit."""

    plain: Floats
    robust: Floats
    between: Floats
    pace_scale: PaceScale

    @property
    def difference_variance(self) -> Floats:
        """Variance of plain less robust performance by unit (K,)."""
        return np.diag(self.plain) + np.diag(self.robust) - 2 * np.diag(self.between)

    def mean_difference_se(self, units: Indices) -> float:
        """Standard error of the mean of plain less robust performance over the given units."""
        inside = np.ix_(units, units)
        total = (
            self.plain[inside].sum() + self.robust[inside].sum() - 2 * self.between[inside].sum()
        )
        return float(np.sqrt(max(total, 0.0)) / len(units))


def performance_covariance(
    blocks: Blocks, chain: ChainEstimate, indicator: Indicator
) -> PerformanceCovariance:
    """Covariance of the performances: the influences summed by person, multiplied with themselves,
    over blocks of whole persons; and the error of a second stage whose units are a sample."""
    plan = influence_plan(blocks, chain, indicator)
    total, n_units = blocks.total(partial(influence_gram, plan=plan)).total, len(chain.n_spells)
    total = total + deviations_gram([group.d_deviation for group in plan.groups])
    return PerformanceCovariance(
        plain=total[:n_units, :n_units],
        robust=total[n_units:, n_units:],
        between=total[:n_units, n_units:],
        pace_scale=plan.pace_scale,
    )


def deviations_gram(areas: Sequence[Floats | None]) -> Floats | float:
    """What the units' deviations from the second stage's regression add to the covariance, from
    every group's derivatives in them (None without a second stage): they are common to the
    groups."""
    known = [area for area in areas if area is not None]
    if not known:
        return 0.0
    deviation: Floats = np.sum(known, axis=0)
    return deviation.T @ deviation


def influence_plan(blocks: Blocks, chain: ChainEstimate, indicator: Indicator) -> InfluencePlan:
    """Two sums over the blocks, and the derivatives they give."""
    on_expected, on_observed, on_robust = performance_derivatives(chain, indicator)
    both: Several = blocks.total(
        partial(
            several,
            functions=(
                partial(
                    influence_sums, models=chain.models, curves=chain.curves, measure=chain.measure
                ),
                partial(log_hazard_sums, hazards=chain.hazards, measure=chain.measure),
            ),
        )
    )
    sums, of_log_hazard = both.results
    ratio = _multiplier_ratio(chain, sums)
    through = blocks.total(
        partial(multiplier_effects, models=chain.models, curves=chain.curves, ratio=ratio)
    )
    derivatives = np.stack([on_expected, on_robust]) / chain.n_spells
    groups = tuple(
        _group_effects(
            chain, sums.groups[g], g, through=through, ratio=ratio, derivatives=derivatives
        )
        for g in range(len(chain.models))
    )
    per_event, running_per_event = kaplan_meier_effects(chain.counts, chain.measure)
    return InfluencePlan(
        chain=chain,
        groups=groups,
        ratio=ratio,
        on_expected=on_expected,
        on_observed=on_observed,
        on_robust=on_robust,
        pace_scale=pace_scale_of(chain, of_log_hazard, indicator),
        per_event=per_event,
        running_per_event=running_per_event,
    )


def _multiplier_ratio(chain: ChainEstimate, sums: InfluenceSums) -> Floats:
    """G_s / h_s per unit and week (K, H), of the mean over spells; 0 where the multiplier does not
    depend on the weights (no events, all succeed)."""
    area = np.zeros(sums.multiplier_slope.shape)
    for hazard, group in zip(chain.hazards, sums.groups, strict=True):
        area += chain.measure.to_the_right(group.robust_area) * -hazard.finite_factors[:, 0]
    usable = (sums.multiplier_slope < 0) & np.isfinite(chain.curves.multiplier[:, :, 0])
    return np.divide(
        area / chain.n_spells[:, None],
        sums.multiplier_slope,
        out=np.zeros(area.shape),
        where=usable,
    )


def _group_effects(
    chain: ChainEstimate,
    sums: GroupSums,
    g: int,
    *,
    through: MultiplierEffects,
    ratio: Floats,
    derivatives: Floats,
) -> GroupEffects:
    """What a group's coefficients and factors do to the performances. ``derivatives`` (2, K): of
    the performance in the *sums* of expected and of robust measure over the unit's spells.

    Formulas are those of the method, section 7: l(s) the group's log factor of week s, g_s the
    slope of its baseline equation, A_i(s) what lies to the right of s under spell i's curve, and
    a_i = -r_i l of the multipliers phi, with G_s and h_s.
    """
    model, measure, n_spells = chain.models[g], chain.measure, chain.n_spells[:, None]
    intervals = model.intervals

    def of_equation(by_week: Floats) -> Floats:
        """Values by week (H, …) of the equation that a week's log factor solves; where the factor
        is that of an interval, at each week their total over its interval."""
        return by_week if intervals is None else intervals.totals(by_week)

    curvature = of_equation(sums.curvature)
    g_s = np.where(curvature > 0, curvature, np.inf)
    # dl(s)/dbeta = -{sum_D [r/(1-e^rl) + r^2 l e^rl/(1-e^rl)^2] x - sum_R r x} / g_s.
    dl_dbeta = -of_equation(sums.event_x - backwards(sums.leaving_x, 0)) / g_s[:, None]
    dy_dexpected, dy_drobust = derivatives[0][:, None], derivatives[1][:, None]
    # dE_K/dl(s) = mean r_i A_i(s).
    dexpected_dl = measure.to_the_right(sums.expected_area)
    # dE_K/dbeta = mean x_i sum_k S_i log S_i.
    dexpected_dbeta = sums.expected_slope
    # dO/da_i(s) = -phi A_i/n_K + (G_s/h_s) {dN_i [1/(1-e) - phi a_i e/(1-e)^2] - Y_i}, and at
    # fixed coefficients da_i = -r_i dl.
    phi_area = measure.to_the_right(sums.robust_area) * chain.curves.finite[:, :, 0]
    drobust_dl = phi_area + n_spells * (ratio * sums.risk - through.event_sum[g])
    # The same with da_i = a_i x_i dbeta at fixed factors.
    drobust_dbeta = sums.robust_slope + n_spells * through.beta[g]
    # The plain performance depends on the model through the expected measure alone, the robust one
    # through expected less robust.
    plain_dl, plain_dbeta = dexpected_dl * dy_dexpected, dexpected_dbeta * dy_dexpected
    dy_dl = np.concatenate([plain_dl, plain_dl - drobust_dl * dy_drobust]).T
    dy_dbeta = np.concatenate([plain_dbeta, plain_dbeta - drobust_dbeta * dy_drobust]).T
    # dl(s)/dw_i = -[dN_i r_i/(1-e^{r_i l}) - Y_i r_i] / g_s, whose bracket the spells bring.
    d_week = of_equation(dy_dl) / g_s[:, None]
    # All hazards times exp(level): dl = l dlevel.
    d_level = chain.hazards[g].finite_factors[:, 0] @ dy_dl
    dy_dfit, d_deviation = through_coefficients(model, dy_dbeta, d_level)
    return GroupEffects(
        # dbeta/dw_i = I^-1 score residual_i, and what the coefficients do to the factors.
        d_score=model.estimate.bread @ (dy_dfit + dl_dbeta.T @ dy_dl),
        d_week=d_week,
        d_at_risk=np.cumsum(d_week, axis=0),
        d_level=d_level,
        d_deviation=d_deviation,
    )
