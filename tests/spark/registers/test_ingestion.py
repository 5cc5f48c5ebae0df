"""Bronze: twice the same changes nothing, a corrected year replaces that year, a failure leaves the
old rows, Delta holds the rules."""

import os
import threading
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path

import pytest
from deltalake import DeltaTable
from small_delivery import OVERRIDES, PERSONS, File, person, small_analysis, small_delivery

from kommunebench import bronze
from kommunebench.errors import RegisterError
from kommunebench.leases import Lease
from kommunebench.run_opening import run_on_store
from kommunebench.settings import EnvironmentSettings, load_analysis
from kommunebench.silver import REJECTED_ROWS
from kommunebench.stages.bronze_writes import stored_data
from kommunebench.stages.ingest import ingest_delivery
from kommunebench.stages.published import read_published
from kommunebench.storage import (
    Store,
    current_version,
    read_table,
    table_exists,
    write_table,
    writing,
)
from kommunebench.terminal import Progress

pytestmark = pytest.mark.delta
ANALYSIS = small_analysis()
TABLES = (
    bronze.PERMITS,
    bronze.POPULATION_SNAPSHOTS,
    bronze.MIGRATIONS,
    bronze.DEATHS,
    bronze.EMPLOYMENT_MONTHS,
    bronze.BENEFIT_WEEKS,
    bronze.MUNICIPAL_ACCOUNTS,
    bronze.PRICE_INDEX,
    bronze.COUNTRIES,
    bronze.RESIDENCE_BASIS_CODES,
)


def ingest(store, folder: Path, force: bool = False) -> str:
    return ingest_delivery(store, folder, ANALYSIS, Progress(quiet=True), force=force)


def versions(store) -> dict[str, int]:
    return {
        table.name: current_version(store, table)
        for table in (*TABLES, bronze.DELIVERED_FILES, REJECTED_ROWS)
    }


