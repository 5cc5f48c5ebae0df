"""Running stages: unchanged ones are skipped, a changed setting runs its stage and the ones after
it, an interrupted one runs again, and a run reads what it wrote or found at its start."""

import pytest
from tests.spark.small_runs import run_of

from kommunebench.errors import TableError
from kommunebench.gold import QUINTILE_MEANS, VARIANCE_REDUCTION
from kommunebench.pipeline import run_stages
from kommunebench.run_log import RunLog
from kommunebench.silver import POPULATION_DROPS
from kommunebench.stages.stage import Stage, StageOutput
from kommunebench.storage import read_table, write_table

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
        Stage(
            name="first",
            verb="benchmark",
            reads=(),
            writes=(QUINTILE_MEANS,),
            sections=("employment",),
            build=first,
        ),
        Stage(
            name="second",
            verb="uncertainty",
            reads=(QUINTILE_MEANS,),
            writes=(VARIANCE_REDUCTION,),
            sections=("uncertainty",),
            build=second,
            after=("first",),
        ),
    )


def go(store, calls, *overrides, force=False):
    run = run_of(store, *overrides, force=force)
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


class Killed(BaseException):
    """What a process that dies leaves behind: no clean-up of ours sees it."""


def silver_stage(persons):
    """A stage of an analysis' silver table, which all its runs share."""

    def build(inputs):
        frame = inputs.spark.createDataFrame([("age", persons)], "reason string, persons long")
        return StageOutput({POPULATION_DROPS: inputs.of_run(POPULATION_DROPS, frame)})

    return Stage(
        name="drops",
        verb="panel",
        reads=(),
        writes=(POPULATION_DROPS,),
        sections=("employment",),
        build=build,
    )


def persons_dropped(store):
    return [row["persons"] for row in read_table(store, POPULATION_DROPS).collect()]


def test_a_stage_interrupted_by_another_setting_runs_again(store, monkeypatch):
    """Run A finished; run B wrote its table and died; A again must not call B's rows its own."""
    run_stages(run_of(store), [silver_stage(13)])

    def die(log, record):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(RunLog, "finish", die)
        with pytest.raises(Killed):
            run_stages(run_of(store, "employment.weeks=26"), [silver_stage(26)])
    assert persons_dropped(store) == [26]
    again = run_of(store)
    run_stages(again, [silver_stage(13)])
    assert again.skipped == []
    assert persons_dropped(store) == [13]
    once_more = run_of(store)
    run_stages(once_more, [silver_stage(13)])
    assert once_more.skipped == ["drops"]


def test_the_start_of_a_stage_is_in_the_log_before_its_function_runs(store):
    """Also what a stage writes while it is built is covered; the finish of the stage before is in
    the same commit."""
    seen = []

    def build(inputs):
        seen.append([(r.stage, r.state) for r in RunLog(store).records])
        return StageOutput({})

    names = ("first", "second")
    run_stages(
        run_of(store),
        [
            Stage(name=name, verb="panel", reads=(), writes=(), sections=("name",), build=build)
            for name in names
        ],
    )
    assert seen == [
        [("first", "started")],
        [("first", "started"), ("first", "finished"), ("second", "started")],
    ]
    states = [(r.stage, r.state) for r in RunLog(store).records]
    assert states[-1] == ("second", "finished")


def test_a_stage_reads_nothing_it_does_not_declare(store):
    def build(inputs):
        return StageOutput({QUINTILE_MEANS: inputs.read(VARIANCE_REDUCTION)})

    undeclared = Stage(
        name="first",
        verb="benchmark",
        reads=(),
        writes=(QUINTILE_MEANS,),
        sections=("model",),
        build=build,
    )
    with pytest.raises(TableError, match="read by a stage that does not declare it"):
        run_stages(run_of(store), [undeclared])


def test_a_run_reads_what_it_found_at_its_start(store):
    """Another run writes the table between two stages of this one."""
    rows = store.spark.createDataFrame(
        [("integration_employment", "age", 1)], POPULATION_DROPS.schema
    )
    write_table(store, POPULATION_DROPS, rows, None, {})
    read = []

    def build(inputs):
        read.append(inputs.read(POPULATION_DROPS).collect()[0]["persons"])
        other = rows.selectExpr("analysis", "reason", "persons + 1 AS persons")
        write_table(store, POPULATION_DROPS, other, None, {})
        return StageOutput({})

    stages = [
        Stage(
            name=name,
            verb="panel",
            reads=(POPULATION_DROPS,),
            writes=(),
            sections=("name",),
            build=build,
        )
        for name in ("first", "second")
    ]
    run_stages(run_of(store), stages)
    assert read == [1, 1]


def test_rows_and_seconds_of_a_stage_are_kept_when_it_is_skipped(store):
    calls = []
    first, again = go(store, calls), go(store, calls)
    assert first.metrics["rows_quintile_means"] == again.metrics["rows_quintile_means"] == 1
    assert first.metrics["seconds_first"] == again.metrics["seconds_first"] > 0
