"""A stage that runs again takes those with it that build on it, at once or in the next run: a later
stage fills in the rows of an earlier one, which would replace them for good. Without Spark."""

from pathlib import Path

import pandas as pd
import pytest

from kommunebench import overview
from kommunebench.errors import ConfigError
from kommunebench.gold import QUINTILE_MEANS
from kommunebench.pipeline import Run, run_stages
from kommunebench.run_log import RunLog
from kommunebench.settings import EnvironmentSettings, load_analysis
from kommunebench.silver import POPULATION_DROPS
from kommunebench.stages.order import stages_of
from kommunebench.stages.stage import Stage, StageOutput
from kommunebench.stages.valid_records import is_whole, upstream_of
from kommunebench.storage import Store, arrow_rows, read_rows
from kommunebench.terminal import Progress

NAMES = ("integration_employment", "school_exams", "immigrants_up_to_10_years")
SETTINGS = load_analysis("school_exams")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(None, str(tmp_path / "store"), EnvironmentSettings(name="test"))  # type: ignore[arg-type]


class Killed(BaseException):
    """The process dies."""


def stage(name: str, units: int, *after: str, dies: bool = False) -> Stage:
    """A stage that writes the one row of a table of gold; ``units`` says whose it is."""

    def build(inputs):
        if dies:
            raise Killed
        rows = pd.DataFrame({"quintile": [1], "units": [units]})
        return StageOutput({QUINTILE_MEANS: inputs.frame(QUINTILE_MEANS, rows)})

    return Stage(
        name=name, verb=name, reads=(), writes=(QUINTILE_MEANS,), sections=("name",), build=build,
        after=after,
    )  # fmt: skip


def silver(name: str, *after: str) -> Stage:
    """A stage whose rows belong to the analysis."""

    def build(inputs):
        rows = arrow_rows(POPULATION_DROPS.columns, [(inputs.settings.name, "age", 5)])
        return StageOutput({POPULATION_DROPS: rows})

    return Stage(
        name=name, verb=name, reads=(), writes=(POPULATION_DROPS,), sections=("name",), build=build,
        after=after,
    )  # fmt: skip


PERSONS = silver("persons")
BENCHMARK, UNCERTAINTY = stage("benchmark", 1, "persons"), stage("uncertainty", 2, "benchmark")
# The last one writes another table of the run and does not concern the indicators.
COST = Stage(
    name="cost", verb="cost", reads=(), writes=(), sections=("name",),
    build=lambda inputs: StageOutput({}), after=("benchmark",),
)  # fmt: skip
WHOLE = (PERSONS, BENCHMARK, UNCERTAINTY, COST)


def go(store: Store, *stages: Stage, force: bool = False, run_id: str = "r") -> list[str]:
    """Run stages; the names of those that were skipped."""
    run = Run(
        store=store, settings=SETTINGS, run_id=run_id, data_fingerprint="d", log=RunLog(store),
        progress=Progress(quiet=True), force=force,
    )  # fmt: skip
    run_stages(run, stages)
    return run.skipped


def units(store: Store) -> list[int]:
    return read_rows(store, QUINTILE_MEANS)["units"].to_pylist()


def whole(store: Store, run_id: str = "r") -> bool:
    return is_whole(RunLog(store), WHOLE, SETTINGS.name, run_id)


@pytest.mark.parametrize("verb", [(PERSONS, BENCHMARK), (PERSONS, BENCHMARK, COST)])
def test_verdicts_that_a_forced_stage_replaced_are_made_again(store, verb):
    """`benchmark --force`, and `cost --force`, which builds on it and not on the verdicts."""
    go(store, *WHOLE)
    assert units(store) == [2] and whole(store)
    go(store, *verb, force=True)
    assert units(store) == [1] and not whole(store)
    assert "uncertainty" not in go(store, *WHOLE)
    assert units(store) == [2] and whole(store)
    assert go(store, *WHOLE) == [s.name for s in WHOLE]


def test_verdicts_that_a_forced_run_replaced_before_it_was_killed_are_made_again(store):
    go(store, *WHOLE)
    with pytest.raises(Killed):
        go(store, PERSONS, BENCHMARK, stage("uncertainty", 2, "benchmark", dies=True), force=True)
    assert units(store) == [1] and not whole(store)
    go(store, *WHOLE)
    assert units(store) == [2] and whole(store)


def test_a_stage_that_was_killed_before_it_wrote_takes_the_verdicts_with_it(store):
    go(store, *WHOLE)
    with pytest.raises(Killed):
        go(store, PERSONS, stage("benchmark", 1, "persons", dies=True), force=True)
    assert not whole(store)
    assert go(store, *WHOLE) == ["persons"]
    assert units(store) == [2] and whole(store)


def test_what_builds_on_silver_rows_that_were_made_again_is_made_again(store):
    go(store, *WHOLE)
    go(store, PERSONS, force=True)
    assert go(store, *WHOLE) == ["persons"]


def test_a_run_stays_whole_where_another_has_made_the_silver_rows_again(store):
    go(store, *WHOLE)
    go(store, PERSONS, BENCHMARK, force=True, run_id="other")
    assert whole(store) and whole(store, "other")
    assert sorted(units(store)) == [1, 2]


@pytest.mark.parametrize("name", NAMES)
def test_stages_that_write_one_table_build_on_one_another(name):
    """By that alone it is known that the earlier one replaces what the later one filled in."""
    stages = stages_of(load_analysis(name))
    for place, later in enumerate(stages):
        before = upstream_of(later, stages)
        for earlier in stages[:place]:
            assert earlier in before or not set(earlier.writes) & set(later.writes)


def finished_in_log(store: Store, *names: str) -> None:
    """Records of an analysis' stages, as if they had run."""
    chosen = [s for s in stages_of(SETTINGS) if s.name in names]
    quiet = [
        Stage(
            name=s.name, verb=s.verb, reads=(), writes=(), sections=("name",), after=s.after,
            build=lambda inputs: StageOutput({}),
        )
        for s in chosen
    ]  # fmt: skip
    go(store, *quiet, force=True)


def test_the_overview_does_not_show_a_run_without_its_verdicts(store):
    finished_in_log(store, "benchmark", "uncertainty", "checks")
    assert overview._finished_run(RunLog(store), SETTINGS) == "r"
    finished_in_log(store, "benchmark")
    assert overview._finished_run(RunLog(store), SETTINGS) is None
    chosen, left_out = overview._analyses_of(RunLog(store))
    assert chosen == [] and "ran again without those after it" in left_out[SETTINGS.name]
    with pytest.raises(ConfigError, match="ran again without those after it"):
        overview.write_overview(store, [])
    with pytest.raises(ConfigError, match="`kommunebench run school_exams` first"):
        overview.write_overview(store, [SETTINGS.name])
