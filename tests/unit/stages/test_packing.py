"""Packing spells and reading them back: nothing is lost, and a person's spells never part, however
the batches are cut."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from kommunebench.benchmark.blocks import block as block_module
from kommunebench.benchmark.blocks.layout_json import layout_from_json, layout_to_json
from kommunebench.benchmark.blocks.person_keys import person_keys
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.covariates.counts import count_covariates
from kommunebench.benchmark.covariates.design import plan_design
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.covariates.unit_effects import ConstantColumns, UnitEffects
from kommunebench.stages.blocks import _blocks
from kommunebench.stages.packed_spells import _categories, _count_covariates, _pack

SPECS = (CovariateSpec("x", "number", "x"), CovariateSpec("c", "category", "c", "A"))
FACTS = ("half", "moved")


@pytest.fixture(scope="module")
def spells():
    rng = np.random.default_rng(3)
    person = np.sort(rng.integers(0, 150, 400))
    frame = pd.DataFrame(
        {
            "spell_id": [f"s{i}" for i in range(400)],
            "person_id": [f"p{i:03d}" for i in person],
            "model_group": np.where(person % 3 == 0, "men", "women"),
            "municipality_code": rng.choice(["101", "147"], 400),
            "duration": rng.integers(1, 40, 400),
            "event": rng.integers(0, 2, 400),
            "x": rng.normal(2013, 2, 400),
            "c": rng.choice(["A", "B", "C"], 400),
            "half": rng.integers(-1, 2, 400),
            "moved": rng.integers(0, 2, 400),
        }
    )
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
    designs = [
        plan_design(
            count_covariates(rows, rows["duration"].to_numpy(), rows["event"].to_numpy(), SPECS),
            SPECS,
        )
        for rows in (spells[spells["model_group"] == g] for g in ("men", "women"))
    ]
    return RecordLayout(
        unit_names=("101", "147"), group_names=("men", "women"), designs=tuple(designs), horizon=30
    )


@pytest.mark.parametrize("sizes", [[400], [1, 0, 399], [133, 133, 134], [7] * 57 + [1]])
@pytest.mark.parametrize("size", [50, 10_000])
def test_blocks_hold_the_spells_that_were_packed(monkeypatch, spells, sizes, size):
    monkeypatch.setattr(block_module, "BLOCK_SPELLS", size)
    layout = layout_of(spells)
    table = pa.Table.from_pandas(spells, preserve_index=False)
    packed = list(_pack(batches(table, sizes), layout, _categories(SPECS), FACTS))
    assert sum(batch.num_rows for batch in packed) == spells["person_id"].nunique()
    ids = [i for batch in packed for i in batch.column("spell_ids").flatten().to_pylist()]
    assert ids == list(spells["spell_id"])
    made = list(_blocks(iter(packed), layout, FACTS))
    assert size > 400 or len(sizes) < 4 or len(made) > 3
    persons = [set(block.person.tolist()) for block, _ in made]
    assert sum(map(len, persons)) == len(set.union(*persons))
    start = 0
    for block, facts in made:
        rows = spells.iloc[start : start + len(block.duration)].iloc[block.position]
        start += len(rows)
        np.testing.assert_array_equal(block.duration, rows["duration"])
        np.testing.assert_array_equal(block.event, rows["event"] == 1)
        for name in FACTS:
            np.testing.assert_array_equal(facts[name], rows[name])
        np.testing.assert_array_equal(
            np.array(["101", "147"])[block.unit], rows["municipality_code"]
        )
        np.testing.assert_array_equal(block.person.view(np.uint64), person_keys(rows["person_id"]))
        for group, name, design in zip(
            block.groups, layout.group_names, layout.designs, strict=True
        ):
            of_group = rows.iloc[group.rows]
            assert (of_group["model_group"] == name).all()
            assert (np.diff(of_group["duration"]) >= 0).all()
            x = dict(zip(design.terms, group.x.T, strict=True))
            np.testing.assert_allclose(x["x"] + design.centre[0], of_group["x"])
            np.testing.assert_array_equal(x["c_B"], of_group["c"] == "B")
            never = (of_group["c"] == "never") & ("c_never" in design.no_events)
            np.testing.assert_array_equal(group.zero_hazard, never)


def test_counts_of_batches_plan_the_design_of_the_whole(spells):
    columns = ["model_group", "municipality_code", "duration", "event", "x", "c"]
    table = pa.Table.from_pandas(spells[columns], preserve_index=False)
    layout = layout_of(spells)
    counts = _count_covariates(batches(table, [150, 250]), SPECS)
    for row in (row for batch in counts for row in batch.to_pylist()):
        plan = pickle.loads(row["result"]).design(row["model_group"], SPECS)
        wanted = layout.designs[layout.group_names.index(row["model_group"])]
        assert plan.terms == wanted.terms and plan.no_events == wanted.no_events
        np.testing.assert_allclose(plan.centre, wanted.centre, rtol=1e-12)


@pytest.mark.parametrize(
    ("positions", "values"), [([1], [[0.5], [-1.0]]), ([], [[], []])], ids=["one", "none"]
)
def test_a_layout_survives_being_stored(spells, positions, values):
    """With and without columns that are constant within every unit."""
    layout = layout_of(spells)
    effects = UnitEffects.of_counts(
        np.array([7, 3]),
        np.array([2, 1]),
        layout.unit_names,
        ConstantColumns(np.array(positions, np.intp), np.array(values)),
    )
    shares = {"constant_share": 0.02, "events_per_column": 3.0}
    both = replace(layout, unit_effects=(effects, effects), **shares)
    again = layout_from_json(layout_to_json(both))
    assert again.designs == both.designs and again.dtype == both.dtype
    assert again.unit_names == both.unit_names and again.horizon == 30
    assert again.constant_share == 0.02 and again.events_per_column == 3
    for one in again.unit_effects:
        np.testing.assert_array_equal(one.share, effects.share)
        np.testing.assert_array_equal(one.n_by_unit, [7, 3])
        np.testing.assert_array_equal(one.constant.positions, positions)
        np.testing.assert_array_equal(one.constant.values, np.array(values))
