"""The store: declared columns only, keys and rules held by Delta, a rerun replaces its own rows and
no others."""

import json
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from kommunebench.bronze import DEATHS
from kommunebench.errors import StoreError, TableError
from kommunebench.gold import QUINTILE_MEANS
from kommunebench.settings import EnvironmentSettings
from kommunebench.silver import CASES, SPELLS
from kommunebench.storage import (
    SCHEMA_VERSION,
    Store,
    TableWrite,
    append_rows,
    arrow_rows,
    check_schema_version,
    is_conflict,
    read_rows,
    read_table,
    write_table,
    write_tables,
)
from kommunebench.storage.conflicts import condition_of
from kommunebench.storage.creation import create_table
from kommunebench.tables import Table, columns

pytestmark = pytest.mark.delta


def fifth(run_id, indicator):
    """One row of a gold table."""
    values = {"analysis": "a", "run_id": run_id, "quintile": 1, "units": 19, "indicator": indicator}
    return tuple(values.get(name) for name in QUINTILE_MEANS.columns)


def fifth_rows(run_id, indicator):
    return arrow_rows(QUINTILE_MEANS.columns, [fifth(run_id, indicator)])


def fifths(spark, run_id, indicator):
    return spark.createDataFrame([fifth(run_id, indicator)], QUINTILE_MEANS.schema)


def deaths(spark, person):
    row = (person, date(2015, 3, 1), "DOD")
    return spark.createDataFrame([row], f"{DEATHS.schema}, delivered_from string")


def write_fifths(store, run_id, indicator):
    condition = f"analysis = 'a' AND run_id = '{run_id}'"
    return write_table(
        store,
        QUINTILE_MEANS,
        fifths(store.spark, run_id, indicator),
        condition,
        {"stage": "benchmark"},
    )


def test_a_rerun_replaces_its_own_rows_and_no_others(store):
    write_fifths(store, "one", 1.05)
    write_fifths(store, "two", 1.02)
    write_fifths(store, "one", 1.07)
    rows = {row["run_id"]: row["indicator"] for row in read_table(store, QUINTILE_MEANS).collect()}
    assert rows == {"one": 1.07, "two": 1.02}


def test_an_independent_reader_sees_the_same_table_and_its_declaration(store):
    version = write_fifths(store, "one", 1.05)
    table = DeltaTable(store.path(QUINTILE_MEANS))
    assert table.version() == version.version
    assert table.to_pyarrow_table().column("indicator").to_pylist() == [1.05]
    assert not table.schema().fields[0].nullable  # analysis is part of the key


def test_an_undeclared_or_missing_column_stops_the_stage_that_made_it(store):
    frame = fifths(store.spark, "one", 1.0).withColumnRenamed("indicator", "score")
    with pytest.raises(
        TableError, match=r"missing columns \['indicator'\], undeclared columns \['score'\]"
    ):
        write_table(store, QUINTILE_MEANS, frame, None, {})


def test_a_null_key_or_a_broken_rule_leaves_the_old_rows(store):
    write_table(store, DEATHS, deaths(store.spark, "p1"), None, {})
    with pytest.raises(Exception, match=r"(?i)null"):
        write_table(store, DEATHS, deaths(store.spark, None), None, {})
    assert read_table(store, DEATHS).collect()[0]["person_id"] == "p1"


def test_a_spell_of_length_zero_is_refused_by_the_table_itself(store):
    values = {
        "analysis": "a",
        "spell_id": "s",
        "duration": 0,
        "start_week": 3,
        "end_week": 3,
        "event": 0,
    }
    row = tuple(values.get(name) for name in SPELLS.columns)
    with pytest.raises(Exception, match=r"duration_positive|ends_after_start"):
        write_table(
            store, SPELLS, store.spark.createDataFrame([row], SPELLS.schema), "analysis = 'a'", {}
        )


