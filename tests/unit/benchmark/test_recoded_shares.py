"""Share models of some of the cases, or of cases in other units, against models of tables that hold
nothing else."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from tests.unit.benchmark.test_shares_within import COVARIATES, WITH_AREA, simulated

from kommunebench.benchmark.checks.facts import MemoryFacts
from kommunebench.benchmark.checks.halves import by_half, halves_by
from kommunebench.benchmark.checks.sensitivity import RunResults, of_other_cases
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.shares.chain import estimate_shares
from kommunebench.benchmark.shares.fit import fit_shares
from kommunebench.benchmark.shares.in_memory import case_columns, lay_out_cases
from kommunebench.benchmark.shares.influence import share_covariance
from kommunebench.benchmark.shares.recoded import from_code, in_unit_of, shares_of_recoded
from kommunebench.verdict_rules import VerdictRules

INDICATOR = Indicator("difference", "share")


def laid_out(cases: pd.DataFrame, covariates: list[str], unit_effects: bool):
    columns = case_columns(cases, unit="unit", outcome="outcome", cluster="mother", group=None)
    specs = infer_specs(cases, covariates)
    return lay_out_cases(cases, columns, specs, unit_effects=unit_effects)


def alone(cases: pd.DataFrame, covariates: list[str], unit_effects: bool) -> pd.DataFrame:
    """Performance, error, cases and successes by unit of a model of these cases only."""
    laid = laid_out(cases, covariates, unit_effects)
    models = fit_shares(laid.blocks, laid.layout, unit_effects=unit_effects)
    chain = estimate_shares(laid.blocks, models)
    covariance = share_covariance(laid.blocks, models, chain, INDICATOR)
    return pd.DataFrame(
        {
            "performance": INDICATOR.performance(chain.expected, chain.robust),
            "se": np.sqrt(np.diag(covariance.robust)),
            "n_cases": chain.n_spells,
            "n_events": chain.counts.events.sum(axis=1),
        },
        index=laid.layout.unit_names,
    )


def recoded(cases, covariates, recode, codes, unit_effects) -> pd.DataFrame:
    laid = laid_out(cases, covariates, unit_effects)
    shares = shares_of_recoded(
        MemoryFacts(laid.blocks, {"fact": np.asarray(codes, np.intp)}),
        recode,
        laid.layout,
        INDICATOR,
        unit_effects=unit_effects,
    )
    names = ("performance", "se", "n_cases", "n_events")
    return pd.DataFrame(
        {name: getattr(shares, name) for name in names}, index=laid.layout.unit_names
    )


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one.loc[other.index], other, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("covariates", "unit_effects"), [(COVARIATES, False), (COVARIATES, True), (WITH_AREA, True)]
)
def test_some_of_the_cases_are_a_model_of_their_own(covariates, unit_effects) -> None:
    cases = simulated(5, n=900)
    # Nobody of one age is left, nor anybody of the first unit.
    code = cases["age"].map({"17": 0, "15": 1, "16": 2}).where(cases["unit"] != "0", -1)
    kept = cases[code >= 1]
    found = recoded(cases, covariates, partial(from_code, fact="fact", first=1), code, unit_effects)
    same(found, alone(kept, covariates, unit_effects))
    assert found.loc["0", ["performance", "se"]].isna().all()
    assert found.loc["0", "n_cases"] == 0


@pytest.mark.parametrize("unit_effects", [False, True])
def test_cases_in_other_units_are_those_of_a_table_with_these_units(unit_effects) -> None:
    cases = simulated(6, n=900)
    units = sorted(cases["unit"].unique())
    draw = np.random.default_rng(1)
    moved = cases["unit"].where(draw.random(len(cases)) < 0.7, draw.choice(units, len(cases)))
    # Where somebody lives now is not always known.
    known = draw.random(len(cases)) < 0.95
    codes = np.where(known, [units.index(name) for name in moved], -1)
    recode = partial(in_unit_of, fact="fact")
    found = recoded(cases, WITH_AREA, recode, codes, unit_effects)
    same(found, alone(cases.assign(unit=moved)[known], WITH_AREA, unit_effects))


def test_few_successes_for_the_columns_that_are_left_draw_every_level() -> None:
    cases = simulated(5, n=900)
    # Too few for five columns, with events per column as they are by default.
    code = (np.arange(len(cases)) % 25 == 0).astype(int)
    kept = cases[code == 1]
    assert kept["outcome"].sum() < 20
    recode = partial(from_code, fact="fact", first=1)
    found = recoded(cases, COVARIATES, recode, code, False)
    wanted = alone(kept, COVARIATES, False)
    same(found.dropna(), wanted)


def test_a_level_without_failures_among_the_cases_that_are_left_keeps_the_fit_finite() -> None:
    cases = simulated(7, n=900)
    code = (cases["age"] != "15").astype(int)
    cases["few"] = np.where((code == 1) & (np.arange(len(cases)) % 90 == 0), "yes", "no")
    cases.loc[(code == 0) & (np.arange(len(cases)) % 20 == 0), "few"] = "yes"
    cases.loc[(cases["few"] == "yes") & (code == 1), "outcome"] = 1
    found = recoded(
        cases, [*COVARIATES, "few"], partial(from_code, fact="fact", first=1), code, False
    )
    assert found[["performance", "se"]].notna().all(axis=None)


def test_halves_of_a_share_are_observed_less_expected_of_their_cases() -> None:
    cases = simulated(8, n=900)
    year = np.random.default_rng(2).integers(0, 5, len(cases))
    laid = laid_out(cases, COVARIATES, False)
    models = fit_shares(laid.blocks, laid.layout, unit_effects=False)
    halves = halves_by(
        MemoryFacts(laid.blocks, {"year": year}),
        partial(by_half, fact="year", second_from=3),
        partial(estimate_shares, models=models),
        n_units=len(laid.layout.unit_names),
        indicator=INDICATOR,
    )
    whole = estimate_shares(laid.blocks, models)
    by_unit = cases["unit"].astype(int)
    for half, inside in enumerate((year < 3, year >= 3)):
        counted = np.bincount(by_unit[inside], minlength=9)
        assert halves.n_spells[half].tolist() == counted.tolist()
    weighted = np.nansum(halves.performance * halves.n_spells, axis=0) / whole.n_spells
    np.testing.assert_allclose(
        weighted, INDICATOR.performance(whole.expected, whole.robust), atol=1e-9
    )


def test_verdicts_of_other_cases_have_their_own_errors() -> None:
    run = RunResults(
        codes=np.array(["101", "147", "751"]),
        performance=np.array([4.0, 4.0, 4.0]),
        se=np.ones(3),
        n_events=np.full(3, 100.0),
        judged=np.array([True, True, False]),
        assessment=np.array(["better", "better", None], object),
        rules=VerdictRules(),
    )
    rows = of_other_cases(
        run,
        "older_ages",
        np.array([3.0, 3.0, 3.0]),
        se=np.array([2.0, 1.0, 1.0]),
        n_events=np.full(3, 60.0),
        judged=np.array([True, False, True]),
    )
    assert rows["municipality_code"].tolist() == ["101", "147"]
    # Three of the run's errors, but one and a half of its own; the other one has too few cases.
    assert rows["assessment"].tolist() == ["as_expected", None]
    assert rows["difference_in_se"].tolist() == [-1.0, -1.0]
