"""The chain over blocks of persons gives what the chain over all spells gives, however the persons
are cut."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_spells import simulate_spells

from kommunebench.benchmark.block_bootstrap import bootstrap_blocks
from kommunebench.benchmark.block_chain import estimate_blocks
from kommunebench.benchmark.block_models import proportionality_over
from kommunebench.benchmark.bootstrap import bootstrap_log_indicators, prepare_bootstrap
from kommunebench.benchmark.chain import estimate_chain
from kommunebench.benchmark.design import build_design, count_covariates, infer_specs, plan_design
from kommunebench.benchmark.expected import coefficient_table, proportionality_table
from kommunebench.benchmark.influence import covariance_over, influence_covariance
from kommunebench.benchmark.resampling import person_keys
from kommunebench.benchmark.spell_arrays import spell_arrays
from kommunebench.benchmark.spell_blocks import GroupRows, MemoryBlocks, SpellBlock, block_of
from kommunebench.errors import ConvergenceError, InputError

HORIZON = 30


def case(spells, ties="breslow", baseline="kalbfleisch_prentice"):
    arrays = spell_arrays(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        person="person",
        group="group",
        horizon=HORIZON,
    )
    specs = infer_specs(spells, ["x", "c"])
    return arrays, specs, estimate_chain(arrays, spells, specs, ties, baseline)


def cut(block, parts, seed=0):
    """Blocks of whole persons, in random order of persons and rows."""
    rng = np.random.default_rng(seed)
    home = rng.integers(0, parts, block.person.max() + 1)[block.person]
    return MemoryBlocks(
        [block.take(rng.permutation(np.flatnonzero(home == number))) for number in range(parts)]
    )


def plans(arrays, spells, specs):
    groups = range(len(arrays.group_names))
    return [
        plan_design(
            count_covariates(spells[arrays.group == g], arrays.event[arrays.group == g], specs),
            specs,
        )
        for g in groups
    ]


@pytest.mark.parametrize("parts", [1, 2, 7])
@pytest.mark.parametrize(
    ("ties", "baseline"),
    [
        ("breslow", "kalbfleisch_prentice"),
        ("efron", "kalbfleisch_prentice"),
        ("breslow", "breslow"),
    ],
)
def test_blocks_give_the_chain_and_its_covariance(parts, ties, baseline):
    spells = simulate_spells(600, 4)
    spells.loc[spells.index[:9], ["c", "event"]] = ["never", 0]
    arrays, specs, chain = case(spells, ties, baseline)
    blocks = cut(block_of(arrays, chain.models), parts)
    found = estimate_blocks(
        blocks, arrays.group_names, plans(arrays, spells, specs), ties, baseline
    )
    wanted = coefficient_table(chain.models)
    table = coefficient_table(found.models)
    assert (
        (table[["group", "term", "is_reference"]] == wanted[["group", "term", "is_reference"]])
        .all()
        .all()
    )
    for column in ("coefficient", "se", "se_robust"):
        np.testing.assert_allclose(
            table[column].astype(float), wanted[column].astype(float), rtol=1e-8
        )
    point = found.point
    for one, other in zip(found.models, chain.models, strict=True):
        np.testing.assert_allclose(one.log_factors, other.log_factors, rtol=1e-9)
    np.testing.assert_allclose(point.expected, chain.expected, rtol=1e-10)
    np.testing.assert_allclose(point.observed, chain.observed.value, rtol=1e-12)
    np.testing.assert_allclose(point.robust, chain.robust.value, rtol=1e-9)
    covariance, other = covariance_over(blocks, point), influence_covariance(arrays, chain)
    for name in ("plain", "robust", "between"):
        np.testing.assert_allclose(
            getattr(covariance, name), getattr(other, name), rtol=1e-8, atol=1e-14
        )


def test_a_block_may_have_no_spells_of_a_group():
    spells = simulate_spells(600, 4)
    arrays, specs, chain = case(spells)
    whole = block_of(arrays, chain.models)
    # A person is in one group: these blocks have one group each.
    blocks = MemoryBlocks([whole.take(np.flatnonzero(arrays.group == number)) for number in (0, 1)])
    found = estimate_blocks(
        blocks, arrays.group_names, plans(arrays, spells, specs), "breslow", "kalbfleisch_prentice"
    )
    np.testing.assert_allclose(found.point.robust, chain.robust.value, rtol=1e-9)
    covariance, wanted = covariance_over(blocks, found.point), influence_covariance(arrays, chain)
    np.testing.assert_allclose(covariance.robust, wanted.robust, rtol=1e-8, atol=1e-14)
    keyed = MemoryBlocks(
        [replace(block, person=block.person.astype(np.uint64)) for block in blocks.blocks]
    )
    together = MemoryBlocks([replace(whole, person=whole.person.astype(np.uint64))])
    one, other = (bootstrap_blocks(b, found.models, 2, 1) for b in (keyed, together))
    np.testing.assert_allclose(one, other, atol=1e-9)


def test_proportionality_is_tested_over_blocks():
    spells = simulate_spells(600, 4)
    arrays, specs, chain = case(spells)
    blocks = cut(block_of(arrays, chain.models), 3)
    found = estimate_blocks(
        blocks, arrays.group_names, plans(arrays, spells, specs), "breslow", "kalbfleisch_prentice"
    )
    table, wanted = proportionality_over(blocks, found.models), proportionality_table(chain.models)
    assert list(table["term"]) == list(wanted["term"])
    np.testing.assert_allclose(table[["chi2", "p_value"]], wanted[["chi2", "p_value"]], rtol=1e-7)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda d: d.assign(x=(d["c"] == "B") * 2.0), InputError),
        (lambda d: d.assign(x=np.where(d["event"] == 1, 1.0, 0.0) + 0.0), ConvergenceError),
    ],
)
def test_what_cannot_be_estimated_is_refused_in_the_same_words(change, error):
    spells = simulate_spells(300, 11)
    good_arrays, specs, chain = case(spells)
    spells = change(spells)
    with pytest.raises(error) as whole:
        case(spells)
    models = [
        type(m)(m.name, m.rows, m.design, m.fit, build_design(spells.iloc[m.rows], good_arrays.event[m.rows], specs).matrix.to_numpy(),
                m.risk, m.log_factors)
        for m in chain.models
    ]  # fmt: skip
    blocks = cut(block_of(good_arrays, models), 3)
    with pytest.raises(error) as parts:
        estimate_blocks(
            blocks,
            good_arrays.group_names,
            plans(good_arrays, spells, specs),
            "breslow",
            "kalbfleisch_prentice",
        )
    assert str(parts.value) == str(whole.value)


@pytest.mark.parametrize("baseline", ["kalbfleisch_prentice", "breslow"])
def test_replicates_over_blocks_are_those_in_memory(baseline):
    spells = simulate_spells(900, 12)
    spells.loc[spells.index[:9], ["c", "event"]] = ["never", 0]
    arrays, specs, chain = case(spells, baseline=baseline)
    keys = person_keys(spells["person"])
    whole = block_of(arrays, chain.models)
    blocks = cut(whole, 3)
    keyed = dict(zip(arrays.person.tolist(), keys.tolist(), strict=True))
    with_keys = MemoryBlocks(
        [
            replace(b, person=np.array([keyed[p] for p in b.person.tolist()], np.uint64))
            for b in blocks.blocks
        ]
    )
    found = estimate_blocks(
        blocks, arrays.group_names, plans(arrays, spells, specs), "breslow", baseline
    )
    drawn = bootstrap_blocks(with_keys, found.models, 5, seed=5)
    wanted = bootstrap_log_indicators(
        prepare_bootstrap(arrays, chain.models, keys), range(5), seed=5
    )
    # Replicates stop at a gain of 1e-9 of the log-likelihood: a thousandth of a standard error.
    np.testing.assert_allclose(drawn, wanted, atol=1e-4)
    np.testing.assert_allclose(
        bootstrap_blocks(cut_keys(with_keys), found.models, 2, seed=5), drawn[:2], atol=1e-9
    )


def cut_keys(blocks):
    """The same persons in one block."""
    parts = blocks.blocks
    groups = []
    for number in range(len(parts[0].groups)):
        offsets = np.cumsum([0, *(len(p.duration) for p in parts)])
        own = [p.groups[number] for p in parts]
        groups.append(GroupRows(
            np.concatenate([g.rows + o for g, o in zip(own, offsets, strict=False)]), np.concatenate([g.x for g in own]),
            np.concatenate([g.certain for g in own]), np.concatenate([g.left_out for g in own]),
        ))  # fmt: skip
    joined = (
        np.concatenate([getattr(p, name) for p in parts])
        for name in ("duration", "event", "unit", "person")
    )
    return MemoryBlocks([SpellBlock(*joined, tuple(groups), parts[0].units, parts[0].horizon)])
