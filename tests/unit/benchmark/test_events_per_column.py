"""With few events for the columns of the covariates every level has the prior: one rule and one
setting for durations, shares and the checks' models."""

import numpy as np
import pandas as pd
import pytest
from laid_out import HORIZON
from simulated_spells import simulate_spells

from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.checks.facts import MemoryFacts, as_it_is
from kommunebench.benchmark.checks.redesign import fit_recoded
from kommunebench.benchmark.covariates.design import PRIOR_SD
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.in_memory import lay_out_spells
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.benchmark.shares.fit import fit_priors, fit_shares
from kommunebench.benchmark.shares.in_memory import case_columns, lay_out_cases
from kommunebench.benchmark.shares.model import share_coefficients

COVARIATES = ["x", "c"]
# x and two levels of c beside the reference.
N_COLUMNS = 3


@pytest.fixture(scope="module")
def spells() -> pd.DataFrame:
    return simulate_spells(240, 7)


def lay_out(spells: pd.DataFrame, *, unit_effects: bool = False, **rule: float):
    columns = spell_columns(
        spells, unit="unit", duration="duration", event="event", horizon=HORIZON, person="person"
    )
    specs = infer_specs(spells, COVARIATES)
    return lay_out_spells(spells, columns, specs, unit_effects=unit_effects, **rule)


def lay_out_outcomes(spells: pd.DataFrame, **rule: float):
    columns = case_columns(spells, unit="unit", outcome="event", cluster="person", group=None)
    specs = infer_specs(spells, COVARIATES)
    return lay_out_cases(spells, columns, specs, unit_effects=True, **rule)


def levels_with_prior(laid_out) -> list[float | None]:
    (design,) = laid_out.layout.designs
    assert design.scarce == all(design.priors.get(term) for term in design.terms if term != "x")
    assert design.columns[0].prior_sd is None
    return [column.prior_sd for column in design.columns[1:]]


@pytest.mark.parametrize("lay", [lay_out, lay_out_outcomes])
def test_the_threshold_is_that_of_the_rule(spells, lay) -> None:
    """Of shares the fewer of successes and failures count; 0: no threshold."""
    n_events = spells["event"].sum()
    if lay is lay_out_outcomes:
        n_events = min(n_events, len(spells) - n_events)
    enough = float(n_events / N_COLUMNS)
    assert levels_with_prior(lay(spells, events_per_column=enough)) == [None, None]
    just_above = float(np.nextafter(enough, np.inf))
    assert levels_with_prior(lay(spells, events_per_column=just_above)) == [PRIOR_SD, PRIOR_SD]
    assert levels_with_prior(lay(spells, events_per_column=0.0)) == [None, None]


def test_failures_that_are_few_count_like_successes_that_are(spells) -> None:
    """Thirteen fail: fewer than five for each of three columns."""
    failing = spells.index[spells["event"] == 0][:13]
    cases = spells.assign(event=1)
    cases.loc[failing, "event"] = 0
    assert levels_with_prior(lay_out_outcomes(cases)) == [PRIOR_SD, PRIOR_SD]
    spells_of_all = lay_out_outcomes(cases)
    marks = share_coefficients(fit_shares(spells_of_all.blocks, spells_of_all.layout))
    # Not "few_events", which is of levels with four or fewer.
    assert marks.set_index("term").loc[["c_B", "c_C"], "mark"].tolist() == ["held", "held"]


def test_the_model_within_units_has_the_rule_of_the_pooled_one(spells) -> None:
    """Effects of units are no columns of the covariates."""
    n_fewest = min(spells["event"].sum(), len(spells) - spells["event"].sum())
    rule = 0.99 * n_fewest / N_COLUMNS
    laid_out = lay_out_outcomes(spells, events_per_column=rule)
    (design,), (effects,) = laid_out.layout.designs, laid_out.layout.unit_effects
    assert len(effects.units) == 3 and not design.scarce
    assert fit_priors(laid_out.blocks, 0, design, effects, rule) == {}
    assert set(fit_priors(laid_out.blocks, 0, design, effects, 2 * rule)) == {"c_B", "c_C"}


def test_models_of_the_checks_have_it_too(spells) -> None:
    for rule, scarce in ((0.0, False), (1000.0, True)):
        laid_out = lay_out(spells, events_per_column=rule)
        fitted = fit_recoded(
            MemoryFacts(laid_out.blocks, {}),
            as_it_is,
            laid_out.layout,
            ModelChoice(),
            least_events=10,
            unit_effects=False,
        )
        assert [model.design.scarce for model in fitted.models] == [scarce]
