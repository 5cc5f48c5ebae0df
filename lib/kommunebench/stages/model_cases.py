"""The cases a share model is fitted to: selected, counted by unit, packed into records as spells of
one period whose persons are the clusters."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from pyspark.sql import functions as F

from kommunebench.benchmark.blocks.layout_json import layout_to_json
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.covariates.constant import ValuesByUnit, constant_columns
from kommunebench.benchmark.covariates.counts import CovariateCounts
from kommunebench.benchmark.covariates.design import DesignPlan
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.shares.chain import PERIODS
from kommunebench.benchmark.shares.design import OUTCOME, Level, plan_cases
from kommunebench.errors import in_model_of
from kommunebench.silver import CASES, MODEL_LAYOUT, MODEL_PERSONS, MODEL_UNITS
from kommunebench.stages.blocks import tasks_for_spells
from kommunebench.stages.model_spells import (
    count_units,
    covariate_columns,
    covariate_specs,
    layout_note,
    unit_effects,
)
from kommunebench.stages.packed_spells import GroupCounts, count_by_group, pack_spells
from kommunebench.stages.spell_facts import code_of, column_of, fact_of
from kommunebench.stages.stage import Stage, StageInputs, StageOutput

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# What the calibration of a share model is broken down by, beside the chance and the place.
CASE_FACTS = ("exam_year", "age")
# Where residents live now, who count where they lived at an age.
CURRENT = "current_municipality_code"


def model_cases(inputs: StageInputs, facts: Mapping[str, "Column"] | None = None) -> "DataFrame":
    """The cases in the columns of a model's spells, and one column per covariate of the settings;
    numbers as double, categories as text; then the facts asked for."""
    model = inputs.settings.model
    group = F.col(model.group) if model.group else F.lit("all")
    return inputs.read(CASES).select(
        F.col("person_id").alias("spell_id"),
        "person_id",
        "cluster_id",
        group.alias("model_group"),
        "municipality_code",
        F.lit(PERIODS).alias("duration"),
        F.lit(None).cast("int").alias("potential_follow_up"),
        F.col("outcome").alias("event"),
        F.col("outcome").cast("double").alias(OUTCOME.column),
        *covariate_columns(inputs.settings),
        *(column.alias(name) for name, column in (facts or {}).items()),
    )


def _fact_labels(inputs: StageInputs, unit_names: tuple[str, ...]) -> dict[str, list[str]]:
    """The values that the facts of the cases take, by the fact's column, of where they live now
    the municipalities of the model; a fact that no case has is left out."""
    seen = inputs.read(CASES).select(
        *(F.collect_set(name).alias(name) for name in CASE_FACTS), F.count(CURRENT).alias(CURRENT)
    )
    row = seen.first()
    labels = {column_of(name): sorted(row[name]) for name in CASE_FACTS if row[name]}
    return labels | ({column_of(CURRENT): list(unit_names)} if row[CURRENT] else {})


def _pack(inputs: StageInputs) -> StageOutput:
    cases, specs = model_cases(inputs), covariate_specs(inputs)
    units = count_units(cases, PERIODS)
    names = tuple(units["municipality_code"])
    model = inputs.settings.model
    constant_share, per_column = model.constant_share, model.events_per_column
    planned = _plan_designs(cases, specs, per_column)
    designs = {group: plan.design for group, plan in planned.items()}
    constant = {
        group: constant_columns(plan.design, plan.values, names, constant_share)
        for group, plan in planned.items()
    }
    inside = _outside_limits(cases, designs, specs)
    effects = unit_effects(inside, names, constant, UnitEffects.of_outcomes)
    layout = RecordLayout(
        unit_names=names,
        group_names=tuple(designs),
        designs=tuple(designs.values()),
        horizon=PERIODS,
        unit_effects=effects,
        constant_share=constant_share,
        events_per_column=per_column,
    )
    labels = _fact_labels(inputs, names)
    codes = {name: code_of(F.col(fact_of(name)), values) for name, values in labels.items()}
    of_clusters = model_cases(inputs, codes).drop("person_id", OUTCOME.column)
    of_clusters = of_clusters.withColumnRenamed("cluster_id", "person_id")
    n_tasks = tasks_for_spells(int(units["spells"].sum()), layout)
    packed = pack_spells(of_clusters, layout, specs, n_tasks, tuple(labels))
    description = pd.DataFrame(
        {"layout": [layout_to_json(layout)], "facts": [json.dumps(labels, ensure_ascii=False)]}
    )
    return StageOutput(
        {
            MODEL_PERSONS: inputs.of_run(MODEL_PERSONS, packed),
            MODEL_UNITS: inputs.frame(MODEL_UNITS, units),
            MODEL_LAYOUT: inputs.frame(MODEL_LAYOUT, description),
        },
        note="; ".join(text for text in (layout_note(layout), _levels_at_limits(layout)) if text),
    )


@dataclass(frozen=True, slots=True)
class _Planned:
    """The design of a group, and the values that the covariates of its cases in no level in which
    all or none succeed take within units."""

    design: DesignPlan
    values: ValuesByUnit


def _plan_designs(
    cases: "DataFrame", specs: tuple[CovariateSpec, ...], events_per_column: float
) -> dict[str, _Planned]:
    """The design of every group, in the order of their names. Raises InputError as plan_cases, with
    the group's name in front."""
    groups = sorted(row[0] for row in cases.select("model_group").distinct().collect())
    return {group: _plan_group(cases, group, specs, events_per_column) for group in groups}