@pytest.fixture
def catalog(spark, tmp_path):
    """A store in a schema of Spark's own catalog."""
    spark.sql(f"CREATE SCHEMA results LOCATION '{tmp_path}/results'")
    yield Store(spark, "spark_catalog.results", EnvironmentSettings(name="test"))
    spark.sql("DROP SCHEMA results CASCADE")


KINDS = Table(
    name="kinds",
    layer="gold",
    grain="one value of every type",
    key=("code",),
    columns=columns(
        """code string, n int, count long, x double, held boolean, day date, at timestamp,
        packed binary, names array<string>, numbers array<double>, flags array<boolean>"""
    ),
)


def every_kind():
    return arrow_rows(
        KINDS.columns,
        [
            ("a", 1, 2, 0.1, True, date(2015, 3, 1), datetime(2015, 3, 1, 9, tzinfo=UTC), b"x",
             ["æ", None], [1.0, 2.5], [True, False]),
            ("b", *(None for _ in list(KINDS.columns)[1:])),
        ],
    )  # fmt: skip


def test_rows_computed_on_the_driver_are_the_same_to_spark_and_to_this_process(store, catalog):
    """Written into a folder without Spark and into a catalog with it; read both ways."""
    for place in (store, catalog):
        version = write_table(place, KINDS, every_kind(), None, {})
        assert version.rows == 2
    by_spark = read_table(store, KINDS).orderBy("code").toPandas()
    assert by_spark["numbers"][0].tolist() == [1.0, 2.5] and by_spark["n"].isna().tolist()[1]
    expected = every_kind().to_pandas()
    for place in (store, catalog):
        rows = read_rows(place, KINDS).sort_by("code").to_pandas()
        pd.testing.assert_frame_equal(rows, expected)
        assert read_rows(place, KINDS, {"code": "b"}).num_rows == 1
        written = read_table(place, KINDS).orderBy("code").toPandas()
        pd.testing.assert_frame_equal(written, by_spark)


def test_rows_computed_on_the_driver_meet_the_tables_keys_and_rules(store):
    write_table(store, QUINTILE_MEANS, fifth_rows("one", 1.0), None, {})
    with pytest.raises(Exception, match=r"(?i)invalid data"):
        write_table(store, QUINTILE_MEANS, fifth_rows(None, 1.0), None, {})
    values = dict.fromkeys(CASES.columns) | {
        "analysis": "a", "person_id": "p", "cluster_id": "c", "municipality_code": "m",
    }  # fmt: skip
    for outcome in (1, 2):
        rows = arrow_rows(CASES.columns, [tuple((values | {"outcome": outcome}).values())])
        if outcome == 1:
            write_table(store, CASES, rows, None, {})
        else:
            with pytest.raises(Exception, match=r"(?i)invalid data|outcome_binary"):
                write_table(store, CASES, rows, None, {}, append=True)
    assert read_rows(store, CASES)["outcome"].to_pylist() == [1]
    assert read_rows(store, QUINTILE_MEANS)["run_id"].to_pylist() == ["one"]


def test_rows_computed_on_the_driver_replace_those_of_their_run(store):
    for run_id, indicator in (("one", 1.05), ("two", 1.02), ("one", 1.07)):
        condition = f"analysis = 'a' AND run_id = '{run_id}'"
        write_table(
            store, QUINTILE_MEANS, fifth_rows(run_id, indicator), condition, {"stage": "benchmark"}
        )
    rows = {row["run_id"]: row["indicator"] for row in read_table(store, QUINTILE_MEANS).collect()}
    assert rows == {"one": 1.07, "two": 1.02}
    first = read_rows(store, QUINTILE_MEANS, {"run_id": "one"}, version=1)
    assert first["indicator"].to_pylist() == [1.05]
    said = DeltaTable(store.path(QUINTILE_MEANS)).history(1)[0]["userMetadata"]
    assert json.loads(said) == {"stage": "benchmark"}


