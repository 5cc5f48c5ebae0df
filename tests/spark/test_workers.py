"""Spark's Python workers on a laptop have loaded what they need before their first task."""

import sys

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers load their modules")
def test_workers_are_forked_from_a_process_that_has_loaded_their_modules(spark):
    def parent_of_worker(batches):
        import os
        from pathlib import Path

        import pyarrow as pa

        for _ in batches:
            parent = Path(f"/proc/{os.getppid()}")
            command = parent.joinpath("cmdline").read_text().replace("\0", " ")
            libraries = parent.joinpath("maps").read_text()
            yield pa.RecordBatch.from_pydict(
                {"command": [command], "has_scipy": ["scipy" in libraries]}
            )

    rows = spark.range(1).mapInArrow(parent_of_worker, "command string, has_scipy boolean")
    found = rows.collect()[0]
    assert "-m kommunebench.preloaded_workers pyspark.worker" in found["command"]
    assert found["has_scipy"]
