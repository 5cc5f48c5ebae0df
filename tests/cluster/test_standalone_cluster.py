"""The same job on a real Spark cluster: master and two workers as processes of their own, submitted
as a user would.

Not part of `make test` (it takes about two minutes); run by `make cluster`.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "dialysis_centres.csv"
pytestmark = pytest.mark.cluster


def spark_home() -> Path:
    import pyspark

    return Path(pyspark.__file__).parent


def environment() -> dict[str, str]:
    variables = os.environ | {
        "SPARK_HOME": str(spark_home()),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "SPARK_NO_DAEMONIZE": "1",
    }
    java = ROOT / ".java"
    return variables | ({"JAVA_HOME": str(java)} if (java / "bin" / "java").exists() else {})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    raise TimeoutError(f"nothing listens on port {port} after {seconds} s")


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A master and two workers of one core each; the address to submit to."""
    work, port = tmp_path_factory.mktemp("workers"), free_port()
    launch = [str(spark_home() / "bin" / "spark-class")]
    address = f"spark://127.0.0.1:{port}"
    calls = [
        [
            "org.apache.spark.deploy.master.Master",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--webui-port",
            str(free_port()),
        ]
    ]
    calls += [
        ["org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "2g",
         "--webui-port", str(free_port()), "--work-dir", str(work / str(k)), address]
        for k in range(2)
    ]  # fmt: skip
    processes = []
    try:
        for call in calls:
            processes.append(
                subprocess.Popen(
                    launch + call,
                    env=environment(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            wait_for(port)
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def submit(master: str, store: Path) -> subprocess.CompletedProcess[str]:
    jars = ",".join(str(jar) for jar in sorted((ROOT / ".jars").glob("*.jar")))
    folders = str(ROOT / "lib")
    command = [
        str(spark_home() / "bin" / "spark-submit"), "--master", master, "--jars", jars,
        "--conf", "spark.executor.memory=1g", "--conf", f"spark.executorEnv.PYTHONPATH={folders}",
        "--conf", "spark.sql.shuffle.partitions=4", "--conf", "spark.ui.enabled=false",
        str(ROOT / "jobs" / "run.py"), "dialysis_centres", "--spells", str(EXAMPLE), "--store", str(store), "--env", "cluster",
    ]  # fmt: skip
    return subprocess.run(
        command,
        env=environment() | {"PYTHONPATH": folders},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def indicators(store: Path) -> pd.DataFrame:
    table = DeltaTable(str(store / "gold" / "benchmark_indicators")).to_pandas()
    return table.sort_values("municipality_code", ignore_index=True)


def test_the_cluster_finds_what_the_library_finds(master: str, tmp_path: Path) -> None:
    """Indicators, verdicts and bootstrap errors from executors in processes of their own equal
    those of one process."""
    done = submit(master, tmp_path / "store")
    assert done.returncode == 0, done.stderr[-2000:]
    found = indicators(tmp_path / "store")
    from kommunebench.benchmark import benchmark_spells

    spells = pd.read_csv(EXAMPLE)
    bins, labels = [0, 30, 45, 60, 75, 121], ["0-29", "30-44", "45-59", "60-74", "75+"]
    spells["age"] = pd.cut(spells["age"], bins, right=False, labels=labels)
    # The run's reference: replicates stop within a tolerance, so another coding of the same model
    # moves their sixth digit.
    others = sorted(set(spells["disease"]) - {"hypert"})
    spells["disease"] = pd.Categorical(spells["disease"], ["hypert", *others])
    result = benchmark_spells(
        spells, unit="center", duration="time", event="event", covariates=["age", "disease"], person="pid", horizon=44, min_spells=50,
        replicates=1000, seed=20180,
    )  # fmt: skip
    own = result.indicators.astype({"municipality_code": str}).sort_values(
        "municipality_code", ignore_index=True
    )
    assert found["municipality_code"].tolist() == own["municipality_code"].tolist()
    for name in ("indicator", "indicator_robust", "indicator_robust_se", "se_bootstrap_robust"):
        assert found[name].to_numpy(float) == pytest.approx(
            own[name].to_numpy(float), rel=1e-8, nan_ok=True
        ), name
