"""Pruning: old runs go, whole and only with --yes; what serves a kept run stays; a log in many
files becomes one."""

from pathlib import Path

import pytest
from deltalake import DeltaTable
from tests.spark.small_runs import run_of

from kommunebench.cli import main
from kommunebench.gold import QUINTILE_MEANS, VARIANCE_REDUCTION
from kommunebench.pipeline import Run, run_stages
from kommunebench.prune import drop_runs, old_runs
from kommunebench.run_log import STAGE_LOG, RunLog
from kommunebench.silver import POPULATION_DROPS
from kommunebench.stages.stage import Stage, StageOutput
from kommunebench.storage import read_table

pytestmark = pytest.mark.delta


def stages():
    import pandas as pd

    def silver(inputs):
        frame = inputs.spark.createDataFrame([("age", 5)], "reason string, persons long")
        return StageOutput({POPULATION_DROPS: inputs.of_run(POPULATION_DROPS, frame)})

    def gold(inputs):
        rows = pd.DataFrame({"quintile": [1, 2], "units": [19, 20]})
        return StageOutput({QUINTILE_MEANS: inputs.frame(QUINTILE_MEANS, rows)})

    return (
        Stage(
            name="drops",
            verb="panel",
            reads=(),
            writes=(POPULATION_DROPS,),
            sections=("name",),
            build=silver,
        ),
        Stage(
            name="fifths",
            verb="benchmark",
            reads=(),
            writes=(QUINTILE_MEANS,),
            sections=("employment",),
            build=gold,
            after=("drops",),
        ),
    )


def reduction():
    """A last stage of gold rows, which not every run has."""
    import pandas as pd

    def build(inputs):
        rows = pd.DataFrame({"component": ["observed"], "mean_weeks": [52.0]})
        return StageOutput({VARIANCE_REDUCTION: inputs.frame(VARIANCE_REDUCTION, rows)})

    return Stage(
        name="reduction",
        verb="cost",
        reads=(),
        writes=(VARIANCE_REDUCTION,),
        sections=("name",),
        build=build,
        after=("fifths",),
    )


def go(store, weeks: int, *more: Stage) -> Run:
    run = run_of(store, f"employment.weeks={weeks}")
    run_stages(run, (*stages(), *more))
    return run


def test_old_runs_are_named_then_dropped_and_the_kept_one_still_stands(store, capsys):
    first, second, third = go(store, 13), go(store, 26), go(store, 39)
    assert [run.run_id for run in old_runs(store, 1)] == [first.run_id, second.run_id]
    assert old_runs(store, 1)[0].rows == {"gold.quintile_means": 2}
    words = ["prune", "--store", store.location, "--keep", "1", "--quiet"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert f"to drop  integration_employment  run {first.run_id}" in said
    assert "2 rows in 1 tables" in said and "Nothing was changed" in said
    assert read_table(store, QUINTILE_MEANS).count() == 6
    assert main([*words, "--yes"]) == 0
    assert "2 runs dropped" in capsys.readouterr().out
    kept = {row["run_id"] for row in read_table(store, QUINTILE_MEANS).collect()}
    assert kept == {third.run_id}
    # The silver rows were made by the first run, whose record stays for the one that is kept.
    assert go(store, 39).skipped == ["drops", "fifths"]
    assert go(store, 13).skipped == ["drops"]
    assert read_table(store, QUINTILE_MEANS).count() == 4
    assert read_table(store, POPULATION_DROPS).count() == 1


@pytest.mark.long
def test_a_stage_whose_rows_went_with_its_run_is_run_again(store):
    """No later run has the stage, so that its record is the newest of it."""
    first = go(store, 13, reduction())
    go(store, 26)
    drop_runs(store, old_runs(store, 1), 1)
    assert read_table(store, VARIANCE_REDUCTION).count() == 0
    assert RunLog(store).finished("reduction", first.settings.name, first.run_id) is None
    assert go(store, 13, reduction()).skipped == ["drops"]
    assert read_table(store, VARIANCE_REDUCTION).count() == 1


@pytest.mark.long
def test_an_interrupted_deletion_is_found_again(store, monkeypatch):
    first = go(store, 13)
    go(store, 26)
    with monkeypatch.context() as patched:
        patched.setattr("kommunebench.prune._forget", lambda *_: (_ for _ in ()).throw(OSError))
        with pytest.raises(OSError):
            drop_runs(store, old_runs(store, 1), 1)
    assert [run.run_id for run in old_runs(store, 1)] == [first.run_id]
    drop_runs(store, old_runs(store, 1), 1)
    assert old_runs(store, 1) == ()


def test_a_log_in_many_files_is_brought_into_one(store, monkeypatch):
    for weeks in (13, 26, 39):
        go(store, weeks)
    before = RunLog(store).records
    monkeypatch.setattr("kommunebench.run_log._MOST_FILES", 3)
    RunLog(store)
    files = DeltaTable(str(Path(store.path(STAGE_LOG)))).file_uris()
    assert len(files) == 1
    assert RunLog(store).records == before