def test_a_table_is_declared_alike_by_spark_and_without_it(store, tmp_path, monkeypatch):
    """The same names, types, keys, comments, properties and version of the format."""
    monkeypatch.setattr("kommunebench.storage.creation.is_direct", lambda store: False)
    by_spark = Store(store.spark, str(tmp_path / "by_spark"), store.environment)
    create_table(by_spark, QUINTILE_MEANS)
    monkeypatch.undo()
    create_table(store, QUINTILE_MEANS)
    one, other = (DeltaTable(place.path(QUINTILE_MEANS)) for place in (by_spark, store))
    assert one.schema().to_json() == other.schema().to_json()
    assert one.protocol() == other.protocol()
    assert one.metadata().configuration == other.metadata().configuration
    assert one.metadata().description == other.metadata().description


def test_a_missing_table_names_what_to_run(store):
    with pytest.raises(TableError, match=r"gold\.quintile_means is not in the store"):
        read_table(store, QUINTILE_MEANS)


def test_several_tables_are_written_and_their_versions_come_in_order(store):
    writes = [
        TableWrite(DEATHS, deaths(store.spark, "p1")),
        TableWrite(QUINTILE_MEANS, fifths(store.spark, "r", 1.0)),
    ]
    versions = write_tables(store, writes, {})
    assert [version.table for version in versions] == ["bronze.deaths", "gold.quintile_means"]


def slowly(frame, file: Path):
    """The frame, whose rows come only once a file is there: a write that takes its time."""

    def wait(batches):
        for batch in batches:
            while not file.exists():
                time.sleep(0.05)
            yield batch

    return frame.mapInPandas(wait, frame.schema)


@pytest.mark.long
def test_two_analyses_that_write_one_table_at_once_both_succeed(catalog, tmp_path, caplog):
    """The first began before the second's commit, and is not computed a second time for it. A
    catalog has no lock of ours, as an object store."""
    go = tmp_path / "go"
    for run_id in ("one", "two"):
        write_fifths(catalog, run_id, 1.0)
    slow = slowly(fifths(catalog.spark, "one", 1.05), go)
    written = []

    def first():
        condition = "analysis = 'a' AND run_id = 'one'"
        written.append(write_table(catalog, QUINTILE_MEANS, slow, condition, {}))

    thread = threading.Thread(target=first)
    thread.start()
    time.sleep(5)
    second = write_fifths(catalog, "two", 1.07)
    go.touch()
    thread.join()
    rows = read_table(catalog, QUINTILE_MEANS).collect()
    assert {row["run_id"]: row["indicator"] for row in rows} == {"one": 1.05, "two": 1.07}
    assert written[0].version == second.version + 1 and written[0].rows == 1
    assert "conflict" not in caplog.text


def test_a_write_that_another_commit_came_before_is_tried_again(catalog, tmp_path, caplog):
    """A table without analyses is replaced by one commit, which Delta then refuses."""
    go = tmp_path / "go"
    write_table(catalog, DEATHS, deaths(catalog.spark, "p1"), None, {})
    slow = slowly(deaths(catalog.spark, "p2"), go)
    where = "delivered_from = 'DOD'"
    thread = threading.Thread(target=write_table, args=(catalog, DEATHS, slow, where, {}))
    thread.start()
    time.sleep(5)
    write_table(catalog, DEATHS, deaths(catalog.spark, "p3"), where, {})
    go.touch()
    thread.join()
    assert [row["person_id"] for row in read_table(catalog, DEATHS).collect()] == ["p2"]
    assert "conflict=DELTA_CONCURRENT" in caplog.text


def test_a_table_whose_maker_died_before_its_rules_gets_them(catalog):
    listing = ", ".join(f"{name} {kind}" for name, kind in SPELLS.columns.items())
    catalog.spark.sql(f"CREATE TABLE {catalog.identifier(SPELLS)} ({listing}) USING delta")
    values = {"analysis": "a", "spell_id": "s", "duration": 0, "start_week": 3, "event": 0}
    rows = [tuple(values.get(name) for name in SPELLS.columns)]
    with pytest.raises(Exception, match="duration_positive"):
        write_table(catalog, SPELLS, catalog.spark.createDataFrame(rows, SPELLS.schema), None, {})
    check_schema_version(catalog, SPELLS)


