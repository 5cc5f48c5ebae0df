"""The stage that checks the national share model: its calibration, other choices, the halves of the
exam years."""

import pandas as pd

from kommunebench.benchmark.checks.calibration import Breakdown
from kommunebench.benchmark.checks.sensitivity import under_models
from kommunebench.benchmark.comparison.models import POOLED, WITHIN
from kommunebench.benchmark.shares.calibration import share_calibration
from kommunebench.benchmark.shares.chain import estimate_shares
from kommunebench.benchmark.shares.model import ShareModel
from kommunebench.benchmark.verdict_models import models_for
from kommunebench.gold import (
    CALIBRATION,
    MODEL_VERDICTS,
    NATIONAL_MODELS,
    SENSITIVITY,
    SHARE_INDICATORS,
    STABILITY,
)
from kommunebench.settings import AnalysisSettings
from kommunebench.settings.checks import checks_of_cases
from kommunebench.silver import MODEL_LAYOUT, MODEL_PERSONS, MODEL_UNITS
from kommunebench.stages.checks import provinces, run_results
from kommunebench.stages.choices import try_choices
from kommunebench.stages.estimation import choose_engine, read_packed
from kommunebench.stages.fact_blocks import fact_blocks, read_labels
from kommunebench.stages.model_cases import CASE_FACTS
from kommunebench.stages.share_choices import SHARE_CHOICES, ShareChecking
from kommunebench.stages.share_models import read_share_models
from kommunebench.stages.stage import Stage, StageInputs, StageOutput


def _checks(inputs: StageInputs) -> StageOutput:
    settings, cases, labels = inputs.settings, read_packed(inputs), read_labels(inputs)
    engine = choose_engine(inputs, cases)
    models = read_share_models(inputs, cases.layout, models_for(settings.verdict_model))
    carrying = models[settings.verdict_model]
    chain = estimate_shares(engine.blocks, carrying)
    checking = ShareChecking(
        settings=settings,
        cases=cases,
        blocks=fact_blocks(inputs, engine, tuple(labels)),
        cases_alone=engine.blocks,
        labels=labels,
        models=carrying,
        chain=chain,
        run=run_results(inputs, cases, chain),
    )
    wanted = [name for name in checks_of_cases(settings) if name in settings.checks.run]
    made = {
        CALIBRATION: _calibration(checking, models[POOLED])
        if "calibration" in wanted
        else pd.DataFrame()
    }
    if settings.verdict_model == WITHIN:
        verdicts = inputs.rows(MODEL_VERDICTS).to_pandas()
        checking.sensitivity.extend(under_models(checking.run, verdicts))
    checking.left_out.update(try_choices(SHARE_CHOICES, wanted, checking))
    tried = checking.sensitivity
    made[SENSITIVITY] = pd.concat(tried, ignore_index=True) if tried else pd.DataFrame()
    made[STABILITY] = pd.DataFrame(checking.stability)
    frames = {table: inputs.frame(table, rows) for table, rows in made.items()}
    left_out = (f"{name} left out: {why}" for name, why in checking.left_out.items())
    return StageOutput(frames, note="; ".join(left_out))


def _calibration(checking: ShareChecking, pooled: tuple[ShareModel, ...]) -> pd.DataFrame:
    """Observed and expected successes of the model without effects of the units."""
    breakdowns = {
        name: Breakdown(name, tuple(values))
        for name, values in checking.labels.items()
        if name in CASE_FACTS
    }
    return share_calibration(
        checking.blocks,
        pooled,
        breakdowns,
        provinces(checking.settings, checking.cases.layout.unit_names),
        checking.run.rules.confidence_level,
    )


def share_checks_stage(settings: AnalysisSettings) -> Stage:
    """Checks of the share model and of how far verdicts depend on its choices."""
    verdicts = (MODEL_VERDICTS,) if settings.verdict_model == WITHIN else ()
    packed = (MODEL_PERSONS, MODEL_UNITS, MODEL_LAYOUT)
    return Stage(
        name="checks",
        verb="uncertainty",
        reads=(*packed, NATIONAL_MODELS, SHARE_INDICATORS, *verdicts),
        writes=(CALIBRATION, SENSITIVITY, STABILITY),
        sections=(
            "name",
            "model",
            "measure",
            "indicator",
            "uncertainty",
            "checks",
            "pupils",
            "residents",
        ),
        build=_checks,
        after=("uncertainty",),
    )
