"""What travels to tasks and back survives the journey: the whole chain over packed spells, every
task and result serialised."""

import pickle
import tracemalloc
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyspark import cloudpickle

from kommunebench.benchmark.blocks.block import FieldSums
from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.bootstrap.replicates import bootstrap_performance
from kommunebench.benchmark.checks.calibration import Breakdown, calibration
from kommunebench.benchmark.checks.facts import MemoryFacts, Recoded
from kommunebench.benchmark.checks.groups import chain_of_more_groups
from kommunebench.benchmark.checks.halves import estimate_halves, scale_of_run
from kommunebench.benchmark.checks.moves import at_destination, measures_after_moves
from kommunebench.benchmark.checks.piecewise import chain_of_piecewise_hazard
from kommunebench.benchmark.checks.split import measures_of_periods, periods_of
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.durations.chain import estimate_chain, with_baselines
from kommunebench.benchmark.in_memory import estimate_in_memory, lay_out_spells
from kommunebench.benchmark.influence.covariance import performance_covariance
from kommunebench.benchmark.model.block_fit import fit_over_blocks
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.stages.blocks import (
    _expected,
    _merge_results,
    _result,
    _sum_blocks,
    tasks_for_spells,
)
from kommunebench.stages.packed_spells import _categories, _pack

SPECS = (CovariateSpec("x", "number", "x"), CovariateSpec("c", "category", "c", "A"))
HORIZON = 30


class SerialisedTasks:
    """Blocks whose passes are what Spark runs: three tasks, their results merged by a fourth."""

    def __init__(self, packed, layout, fact_names=()):
        self.tasks, self.layout, self.passes = np.array_split(np.arange(len(packed)), 3), layout, 0
        self.packed, self.fact_names = packed, fact_names

    def total(self, part):
        return self.run(partial(_sum_blocks, sums_of=part, layout=self.layout))

    def total_with_facts(self, sums_of):
        return self.run(
            partial(_sum_blocks, sums_of=sums_of, layout=self.layout, fact_names=self.fact_names)
        )

    def recoded(self, recode):
        return Recoded(self, recode)

    def run(self, task):
        self.passes += 1
        sent = cloudpickle.dumps(task)
        results = [
            batch
            for batches in self.tasks
            for batch in pickle.loads(sent)(iter([self.packed[i] for i in batches]))
        ]
        return pickle.loads(_merge_results(of_group(results))["result"][0].as_py())


def of_group(results):
    """The results of a group of tasks as Spark hands them to a merging task."""
    table = pa.Table.from_batches(results)
    return table.add_column(0, "task", pa.array(np.full(len(table), 7), pa.int64()))


@dataclass(frozen=True)
class ManyNumbers(FieldSums):
    """A result of two megabytes that remembers in which order it was added up."""

    values: np.ndarray
    order: tuple[int, ...]


def peak_of_merging(keys):
    results = of_group(
        [_result(key, ManyNumbers(np.full(250_000, float(key)), (key,))) for key in keys]
    )
    tracemalloc.start()
    merged_table = _merge_results(results)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, merged_table


def test_a_merging_task_needs_no_more_memory_for_more_results():
    """One of them is unpacked at a time, and added in the order of the keys."""
    keys = np.random.default_rng(1).permutation(40).tolist()
    few, _ = peak_of_merging(keys[:3])
    many, table = peak_of_merging(keys)
    assert many < 1.2 * few
    total = pickle.loads(table["result"][0].as_py())
    assert total.order == tuple(range(40)) and set(total.values) == {sum(range(40))}
    assert table.select(["task", "first"]).to_pylist() == [{"task": 7, "first": 0}]


@pytest.mark.parametrize(
    ("spells", "columns", "tasks"),
    [
        (0, 70, 1),
        (900, 70, 1),
        (36_583, 170, 8),
        (400_000, 170, 8),
        (400_001, 170, 9),
        (4_000_000, 170, 80),
        (4_000_000, 1_000, 400),
    ],
)
def test_tasks_follow_from_spells_and_columns(spells, columns, tasks):
    assert tasks_for_spells(spells, SimpleNamespace(most_columns=columns)) == tasks


@pytest.fixture(scope="module")
def spells():
    rng = np.random.default_rng(5)
    person = np.sort(rng.integers(0, 500, 900))
    waited = np.minimum(np.ceil(rng.exponential(18, 900)), rng.integers(5, 34, 900))
    return pd.DataFrame(
        {
            "spell_id": [f"s{i}" for i in range(900)],
            "person_id": [f"p{i:03d}" for i in person],
            "model_group": np.where(person % 2 == 0, "men", "women"),
            "municipality_code": rng.choice(["101", "147", "751"], 900),
            "duration": waited.astype(int).clip(1),
            "event": rng.integers(0, 2, 900),
            "x": rng.normal(2010, 2, 900),
            "c": rng.choice(["A", "B", "C"], 900),
        }
    )


def laid_out_spells(spells, specs, *, unit_effects=False):
    """The spells in the library's blocks."""
    columns = spell_columns(
        spells,
        unit="municipality_code",
        duration="duration",
        event="event",
        person="person_id",
        group="model_group",
        horizon=HORIZON,
    )
    return lay_out_spells(spells, columns, specs, unit_effects=unit_effects)


