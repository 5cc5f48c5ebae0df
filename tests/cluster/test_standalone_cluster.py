"""The same job on a real Spark cluster: master and two workers as processes of their own, submitted
as a user would.

Not part of `make test` (it takes about two minutes); run by `make cluster`.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
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


@dataclass
class Cluster:
    """A master and its workers, each a process group of its own."""

    address: str
    work: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def launch(self, *words: str) -> subprocess.Popen[bytes]:
        """Start one of Spark's processes."""
        process = subprocess.Popen(
            [str(spark_home() / "bin" / "spark-class"), *words],
            env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def add_worker(self) -> None:
        """One more worker of one core."""
        worker = self.launch(
            "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1",
            "--memory", "2g", "--webui-port", str(free_port()),
            "--work-dir", str(self.work / str(len(self.processes))), self.address,
        )  # fmt: skip
        self.workers.append(worker)

    def kill_worker(self) -> None:
        """Kill the oldest worker and its executors, as a machine that fails."""
        worker = self.workers.pop(0)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(timeout=30)

    def stop(self) -> None:
        """End everything that still runs."""
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A master and two workers of one core each."""
    port = free_port()
    started = Cluster(f"spark://127.0.0.1:{port}", tmp_path_factory.mktemp("workers"))
    try:
        started.launch(
            "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port),
            "--webui-port", str(free_port()),
        )  # fmt: skip
        wait_for(port)
        for _ in range(2):
            started.add_worker()
        yield started
    finally:
        started.stop()


@dataclass
class Job:
    """A submitted job, and the file with what it says: into a pipe that nobody reads it would say
    no more than fits, and stand still."""

    process: subprocess.Popen[bytes]
    said: Path

    def wait(self) -> None:
        """Wait for a job that must succeed."""
        status = self.process.wait(timeout=900)
        assert status == 0, self.said.read_text(encoding="utf-8")[-3000:]


def submitted(cluster: Cluster, store: Path, *settings: str) -> Job:
    """The job as a user submits it."""
    jars = ",".join(str(jar) for jar in sorted((ROOT / ".jars").glob("*.jar")))
    folders = str(ROOT / "lib")
    command = [
        str(spark_home() / "bin" / "spark-submit"), "--master", cluster.address, "--jars", jars,
        "--conf", "spark.executor.memory=1g", "--conf", f"spark.executorEnv.PYTHONPATH={folders}",
        "--conf", "spark.sql.shuffle.partitions=4", "--conf", "spark.ui.enabled=false",
        str(ROOT / "jobs" / "run.py"), "dialysis_centres", "--spells", f"file:{EXAMPLE}",
        "--store", f"file:{store}", "--env", "cluster",
    ]  # fmt: skip
    said = store.with_name(f"{store.name}.log")
    with said.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command + [word for value in settings for word in ("--set", value)],
            env=environment() | {"PYTHONPATH": folders}, stdout=log, stderr=log,
        )  # fmt: skip
    return Job(process, said)


def states_of(store: Path, stage: str) -> list[str]:
    """What the run log says of a stage so far."""
    if not any((store / "meta" / "stage_log" / "_delta_log").glob("*.json")):
        return []
    log = DeltaTable(str(store / "meta" / "stage_log")).to_pandas().sort_values("sequence")
    return log.loc[log["stage"] == stage, "state"].tolist()


def wait_for_start(store: Path, stage: str, job: Job) -> None:
    end = time.monotonic() + 600
    while states_of(store, stage) != ["started"]:
        going_on = job.process.poll() is None and time.monotonic() < end
        assert going_on, f"{stage} was not seen to start"
        time.sleep(0.2)


def indicators(store: Path) -> pd.DataFrame:
    table = DeltaTable(str(store / "gold" / "benchmark_indicators")).to_pandas()
    return table.sort_values("municipality_code", ignore_index=True)


def test_the_cluster_finds_what_the_library_finds(cluster: Cluster, tmp_path: Path) -> None:
    """Indicators, verdicts and bootstrap errors from executors in processes of their own equal
    those of one process."""
    submitted(cluster, tmp_path / "store").wait()
    from_cluster = indicators(tmp_path / "store")
    from kommunebench.benchmark import benchmark_spells

    spells = pd.read_csv(EXAMPLE)
    bins, labels = [0, 30, 45, 60, 75, 121], ["0-29", "30-44", "45-59", "60-74", "75+"]
    spells["age"] = pd.cut(spells["age"], bins, right=False, labels=labels)
    # The run's reference: replicates stop within a tolerance, so another coding of the same model
    # moves their sixth digit.
    others = sorted(set(spells["disease"]) - {"hypert"})
    spells["disease"] = pd.Categorical(spells["disease"], ["hypert", *others])
    result = benchmark_spells(
        spells,
        unit="center",
        duration="time",
        event="event",
        covariates=["age", "disease"],
        person="pid",
        horizon=44,
        min_spells=50,
        replicates=1000,
        seed=20180,
    )
    from_library = result.indicators.astype({"municipality_code": str}).sort_values(
        "municipality_code", ignore_index=True
    )
    codes = from_library["municipality_code"].tolist()
    assert from_cluster["municipality_code"].tolist() == codes
    for name in ("indicator", "indicator_robust", "indicator_robust_se", "se_bootstrap_robust"):
        assert from_cluster[name].to_numpy(float) == pytest.approx(
            from_library[name].to_numpy(float), rel=1e-8, nan_ok=True
        ), name


def test_a_worker_that_dies_changes_no_result(cluster: Cluster, tmp_path: Path) -> None:
    """One worker is killed in the middle of the benchmark, another in the middle of the
    uncertainty; every step runs in tasks."""
    settings = ("model.engine=spark", "uncertainty.replicates=16")
    submitted(cluster, tmp_path / "undisturbed", *settings).wait()
    store = tmp_path / "store"
    job = submitted(cluster, store, *settings)
    for stage in ("benchmark", "uncertainty"):
        wait_for_start(store, stage, job)
        time.sleep(2)
        cluster.kill_worker()
        assert states_of(store, stage) == ["started"], f"{stage} was over before the worker died"
        cluster.add_worker()
    job.wait()
    pd.testing.assert_frame_equal(
        indicators(store), indicators(tmp_path / "undisturbed"), rtol=1e-10, atol=1e-12
    )
