"""The cases a share model is fitted to: selected, counted by unit, packed into records as spells of
one period whose persons are the clusters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from pyspark.sql import functions as F

from kommunebench.benchmark.blocks.layout_json import layout_to_json
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.covariates.counts import CovariateCounts
from kommunebench.benchmark.covariates.design import DesignPlan
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.shares.chain import PERIODS
from kommunebench.benchmark.shares.design import OUTCOME, Level, plan_cases
from kommunebench.errors import InputError
from kommunebench.silver import CASES, MODEL_LAYOUT, MODEL_PERSONS, MODEL_UNITS
from kommunebench.stages.model_spells import (
    count_units,
    covariate_specs,
    layout_note,
    shuffle_partitions,
)
from kommunebench.stages.packed_spells import GroupCounts, count_by_group, pack_spells
from kommunebench.stages.stage import Stage, StageInputs, StageOutput

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def model_cases(inputs: StageInputs) -> "DataFrame":
    """The cases in the columns of a model's spells, and one column per covariate of the settings;
    numbers as double, categories as text."""
    model = inputs.settings.model
    group = F.col(model.group) if model.group else F.lit("all")
    kinds = {c.column: "string" if c.kind == "category" else "double" for c in model.covariates}
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
        *(F.col(name).cast(kind).alias(name) for name, kind in kinds.items()),
    )


def _pack(inputs: StageInputs) -> StageOutput:
    cases, specs = model_cases(inputs), covariate_specs(inputs)
    units = count_units(cases, PERIODS)
    designs = _plan_designs(cases, specs)
    names = tuple(units["municipality_code"])
    layout = RecordLayout(names, tuple(designs), tuple(designs.values()), PERIODS)
    of_clusters = cases.drop("person_id", OUTCOME.column).withColumnRenamed(
        "cluster_id", "person_id"
    )
    packed = pack_spells(of_clusters, layout, specs, shuffle_partitions(inputs))
    description = pd.DataFrame({"layout": [layout_to_json(layout)]})
    return StageOutput(
        {
            MODEL_PERSONS: inputs.of_run(MODEL_PERSONS, packed),
            MODEL_UNITS: inputs.frame(MODEL_UNITS, units),
            MODEL_LAYOUT: inputs.frame(MODEL_LAYOUT, description),
        },
        note="; ".join(text for text in (layout_note(layout), _levels_at_limits(layout)) if text),
    )


def _plan_designs(cases: "DataFrame", specs: tuple[CovariateSpec, ...]) -> dict[str, DesignPlan]:
    """The design of every group, in the order of their names. Raises InputError as plan_cases, with
    the group's name in front."""
    groups = sorted(row[0] for row in cases.select("model_group").distinct().collect())
    return {group: _plan_group(cases, group, specs) for group in groups}


def _plan_group(cases: "DataFrame", group: str, specs: tuple[CovariateSpec, ...]) -> DesignPlan:
    in_group = cases.where(F.col("model_group") == group)

    def count(excluded: Sequence[Level]) -> CovariateCounts:
        outside = in_group
        for column, level in excluded:
            outside = outside.where(~_in_level(column, level, specs))
        counts = count_by_group(outside, (*specs, OUTCOME))
        return counts.get(group, GroupCounts.zero()).covariates

    try:
        return plan_cases(count, specs)
    except InputError as error:
        raise InputError(f"model of group {group}: {error}") from error


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