@pytest.mark.parametrize(
    ("choice", "measure", "within"),
    [
        (ModelChoice(), "restricted_mean", False),
        (ModelChoice(baseline="breslow"), "share", False),
        (ModelChoice(), "restricted_mean", True),
        (ModelChoice(baseline="piecewise", cuts=(6, 13)), "restricted_mean", True),
    ],
)
def test_the_chain_over_serialised_tasks_is_the_chain(spells, choice, measure, within):
    """Within units, there is a covariate for the second stage."""
    specs = SPECS
    if choice.baseline == "piecewise":
        # As the stage that packs spells cuts them.
        seen = spells["event"] * (spells["duration"] <= HORIZON)
        spells = spells.assign(event=seen, duration=np.minimum(spells["duration"], HORIZON))
    if within:
        jobs = spells["municipality_code"].map({"101": 0.9, "147": 0.7, "751": 0.8})
        spells, specs = spells.assign(jobs=jobs), (*SPECS, CovariateSpec("jobs", "number", "jobs"))
    laid_out = laid_out_spells(spells, specs, unit_effects=within)
    chain = estimate_in_memory(laid_out, choice, measure, unit_effects=within)
    batches = pa.Table.from_pandas(spells, preserve_index=False).to_batches(max_chunksize=100)
    packed = list(_pack(iter(batches), laid_out.layout, _categories(specs)))
    blocks = SerialisedTasks(packed, laid_out.layout)
    models = with_baselines(
        blocks, fit_over_blocks(blocks, laid_out.layout, choice, unit_effects=within)
    )
    over_tasks = estimate_chain(blocks, models, chain.measure)
    for one, other in zip(models, chain.models, strict=True):
        np.testing.assert_allclose(one.estimate.beta, other.estimate.beta, rtol=1e-8)
    np.testing.assert_allclose(over_tasks.robust, chain.robust, rtol=1e-9)
    # Facts, five or so Newton steps of two passes, terms, robust errors, risk sets, ties, measures:
    # shared by both groups.
    assert blocks.passes < 35
    indicator = Indicator("difference", measure)
    covariance = performance_covariance(blocks, over_tasks, indicator)
    wanted = performance_covariance(laid_out.blocks, chain, indicator)
    np.testing.assert_allclose(covariance.robust, wanted.robust, rtol=1e-8, atol=1e-12)
    drawn = [
        bootstrap_performance(over, models, chain.measure, indicator, replicates=range(2), seed=1)
        for over in (blocks, laid_out.blocks)
    ]
    np.testing.assert_allclose(drawn[0], drawn[1], atol=1e-7)


def test_checks_over_serialised_tasks_are_the_checks(spells):
    """Every check of the model, its facts packed beside the spells, against the same in memory."""
    rng = np.random.default_rng(8)
    facts = {
        "kind": rng.integers(0, 2, 900),
        "half": rng.integers(-1, 2, 900),
        "moved": np.where(spells["event"] == 0, rng.integers(0, 2, 900), 0),
        "moved_to": rng.integers(-1, 3, 900),
    }
    laid_out = laid_out_spells(spells, SPECS)
    chain = estimate_in_memory(laid_out, ModelChoice(), "restricted_mean")
    table = pa.Table.from_pandas(spells.assign(**facts), preserve_index=False)
    batches = table.to_batches(max_chunksize=100)
    packed = list(_pack(iter(batches), laid_out.layout, _categories(SPECS), tuple(facts)))
    in_tasks = SerialisedTasks(packed, laid_out.layout, tuple(facts))
    for one, other in zip(
        _all_checks(in_tasks, laid_out.layout, chain),
        _all_checks(MemoryFacts(laid_out.blocks, facts), laid_out.layout, chain),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-7)


def _all_checks(blocks, layout, chain):
    """The numbers of every check."""
    counted = calibration(
        blocks, chain.models, {"kind": Breakdown("kind", ("a", "b"))}, {"place": list("xyy")}, 0.95
    )
    yield counted[["observed_events", "expected_events"]].to_numpy()
    yield chain_of_more_groups(blocks, layout, ModelChoice(), chain.measure).robust
    periods = periods_of((12,), HORIZON)
    yield from measures_of_periods(blocks, layout, ModelChoice(), chain.measure, periods)
    piecewise = chain_of_piecewise_hazard(blocks, layout, ModelChoice(cuts=(6, 13)), chain.measure)
    yield np.stack([model.log_factors for model in piecewise.models])
    yield piecewise.robust
    yield from measures_after_moves(blocks, chain, 2.0)
    moved = blocks.recoded(at_destination)
    yield estimate_chain(moved, chain.models, chain.measure).robust
    yield measures_after_moves(blocks, chain, 2.0, "plain")[1]
    ratio = Indicator("ratio", "restricted_mean")
    yield estimate_halves(blocks, chain, ratio).performance
    scale = scale_of_run(blocks, chain, ratio)
    yield np.stack([scale.slope, scale.curvature])


def test_expected_values_keep_their_spells(spells):
    laid_out = laid_out_spells(spells, SPECS)
    chain = estimate_in_memory(laid_out, ModelChoice(), "restricted_mean")
    batches = pa.Table.from_pandas(spells, preserve_index=False).to_batches(max_chunksize=250)
    packed = _pack(iter(batches), laid_out.layout, _categories(SPECS))
    rows = _expected(packed, chain.models, laid_out.layout, chain.measure)
    table = pa.Table.from_batches(list(rows)).to_pandas().set_index("spell_id")
    table = table.loc[spells["spell_id"]]
    assert (table["municipality_code"].to_numpy() == spells["municipality_code"]).all()
    for model in chain.models:
        of_group = (spells["model_group"] == model.name).to_numpy()
        beta = dict(zip(model.design.terms, model.estimate.beta, strict=True))
        predictor = spells["x"] * beta["x"] + sum(
            (spells["c"] == level) * beta[f"c_{level}"] for level in "BC"
        )
        np.testing.assert_allclose(
            table["linear_predictor"].to_numpy()[of_group], predictor[of_group], rtol=1e-10
        )
