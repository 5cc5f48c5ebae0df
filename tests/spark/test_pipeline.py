"""Running stages: unchanged ones are skipped, a changed setting runs its stage and the ones after
it."""

import pytest

from kommunebench.gold import QUINTILE_MEANS, VARIANCE_REDUCTION
from kommunebench.pipeline import Run, run_stages
from kommunebench.run_log import run_identifier
from kommunebench.settings import load_analysis
from kommunebench.stages.stage import Stage, StageOutput
from kommunebench.terminal import Progress

pytestmark = pytest.mark.delta


def stages(calls):
    import pandas as pd

    def first(inputs):
        calls.append("first")
        rows = pd.DataFrame({"quintile": [1], "units": [19], "indicator": [1.05]})
        return StageOutput({QUINTILE_MEANS: inputs.frame(QUINTILE_MEANS, rows)}, {"units": 19.0})

    def second(inputs):
        calls.append("second")
        mean = inputs.read(QUINTILE_MEANS).collect()[0]["indicator"]
        rows = pd.DataFrame({"component": ["observed"], "mean_weeks": [mean]})
        return StageOutput({VARIANCE_REDUCTION: inputs.frame(VARIANCE_REDUCTION, rows)})

    return (
        Stage("first", "benchmark", (), (QUINTILE_MEANS,), ("employment",), first),
        Stage(
            "second",
            "uncertainty",
            (QUINTILE_MEANS,),
            (VARIANCE_REDUCTION,),
            ("uncertainty",),
            second,
            after=("first",),
        ),
    )


def go(store, calls, *overrides, force=False):
    settings = load_analysis("integration_employment", overrides)
    run = Run(
        store, settings, run_identifier(settings, "data"), "data", Progress(quiet=True), force
    )
    run_stages(run, stages(calls))
    return run


def test_what_did_not_change_is_skipped_and_its_numbers_are_kept(store):
    calls = []
    go(store, calls)
    again = go(store, calls)
    assert calls == ["first", "second"]
    assert again.skipped == ["first", "second"]
    assert again.metrics["units"] == 19.0


def test_force_runs_everything_again(store):
    calls = []
    go(store, calls)
    go(store, calls, force=True)
    assert calls == ["first", "second"] * 2


def test_another_question_stands_beside_the_first_and_does_not_disturb_it(store):
    calls = []
    one = go(store, calls)
    other = go(store, calls, "employment.weeks=26")
    assert one.run_id != other.run_id
    assert go(store, calls).skipped == ["first", "second"]
    assert store.spark.read.format("delta").load(store.path(QUINTILE_MEANS)).count() == 2


def test_words_of_the_report_do_not_make_another_run(store):
    assert go(store, []).run_id == go(store, [], "labels.title_en=Another title").run_id
