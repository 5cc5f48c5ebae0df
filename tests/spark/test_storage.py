"""The store: declared columns only, keys and rules held by Delta, a rerun replaces its own rows and
no others."""

from datetime import date

import pytest
from deltalake import DeltaTable

from kommunebench.bronze import DEATHS
from kommunebench.errors import TableError
from kommunebench.gold import QUINTILE_MEANS
from kommunebench.silver import SPELLS
from kommunebench.storage import TableWrite, read_table, write_table, write_tables

pytestmark = pytest.mark.delta


def fifths(spark, run_id, indicator):
    row = ("a", run_id, 1, 19, indicator, 93.5, 98.5, -5.0)
    return spark.createDataFrame([row], QUINTILE_MEANS.schema)


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
