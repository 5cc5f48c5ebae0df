"""The chain gives the same whichever fitter is used and however persons are cut into blocks."""

import numpy as np
import pytest
from laid_out import lay_out
from simulated_spells import simulate_spells

from kommunebench.benchmark.blocks.block import MemoryBlocks, SpellBlock, spells_of_block
from kommunebench.benchmark.blocks.records import memory_blocks
from kommunebench.benchmark.bootstrap.replicates import bootstrap_performance
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.durations.chain import estimate_chain, expected_measure, with_baselines
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.in_memory import SpellsInMemory
from kommunebench.benchmark.influence.covariance import performance_covariance
from kommunebench.benchmark.model.block_fit import fit_over_blocks
from kommunebench.benchmark.model.memory_fit import fit_in_memory
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.benchmark.model.tables import coefficient_table, proportionality_table
from kommunebench.errors import ConvergenceError

RATIO = Indicator("ratio", "restricted_mean")


def cut(laid_out: SpellsInMemory, size: int) -> MemoryBlocks:
    """The same spells in blocks of about ``size``."""
    layout = laid_out.layout
    records, keys = records_of(laid_out)
    return memory_blocks(records, keys, layout, size)


def records_of(laid_out: SpellsInMemory):
    """The records and keys that blocks were made of, put together again from the blocks."""
    layout, blocks = laid_out.layout, laid_out.blocks
    n = sum(len(block.duration) for block in blocks.blocks)
    records, keys = np.zeros(n, layout.dtype), np.zeros(n, np.uint64)
    for block in blocks.blocks:
        rows = block.position
        keys[rows] = block.person
        records["duration"][rows], records["event"][rows] = block.duration, block.event
        records["unit"][rows] = block.unit
        for code, (group, design) in enumerate(zip(block.groups, layout.designs, strict=True)):
            place = rows[group.rows]
            records["group"][place] = code
            records["zero_hazard"][place] = group.zero_hazard
            for j, column in enumerate(design.columns):
                if column.level is None:
                    at = layout.numbers.index(column.column)
                    records["numbers"][place, at] = group.x[:, j] + column.centre
                else:
                    at = layout.levels.index((column.column, column.level))
                    records["levels"][place, at] = group.x[:, j]
    return records, keys


@pytest.fixture(scope="module")
def spells():
    spells = simulate_spells(600, 4)
    spells.loc[spells.index[:9], ["c", "event"]] = ["never", 0]
    return spells


@pytest.mark.parametrize("size", [10_000, 300, 40])
@pytest.mark.parametrize(
    ("choice", "unit_effects"),
    [
        (ModelChoice(), False),
        (ModelChoice(ties="efron"), False),
        (ModelChoice(baseline="breslow"), True),
    ],
)
def test_both_fitters_and_any_blocks_give_the_same_chain(spells, size, choice, unit_effects):
    laid_out = lay_out(spells, unit_effects=unit_effects)
    measure = Measure.named("restricted_mean", 30)
    in_memory = with_baselines(
        laid_out.blocks,
        fit_in_memory(laid_out.blocks, laid_out.layout, choice, unit_effects=unit_effects),
    )
    wanted = estimate_chain(laid_out.blocks, in_memory, measure)
    blocks = cut(laid_out, size)
    assert len(blocks.blocks) >= 600 // size // 2
    over_blocks = with_baselines(
        blocks, fit_over_blocks(blocks, laid_out.layout, choice, unit_effects=unit_effects)
    )
    chain = estimate_chain(blocks, over_blocks, measure)
    table, other = coefficient_table(over_blocks), coefficient_table(in_memory)
    assert table[["group", "term", "mark"]].equals(other[["group", "term", "mark"]])
    for column in ("coefficient", "se", "se_robust"):
        np.testing.assert_allclose(
            table[column].astype(float), other[column].astype(float), rtol=1e-8
        )
    for name in ("expected", "robust"):
        np.testing.assert_allclose(getattr(chain, name), getattr(wanted, name), rtol=1e-9)
    np.testing.assert_allclose(chain.observed.value, wanted.observed.value, rtol=1e-12)
    covariance = performance_covariance(blocks, chain, RATIO)
    same = performance_covariance(laid_out.blocks, wanted, RATIO)
    for name in ("plain", "robust", "between"):
        np.testing.assert_allclose(
            getattr(covariance, name), getattr(same, name), rtol=1e-8, atol=1e-14
        )


