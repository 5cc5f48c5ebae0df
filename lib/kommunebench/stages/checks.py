"""The stage that checks the national model: calibration, other choices, halves of the window,
competing ends."""

from collections.abc import Sequence

import pandas as pd

from kommunebench.benchmark.checks.calibration import Breakdown, calibration
from kommunebench.benchmark.checks.sensitivity import RunResults, under_models
from kommunebench.benchmark.comparison.models import POOLED, WITHIN
from kommunebench.benchmark.durations.chain import ChainEstimate, estimate_chain
from kommunebench.benchmark.verdict_models import models_for
from kommunebench.gold import (
    CALIBRATION,
    CUMULATIVE_INCIDENCE,
    MODEL_VERDICTS,
    NATIONAL_MODELS,
    SENSITIVITY,
    STABILITY,
)
from kommunebench.reference import province_of
from kommunebench.settings import AnalysisSettings
from kommunebench.silver import MODEL_LAYOUT, MODEL_PERSONS, MODEL_UNITS, SPELLS
from kommunebench.stages.choices import try_choices
from kommunebench.stages.competing_ends import incidence_of_spells
from kommunebench.stages.estimates import indicator_table, verdict_rules
from kommunebench.stages.estimation import PackedSpells, choose_engine, read_packed
from kommunebench.stages.fact_blocks import fact_blocks, read_labels
from kommunebench.stages.model_choices import CHOICES, Checking
from kommunebench.stages.spell_facts import RESIDENCE_BASIS, START_YEAR
from kommunebench.stages.stage import Stage, StageInputs, StageOutput
from kommunebench.stages.stored_models import read_models
from kommunebench.tables import Table

_PACKED = (MODEL_PERSONS, MODEL_UNITS, MODEL_LAYOUT)


def _calibration(checking: Checking) -> pd.DataFrame:
    """Observed and expected events of the national model without effects of the units, whose
    coefficients are those printed."""
    known = (name for name in (START_YEAR, RESIDENCE_BASIS) if name in checking.labels)
    breakdowns = {name: Breakdown(name, tuple(checking.labels[name])) for name in known}
    return calibration(
        checking.blocks,
        checking.pooled_models,
        breakdowns,
        provinces(checking.settings, checking.spells.layout.unit_names),
        checking.settings.uncertainty.confidence_level,
    )


def provinces(settings: AnalysisSettings, unit_names: Sequence[str]) -> dict[str, list[str]]:
    """The province of every municipality; nothing where the units are something else."""
    if settings.starts_from != "registers":
        return {}
    return {"province": province_of(unit_names)}


def run_results(inputs: StageInputs, spells: PackedSpells, chain: ChainEstimate) -> RunResults:
    """The run's own verdicts beside the performances that the changes start from."""
    rows = inputs.rows(indicator_table(inputs.settings)).to_pandas()
    rows = rows.set_index("municipality_code").reindex(list(spells.layout.unit_names))
    is_plain = inputs.settings.verdict_indicator == "plain"
    is_share = inputs.settings.measure == "share"
    observed = chain.observed_side(inputs.settings.verdict_indicator)
    se = rows["indicator_se" if is_plain or is_share else "indicator_robust_se"].to_numpy(float)
    return RunResults(
        codes=rows.index.to_numpy(),
        performance=spells.indicator.performance(chain.expected, observed),
        se=se,
        n_events=rows["events"].to_numpy(float),
        judged=rows["no_verdict_reason"].isna().to_numpy(),
        assessment=rows["assessment"].to_numpy(object),
        rules=verdict_rules(inputs.settings),
    )


def _checks(inputs: StageInputs) -> StageOutput:
    spells, wanted = read_packed(inputs), inputs.settings.checks.run
    engine = choose_engine(inputs, spells)
    names = models_for(inputs.settings.verdict_model)
    models = read_models(inputs, engine.blocks, spells.layout, spells.choice, names)
    chain = estimate_chain(engine.blocks, models[inputs.settings.verdict_model], spells.measure)
    labels = read_labels(inputs)
    checking = Checking(
        inputs=inputs,
        spells=spells,
        blocks=fact_blocks(inputs, engine, tuple(labels)),
        labels=labels,
        chain=chain,
        pooled_models=models[POOLED],
        run=run_results(inputs, spells, chain),
    )
    made = {
        CALIBRATION: _calibration(checking) if "calibration" in wanted else None,
        CUMULATIVE_INCIDENCE: _competing_ends(checking) if "competing_ends" in wanted else None,
    }
    if inputs.settings.verdict_model == WITHIN:
        verdicts = inputs.rows(MODEL_VERDICTS).to_pandas()
        checking.sensitivity.extend(under_models(checking.run, verdicts))
    tried = try_choices(CHOICES, checking.settings.checks.run, checking)
    checking.left_out.update(tried)
    made[SENSITIVITY] = _joined(checking.sensitivity)
    made[STABILITY] = pd.DataFrame(checking.stability)
    frames = {table: inputs.frame(table, _rows(rows)) for table, rows in made.items()}
    left_out = (f"{name} left out: {why}" for name, why in checking.left_out.items())
    return StageOutput(frames, note="; ".join(left_out))


def _competing_ends(checking: Checking) -> pd.DataFrame | None:
    if checking.settings.starts_from == "registers":
        return incidence_of_spells(checking.inputs)
    checking.left_out["competing_ends"] = "the spells do not say how they end"
    return None


def _joined(rows: list[pd.DataFrame]) -> pd.DataFrame | None:
    return pd.concat(rows, ignore_index=True) if rows else None


def _rows(rows: pd.DataFrame | None) -> pd.DataFrame:
    return pd.DataFrame() if rows is None else rows


CHECK_TABLES: tuple[Table, ...] = (CALIBRATION, SENSITIVITY, STABILITY, CUMULATIVE_INCIDENCE)


def checks_stage(settings: AnalysisSettings) -> Stage:
    """Checks of the national model and of how far verdicts depend on it."""
    spells = (SPELLS,) if settings.starts_from == "registers" else ()
    verdicts = (MODEL_VERDICTS,) if settings.verdict_model == WITHIN else ()
    return Stage(
        name="checks",
        verb="uncertainty",
        reads=(*_PACKED, NATIONAL_MODELS, indicator_table(settings), *verdicts, *spells),
        writes=CHECK_TABLES,
        sections=(
            "name",
            "observation",
            "model",
            "measure",
            "indicator",
            "uncertainty",
            "checks",
            "population",
        ),
        build=_checks,
        after=("uncertainty",),
    )
