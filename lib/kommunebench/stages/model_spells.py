"""The spells a model is fitted to, whichever way the analysis starts: selected, counted by unit,
packed into records."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyspark.sql import functions as F

from kommunebench.benchmark.blocks.layout_json import layout_to_json
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.covariates.constant import constant_columns
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.covariates.unit_effects import ConstantColumns, UnitEffects
from kommunebench.errors import InputError
from kommunebench.settings import AnalysisSettings
from kommunebench.settings.model import Covariate
from kommunebench.silver import (
    MODEL_LAYOUT,
    MODEL_PERSONS,
    MODEL_UNITS,
    SPELLS,
    WEEKLY_PANEL,
)
from kommunebench.spell_files import IMPORTED_SPELLS
from kommunebench.spell_files.classes import class_of_number
from kommunebench.stages.blocks import tasks_for_spells
from kommunebench.stages.packed_spells import count_by_group, pack_spells
from kommunebench.stages.spell_facts import add_destinations, fact_columns, fact_labels
from kommunebench.stages.stage import Stage, StageInputs, StageOutput
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_KEYS = (
    "spell_id",
    "person_id",
    "model_group",
    "municipality_code",
    "duration",
    "potential_follow_up",
    "event",
)


def model_spells(inputs: StageInputs, facts: Mapping[str, "Column"] | None = None) -> "DataFrame":
    """Keys and durations of the spells, and one column per covariate of the settings; numbers as
    double, categories as text; then the facts asked for. A hazard that is constant within intervals
    is known up to the horizon, so that spells end there."""
    settings = inputs.settings
    if settings.starts_from == "spells":
        spells = inputs.read(IMPORTED_SPELLS)
        covariates = [
            F.try_element_at("covariates", F.lit(c.column)).cast(_kind(c)).alias(c.column)
            for c in settings.model.covariates
        ]
    else:
        group = F.col(settings.model.group) if settings.model.group else F.lit("all")
        spells = inputs.read(SPELLS).withColumn("model_group", group)
        covariates = covariate_columns(settings)
    added = (column.alias(name) for name, column in (facts or {}).items())
    selected = spells.select(*_KEYS, *covariates, *added)
    if settings.model.baseline != "piecewise":
        return selected
    horizon = settings.observation.horizon_weeks
    return selected.withColumns(
        {
            "duration": F.least("duration", F.lit(horizon)),
            "event": F.when(F.col("duration") > horizon, 0).otherwise(F.col("event")),
        }
    )


def covariate_columns(settings: AnalysisSettings) -> list["Column"]:
    """The covariates of a table of spells or cases under their names: numbers as double, categories
    as text, of a number that is cut into classes the label of its class. A number in no class has
    none, and is refused as a missing one is."""
    return [
        (
            F.col(c.column).cast(_kind(c))
            if c.bins is None
            else class_of_number(F.col(c.column).try_cast("double"), c)
        ).alias(c.column)
        for c in settings.model.covariates
    ]


def _kind(covariate: Covariate) -> str:
    return "string" if covariate.kind == "category" else "double"


def covariate_specs(inputs: StageInputs) -> tuple[CovariateSpec, ...]:
    """The covariates as the benchmark's functions take them."""
    return tuple(
        CovariateSpec(c.column, c.kind, c.column if c.prefix is None else c.prefix, c.reference)
        for c in inputs.settings.model.covariates
    )


def _pack(inputs: StageInputs) -> StageOutput:
    spells, specs = model_spells(inputs), covariate_specs(inputs)
    units = count_units(spells, inputs.settings.observation.horizon_weeks)
    counts = count_by_group(spells, specs)
    model = inputs.settings.model
    constant_share, per_column = model.constant_share, model.events_per_column
    designs = {group: counted.design(group, specs, per_column) for group, counted in counts.items()}
    names = tuple(units["municipality_code"])
    constant = {
        group: constant_columns(design, counts[group].values, names, constant_share)
        for group, design in designs.items()
    }
    layout = RecordLayout(
        unit_names=names,
        group_names=tuple(designs),
        designs=tuple(designs.values()),
        horizon=inputs.settings.observation.horizon_weeks,
        unit_effects=unit_effects(spells, names, constant),
        constant_share=constant_share,
        events_per_column=per_column,
    )
    all_followed = bool(units["followed"].sum() == units["spells"].sum())
    labels = fact_labels(inputs.settings, names, all_followed=all_followed)
    with_facts = add_destinations(inputs, model_spells(inputs, fact_columns(labels)), labels)
    n_tasks = tasks_for_spells(int(units["spells"].sum()), layout)
    packed = pack_spells(with_facts, layout, specs, n_tasks, tuple(labels))
    description = pd.DataFrame(
        {"layout": [layout_to_json(layout)], "facts": [json.dumps(labels, ensure_ascii=False)]}
    )
    return StageOutput(
        {
            MODEL_PERSONS: inputs.of_run(MODEL_PERSONS, packed),
            MODEL_UNITS: inputs.frame(MODEL_UNITS, units),
            MODEL_LAYOUT: inputs.frame(MODEL_LAYOUT, description),
        },
        note=layout_note(layout),
    )