def test_a_block_may_have_no_spells_of_a_group():
    spells = simulate_spells(600, 4)
    laid_out = lay_out(spells)
    records, keys = records_of(laid_out)
    separate = [
        memory_blocks(records[in_group], keys[in_group], laid_out.layout)
        for in_group in (records["group"] == 0, records["group"] == 1)
    ]
    blocks = MemoryBlocks([b for part in separate for b in part.blocks], ())
    models = with_baselines(blocks, fit_over_blocks(blocks, laid_out.layout, ModelChoice()))
    measure = Measure.named("restricted_mean", 30)
    chain, wanted = (estimate_chain(over, models, measure) for over in (blocks, laid_out.blocks))
    np.testing.assert_allclose(chain.robust, wanted.robust, rtol=1e-9)
    drawn = [
        bootstrap_performance(over, models, measure, RATIO, replicates=range(2), seed=1)
        for over in (blocks, laid_out.blocks)
    ]
    np.testing.assert_allclose(drawn[0], drawn[1], atol=1e-9)


def test_replicates_do_not_depend_on_blocks_or_on_what_is_made_together(spells):
    laid_out = lay_out(spells)
    models = with_baselines(
        laid_out.blocks, fit_in_memory(laid_out.blocks, laid_out.layout, ModelChoice())
    )
    measure = Measure.named("restricted_mean", 30)

    def replicates(blocks, chosen):
        return bootstrap_performance(blocks, models, measure, RATIO, replicates=chosen, seed=5)

    whole = replicates(laid_out.blocks, range(6))
    np.testing.assert_allclose(replicates(cut(laid_out, 100), range(6)), whole, atol=1e-9)
    np.testing.assert_allclose(replicates(laid_out.blocks, range(2, 6)), whole[2:], atol=1e-9)


def test_proportionality_is_tested_over_any_blocks(spells):
    laid_out = lay_out(spells)
    models = fit_in_memory(laid_out.blocks, laid_out.layout, ModelChoice())
    whole = proportionality_table(laid_out.blocks, models)
    over_blocks = proportionality_table(cut(laid_out, 100), models)
    np.testing.assert_allclose(
        over_blocks[["chi2", "p_value"]], whole[["chi2", "p_value"]], rtol=1e-7
    )


def test_separation_is_refused_in_the_same_words_by_both_fitters():
    spells = simulate_spells(300, 11)
    spells["x"] = -1.0 * spells["duration"]
    laid_out = lay_out(spells)
    with pytest.raises(ConvergenceError) as memory:
        fit_in_memory(laid_out.blocks, laid_out.layout, ModelChoice())
    with pytest.raises(ConvergenceError) as blocks:
        fit_over_blocks(cut(laid_out, 50), laid_out.layout, ModelChoice())
    assert str(blocks.value) == str(memory.value)
    assert "model of group m" in str(memory.value)


def test_values_by_spell_come_in_the_order_of_the_frame(spells):
    laid_out = lay_out(spells)
    blocks = cut(laid_out, 70)
    duration = blocks.by_spell(lambda block: block.duration.astype(float))
    np.testing.assert_array_equal(duration, spells["duration"])
    models = with_baselines(blocks, fit_over_blocks(blocks, laid_out.layout, ModelChoice()))
    hazards = [model.hazards for model in models]
    measure = Measure.named("share", 30)

    def expected(block: SpellBlock):
        return expected_measure(block, hazards, measure)

    np.testing.assert_allclose(
        blocks.by_spell(expected), laid_out.blocks.by_spell(expected), rtol=1e-12
    )


def test_no_person_lies_in_two_blocks(spells):
    blocks = cut(lay_out(spells), 30)
    persons = [set(block.person.tolist()) for block in blocks.blocks]
    assert sum(map(len, persons)) == len(set.union(*persons)) == spells["person"].nunique()


def test_terms_of_the_same_name_get_another_one(spells):
    both = spells.assign(c_B=(spells["x"] > 0).astype(float))
    specs = infer_specs(both, ["c", "c_B"])
    terms = lay_out(both, ["c", "c_B"]).layout.designs[0].terms
    assert specs[0].separator == ":" and "c:B" in terms and "c_B" in terms


def test_blocks_of_models_with_many_columns_are_smaller():
    """A fit within units writes out a column for each of them, a block at a time."""
    sizes = [spells_of_block(n) for n in (0, 70, 200, 400, 10**9)]
    assert sizes == [50_000, 50_000, 50_000, 25_000, 1]
    spells = simulate_spells(300, 2)
    for within, units in ((False, 0), (True, 3)):
        # Four units with events, of which the first has no column.
        layout = lay_out(spells, unit_effects=within).layout
        assert layout.most_columns == len(layout.designs[0].columns) + units
