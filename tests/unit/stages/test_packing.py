"""Packing spells and reading them back: nothing is lost, and a person's spells never part, however
the batches are cut."""

import pickle

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from kommunebench.benchmark.design import CovariateSpec, build_design, count_covariates, plan_design
from kommunebench.benchmark.resampling import person_keys
from kommunebench.benchmark.spell_records import RecordLayout
from kommunebench.stages import blocks
from kommunebench.stages.blocks import _blocks, _categories, _count_covariates, _pack

SPECS = (CovariateSpec("x", "number", "x"), CovariateSpec("c", "category", "c", "A"))


@pytest.fixture(scope="module")
def spells():
    rng = np.random.default_rng(3)
    person = np.sort(rng.integers(0, 150, 400))
    frame = pd.DataFrame({
        "spell_id": [f"s{i}" for i in range(400)], "person_id": [f"p{i:03d}" for i in person],
        "model_group": np.where(person % 3 == 0, "men", "women"), "municipality_code": rng.choice(["101", "147"], 400),
        "duration": rng.integers(1, 40, 400), "event": rng.integers(0, 2, 400), "x": rng.normal(size=400),
        "c": rng.choice(["A", "B", "C"], 400),
    })  # fmt: skip
    frame.loc[frame.index[:5], ["c", "event"]] = ["never", 0]
    return frame


def batches(table, sizes):
    start = 0
    for size in sizes:
        yield (
            table.slice(start, size).to_batches()[0]
            if size
            else pa.RecordBatch.from_pylist([], schema=table.schema)
        )
        start += size


def layout_of(spells):
    groups = ("men", "women")
    counts = [
        count_covariates(own, own["event"].to_numpy(), SPECS)
        for own in (spells[spells["model_group"] == g] for g in groups)
    ]
    return RecordLayout(("101", "147"), groups, tuple(plan_design(c, SPECS) for c in counts), 30)


@pytest.mark.parametrize("sizes", [[400], [1, 0, 399], [133, 133, 134], [7] * 57 + [1]])
@pytest.mark.parametrize("size", [50, 10_000])
def test_blocks_hold_the_spells_that_were_packed(monkeypatch, spells, sizes, size):
    monkeypatch.setattr(blocks, "BLOCK_SPELLS", size)
    layout = layout_of(spells)
    packed = list(
        _pack(
            batches(pa.Table.from_pandas(spells, preserve_index=False), sizes),
            layout,
            _categories(SPECS),
        )
    )
    assert sum(batch.num_rows for batch in packed) == spells["person_id"].nunique()
    assert [i for batch in packed for i in batch.column("spell_ids").flatten().to_pylist()] == list(
        spells["spell_id"]
    )
    found = list(_blocks(iter(packed), layout))
    assert size > 400 or len(sizes) < 4 or len(found) > 3
    persons = [set(block.person.tolist()) for block in found]
    assert sum(map(len, persons)) == len(set.union(*persons))
    for name, wanted in (("duration", spells["duration"]), ("event", spells["event"] == 1)):
        np.testing.assert_array_equal(
            np.concatenate([getattr(block, name) for block in found]), wanted
        )
    units = np.array(["101", "147"])[np.concatenate([block.unit for block in found])]
    np.testing.assert_array_equal(units, spells["municipality_code"])
    keys = person_keys(spells["person_id"])
    np.testing.assert_array_equal(
        np.concatenate([block.person for block in found]).view(np.uint64), keys
    )
    for number, name in enumerate(layout.group_names):
        own = spells[spells["model_group"] == name]
        design = build_design(own, own["event"].to_numpy(), SPECS)
        np.testing.assert_array_equal(
            np.concatenate([b.groups[number].x for b in found]), design.matrix.to_numpy()
        )
        np.testing.assert_array_equal(
            np.concatenate([b.groups[number].certain for b in found]), design.certain
        )


def test_counts_of_batches_plan_the_design_of_the_whole(spells):
    table = pa.Table.from_pandas(spells[["model_group", "event", "x", "c"]], preserve_index=False)
    layout = layout_of(spells)
    once = _count_covariates(batches(table, [150, 250]), SPECS)
    for row in (row for batch in once for row in batch.to_pylist()):
        plan = plan_design(pickle.loads(row["result"]), SPECS)
        assert plan == layout.designs[layout.group_names.index(row["model_group"])]
