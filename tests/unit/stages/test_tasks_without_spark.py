"""What travels to tasks and back survives the journey: the whole chain over packed spells, every
task and result serialised."""

import pickle
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyspark import cloudpickle

from kommunebench.benchmark.block_bootstrap import bootstrap_blocks
from kommunebench.benchmark.block_chain import estimate_blocks
from kommunebench.benchmark.chain import estimate_chain
from kommunebench.benchmark.design import CovariateSpec, count_covariates, plan_design
from kommunebench.benchmark.influence import covariance_over, influence_covariance
from kommunebench.benchmark.spell_arrays import spell_arrays
from kommunebench.benchmark.spell_blocks import merged
from kommunebench.benchmark.spell_records import RecordLayout
from kommunebench.stages.blocks import _categories, _merge_results, _pack, _sum_blocks

SPECS = (CovariateSpec("x", "number", "x"), CovariateSpec("c", "category", "c", "A"))
HORIZON = 30


class SerialisedTasks:
    """Blocks whose passes are what Spark runs: three tasks, results added up by a fourth."""

    def __init__(self, packed, layout):
        self.parts, self.layout, self.passes = np.array_split(np.arange(len(packed)), 3), layout, 0
        self.packed = packed

    def total(self, part):
        self.passes += 1
        sent = cloudpickle.dumps(partial(_sum_blocks, part=part, layout=self.layout))
        results = [
            batch
            for own in self.parts
            for batch in pickle.loads(sent)(iter([self.packed[i] for i in own]))
        ]
        rows = [row for batch in _merge_results(iter(results)) for row in batch.to_pylist()]
        return merged(pickle.loads(row["result"]) for row in rows)


@pytest.mark.parametrize("baseline", ["kalbfleisch_prentice", "breslow"])
def test_the_chain_over_serialised_tasks_is_the_chain(baseline):
    rng = np.random.default_rng(5)
    person = np.sort(rng.integers(0, 500, 900))
    spells = pd.DataFrame({
        "spell_id": [f"s{i}" for i in range(900)], "person_id": [f"p{i:03d}" for i in person],
        "model_group": np.where(person % 2 == 0, "men", "women"), "municipality_code": rng.choice(["101", "147", "751"], 900),
        "duration": np.minimum(np.ceil(rng.exponential(18, 900)), rng.integers(5, 34, 900)).astype(int).clip(1),
        "event": rng.integers(0, 2, 900), "x": rng.normal(2010, 2, 900), "c": rng.choice(["A", "B", "C"], 900),
    })  # fmt: skip
    arrays = spell_arrays(
        spells, unit="municipality_code", duration="duration", event="event", person="person_id", group="model_group", horizon=HORIZON
    )  # fmt: skip
    chain = estimate_chain(arrays, spells, SPECS, "breslow", baseline)
    groups = ("men", "women")
    counts = [
        count_covariates(own, own["event"].to_numpy(), SPECS)
        for own in (spells[spells["model_group"] == g] for g in groups)
    ]
    layout = RecordLayout(
        arrays.unit_names, groups, tuple(plan_design(c, SPECS) for c in counts), HORIZON
    )
    table = pa.Table.from_pandas(spells, preserve_index=False)
    blocks = SerialisedTasks(
        list(_pack(iter(table.to_batches(max_chunksize=100)), layout, _categories(SPECS))), layout
    )
    found = estimate_blocks(blocks, groups, layout.designs, "breslow", baseline)
    for one, other in zip(found.models, chain.models, strict=True):
        np.testing.assert_allclose(one.fit.coefficients, other.fit.coefficients, rtol=1e-8)
    np.testing.assert_allclose(found.point.robust, chain.robust.value, rtol=1e-9)
    # Facts, five or so Newton steps of two passes, terms, robust errors, risks, ties, durations:
    # shared by both groups.
    assert blocks.passes < 35
    covariance, wanted = covariance_over(blocks, found.point), influence_covariance(arrays, chain)
    np.testing.assert_allclose(covariance.robust, wanted.robust, rtol=1e-8, atol=1e-14)
    drawn = bootstrap_blocks(blocks, found.models, 3, seed=1)
    assert drawn.shape == (3, 3, 2) and np.isfinite(drawn).all()