def test_on_a_folder_a_table_has_one_writer_at_a_time(store, tmp_path, caplog):
    go = tmp_path / "go"
    write_fifths(store, "one", 1.0)
    slow = slowly(fifths(store.spark, "one", 1.05), go)
    condition = "analysis = 'a' AND run_id = 'one'"
    thread = threading.Thread(target=write_table, args=(store, QUINTILE_MEANS, slow, condition, {}))
    thread.start()
    time.sleep(3)
    other = threading.Thread(target=write_fifths, args=(store, "two", 1.07))
    other.start()
    time.sleep(1)
    assert other.is_alive()
    go.touch()
    thread.join()
    other.join()
    rows = {row["run_id"]: row["indicator"] for row in read_table(store, QUINTILE_MEANS).collect()}
    assert rows == {"one": 1.05, "two": 1.07}
    assert "conflict" not in caplog.text


def test_many_may_make_the_same_table_at_once(catalog):
    threads = [
        threading.Thread(target=write_fifths, args=(catalog, f"run {n}", float(n)))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_table(catalog, QUINTILE_MEANS).count() == 4
    rules = catalog.spark.sql(f"SHOW TBLPROPERTIES {catalog.identifier(QUINTILE_MEANS)}").collect()
    assert ("kommunebench.schema_version", SCHEMA_VERSION) in {(row[0], row[1]) for row in rules}


def test_a_table_another_process_is_making_is_waited_for(catalog, tmp_path, caplog):
    """The other process has a file in the table's folder and no commit yet: the table is not made
    a second time without its rules."""
    begun = tmp_path / "results" / QUINTILE_MEANS.name / "begun"
    begun.parent.mkdir(parents=True)
    begun.touch()
    thread = threading.Thread(target=write_fifths, args=(catalog, "one", 1.0))
    thread.start()
    end = time.monotonic() + 60
    while "conflict=DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION" not in caplog.text:
        assert thread.is_alive() and time.monotonic() < end
        time.sleep(0.05)
    begun.unlink()
    thread.join()
    assert "created_in_steps" not in caplog.text
    assert read_table(catalog, QUINTILE_MEANS).count() == 1


def test_only_conflicts_are_tried_again(store):
    for failure in ("DELTA_CONCURRENT_APPEND.WITHOUT_HINT", "DELTA_PROTOCOL_CHANGED"):
        assert is_conflict(RuntimeError(f"io.delta.exceptions.X: [{failure}] Another commit"))
    with pytest.raises(Exception, match=r"(?i)null") as caught:
        write_table(store, DEATHS, deaths(store.spark, None), None, {})
    assert not is_conflict(caught.value)
    assert condition_of(caught.value).startswith("DELTA_NOT_NULL_CONSTRAINT_VIOLATED")


def test_two_writers_without_spark_are_told_apart_by_delta_rs_and_a_full_disk_is_no_conflict(store):
    write_table(store, QUINTILE_MEANS, fifth_rows("one", 1.0), None, {})
    late = DeltaTable(store.path(QUINTILE_MEANS))
    write_table(store, QUINTILE_MEANS, fifth_rows("one", 1.0), None, {}, append=True)
    with pytest.raises(CommitFailedError) as caught:
        write_deltalake(late, fifth_rows("one", 1.1), mode="overwrite", predicate="run_id = 'one'")
    assert is_conflict(caught.value)
    assert not is_conflict(CommitFailedError("No space left on device (os error 28)"))


def test_an_older_version_is_read_as_it_was(store, catalog):
    for place in (store, catalog):
        first = write_fifths(place, "one", 1.05)
        write_fifths(place, "one", 1.07)
        row = read_table(place, QUINTILE_MEANS, version=first.version).first()
        assert row["indicator"] == 1.05


def test_a_frame_that_is_added_leaves_the_other_rows(store):
    write_fifths(store, "one", 1.05)
    version = write_table(
        store, QUINTILE_MEANS, fifths(store.spark, "two", 1.0), "run_id = 'two'", {}, append=True
    )
    assert version.rows == 1
    assert read_table(store, QUINTILE_MEANS).count() == 2


def test_adding_no_rows_is_no_commit_and_no_failure(store):
    """Delta leaves out commits that change nothing."""
    none = store.spark.createDataFrame([], QUINTILE_MEANS.schema)
    condition = "analysis = 'b' AND run_id = 'none'"
    written = write_table(store, QUINTILE_MEANS, none, condition, {"stage": "x"}, append=True)
    assert written.rows == 0
    assert read_table(store, QUINTILE_MEANS, condition, written.version).count() == 0


def test_a_folder_a_dying_process_left_without_a_commit_is_no_table(store):
    (Path(store.path(QUINTILE_MEANS)) / "_delta_log").mkdir(parents=True)
    with pytest.raises(TableError, match="is not in the store"):
        read_table(store, QUINTILE_MEANS)
    write_fifths(store, "one", 1.05)
    assert read_table(store, QUINTILE_MEANS).count() == 1


@pytest.mark.parametrize("table", [DEATHS, QUINTILE_MEANS], ids=lambda table: table.name)
def test_what_a_process_left_that_died_at_the_first_commit_is_taken_away(store, table):
    """Spark takes such a folder for the table, and would never make it."""
    assert bool(table.constraints) == (table is DEATHS)
    log = Path(store.path(table)) / "_delta_log"
    (log / "_staged_commits").mkdir(parents=True)
    for name in (".00000000000000000000.json.1f.tmp", "..00000000000000000000.json.1f.tmp.crc"):
        (log / name).write_bytes(b"{")
    (log.parent / "part-0.parquet").write_bytes(b"PAR1")
    if table is QUINTILE_MEANS:
        write_fifths(store, "one", 1.05)
    else:
        write_table(store, DEATHS, deaths(store.spark, "p1"), None, {})
        with pytest.raises(Exception, match=r"(?i)null"):
            write_table(store, DEATHS, deaths(store.spark, None), None, {})
        early = [("p2", date(1815, 6, 18), "DOD")]
        frame = store.spark.createDataFrame(early, f"{DEATHS.schema}, delivered_from string")
        with pytest.raises(Exception, match="death_date_possible"):
            write_table(store, DEATHS, frame, None, {})
    assert read_table(store, table).count() == 1
    assert not (log.parent / "part-0.parquet").exists()
    check_schema_version(store, table)


def test_making_a_table_that_is_there_takes_nothing_away(store):
    write_fifths(store, "one", 1.05)
    write_table(store, DEATHS, deaths(store.spark, "p1"), None, {})
    for table in (QUINTILE_MEANS, DEATHS):
        create_table(store, table)
        assert read_table(store, table).count() == 1


@pytest.mark.parametrize(("version", "whose"), [("1", "an earlier"), ("99", "a later")])
def test_a_store_of_another_version_is_refused_by_name(store, version, whose):
    append_rows(store, QUINTILE_MEANS, [fifth("one", 1.0)])
    check_schema_version(store, QUINTILE_MEANS)
    name = store.identifier(QUINTILE_MEANS)
    store.spark.sql(
        f"ALTER TABLE {name} SET TBLPROPERTIES ('kommunebench.schema_version' = '{version}')"
    )
    with pytest.raises(TableError, match=f"was made by {whose} version .* version {version}"):
        check_schema_version(store, QUINTILE_MEANS)


def test_a_schema_that_does_not_exist_is_named(spark):
    nowhere = Store(spark, "spark_catalog.nowhere", EnvironmentSettings(name="test"))
    with pytest.raises(StoreError, match=r"CREATE SCHEMA `spark_catalog`\.`nowhere`"):
        write_fifths(nowhere, "one", 1.05)
