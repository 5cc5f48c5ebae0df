"""The Spark engine gives the tables of the arrays engine, however many partitions and whatever the
order of rows."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyspark.sql import functions as F
from tests.spark.small_runs import run_of

from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.durations.chain import estimate_chain, with_baselines
from kommunebench.benchmark.in_memory import estimate_in_memory, lay_out_spells
from kommunebench.benchmark.influence.covariance import performance_covariance
from kommunebench.benchmark.model.block_fit import fit_over_blocks
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.errors import InputError
from kommunebench.gold import (
    CUMULATIVE_INCIDENCE,
    NATIONAL_MODELS,
    SECOND_STAGE,
    SENSITIVITY,
    STABILITY,
)
from kommunebench.pipeline import run_stages
from kommunebench.settings import load_analysis
from kommunebench.silver import MODEL_PERSONS
from kommunebench.stages.blocks import SparkBlocks, _merged_in_levels
from kommunebench.stages.model_spells import count_units
from kommunebench.stages.order import stages_of
from kommunebench.stages.packed_spells import count_by_group, pack_spells
from kommunebench.stages.spells_file import ingest_spells
from kommunebench.stages.stage import rows_of_run
from kommunebench.terminal import Progress

HORIZON = 30
SPECS = (
    CovariateSpec("x", "number", "x"),
    CovariateSpec("has_partner", "indicator", "has_partner"),
    CovariateSpec("c", "category", "c", "A"),
)


def simulate(count=3000, seed=2):
    rng = np.random.default_rng(seed)
    person = rng.integers(0, count * 2 // 3, count)
    spells = pd.DataFrame({
        "spell_id": [f"s{i:05d}" for i in range(count)], "person_id": [f"p{i}" for i in person],
        "municipality_code": rng.choice(
            ["101", "147", "751", "851", "999"], count, p=[0.4, 0.3, 0.2, 0.09, 0.01]
        ),
        "model_group": np.where(person % 2 == 0, "men", "women"),
        "x": rng.normal(2010, 3, count), "has_partner": rng.integers(0, 2, count).astype(float),
        "c": rng.choice(["A", "B", "C"], count),
    })  # fmt: skip
    hazard = 0.05 * np.exp(
        0.1 * (spells["x"] - 2010) + 0.3 * (spells["c"] == "B") - 0.2 * spells["has_partner"]
    )
    time, ceiling = (
        np.ceil(rng.exponential(1 / hazard)).astype(int),
        rng.integers(5, HORIZON + 4, count),
    )
    spells["duration"], spells["potential_follow_up"] = np.minimum(time, ceiling), ceiling
    spells["event"] = (time <= ceiling).astype(int)
    spells.loc[:7, "c"], spells.loc[:7, "event"] = "never", 0
    return spells


# Nine partitions: results are merged by tasks before the driver gets them.
@pytest.mark.parametrize("partitions", [pytest.param(1, marks=pytest.mark.long), 9])
def test_the_chain_in_tasks_is_the_chain_in_memory(spark, partitions, tmp_path):
    spells = simulate()
    columns = spell_columns(
        spells,
        unit="municipality_code",
        duration="duration",
        event="event",
        person="person_id",
        group="model_group",
        horizon=HORIZON,
    )
    laid_out = lay_out_spells(spells, columns, SPECS)
    wanted = estimate_in_memory(laid_out, ModelChoice(), "restricted_mean")
    frame = spark.createDataFrame(spells.sample(frac=1.0, random_state=partitions))
    units = count_units(frame, HORIZON)
    counts = count_by_group(frame, SPECS)
    designs = {group: counted.design(group, SPECS) for group, counted in counts.items()}
    layout = RecordLayout(
        unit_names=tuple(units["municipality_code"]),
        group_names=tuple(designs),
        designs=tuple(designs.values()),
        horizon=HORIZON,
    )
    pack_spells(frame, layout, SPECS, partitions).write.parquet(str(tmp_path / "packed"))
    packed = spark.read.parquet(str(tmp_path / "packed")).repartition(partitions)
    blocks = SparkBlocks(packed, layout, partitions)
    models = with_baselines(blocks, fit_over_blocks(blocks, layout, ModelChoice()))
    for one, other in zip(models, wanted.models, strict=True):
        assert one.name == other.name and one.design.terms == other.design.terms
        np.testing.assert_allclose(one.estimate.beta, other.estimate.beta, rtol=1e-8)
        np.testing.assert_allclose(one.estimate.se_robust, other.estimate.se_robust, rtol=1e-8)
    chain = estimate_chain(blocks, models, wanted.measure)
    np.testing.assert_allclose(chain.robust, wanted.robust, rtol=1e-9)
    ratio = Indicator("ratio", "restricted_mean")
    covariance = performance_covariance(blocks, chain, ratio)
    same = performance_covariance(laid_out.blocks, wanted, ratio)
    np.testing.assert_allclose(covariance.plain, same.plain, rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(covariance.robust, same.robust, rtol=1e-8, atol=1e-14)


def test_results_of_many_tasks_meet_in_levels_of_a_few(spark):
    """Whatever their number, a merging task has four at a time and the driver eight in the end."""
    number = F.col("id").cast("string").cast("binary")
    results = spark.range(0, 33, 1, 33).select(F.col("id").alias("first"), number.alias("result"))

    # Tasks do not know this module: what they run is defined here.
    def together(results):
        added = b"(" + b"+".join(results["result"].to_pylist()) + b")"
        place = {name: results[name][:1] for name in ("task", "first")}
        return pa.table({**place, "result": pa.array([added])})

    left = [row["result"].decode() for row in _merged_in_levels(results, 33, together).collect()]
    assert len(left) == 3
    met = [len(group.split("+")) for text in left for group in re.findall(r"\(([^()]*)\)", text)]
    assert sorted(met) == [1, *[4] * 8]
    assert max(len(re.sub(r"\([^()]*\)", "r", text).split("+")) for text in left) <= 4
    assert sorted(map(int, re.findall(r"\d+", "".join(left)))) == list(range(33))


def test_what_cannot_be_used_is_counted(spark):
    spells = simulate(60)
    spells["potential_follow_up"] = spells["potential_follow_up"].where(
        spells.index > 3, spells["duration"] - 1
    )
    with pytest.raises(
        InputError, match=r"potential_follow_up: shorter than the duration in 4 of 60 rows"
    ):
        count_units(spark.createDataFrame(spells), HORIZON)
    spells.loc[5, "c"] = None
    with pytest.raises(
        InputError, match=r"model of group (men|women): covariate c: missing in 1 of \d+ spells"
    ):
        for group, counted in count_by_group(spark.createDataFrame(spells), SPECS).items():
            counted.design(group, SPECS)


# Replicates stop at a gain of 1e-9 of the log-likelihood; the others are small differences, or
# tails of a normal law, of numbers that agree to 1e-8.
LOOSE = {
    "se_bootstrap": 1e-3, "se_bootstrap_robust": 1e-3, "bootstrap_ratio": 1e-3,
    "median_bootstrap_ratio": 1e-3, "smallest_bootstrap_ratio": 1e-3,
    "largest_bootstrap_ratio": 1e-3,
    "p_value": 1e-6, "chi2": 1e-6, "z": 1e-6,
    "robust_z": 1e-6, "mean_log_plain_to_robust": 1e-6, "mean_log_plain_to_robust_se": 1e-6,
    "difference": 1e-6,
}  # fmt: skip
# No column is constant within the units, and files of spells do not say how and when they ended.
WITHOUT_ROWS = (SECOND_STAGE, CUMULATIVE_INCIDENCE, STABILITY)
ANALYSIS = """
name: simulated_spells
starts_from: spells
labels: {title_da: x, title_en: x}
observation: {horizon_weeks: 30}
spells_file:
  unit: municipality_code
  duration: duration
  event: event
  person: person_id
  potential_follow_up: potential_follow_up
