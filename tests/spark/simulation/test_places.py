"""Where simulated registers are written: into the folder named, also where the default file system
of a cluster is another one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from kommunebench.places import glob_escaped, local_uri
from kommunebench.simulation import truth
from kommunebench.simulation.simulate import _save


@pytest.fixture
def elsewhere(spark: SparkSession) -> Iterator[SparkSession]:
    """A session that takes a plain path for one of a file system that is not there."""
    session = spark.newSession()
    session.conf.set("fs.defaultFS", "s3a://nowhere")
    yield session


@pytest.mark.parametrize("fmt", ["parquet", "csv"])
def test_registers_are_written_into_the_local_folder_named(
    elsewhere: SparkSession, fmt: str, tmp_path: Path
) -> None:
    target = tmp_path / "Mit land æøå [1]" / f"bef.{fmt}"
    frame = elsewhere.range(3)
    with pytest.raises(Exception, match=r"(?i)s3a"):
        frame.write.parquet(str(tmp_path / "plain"))
    _save(frame, target, fmt)
    truth._parquet(frame, target.with_name("truth.parquet"))
    assert list(target.glob(f"part-*.{fmt}")) and list(tmp_path.rglob("truth.parquet/part-*"))
    read = elsewhere.read.option("header", True).format(fmt).load(glob_escaped(local_uri(target)))
    assert read.count() == 3
