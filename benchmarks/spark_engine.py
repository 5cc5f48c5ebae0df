"""Seconds and memory of the Spark engine beside the arrays engine: `python -m
benchmarks.spark_engine [--sizes 36583 400000 4000000]`.

Spells are simulated by Spark itself (70 columns a model, 98 units, 156 weeks, two groups) and kept
as Parquet. Both engines start from that table. Memory is the proportional set size, sampled twice a
second, of the driver's Python and of all Python workers together; the JVM is bounded by its heap.
The arrays engine runs where its copies of the spells fit in memory (`--arrays-up-to`).
"""

import argparse
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from benchmarks.main_job import proportional_set_size
from kommunebench.benchmark.blocks.records import RecordLayout, memory_blocks
from kommunebench.benchmark.bootstrap.replicates import bootstrap_performance
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.durations.chain import ChainEstimate, estimate_chain, with_baselines
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.influence.covariance import performance_covariance
from kommunebench.benchmark.model.block_fit import fit_over_blocks
from kommunebench.benchmark.model.memory_fit import fit_in_memory
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.settings import load_environment
from kommunebench.spark import get_spark
from kommunebench.stages.blocks import SparkBlocks, expected_by_spell, tasks_for_spells
from kommunebench.stages.model_spells import count_units
from kommunebench.stages.packed_spells import count_by_group, pack_spells, read_records

HORIZON, UNITS, PARTS = 156, 98, 8
CATEGORIES = {f"category_{j}": 10 for j in range(6)}
NUMBERS = tuple(f"number_{j}" for j in range(8))
INDICATORS = tuple(f"indicator_{j}" for j in range(8))
MEASURE, RATIO = Measure.named("restricted_mean", HORIZON), Indicator("ratio", "restricted_mean")
# Six categories of ten levels, eight numbers, eight indicators: 54 + 8 + 8 = 70 columns.
SPECS = (
    *(CovariateSpec(name, "category", name, "v0") for name in CATEGORIES),
    *(CovariateSpec(name, "number", name) for name in NUMBERS),
    *(CovariateSpec(name, "indicator", name) for name in INDICATORS),
)