model:
  min_spells: 100
  covariates:
    - {column: x, kind: number}
    - {column: has_partner, kind: indicator}
    - {column: c, kind: category, reference: A}
uncertainty: {replicates: 4, posterior_draws: 1000}
"""


@pytest.mark.delta
@pytest.mark.long
def test_the_stages_write_the_same_gold_tables(store, tmp_path):
    """One group: passes over two are compared above."""
    (tmp_path / "simulated_spells.yaml").write_text(ANALYSIS, encoding="utf-8")
    simulate().to_csv(tmp_path / "spells.csv", index=False)
    tables = {}
    for engine in ("arrays", "spark"):
        overrides = (f"model.engine={engine}", "model.proportionality_test=true")
        analysis = str(tmp_path / "simulated_spells.yaml")
        settings = load_analysis(analysis, overrides)
        fingerprint = ingest_spells(store, tmp_path / "spells.csv", settings, Progress(quiet=True))
        run = run_of(store, *overrides, analysis=analysis, data_fingerprint=fingerprint)
        run_stages(run, stages_of(settings))
        names = {table for stage in stages_of(settings) for table in stage.writes}
        tables[engine] = {
            table: rows_of_run(store, table, settings.name, run.run_id).toPandas()
            for table in names
        }
        assert run.metrics["spells"] == 3000
    assert len(tables["arrays"]) == 19
    # The file gives the follow-up of all its spells.
    assert "weeks_seen" in set(tables["arrays"][SENSITIVITY]["check"])
    for table, one in tables["arrays"].items():
        if table in (MODEL_PERSONS, NATIONAL_MODELS):
            continue  # bytes, and arrays of the models compared above
        keys = [column for column in one if not pd.api.types.is_float_dtype(one[column].dtype)]
        one, other = (
            rows.sort_values(keys, ignore_index=True) for rows in (one, tables["spark"][table])
        )
        assert len(one) == len(other), table.name
        assert len(one) > 0 or table in WITHOUT_ROWS, table.name
        for column in one:
            if pd.api.types.is_float_dtype(one[column].dtype):
                rtol = LOOSE.get(column, 1e-8)
                np.testing.assert_allclose(
                    other[column],
                    one[column],
                    rtol=rtol,
                    atol=1e-12,
                    err_msg=f"{table.name}.{column}",
                )
            else:
                pd.testing.assert_series_equal(other[column], one[column])
