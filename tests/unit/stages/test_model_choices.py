"""Checks of other choices in the model, on spells in memory: what they are held against, and the
limits they keep to."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.checks.facts import MemoryFacts
from kommunebench.benchmark.checks.groups import chain_of_more_groups
from kommunebench.benchmark.checks.halves import HALF
from kommunebench.benchmark.checks.sensitivity import RunResults
from kommunebench.benchmark.checks.split import measures_of_periods, periods_of
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.durations.chain import estimate_chain, with_baselines
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.in_memory import estimate_in_memory, fit_models, lay_out_spells
from kommunebench.benchmark.model.block_fit import fit_over_blocks
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.errors import InputError
from kommunebench.settings import load_analysis
from kommunebench.stages.model_choices import CHOICES, Checking
from kommunebench.verdict_rules import VerdictRules

HORIZON = 30
RATIO = Indicator("ratio", "restricted_mean")


def drawn_spells() -> pd.DataFrame:
    """Four units whose performance goes with their mix, so that models with and without terms for
    them tell different things."""
    rng = np.random.default_rng(4)
    n = 1600
    unit = rng.integers(0, 4, n)
    x = rng.normal(0.6 * unit, 1.0)
    time = np.ceil(rng.exponential(1 / (0.03 * np.exp(0.3 * x + 0.3 * unit)))).astype(int)
    return pd.DataFrame(
        {
            "unit": np.array(list("abcd"))[unit],
            "x": x,
            "duration": np.minimum(time, HORIZON),
            "event": (time <= HORIZON).astype(int),
        }
    )


def checking(model: str, *overrides: str, **facts: np.ndarray) -> Checking:
    spells = drawn_spells()
    columns = spell_columns(
        spells, unit="unit", duration="duration", event="event", person=None, group=None,
        horizon=HORIZON,
    )  # fmt: skip
    out = lay_out_spells(spells, columns, infer_specs(spells, ["x"]), unit_effects=True)
    models = fit_models(out.blocks, out.layout, ModelChoice(), ("pooled", "within"))
    chain = estimate_chain(out.blocks, models[model], Measure.named("restricted_mean", HORIZON))
    settings = load_analysis(
        "integration_employment",
        (f"model.verdict_model={model}", "checks.split_at=[10]", *overrides),
    )
    four = np.ones(4)
    run = RunResults(
        codes=np.array(list("abcd")),
        performance=RATIO.performance(chain.expected, chain.robust),
        se=0.05 * four,
        n_events=100 * four,
        judged=four > 0,
        assessment=np.array(["as_expected"] * 4, object),
        rules=VerdictRules(),
    )
    return Checking(
        inputs=SimpleNamespace(settings=settings),
        spells=SimpleNamespace(
            layout=out.layout, choice=ModelChoice(cuts=(8, 14)), indicator=RATIO
        ),
        blocks=MemoryFacts(out.blocks, facts),
        labels={name: ["first", "second"] for name in facts},
        chain=chain,
        pooled_models=models["pooled"],
        run=run,
    )


def split(one: Checking, within: bool):
    return measures_of_periods(
        one.blocks,
        one.spells.layout,
        ModelChoice(),
        one.chain.measure,
        periods_of((10,), HORIZON),
        unit_effects=within,
    )


def groups(one: Checking, within: bool):
    chain = chain_of_more_groups(
        one.blocks, one.spells.layout, ModelChoice(), one.chain.measure, unit_effects=within
    )
    return chain.expected, chain.robust


def piecewise(one: Checking, within: bool):
    blocks, choice = one.blocks.blocks, ModelChoice(baseline="piecewise", cuts=(8, 14))
    models = fit_over_blocks(blocks, one.spells.layout, choice, unit_effects=within)
    chain = estimate_chain(blocks, with_baselines(blocks, models), one.chain.measure)
    return chain.expected, chain.robust


@pytest.mark.parametrize("model", ["within", "pooled"])
@pytest.mark.parametrize(
    ("check", "repeated"), [("split_hazards", split), ("groups", groups), ("piecewise", piecewise)]
)
def test_a_choice_is_the_run_repeated_with_its_own_kind_of_model(model, check, repeated):
    """Not the change of the pooled model added to the performance within units."""
    one = checking(model, kind=np.arange(1600) % 2)
    CHOICES[check](one)
    found = one.sensitivity[0]["log_indicator"]
    wanted, pooled = (
        RATIO.performance(*repeated(one, within)) for within in (model == "within", False)
    )
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    chain = estimate_chain(one.blocks.blocks, one.pooled_models, one.chain.measure)
    run_pooled = RATIO.performance(chain.expected, chain.robust)
    borrowed = one.run.performance + pooled - run_pooled
    assert bool(np.abs(found - borrowed).max() > 1e-4) is (model == "within")


def test_periods_that_meet_where_an_interval_ends_are_one_model_without_covariates():
    """The cuts of a period are counted from its start: shifted wrongly, its hazards would be those
    of other weeks."""
    spells = drawn_spells()
    columns = spell_columns(
        spells, unit="unit", duration="duration", event="event", person=None, group=None,
        horizon=HORIZON,
    )  # fmt: skip
    out = lay_out_spells(spells, columns, ())
    choice = ModelChoice(baseline="piecewise", cuts=(6, 10, 17))
    whole = estimate_in_memory(out, choice, "restricted_mean")
    split = measures_of_periods(
        MemoryFacts(out.blocks, {}), out.layout, choice, whole.measure, periods_of((10,), HORIZON)
    )
    np.testing.assert_allclose(split, (whole.expected, whole.robust), rtol=1e-10)


def test_a_run_with_a_piecewise_hazard_is_not_checked_against_itself():
    one = checking("within")
    one.spells.choice = ModelChoice(baseline="piecewise")
    with pytest.raises(InputError, match="it is the model of the run"):
        CHOICES["piecewise"](one)


def test_stability_keeps_to_the_least_number_of_verdicts_and_names_the_units():
    half = np.arange(1600) % 2
    few = checking("within", "labels.units_en=clinics", **{HALF: half})
    with pytest.raises(InputError, match="fewer than 5 clinics"):
        CHOICES["stability"](few)
    enough = checking("within", "uncertainty.min_verdicts=4", **{HALF: half})
    CHOICES["stability"](enough)
    assert enough.stability[0]["units"] == 4
