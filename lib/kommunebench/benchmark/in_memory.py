"""Spells laid out in memory, and the chain of estimates over them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Flags, Indices, MemoryBlocks
from kommunebench.benchmark.blocks.columns import SpellColumns
from kommunebench.benchmark.blocks.records import RecordLayout, encode_spells, memory_blocks
from kommunebench.benchmark.comparison.models import WITHIN
from kommunebench.benchmark.comparison.table import UnitFacts
from kommunebench.benchmark.covariates.constant import constant_columns, values_by_unit
from kommunebench.benchmark.covariates.counts import count_covariates
from kommunebench.benchmark.covariates.design import DesignPlan, plan_design
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.covariates.unit_effects import ConstantColumns, UnitEffects
from kommunebench.benchmark.durations.chain import (
    ChainEstimate,
    estimate_chain,
    with_baselines,
)
from kommunebench.benchmark.durations.measure import Measure, MeasureName
from kommunebench.benchmark.model.memory_fit import fit_in_memory
from kommunebench.benchmark.model.national import ModelChoice, NationalModel
from kommunebench.errors import in_model_of
from kommunebench.verdict_rules import CONSTANT_SHARE, EVENTS_PER_COLUMN


@dataclass(frozen=True, slots=True)
class SpellsInMemory:
    """Spells laid out in blocks, with what is known of their units."""

    blocks: MemoryBlocks
    layout: RecordLayout
    facts: UnitFacts


def lay_out_spells(
    spells: pd.DataFrame,
    columns: SpellColumns,
    specs: Sequence[CovariateSpec],
    *,
    unit_effects: bool = False,
    constant_share: float = CONSTANT_SHARE,
    events_per_column: float = EVENTS_PER_COLUMN,
) -> SpellsInMemory:
    """Spells in blocks, their designs planned from their counts, with what a model with effects of
    the units needs to know where it is asked for (``constant_share`` and ``events_per_column``:
    RecordLayout). Raises InputError as plan_design, with the group's name in front."""

    def plan(rows: Indices) -> DesignPlan:
        counted = count_covariates(
            spells.iloc[rows], columns.duration[rows], columns.event[rows], specs
        )
        return plan_design(counted, specs, events_per_column)

    designs = designs_by_group(columns, plan)
    layout = RecordLayout(
        unit_names=columns.unit_names,
        group_names=columns.group_names,
        designs=designs,
        horizon=columns.horizon,
        unit_effects=_unit_effects(spells, columns, specs, designs, constant_share)
        if unit_effects
        else None,
        constant_share=constant_share,
        events_per_column=events_per_column,
    )
    blocks = blocks_in_memory(covariate_frame(spells, specs), columns, layout)
    return SpellsInMemory(blocks, layout, unit_facts(columns))


def designs_by_group(
    columns: SpellColumns, plan: Callable[[Indices], DesignPlan]
) -> tuple[DesignPlan, ...]:
    """The design of every group, planned from the positions of its rows. Raises InputError as
    ``plan``, with the group's name in front."""
    designs = []
    for code, name in enumerate(columns.group_names):
        with in_model_of(name):
            designs.append(plan(np.flatnonzero(columns.group == code)))
    return tuple(designs)


def blocks_in_memory(
    covariates: pd.DataFrame, columns: SpellColumns, layout: RecordLayout
) -> MemoryBlocks:
    """Rows of covariates and the columns beside them, in blocks."""
    records = encode_spells(
        covariates,
        layout,
        duration=columns.duration,
        event=columns.event,
        unit=as_categorical(columns.unit, columns.unit_names),
        group=as_categorical(columns.group, columns.group_names),
    )
    return memory_blocks(records, columns.person_key, layout)


def estimate_in_memory(
    spells: SpellsInMemory,
    choice: ModelChoice,
    measure: MeasureName,
    *,
    unit_effects: bool = False,
) -> ChainEstimate:
    """The chain of spells in memory, of models with effects of the units or without any. Raises
    InputError and ConvergenceError as fit_in_memory."""
    models = fit_in_memory(spells.blocks, spells.layout, choice, unit_effects=unit_effects)
    models = with_baselines(spells.blocks, models)
    return estimate_chain(spells.blocks, models, Measure.named(measure, spells.layout.horizon))


def fit_models(
    blocks: MemoryBlocks, layout: RecordLayout, choice: ModelChoice, names: Sequence[str]
) -> dict[str, tuple[NationalModel, ...]]:
    """The models of these names (``pooled``, ``within``) with their baselines. Raises InputError
    and ConvergenceError as fit_in_memory."""
    return {
        name: with_baselines(
            blocks, fit_in_memory(blocks, layout, choice, unit_effects=name == WITHIN)
        )
        for name in names
    }


def unit_facts(columns: SpellColumns) -> UnitFacts:
    """Persons, events and short follow-up of every unit."""
    n_spells = np.bincount(columns.unit, minlength=columns.n_units)
    pairs = np.unique(np.stack([columns.unit, columns.person]), axis=1)
    short = np.full(columns.n_units, np.nan)
    if columns.follow_up is not None:
        is_short = columns.follow_up < columns.horizon
        short = np.bincount(columns.unit, is_short, columns.n_units) / n_spells
    return UnitFacts(
        names=columns.unit_names,
        persons=np.bincount(pairs[0], minlength=columns.n_units).astype(float),
        events_ever=np.bincount(columns.unit, columns.event, columns.n_units).astype(float),
        short_follow_up=short,
    )


def _unit_effects(
    spells: pd.DataFrame,
    columns: SpellColumns,
    specs: Sequence[CovariateSpec],
    designs: Sequence[DesignPlan],
    constant_share: float,
) -> tuple[UnitEffects, ...]:
    return tuple(
        unit_effects_of(
            spells,
            columns,
            columns.group == code,
            specs,
            design,
            of_counts=UnitEffects.of_counts,
            constant_share=constant_share,
        )
        for code, design in enumerate(designs)
    )


def unit_effects_of(
    spells: pd.DataFrame,
    columns: SpellColumns,
    inside: Flags,
    specs: Sequence[CovariateSpec],
    design: DesignPlan,
    *,
    of_counts: Callable[[np.ndarray, np.ndarray, Sequence[str], ConstantColumns], UnitEffects],
    constant_share: float,
) -> UnitEffects:
    """The effects of the units in the model of one group, from the spells ``inside`` (n,)."""
    unit, names = columns.unit[inside], columns.unit_names
    names_of_rows = pd.Series(np.array(names, dtype=object)[unit])
    values = values_by_unit(spells[inside], names_of_rows, specs)
    n_spells = np.bincount(unit, minlength=columns.n_units)
    n_events = np.bincount(unit, columns.event[inside], columns.n_units)
    constant = constant_columns(design, values, names, constant_share)
    return of_counts(n_spells, n_events, names, constant)


def as_categorical(codes: np.ndarray, names: tuple[str, ...]) -> pd.Categorical:
    """Codes (n,) as categories with these names."""
    return pd.Categorical.from_codes(codes.tolist(), categories=pd.Index(names))


def covariate_frame(spells: pd.DataFrame, specs: Sequence[CovariateSpec]) -> pd.DataFrame:
    """The covariates as records are made of them: texts as categories, numbers as floats."""
    return pd.DataFrame(
        {
            spec.column: pd.Categorical(spells[spec.column].astype(str))
            if spec.kind == "category"
            else pd.to_numeric(spells[spec.column]).to_numpy(float)
            for spec in specs
        },
        index=range(len(spells)),
    )