def _plan_group(
    cases: "DataFrame", group: str, specs: tuple[CovariateSpec, ...], events_per_column: float
) -> _Planned:
    in_group = cases.where(F.col("model_group") == group)
    last = GroupCounts.zero()

    def count(excluded: Sequence[Level]) -> CovariateCounts:
        nonlocal last
        outside = _outside(in_group, excluded, specs)
        last = count_by_group(outside, (*specs, OUTCOME)).get(group, GroupCounts.zero())
        return last.covariates

    with in_model_of(group):
        # The last count is that of the cases in no excluded level.
        return _Planned(plan_cases(count, specs, events_per_column), last.values)


def _outside(
    cases: "DataFrame", excluded: Sequence[Level], specs: Sequence[CovariateSpec]
) -> "DataFrame":
    for column, level in excluded:
        cases = cases.where(~_in_level(column, level, specs))
    return cases


def _outside_limits(
    cases: "DataFrame", designs: Mapping[str, DesignPlan], specs: Sequence[CovariateSpec]
) -> "DataFrame":
    """The cases in no level of their group in which all or none succeed."""
    for group, design in designs.items():
        for column, level in design.event_free_levels:
            cases = cases.where((F.col("model_group") != group) | ~_in_level(column, level, specs))
    return cases


def _in_level(column: str, level: str, specs: Sequence[CovariateSpec]) -> "Column":
    is_category = any(spec.column == column and spec.kind == "category" for spec in specs)
    return F.col(column) == F.lit(level if is_category else float(level))


def _levels_at_limits(layout: RecordLayout) -> str:
    """A sentence on levels in which all or none succeed, for the person at the terminal."""
    sentences = []
    for group, design in zip(layout.group_names, layout.designs, strict=True):
        for terms, what in ((design.no_events, "nobody"), (design.all_events, "everybody")):
            if terms:
                sentences.append(f"{group}: {what} succeeds in {', '.join(terms)}")
    return "; ".join(sentences)


MODEL_CASES_STAGE = Stage(
    name="model_cases",
    verb="benchmark",
    reads=(CASES,),
    writes=(MODEL_PERSONS, MODEL_UNITS, MODEL_LAYOUT),
    sections=("name", "model"),
    build=_pack,
    after=("cases",),
)
