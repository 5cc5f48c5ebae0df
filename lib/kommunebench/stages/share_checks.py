"""The stage that checks the national share model: its calibration."""

import pandas as pd

from kommunebench.benchmark.checks.calibration import Breakdown
from kommunebench.benchmark.comparison.models import POOLED
from kommunebench.benchmark.shares.calibration import share_calibration
from kommunebench.gold import CALIBRATION, NATIONAL_MODELS
from kommunebench.silver import MODEL_LAYOUT, MODEL_PERSONS, MODEL_UNITS
from kommunebench.stages.checks import provinces
from kommunebench.stages.estimation import choose_engine, read_packed
from kommunebench.stages.fact_blocks import fact_blocks, read_labels
from kommunebench.stages.share_models import read_share_models
from kommunebench.stages.spell_facts import column_of
from kommunebench.stages.stage import Stage, StageInputs, StageOutput


def _checks(inputs: StageInputs) -> StageOutput:
    settings = inputs.settings
    if "calibration" not in settings.checks.run:
        return StageOutput({CALIBRATION: inputs.frame(CALIBRATION, pd.DataFrame())})
    cases, labels = read_packed(inputs), read_labels(inputs)
    engine = choose_engine(inputs, cases)
    models = read_share_models(inputs, cases.layout, (POOLED,))[POOLED]
    rows = share_calibration(
        fact_blocks(inputs, engine, tuple(column_of(name) for name in labels)),
        models,
        {name: Breakdown(column_of(name), tuple(values)) for name, values in labels.items()},
        provinces(settings, cases.layout.unit_names),
        settings.uncertainty.confidence_level,
    )
    return StageOutput({CALIBRATION: inputs.frame(CALIBRATION, rows)})


SHARE_CHECKS_STAGE = Stage(
    name="checks",
    verb="uncertainty",
    reads=(MODEL_PERSONS, MODEL_UNITS, MODEL_LAYOUT, NATIONAL_MODELS),
    writes=(CALIBRATION,),
    sections=("name", "model", "measure", "indicator", "uncertainty", "checks"),
    build=_checks,
    after=("benchmark",),
)
