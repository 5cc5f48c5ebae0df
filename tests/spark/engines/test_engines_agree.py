"""The Spark engine gives the tables of the arrays engine, however many partitions and whatever the order of rows."""

import numpy as np
import pandas as pd
import pytest

from kommunebench.benchmark.block_chain import estimate_blocks
from kommunebench.benchmark.chain import estimate_chain
from kommunebench.benchmark.design import CovariateSpec
from kommunebench.benchmark.expected import coefficient_table
from kommunebench.benchmark.influence import covariance_over, influence_covariance
from kommunebench.benchmark.spell_arrays import spell_arrays
from kommunebench.benchmark.spell_records import RecordLayout
from kommunebench.stages.block_engine import unit_facts
from kommunebench.stages.blocks import SparkBlocks, pack_spells, plan_designs

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
        "municipality_code": rng.choice(["101", "147", "751", "851", "999"], count, p=[0.4, 0.3, 0.2, 0.09, 0.01]),
        "model_group": np.where(person % 2 == 0, "men", "women"),
        "x": rng.normal(2010, 3, count), "has_partner": rng.integers(0, 2, count).astype(float),
        "c": rng.choice(["A", "B", "C"], count),
    })  # fmt: skip
    hazard = 0.05 * np.exp(0.1 * (spells["x"] - 2010) + 0.3 * (spells["c"] == "B") - 0.2 * spells["has_partner"])
    time, ceiling = np.ceil(rng.exponential(1 / hazard)).astype(int), rng.integers(5, HORIZON + 4, count)
    spells["duration"], spells["potential_follow_up"] = np.minimum(time, ceiling), ceiling
    spells["event"] = (time <= ceiling).astype(int)
    spells.loc[:7, "c"], spells.loc[:7, "event"] = "never", 0
    return spells


@pytest.fixture(scope="module")
def arrays_engine():
    spells = simulate()
    arrays = spell_arrays(
        spells, unit="municipality_code", duration="duration", event="event", person="person_id", group="model_group",
        follow_up="potential_follow_up", horizon=HORIZON,
    )
    return spells, arrays, estimate_chain(arrays, spells, SPECS)


def spark_blocks(spark, spells, partitions, folder):
    shuffled = spells.sample(frac=1.0, random_state=partitions)
    frame = spark.createDataFrame(shuffled).repartition(partitions)
    facts = unit_facts(frame, HORIZON)
    groups = ("men", "women")
    layout = RecordLayout(tuple(facts["municipality_code"]), groups, plan_designs(frame, groups, SPECS), HORIZON)
    pack_spells(frame, layout, SPECS, partitions).write.parquet(str(folder))
    return facts, SparkBlocks(spark.read.parquet(str(folder)).repartition(partitions), layout, partitions)


@pytest.mark.parametrize("partitions", [1, 2, 7])
def test_coefficients_durations_and_covariances_are_those_of_arrays(spark, arrays_engine, partitions, tmp_path):
    spells, arrays, chain = arrays_engine
    facts, blocks = spark_blocks(spark, spells, partitions, tmp_path / "packed")
    found = estimate_blocks(blocks, blocks.layout.group_names, blocks.layout.designs, "breslow", "kalbfleisch_prentice")
    wanted, table = coefficient_table(chain.models), coefficient_table(found.models)
    assert (table[["group", "term", "is_reference"]] == wanted[["group", "term", "is_reference"]]).all().all()
    for column in ("coefficient", "se", "se_robust"):
        np.testing.assert_allclose(table[column].astype(float), wanted[column].astype(float), rtol=1e-8)
    np.testing.assert_allclose(found.point.expected, chain.expected, rtol=1e-9)
    np.testing.assert_allclose(found.point.observed, chain.observed.value, rtol=1e-12)
    np.testing.assert_allclose(found.point.robust, chain.robust.value, rtol=1e-9)
    assert list(facts["municipality_code"]) == list(arrays.unit_names)
    covariance, other = covariance_over(blocks, found.point), influence_covariance(arrays, chain)
    np.testing.assert_allclose(covariance.plain, other.plain, rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(covariance.robust, other.robust, rtol=1e-8, atol=1e-14)
    rows = blocks.durations(found.point.models).toPandas().set_index("spell_id").loc[spells["spell_id"]]
    np.testing.assert_allclose(rows["expected_duration"], chain.expected_by_spell, rtol=1e-9)
    assert (rows["municipality_code"].to_numpy() == spells["municipality_code"].to_numpy()).all()