def layout_note(layout: RecordLayout) -> str:
    """Sentences for the person at the terminal: references without events, and columns that hardly
    vary within municipalities."""
    sentences = [
        f"{group}: reference {asked} has no events, {used} takes its place"
        for group, design in zip(layout.group_names, layout.designs, strict=True)
        for asked, used in design.exchanged
    ]
    for code, (group, design) in enumerate(zip(layout.group_names, layout.designs, strict=True)):
        if layout.unit_effects is None:
            continue
        positions = layout.effects_of(code).constant.positions
        if len(positions):
            terms = ", ".join(design.terms[position] for position in positions)
            sentences.append(
                f"{group}: in the second stage, with hardly any variation within municipalities:"
                f" {terms}"
            )
    return "; ".join(sentences)


def unit_effects(
    spells: "DataFrame",
    names: tuple[str, ...],
    constant: dict[str, ConstantColumns],
    of_counts: Callable[
        [np.ndarray, np.ndarray, Sequence[str], ConstantColumns], UnitEffects
    ] = UnitEffects.of_counts,
) -> tuple[UnitEffects, ...]:
    """The effects of the units in every group's model, from spells and events by group and
    unit."""
    keys = ["model_group", "municipality_code"]
    counted = spells.groupBy(*keys).agg(
        F.count(F.lit(1)).alias("n_spells"), F.sum("event").alias("n_events")
    )
    counts = counted.toPandas().set_index(keys)
    effects = []
    for group, columns in constant.items():
        of_group = counts.loc[group].reindex(list(names)).fillna(0)
        n_spells = of_group["n_spells"].to_numpy(float)
        n_events = of_group["n_events"].to_numpy(float)
        effects.append(of_counts(n_spells, n_events, names, columns))
    return tuple(effects)


def count_units(spells: "DataFrame", horizon: int) -> pd.DataFrame:
    """Per unit, in the order of their codes: spells, persons, events, followed (with known
    follow-up), short (of them below the horizon).

    Raises InputError naming column and count for values that cannot be used.
    """
    follow_up, duration = F.col("potential_follow_up"), F.col("duration")
    problems = {
        "municipality_code: missing": F.col("municipality_code").isNull(),
        "model_group: missing": F.col("model_group").isNull(),
        "person_id: missing": F.col("person_id").isNull(),
        "duration: missing, zero or negative": F.coalesce(duration < 1, F.lit(True)),
        "event: neither 0 nor 1": F.coalesce(~F.col("event").isin(0, 1), F.lit(True)),
        "potential_follow_up: shorter than the duration": F.coalesce(
            follow_up < duration, F.lit(False)
        ),
    }
    counted = spells.groupBy("municipality_code").agg(
        F.count(F.lit(1)).alias("spells"),
        F.count_distinct("person_id").alias("persons"),
        F.sum("event").alias("events"),
        F.count(follow_up).alias("followed"),
        F.count_if(follow_up < horizon).alias("short"),
        *(F.count_if(rule).alias(text) for text, rule in problems.items()),
    )
    units = counted.toPandas()
    if units.empty:
        raise InputError("spells: no rows.")
    total = int(units["spells"].sum())
    breaches = [
        f"{text} in {int(units[text].sum())} of {total} rows"
        for text in problems
        if units[text].sum()
    ]
    # A short follow-up is an error only where the follow-up of all spells is known and used.
    if units["followed"].sum() < total:
        breaches = [text for text in breaches if not text.startswith("potential_follow_up")]
    if breaches:
        raise InputError("; ".join(breaches) + ".")
    return units.sort_values("municipality_code", ignore_index=True)


def model_spells_stage(after: tuple[str, ...], reads: tuple[Table, ...]) -> Stage:
    """The stage that packs the spells of the model, with the facts that the checks need."""
    if SPELLS in reads:
        # Where movers went.
        reads = (*reads, WEEKLY_PANEL)
    return Stage(
        name="model_spells",
        verb="benchmark",
        reads=reads,
        writes=(MODEL_PERSONS, MODEL_UNITS, MODEL_LAYOUT),
        sections=("name", "observation", "model", "population"),
        build=_pack,
        after=after,
    )
