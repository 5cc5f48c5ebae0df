"""A process that is killed while it reads a delivery, a corrected one, or one with a register's
file withdrawn: the next ingestion leaves what an undisturbed one leaves."""

import shutil
from pathlib import Path

import pytest
from small_delivery import OVERRIDES, File, person, small_delivery
from tests.crash.conftest import Command, kill_points
from tests.own_processes import assert_same_rows, rows_of, set_options

from kommunebench.run_log import STAGE_LOG

LAYERS = ("bronze", "silver")
STEPS = ("new", "corrected", "withdrawn")


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same delivery three times: as first made, with a corrected year and one more register
    file, and without that file again."""
    root, delivery = tmp_path_factory.mktemp("deliveries"), small_delivery()
    places = {"new": delivery.write(root / "new")}
    for row in delivery.files["bfl/bfl2015"].rows:
        row[3] = "7,5"
    delivery.files["dod/dod2016"].rows = delivery.files["dod/dod2016"].rows[:-4]
    delivery.files["bef/bef201703"] = File(
        delivery.files["bef/bef201612"].header,
        [[person(n), "1", "1970-01-01", "5100", "2", "101"] for n in range(5)],
    )
    places["corrected"] = delivery.write(root / "corrected")
    del delivery.files["bef/bef201703"]
    places["withdrawn"] = delivery.write(root / "withdrawn")
    return places


def arguments(delivery: Path, store: Path) -> list[str]:
    words = ["ingest", "--registers", str(delivery), "--store", str(store)]
    return [*words, *set_options(*OVERRIDES)]


@pytest.fixture(scope="module")
def undisturbed(
    deliveries: dict[str, Path], command: Command, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, int]]:
    """By step: the store as an ingestion that nobody disturbs leaves it, and how many tables that
    wrote."""
    folder, result = tmp_path_factory.mktemp("undisturbed"), {}
    store = folder / "store"
    for step in STEPS:
        command(*arguments(deliveries[step], store))
        log = rows_of(store, ("meta",))[STAGE_LOG.qualified_name].sort_values("sequence")
        written = log[log["state"] == "finished"]["tables_written"].iloc[-1]
        result[step] = (shutil.copytree(store, folder / step), written.count('":'))
    return result


def test_a_killed_ingestion_is_made_good_by_the_next(
    deliveries: dict[str, Path], undisturbed, command: Command, tmp_path: Path
) -> None:
    """Every step is killed at its first, middle and last write, one after the other on one store,
    then done."""
    store = tmp_path / "store"
    for step in STEPS:
        expected, writes = undisturbed[step]
        for kill in kill_points("ingest", writes):
            command(*arguments(deliveries[step], store), kill=kill)
        command(*arguments(deliveries[step], store))
        assert_same_rows(rows_of(store, LAYERS), rows_of(expected, LAYERS))


@pytest.mark.parametrize("half", [True, False])
def test_going_back_to_the_old_files_after_a_killed_ingestion(
    half: bool, deliveries: dict[str, Path], undisturbed, command: Command, tmp_path: Path
) -> None:
    """The store's record of files is the old one, and so are the files: but not the rows."""
    expected, _ = undisturbed["new"]
    store = shutil.copytree(expected, tmp_path / "store")
    _, writes = undisturbed["corrected"]
    committed = writes // 2 if half else writes
    command(*arguments(deliveries["corrected"], store), kill=("ingest", "after", committed))
    with pytest.raises(AssertionError):
        assert_same_rows(rows_of(store, LAYERS), rows_of(expected, LAYERS))
    command(*arguments(deliveries["new"], store))
    assert_same_rows(rows_of(store, LAYERS), rows_of(expected, LAYERS))