def simulate(spark: SparkSession, spells: int, folder: Path) -> DataFrame:
    """A table of spells, made in tasks and written as Parquet."""
    frame = spark.range(spells, numPartitions=PARTS)
    person = F.pmod(F.xxhash64(F.lit("p"), "id"), F.lit(spells * 4 // 5))
    draws = {
        name: F.floor(F.rand(seed) * levels).cast("int")
        for seed, (name, levels) in enumerate(CATEGORIES.items(), 100)
    }
    numbers = {name: F.randn(seed) for seed, name in enumerate(NUMBERS, 200)}
    indicators = {
        name: (F.rand(seed) < 0.2).cast("double") for seed, name in enumerate(INDICATORS, 300)
    }
    drawn = frame.withColumns(
        {
            "person": person,
            **draws,
            **numbers,
            **indicators,
            "u": F.rand(1),
            "c": F.rand(2),
            "k": F.rand(3),
        }
    )
    score = sum((F.lit(0.15) * F.col(name) for name in NUMBERS), F.lit(0.0))
    score = score - sum((F.lit(0.04) * F.col(name) for name in CATEGORIES), F.lit(0.0))
    latent = F.ceil(-F.log1p(-F.col("u")) / (F.lit(0.012) * F.exp(score)))
    ceiling = F.least(F.lit(HORIZON), F.ceil(20 + F.col("c") * 260))
    event = F.when(latent <= ceiling, 1).otherwise(0)
    made = drawn.select(
        F.col("id").cast("string").alias("spell_id"),
        F.col("person").cast("string").alias("person_id"),
        F.when(F.col("person") % 2 == 0, "men").otherwise("women").alias("model_group"),
        # Sizes of units fall off, as municipalities' do.
        F.lpad(F.floor(F.pow(F.col("k"), 1.6) * UNITS).cast("string"), 3, "0").alias(
            "municipality_code"
        ),
        F.greatest(F.lit(1), F.least(latent, ceiling)).cast("int").alias("duration"),
        ceiling.cast("int").alias("potential_follow_up"),
        event.cast("int").alias("event"),
        *(F.concat(F.lit("v"), name).alias(name) for name in CATEGORIES),
        *NUMBERS,
        *INDICATORS,
    )
    made.write.mode("overwrite").parquet(str(folder))
    return spark.read.parquet(str(folder))


@dataclass
class Watch:
    """Peak memory in bytes of the driver's Python and of its workers, and seconds by step."""

    driver: int = 0
    workers: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        started = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - started

    @property
    def total(self) -> float:
        """Seconds of all steps."""
        return sum(self.seconds.values())


@contextmanager
def watched() -> Iterator[Watch]:
    """Sample memory in a thread while a block runs."""
    watch, done = Watch(), threading.Event()

    def sample() -> None:
        while not done.wait(0.5):
            watch.driver = max(watch.driver, proportional_set_size(os.getpid()))
            watch.workers = max(watch.workers, sum(proportional_set_size(p) for p in _workers()))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        done.set()
        thread.join()


def _workers() -> list[int]:
    """Python processes below this one."""
    parents, names = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                name, rest = (folder / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
            except OSError:
                continue
            parents[int(folder.name)], names[int(folder.name)] = int(rest.split()[1]), name
    tree = {os.getpid()}
    while children := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= children
    return [p for p in tree if p != os.getpid() and "python" in names.get(p, "")]


@dataclass(frozen=True, slots=True)
class Packed:
    """The spells as the stage model_spells leaves them."""

    rows: DataFrame
    layout: RecordLayout
    n_tasks: int


def pack(spark: SparkSession, spells: DataFrame, folder: Path) -> Packed:
    """Pack the spells as the stage does."""
    units, counts = count_units(spells, HORIZON), count_by_group(spells, SPECS)
    designs = {group: counted.design(group, SPECS) for group, counted in counts.items()}
    layout = RecordLayout(
        unit_names=tuple(units["municipality_code"]),
        group_names=tuple(designs),
        designs=tuple(designs.values()),
        horizon=HORIZON,
    )
    n_tasks = tasks_for_spells(int(units["spells"].sum()), layout)
    pack_spells(spells, layout, SPECS, n_tasks).write.mode("overwrite").parquet(str(folder))
    return Packed(spark.read.parquet(str(folder)), layout, n_tasks)


def run_spark(
    spark: SparkSession, spells: DataFrame, folder: Path, replicates: int
) -> tuple[Watch, ChainEstimate, RecordLayout]:
    """The Spark engine as its stages run it."""
    with watched() as watch:
        with watch.step("pack"):
            packed = pack(spark, spells, folder)
        blocks = SparkBlocks(packed.rows, packed.layout, packed.n_tasks)
        with watch.step("models and durations"):
            models = with_baselines(blocks, fit_over_blocks(blocks, packed.layout, ModelChoice()))
            chain = estimate_chain(blocks, models, MEASURE)
        with watch.step("expected durations written"):
            expected = expected_by_spell(packed.rows, packed.layout, models, MEASURE)
            expected.write.mode("overwrite").parquet(str(folder.with_suffix(".expected")))
        with watch.step("covariance"):
            performance_covariance(blocks, chain, RATIO)
        if replicates:
            with watch.step(f"{replicates} replicates"):
                bootstrap_performance(
                    blocks, models, MEASURE, RATIO, replicates=range(replicates), seed=1
                )
    return watch, chain, packed.layout


def run_arrays(packed: Packed, check: Callable[[ChainEstimate], None]) -> Watch:
    """The arrays engine on the same packed spells, collected; ``check`` sees its chain."""
    with watched() as watch:
        with watch.step("collect"):
            table = packed.rows.select("person_key", "records").toArrow().sort_by("person_key")
            blocks = memory_blocks(*read_records(table, packed.layout), packed.layout)
        with watch.step("models and durations"):
            models = with_baselines(blocks, fit_in_memory(blocks, packed.layout, ModelChoice()))
            chain = estimate_chain(blocks, models, MEASURE)
        with watch.step("covariance"):
            performance_covariance(blocks, chain, RATIO)
    check(chain)
    return watch


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[36_583, 400_000, 4_000_000])
    parser.add_argument("--arrays-up-to", type=int, default=400_000)
    parser.add_argument(
        "--replicates",
        type=int,
        default=0,
        help="replicates of the bootstrap over blocks, timed where the arrays run",
    )
    options = parser.parse_args()
    environment = load_environment("local")
    spark = get_spark(environment)
    folder = Path(tempfile.mkdtemp())
    try:
        print(
            "| spells × columns | engine | step | seconds | driver, GB | workers, GB"
            " |\n|---|---|---|---:|---:|---:|"
        )
        for size in options.sizes:
            spells, small = (
                simulate(spark, size, folder / f"spells_{size}"),
                size <= options.arrays_up_to,
            )
            watch, chain, layout = run_spark(
                spark, spells, folder / f"packed_{size}", options.replicates if small else 0
            )
            _show(size, "spark", watch)
            if small:
                rows = spark.read.parquet(str(folder / f"packed_{size}"))
                packed = Packed(rows, layout, tasks_for_spells(size, layout))
                other = run_arrays(packed, lambda in_memory, chain=chain: _same(in_memory, chain))
                _show(size, "arrays", other)
                shared = watch.total - sum(
                    s
                    for name, s in watch.seconds.items()
                    if name.endswith(("written", "replicates"))
                )
                print(
                    f"| {size:,} × 70 | ratio | spark / arrays | {shared / other.total:.1f} | | |",
                    flush=True,
                )
            shutil.rmtree(folder / f"packed_{size}")
            shutil.rmtree(folder / f"spells_{size}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        spark.stop()


def _show(size: int, engine: str, watch: Watch) -> None:
    for name, seconds in watch.seconds.items():
        print(f"| {size:,} × 70 | {engine} | {name} | {seconds:.1f} | | |")
    memory = f"{watch.driver / 1e9:.2f} | {watch.workers / 1e9:.2f}"
    print(f"| {size:,} × 70 | {engine} | all | {watch.total:.1f} | {memory} |", flush=True)


def _same(in_memory: ChainEstimate, in_tasks: ChainEstimate) -> None:
    """Both engines must have estimated the same thing for their times to be compared."""
    for one, other in zip(in_memory.models, in_tasks.models, strict=True):
        gap = abs(one.estimate.beta - other.estimate.beta).max()
        assert gap < 1e-8, f"coefficients of {one.name} differ by {gap}"


if __name__ == "__main__":
    main()
