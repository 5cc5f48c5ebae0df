"""The national models as tables: coefficients, baselines, the test of proportional hazards."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from kommunebench.benchmark.blocks.block import Blocks, Flags, Floats, Indices
from kommunebench.benchmark.covariates.design import DesignPlan
from kommunebench.benchmark.model.group_model import GroupModel
from kommunebench.benchmark.model.likelihood import event_covariates
from kommunebench.benchmark.model.national import NationalModel
from kommunebench.survival.baseline import log_survival_at
from kommunebench.survival.diagnostics import proportionality_of_sums

NO_EVENTS, ALL_EVENTS, OMITTED = "no_events", "all_events", "omitted"
FEW_EVENTS, HELD = "few_events", "held"
# What the marks of the terms are counted as.
_COUNTED_AS = {
    "terms_with_prior": (FEW_EVENTS, HELD),
    "terms_omitted": (OMITTED,),
    "levels_at_limit": (NO_EVENTS, ALL_EVENTS),
}
SECOND_STAGE_COLUMNS = ("group", "term", "coefficient", "se", "omitted", "unit_sd", "units")
COEFFICIENT_COLUMNS = (
    "group", "term", "is_reference", "coefficient", "se", "se_robust", "z", "p_value", "mark",
)  # fmt: skip


def coefficient_table(models: Sequence[NationalModel]) -> pd.DataFrame:
    """Columns of gold.cox_coefficients: terms, then references, then levels without a column.

    ``mark`` says what is special: ``no_events`` (the limit, minus infinity, without standard
    error), ``few_events`` (drawn towards 0 by a prior), ``held`` (likewise, as are the others: the
    events are few for so many terms, or terms together order them without exception), ``omitted``
    (0: the data hold no information on it). Effects of the units are not among the terms.
    """
    return pd.concat([_coefficients(model) for model in models], ignore_index=True)


def _coefficients(model: NationalModel) -> pd.DataFrame:
    design, estimate, shared = model.design, model.estimate, model.shared
    return terms_table(
        model.name,
        design,
        design.terms,
        coefficient=estimate.beta[shared],
        se=np.sqrt(np.diag(estimate.covariance)[shared]),
        se_robust=estimate.se_robust[shared],
        omitted=estimate.omitted[shared],
        prior_sd=estimate.prior_sd[shared],
        with_prior=HELD if model.is_held or design.scarce else FEW_EVENTS,
        without_column=(
            terms_without_column(design.no_events, -np.inf, NO_EVENTS),
            terms_without_column(design.no_information, 0.0, OMITTED),
        ),
    )


def terms_table(
    group: str,
    design: DesignPlan,
    terms: Sequence[str],
    *,
    coefficient: Floats,
    se: Floats,
    se_robust: Floats,
    omitted: Flags,
    prior_sd: Floats,
    with_prior: str,
    without_column: Sequence[pd.DataFrame],
) -> pd.DataFrame:
    """One group's rows of a table of coefficients: its terms with z, p-value and mark, then the
    references of its design, then the levels ``without_column``. Omitted terms have no errors.
    ``z`` and ``p_value`` are of the clustered error ``se_robust``: persons have several spells,
    and it is the error that is printed beside them. ``with_prior``: the mark of a prior."""
    marks = [
        OMITTED if left_out else with_prior if np.isfinite(sd) else None
        for left_out, sd in zip(omitted, prior_sd, strict=True)
    ]
    clustered = np.where(omitted, np.nan, se_robust)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = coefficient / clustered
    fitted = pd.DataFrame(
        {
            "term": list(terms),
            "is_reference": False,
            "coefficient": coefficient,
            "se": np.where(omitted, np.nan, se),
            "se_robust": clustered,
            "z": z,
            "p_value": 2 * stats.norm.sf(np.abs(z)),
            "mark": pd.Series(marks, dtype=object),
        }
    )
    references = terms_without_column(design.references, 0.0, None, is_reference=True)
    filled = [frame for frame in (fitted, references, *without_column) if len(frame)] or [fitted]
    table = pd.concat(filled, ignore_index=True)
    return table.assign(group=group).reindex(columns=list(COEFFICIENT_COLUMNS))


def thin_data(coefficients: pd.DataFrame, held: Sequence[str]) -> dict[str, object]:
    """What gold.benchmark_summary says of how far the data carry a model: its marked terms, from
    its table of coefficients, and the groups whose model that carries the verdicts is ``held``."""
    return {**count_marks(coefficients), "held_groups": ", ".join(held) or None}


def count_marks(coefficients: pd.DataFrame) -> dict[str, int]:
    """How many terms of a table of coefficients have a prior, are omitted, and are levels in which
    nobody or everybody has the event: columns of gold.benchmark_summary."""
    marks = coefficients["mark"]
    return {name: int(marks.isin(kinds).sum()) for name, kinds in _COUNTED_AS.items()}


def terms_without_column(
    terms: Sequence[str], coefficient: float, mark: str | None, *, is_reference: bool = False
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "term": list(terms),
            "is_reference": is_reference,
            "coefficient": coefficient,
            "mark": pd.Series([mark] * len(terms), dtype=object),
        }
    )


def second_stage_table(models: Sequence[GroupModel]) -> pd.DataFrame:
    """Columns of gold.second_stage: the columns of every group's design that are constant within
    units, with their coefficients; no rows where there are none."""
    frames = []
    for model in models:
        effects, second = model.unit_effects, model.second_stage
        if effects is None or second is None:
            continue
        se = second.standard_errors(effects, model.effects_covariance)
        terms = [model.design.terms[position] for position in effects.constant.positions]
        frames.append(
            pd.DataFrame(
                {
                    "group": model.name,
                    "term": terms,
                    "coefficient": second.coefficients,
                    "se": np.where(second.omitted, np.nan, se),
                    "omitted": second.omitted,
                    "unit_sd": second.tau,
                    "units": int((second.weights > 0).sum()),
                }
            )
        )
    if not frames:
        return pd.DataFrame({name: [] for name in SECOND_STAGE_COLUMNS})
    return pd.concat(frames, ignore_index=True)


def baseline_table(models: Sequence[NationalModel]) -> pd.DataFrame:
    """Columns of gold.cox_baseline: the events that the step of each week rests on (of an interval
    with a constant hazard all of them at its last week), survival at the reference levels and all
    numbers zero after it, and minus its logarithm.

    A number far from zero (a calendar year) makes this baseline 1 or 0 to rounding, and its
    logarithm at most the largest number there is; nothing else is computed from it.
    """
    frames = []
    for model in models:
        assert model.log_factors is not None
        shift = float(model.design.centre @ model.fit_beta)
        hazard = -log_survival_at(np.cumsum(model.log_factors), -shift)
        weeks = np.arange(1, len(hazard) + 1)
        frames.append(
            pd.DataFrame(
                {
                    "group": model.name,
                    "week": weeks,
                    "events": _events_at(model, weeks),
                    "baseline_survival": np.exp(-hazard),
                    "cumulative_hazard": hazard,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _events_at(model: NationalModel, weeks: Indices) -> Indices:
    """How many events the model counts in each of the weeks; those of an interval with a constant
    hazard at its last week, because the steps of its weeks tell one number between them."""
    by_time, intervals = model.terms.event_weight, model.intervals
    if intervals is not None:
        is_last = np.diff(intervals.position, append=-1) != 0
        by_time = np.where(is_last, intervals.totals(by_time), 0.0)
    by_week = pd.Series(by_time, model.grid.time).reindex(weeks, fill_value=0.0)
    return by_week.to_numpy(float).round().astype(np.intp)


def proportionality_table(blocks: Blocks, models: Sequence[NationalModel]) -> pd.DataFrame:
    """Columns of gold.proportionality: the Schoenfeld test of every term of every group, from one
    pass over the spells."""
    sums = blocks.total(partial(event_covariates, models=tuple(models))).totals
    frames = []
    for model, event_x in zip(models, sums, strict=True):
        n_events, covariance = model.terms.event_weight, model.estimate.covariance
        chi2, p_value = proportionality_of_sums(
            model.grid.time, n_events, event_x, model.terms, covariance
        )
        tested = {"chi2": chi2[model.shared], "p_value": p_value[model.shared]}
        frames.append(
            pd.DataFrame({"group": model.name, "term": list(model.design.terms), **tested})
        )
    return pd.concat(frames, ignore_index=True)