def changed(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {name for name in after if after[name] != before[name]}


@pytest.fixture(scope="module")
def delivered(spark, tmp_path_factory):
    """A store with the small delivery in it, and the delivery; the tests of this module change
    both, one after the other."""
    folder = tmp_path_factory.mktemp("delivery")
    delivery = small_delivery()
    delivery.files["bef/bef201512"].rows[0][1] = "7"
    delivery.files["dream/dream201609"].rows[0][1] = "555"
    delivery.write(folder)
    store = Store(spark, str(tmp_path_factory.mktemp("store")), EnvironmentSettings(name="test"))
    ingest(store, folder)
    return store, folder, delivery


def test_the_same_delivery_twice_changes_nothing(delivered):
    store, folder, _ = delivered
    before = versions(store)
    own = ingest(store, folder)
    for path in folder.rglob("*.csv"):
        os.utime(path, (1, 1))  # touched, not changed
    assert ingest(store, folder) == own
    assert changed(before, versions(store)) == set()
    assert stored_data(store, ANALYSIS) == own


def test_the_run_of_an_analysis_is_the_same_whichever_analysis_was_ingested_last(delivered):
    store, folder, _ = delivered
    own, options = ingest(store, folder), Namespace(store="s", quiet=True, force=False)
    lease = Lease(store=store, analysis=ANALYSIS.name, holder="nobody")
    run = run_on_store(store, ANALYSIS, options, lease)
    other = load_analysis(
        "integration_employment", (*OVERRIDES, "population.window_start=2015-02-01")
    )
    ingest_delivery(store, folder, other, Progress(quiet=True))
    again = run_on_store(store, ANALYSIS, options, lease)
    assert again.run_id == run.run_id and again.data_fingerprint == own


def test_rows_that_cannot_be_used_are_counted(delivered):
    store, _, _ = delivered
    rows = [tuple(row) for row in read_table(store, REJECTED_ROWS).collect()]
    assert rows == [
        ("BEF", "KOEN", "unknown_code", 1, True),
        ("DREAM", "Y_YYWW", "unknown_code", 1, False),
    ]
    files = {
        row["file"]: row["rows"] for row in read_table(store, bronze.DELIVERED_FILES).collect()
    }
    assert files["bef/bef201512.csv"] == PERSONS and files["dream/dream201609.csv"] == PERSONS


def test_an_analysis_shows_what_was_wrong_with_the_registers_it_reads_and_what_became_of_it(
    delivered,
):
    """A code of DREAM that nobody knows is kept; the exams are not read from DREAM."""
    store, _, _ = delivered

    def shown(settings) -> list[list[str]]:
        rows = read_published(store, settings, "none").rejected
        return rows[["register", "consequence"]].values.tolist()

    assert shown(ANALYSIS) == [["BEF", "row_set_aside"], ["DREAM", "code_kept"]]
    assert shown(load_analysis("school_exams")) == [["BEF", "row_set_aside"]]


def test_a_corrected_year_of_equal_size_replaces_that_year_and_no_other(delivered):
    store, folder, delivery = delivered
    before = versions(store)
    path = folder / "bfl" / "bfl2015.csv"
    size, times = path.stat().st_size, path.stat()
    for row in delivery.files["bfl/bfl2015"].rows:
        row[3] = f"{999 - int(row[3][:3])},5"
    delivery.write(folder)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert path.stat().st_size == size
    ingest(store, folder)
    assert changed(before, versions(store)) == {
        "employment_months",
        "delivered_files",
        "rejected_rows",
    }
    table = DeltaTable(store.path(bronze.EMPLOYMENT_MONTHS))
    added = table.history(1)[0]["operationParameters"]["predicate"]
    assert "BFL 2015" in added and "BFL 2014" not in added
    hours = table.to_pandas().groupby("delivered_from")["hours"].agg(["size", "min"])
    assert hours["size"].tolist() == [PERSONS] * 3
    assert hours.loc["BFL 2014", "min"] == 100.5 and hours.loc["BFL 2015", "min"] > 800


def test_a_new_year_is_added_and_a_withdrawn_one_taken_out(delivered):
    store, folder, delivery = delivered
    extra = File(
        delivery.files["bef/bef201612"].header,
        [[person(n), "1", "1970-01-01", "5100", "2", "101"] for n in range(5)],
    )
    delivery.files["bef/bef201703"] = extra
    delivery.write(folder)
    before = versions(store)
    ingest(store, folder)
    assert changed(before, versions(store)) == {
        "population_snapshots",
        "delivered_files",
        "rejected_rows",
    }
    assert read_table(store, bronze.POPULATION_SNAPSHOTS).count() == 3 * PERSONS - 1 + 5
    del delivery.files["bef/bef201703"]
    (folder / "bef" / "bef201703.csv").unlink()
    ingest(store, folder)
    assert read_table(store, bronze.POPULATION_SNAPSHOTS).count() == 3 * PERSONS - 1
    assert read_table(store, REJECTED_ROWS).count() == 2


@pytest.mark.long
def test_a_failure_halfway_leaves_every_table_as_it_was(delivered, monkeypatch):
    store, folder, delivery = delivered
    old = {table.name: read_table(store, table).toPandas() for table in TABLES[:5]}
    own = ingest(store, folder)
    for name in ("bfl/bfl2014", "ophg/ophg2014", "dod/dod2016"):
        delivery.files[name].rows = delivery.files[name].rows[:-1]
    delivery.write(folder)
    real = writing.write_table

    def fails_at_permits(store, table, *rest, **options):
        if table is bronze.PERMITS:
            raise RuntimeError("the disk is full")
        return real(store, table, *rest, **options)

    monkeypatch.setattr(writing, "write_table", fails_at_permits)
    with pytest.raises(RuntimeError, match="disk is full"):
        ingest(store, folder)
    for table in TABLES[:5]:
        assert len(read_table(store, table).toPandas()) == len(old[table.name]), table.name
    monkeypatch.undo()
    assert ingest(store, folder) != own
    assert read_table(store, bronze.DEATHS).count() == 29
    assert read_table(store, bronze.PERMITS).count() == 3 * PERSONS - 1


@pytest.mark.long
def test_a_process_that_dies_halfway_leaves_whole_tables_and_the_next_ingestion_goes_on(
    delivered, monkeypatch
):
    """No clean-up ran: the table written before is new, the one being written is old, each whole;
    what is missing is read the next time."""
    store, folder, delivery = delivered
    delivery.files["dod/dod2016"].rows = delivery.files["dod/dod2016"].rows[:-4]
    delivery.files["vnds/vnds2016"].rows = delivery.files["vnds/vnds2016"].rows[:-4]
    delivery.write(folder)
    real, deaths_are_written = writing.write_table, threading.Event()

    def dies_at_migrations(store, table, *rest, **options):
        if table is bronze.MIGRATIONS:
            # Tables are written side by side: the process dies when the other one is there.
            assert deaths_are_written.wait(120)
            raise RuntimeError("killed")
        written = real(store, table, *rest, **options)
        if table is bronze.DEATHS:
            deaths_are_written.set()
        return written

    monkeypatch.setattr(writing, "write_table", dies_at_migrations)
    monkeypatch.setattr("kommunebench.stages.ingest.unwritten_on_failure", lambda *_: nullcontext())
    with pytest.raises(RuntimeError, match="killed"):
        ingest(store, folder)
    assert read_table(store, bronze.DEATHS).count() == 25
    assert read_table(store, bronze.MIGRATIONS).count() == PERSONS
    monkeypatch.undo()
    ingest(store, folder)
    assert read_table(store, bronze.DEATHS).count() == 25
    assert read_table(store, bronze.MIGRATIONS).count() == PERSONS - 4


def test_a_damaged_correction_writes_nothing(delivered):
    store, folder, delivery = delivered
    before = versions(store)
    good = [list(row) for row in delivery.files["bfl/bfl2016"].rows]
    delivery.files["bfl/bfl2016"].rows = [[row[0], "soon", *row[2:]] for row in good]
    delivery.write(folder)
    with pytest.raises(
        RegisterError,
        match="column AJO_JOB_START_DATO: is not of the declared type in 40 of 40 rows",
    ):
        ingest(store, folder)
    assert changed(before, versions(store)) == set()
    delivery.files["bfl/bfl2016"].rows = good
    delivery.write(folder)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (bronze.POPULATION_SNAPSHOTS, {"sex": "M"}),
        (bronze.POPULATION_SNAPSHOTS, {"person_id": None}),
        (bronze.POPULATION_SNAPSHOTS, {"origin_type": 4}),
        (bronze.MIGRATIONS, {"event": "I"}),
        (bronze.DEATHS, {"death_date": None}),
        (bronze.PRICE_INDEX, {"index": 0.0}),
    ],
)
def test_delta_holds_keys_and_code_lists(table, row, delivered):
    """Rows that got past the checks are refused by the table itself."""
    store, _, _ = delivered
    assert table_exists(store, table)
    source = store.spark.read.format("delta").load(store.path(table)).limit(1)
    from pyspark.sql import functions as F

    declared = table.columns
    bad = source.withColumns(
        {name: F.lit(value).cast(declared[name]) for name, value in row.items()}
    )
    before = current_version(store, table)
    with pytest.raises(Exception, match=r"(?i)constraint|null"):
        write_table(store, table, bad, None, {})
    assert current_version(store, table) == before


@pytest.mark.long
def test_forced_ingestion_reads_everything_again_and_gives_the_same_rows(delivered):
    store, folder, _ = delivered
    before, old = versions(store), read_table(store, bronze.EMPLOYMENT_MONTHS).count()
    ingest(store, folder, force=True)
    assert changed(before, versions(store)) == set(before)
    assert read_table(store, bronze.EMPLOYMENT_MONTHS).count() == old
