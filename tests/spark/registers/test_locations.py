"""A delivery on another file system, and under awkward names, gives the same rows as in a folder.

``viewfs`` is a file system of Hadoop's own that shows local folders under another scheme, so that
nothing but Spark reaches them.
"""

from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import functions as F
from small_delivery import SmallDelivery, read_only, small_analysis, small_delivery

from kommunebench.errors import RegisterError
from kommunebench.places import has_scheme
from kommunebench.registers import content_fingerprints, find_delivery, locate
from kommunebench.registers.locations import (
    ListedFile,
    SparkPath,
    folder_uris,
    list_files,
    names_in_uris,
    spark_location,
    visible,
)
from kommunebench.registers.text_scan import scan_text

ANALYSIS = small_analysis()
TABLES = ("population_snapshots", "employment_months", "benefit_weeks")


@pytest.fixture(scope="module")
def viewfs(spark):
    """The scheme under which the local file system is shown."""
    spark.conf.set("fs.viewfs.mounttable.default.linkFallback", "file:///")
    yield "viewfs://"
    spark.conf.unset("fs.viewfs.mounttable.default.linkFallback")


def mixed_delivery() -> SmallDelivery:
    """CSV, with BFL as Parquet, and BEF 2015 as a folder of parts."""
    delivery, in_parquet = small_delivery("csv"), small_delivery("parquet")
    delivery.files |= {name: in_parquet.files[name] for name in delivery.of("bfl")}
    delivery.files["bef/year=2015/part"] = delivery.files.pop("bef/bef201512")
    return delivery


def rows_of(spark, delivery) -> dict[str, pd.DataFrame]:
    read = read_only(spark, delivery, ANALYSIS, "BEF", "BFL", "DREAM")
    frames = {r.table.name: r.frame.toPandas() for r in read.results if r.table.name in TABLES}
    return {
        name: frame.sort_values([*frame.columns], key=lambda c: c.astype(str), ignore_index=True)
        for name, frame in frames.items()
    }


@pytest.mark.long
def test_a_delivery_that_only_spark_reaches_gives_the_same_rows(viewfs, spark, tmp_path):
    folder = mixed_delivery().write(tmp_path / "levering {2016} æøå")
    local = find_delivery(locate(f"file:{folder}", spark), ANALYSIS)
    away = find_delivery(locate(f"{viewfs}{folder}/", spark), ANALYSIS)
    assert isinstance(local.folder, Path) and isinstance(away.folder, SparkPath)
    assert [f.unit for files in away.files.values() for f in files] == [
        f.unit for files in local.files.values() for f in files
    ]
    expected, found = rows_of(spark, local), rows_of(spark, away)
    assert set(found) == set(TABLES)
    for name in TABLES:
        pd.testing.assert_frame_equal(found[name], expected[name])


def test_a_changed_file_is_seen_through_spark_and_a_folder_found(viewfs, spark, tmp_path):
    folder = tmp_path / "delivery"
    mixed_delivery().write(folder / "registers")
    place = locate(f"{viewfs}{folder}", spark)
    before = content_fingerprints(find_delivery(place, ANALYSIS))
    assert content_fingerprints(find_delivery(place, ANALYSIS)) == before
    path = folder / "registers" / "dod" / "dod2016.csv"
    path.write_bytes(path.read_bytes() + b"SECRET9;2016-01-03\n")
    after = content_fingerprints(find_delivery(place, ANALYSIS))
    assert [file.unit for file in after if after[file] != before[file]] == ["DOD"]
    assert (place / "registers").is_dir() and not (place / "none").exists()
    assert (place / "registers" / "dod" / "dod2016.csv").read_bytes() == path.read_bytes()


def test_a_location_that_cannot_be_reached_is_named(spark):
    with pytest.raises(RegisterError, match="no-such-fs://host/delivery: cannot be listed"):
        find_delivery(locate("no-such-fs://host/delivery", spark), ANALYSIS)


def test_names_of_locations():
    path = SparkPath("s3a://bucket/registers/BEF201512.csv", None)
    assert (path.name, path.stem, path.suffix) == ("BEF201512.csv", "BEF201512", ".csv")
    root = SparkPath("s3a://bucket", None)
    assert path.parent == root / "registers" and path.relative_to(root).parts[0] == "registers"
    assert has_scheme("abfss://c@a.dfs.core.windows.net/x") and has_scheme("file:/x")
    assert not has_scheme("C:/x") and not has_scheme("/data/x") and not has_scheme("a b:/x")
    assert locate("file:/no/such%20folder", None) == Path("/no/such folder")
    assert visible("_x=1") and not visible("_SUCCESS") and not visible(".crc")


def test_spark_writes_places_as_they_are_looked_for(spark, tmp_path):
    """Otherwise the file of each row is cut out of its location, which takes far longer."""
    folder = tmp_path / "mine kørsler {1} 100% a+b"
    spark.range(1).coalesce(1).write.parquet(str(folder / "bef 2015 æ.parquet"))
    part = next((folder / "bef 2015 æ.parquet").glob("*.parquet")).rename(folder / "én fil.parquet")
    names = F.col("_metadata.file_path"), F.col("_metadata.file_name")
    row = spark.read.parquet(spark_location(folder)).select(*names).first()
    assert row["file_path"].rpartition("/")[0] in folder_uris(folder)
    assert row["file_name"] in names_in_uris(part.name)


def test_hidden_files_and_folders_are_not_listed(tmp_path):
    for name in ("a.csv", ".b.csv", "_delta_log/c.parquet", "unit=1/d.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    listed = [str(file.path.relative_to(tmp_path)) for file in list_files(tmp_path)]
    assert listed == ["a.csv", "unit=1/d.parquet"]


@pytest.mark.parametrize(
    "content",
    [
        'område;€\n1;"a ""b"" c;d"\n'.encode(),
        "\ufeffområde;b\n1;2\n".encode(),
        "område;b\n1;2\n".encode("windows-1252"),
        "a;b\n5 €;ø\n".encode("windows-1252"),
        b"a;b\n1;\x81\n",
        b'a;b\n1;"x\ny"\n',
        b'a;b\r\n1;5" pipe\r\n',
        b'a;b\n1;"x"y\n',
    ],
)
def test_spark_says_of_a_large_text_what_is_said_of_a_small_one(content, spark, tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    small, large = (
        scan_text(ListedFile(path, size, 0), ";", spark) for size in (len(content), 1 << 30)
    )
    # What is no UTF-8 is told apart further; of valid text the rest does not matter.
    assert (large.valid_utf8, large.as_stream) == (small.valid_utf8, small.as_stream)
    if not small.valid_utf8:
        assert large == small
