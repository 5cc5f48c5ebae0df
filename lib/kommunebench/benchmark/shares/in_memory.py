"""Cases laid out in memory: columns checked, designs planned, blocks made."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Flags
from kommunebench.benchmark.blocks.columns import SpellColumns, identities
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.covariates.counts import CovariateCounts, count_covariates
from kommunebench.benchmark.covariates.design import DesignPlan
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.in_memory import (
    SpellsInMemory,
    blocks_in_memory,
    covariate_frame,
    designs_by_group,
    unit_effects_of,
    unit_facts,
)
from kommunebench.benchmark.shares.chain import PERIODS
from kommunebench.benchmark.shares.design import OUTCOME, Level, plan_cases
from kommunebench.errors import InputError
from kommunebench.survival import checks
from kommunebench.verdict_rules import CONSTANT_SHARE, EVENTS_PER_COLUMN


def case_columns(
    cases: pd.DataFrame, *, unit: str, outcome: str, cluster: str | None, group: str | None
) -> SpellColumns:
    """The columns of a frame of cases, as spells of one period that end in the outcome; clusters
    take the place of persons. Raises InputError naming column and first rows for missing or broken
    values."""
    wanted = [name for name in (unit, outcome, cluster, group) if name is not None]
    absent = [name for name in wanted if name not in cases]
    if absent:
        raise InputError(f"cases: columns {absent} missing; found {list(cases.columns)}.")
    if not len(cases):
        raise InputError("cases: no rows.")
    happened = checks.numbers(outcome, cases[outcome], len(cases))
    checks.refuse(outcome, ~np.isin(happened, (0.0, 1.0)), "neither 0 nor 1")
    return SpellColumns(
        duration=np.full(len(cases), PERIODS, np.intp),
        event=happened.astype(bool),
        horizon=PERIODS,
        **identities(cases, unit=unit, group=group, person=cluster),
    )


def lay_out_cases(
    cases: pd.DataFrame,
    columns: SpellColumns,
    specs: Sequence[CovariateSpec],
    *,
    unit_effects: bool = False,
    constant_share: float = CONSTANT_SHARE,
    events_per_column: float = EVENTS_PER_COLUMN,
) -> SpellsInMemory:
    """Cases in blocks, their designs planned from their counts, with what a model with effects of
    the units needs to know where it is asked for (``constant_share`` and ``events_per_column``:
    RecordLayout). Raises InputError as plan_cases, with the group's name in front where there are
    several."""
    frame = covariate_frame_with_outcome(cases, columns, specs)
    designs = designs_by_group(
        columns, lambda rows: _plan(frame.iloc[rows], specs, events_per_column)
    )
    layout = RecordLayout(
        unit_names=columns.unit_names,
        group_names=columns.group_names,
        designs=designs,
        horizon=PERIODS,
        unit_effects=_unit_effects(frame, columns, specs, designs, constant_share)
        if unit_effects
        else None,
        constant_share=constant_share,
        events_per_column=events_per_column,
    )
    blocks = blocks_in_memory(covariate_frame(cases, specs), columns, layout)
    n_cases = np.bincount(columns.unit, minlength=columns.n_units).astype(float)
    # A case is a person; the clusters are something else.
    return SpellsInMemory(blocks, layout, replace(unit_facts(columns), persons=n_cases))


def _unit_effects(
    frame: pd.DataFrame,
    columns: SpellColumns,
    specs: Sequence[CovariateSpec],
    designs: Sequence[DesignPlan],
    constant_share: float,
) -> tuple[UnitEffects, ...]:
    """The effects of the units, from the cases in no level in which all or none succeed."""
    effects = []
    for code, design in enumerate(designs):
        inside = (columns.group == code) & ~_in_levels(frame, specs, design.event_free_levels)
        effects.append(
            unit_effects_of(
                frame,
                columns,
                inside,
                specs,
                design,
                of_counts=UnitEffects.of_outcomes,
                constant_share=constant_share,
            )
        )
    return tuple(effects)


def covariate_frame_with_outcome(
    cases: pd.DataFrame, columns: SpellColumns, specs: Sequence[CovariateSpec]
) -> pd.DataFrame:
    """The covariates, and the outcome as one more column to be counted."""
    names = [spec.column for spec in specs]
    return cases[names].assign(**{OUTCOME.column: columns.event.astype(float)})


def _plan(
    frame: pd.DataFrame, specs: Sequence[CovariateSpec], events_per_column: float
) -> DesignPlan:
    def count(excluded: Sequence[Level]) -> CovariateCounts:
        return count_outside(frame, specs, excluded)

    return plan_cases(count, specs, events_per_column)


def count_outside(
    frame: pd.DataFrame, specs: Sequence[CovariateSpec], excluded: Sequence[Level]
) -> CovariateCounts:
    """Counts of the cases of a block that are in none of the excluded levels. Raises InputError for
    numbers that are infinite."""
    kept = frame[~_in_levels(frame, specs, excluded)]
    outcome = kept[OUTCOME.column].to_numpy()
    return count_covariates(kept, np.ones(len(kept), np.intp), outcome, (*specs, OUTCOME))


def _in_levels(
    frame: pd.DataFrame, specs: Sequence[CovariateSpec], excluded: Sequence[Level]
) -> Flags:
    categories = {spec.column for spec in specs if spec.kind == "category"}
    inside = np.zeros(len(frame), bool)
    for column, level in excluded:
        if column in categories:
            inside |= (frame[column].astype(str) == level).to_numpy()
        else:
            inside |= pd.to_numeric(frame[column]).to_numpy(float, na_value=np.nan) == float(level)
    return inside
