"""The benchmark of shares of cases: model, influences and bootstrap against plain second
calculations."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kommunebench.benchmark import benchmark_cases
from kommunebench.benchmark.blocks.records import memory_blocks
from kommunebench.benchmark.bootstrap.weights import Draw
from kommunebench.benchmark.checks.calibration import Breakdown
from kommunebench.benchmark.checks.facts import UNKNOWN, MemoryFacts
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.model.concordance import concordance_over_blocks
from kommunebench.benchmark.shares.bootstrap import bootstrap_shares
from kommunebench.benchmark.shares.calibration import share_calibration
from kommunebench.benchmark.shares.chain import estimate_shares
from kommunebench.benchmark.shares.fit import fit_shares
from kommunebench.benchmark.shares.in_memory import case_columns, lay_out_cases
from kommunebench.benchmark.shares.influence import share_covariance
from kommunebench.benchmark.shares.model import log_odds, probabilities
from kommunebench.errors import InputError

COVARIATES = ["age", "origin", "urban"]
RIDGE = 2.5


def simulated(seed: int, n: int = 400, units: int = 6) -> pd.DataFrame:
    """Cases with a level in which nobody succeeds, one in which all do, and one with few."""
    draw = np.random.default_rng(seed)
    cases = pd.DataFrame(
        {
            "unit": draw.integers(0, units, n).astype(str),
            "mother": draw.integers(0, n // 2, n),
            "age": draw.choice(["15", "16", "17"], n, p=[0.3, 0.5, 0.2]),
            "origin": draw.choice(
                ["a", "b", "few", "none", "all"], n, p=[0.5, 0.4, 0.02, 0.04, 0.04]
            ),
            "urban": draw.uniform(2000.2, 2001.0, n),
        }
    )
    log_odds = (cases["age"] == "17") * -0.7 + (cases["urban"] - 2000.5) + 0.2
    cases["outcome"] = (draw.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)
    cases.loc[cases["origin"] == "none", "outcome"] = 0
    cases.loc[cases["origin"] == "all", "outcome"] = 1
    few = cases.index[cases["origin"] == "few"]
    cases.loc[few, "outcome"] = ([0, 1, 0] + [0] * len(few))[: len(few)]
    return cases


def run(cases: pd.DataFrame, **arguments: object):  # type: ignore[no-untyped-def]
    chosen = {"cluster": "mother", "covariates": COVARIATES, "min_cases": 20, "model": "pooled"}
    chosen |= arguments
    return benchmark_cases(cases, unit="unit", outcome="outcome", **chosen)


def plain_probabilities(cases: pd.DataFrame, weight: np.ndarray) -> np.ndarray:
    """Probabilities by Newton's method on the weighted likelihood, with the prior on the level with
    few successes and the limits 0 and 1, written out."""
    fitted = ~cases["origin"].isin(["none", "all"]).to_numpy()
    x = np.column_stack(
        [
            np.ones(len(cases)),
            cases["age"] == "16",
            cases["age"] == "17",
            cases["origin"] == "b",
            cases["origin"] == "few",
            cases["urban"] - 2000.5,
        ]
    ).astype(float)
    few = cases["origin"] == "few"
    is_few = few.any() and min(cases["outcome"][few].sum(), (1 - cases["outcome"][few]).sum()) <= 4
    precision = np.diag([0, 0, 0, 0, RIDGE**-2 if is_few else 0.0, 0])
    beta, y = np.zeros(6), cases["outcome"].to_numpy(float)
    x_fit, y_fit, w_fit = x[fitted], y[fitted], weight[fitted]
    for _ in range(60):
        p = 1 / (1 + np.exp(-(x_fit @ beta)))
        gradient = x_fit.T @ (w_fit * (y_fit - p)) - precision @ beta
        information = (x_fit * (w_fit * p * (1 - p))[:, None]).T @ x_fit + precision
        beta += np.linalg.solve(information, gradient)
    return np.where(fitted, 1 / (1 + np.exp(-(x @ beta))), y)


def plain_difference(cases: pd.DataFrame, weight: np.ndarray) -> np.ndarray:
    """Observed less expected share by unit, in percentage points."""
    probability, unit = plain_probabilities(cases, weight), cases["unit"].astype(int).to_numpy()
    gap = weight * (cases["outcome"].to_numpy() - probability)
    return 100 * np.bincount(unit, gap) / np.bincount(unit, weight)


@pytest.mark.parametrize("seed", [1, 2])
def test_expected_shares_are_those_of_a_plain_fit(seed: int) -> None:
    cases = simulated(seed)
    result = run(cases)
    plain = plain_probabilities(cases, np.ones(len(cases)))
    np.testing.assert_allclose(result.expected, plain, atol=1e-10)
    wanted = plain_difference(cases, np.ones(len(cases)))
    np.testing.assert_allclose(result.indicators["difference"], wanted, atol=1e-8)


def test_limits_and_priors_are_named_where_the_model_is_printed() -> None:
    coefficients = run(simulated(1)).coefficients.set_index("term")
    assert coefficients.loc["origin_none", ["coefficient", "mark"]].tolist() == [
        -np.inf,
        "no_events",
    ]
    # "all" is the first level, the reference: the most frequent other level takes its place.
    assert coefficients.loc["origin_all", ["coefficient", "mark"]].tolist() == [
        np.inf,
        "all_events",
    ]
    assert coefficients.loc["origin_a", "coefficient"] == 0.0
    assert coefficients.loc["origin_few", "mark"] == "few_events"
    assert np.isnan(coefficients.loc["origin_none", "se"])


def test_the_model_is_that_of_statsmodels() -> None:
    cases = simulated(3)
    cases = cases[~cases["origin"].isin(["none", "all", "few"])].reset_index(drop=True)
    result = run(cases).coefficients.set_index("term")
    x = pd.DataFrame(
        {
            "constant": 1.0,
            "age_16": cases["age"] == "16",
            "age_17": cases["age"] == "17",
            "origin_b": cases["origin"] == "b",
            "urban": cases["urban"],
        }
    ).astype(float)
    # statsmodels has no digits to spare for a column that far from zero.
    x["urban"] -= 2000.5
    fit = sm.GLM(cases["outcome"], x, family=sm.families.Binomial()).fit(
        tol=1e-15,
        tol_criterion="params",
        cov_type="cluster",
        cov_kwds={"groups": cases["mother"].to_numpy(), "use_correction": False},
    )
    terms = ["age_16", "age_17", "origin_b", "urban"]
    np.testing.assert_allclose(result.loc[terms, "coefficient"], fit.params[terms], rtol=1e-10)
    np.testing.assert_allclose(result.loc[terms, "se_robust"], fit.bse[terms], rtol=1e-10)
    constant = fit.params["constant"] - 2000.5 * fit.params["urban"]
    assert result.loc["constant", "coefficient"] == pytest.approx(constant, rel=1e-10)


@pytest.mark.parametrize("indicator", ["difference", "ratio"])
def test_errors_are_those_of_numerical_derivatives_in_the_weights(indicator: str) -> None:
    cases = simulated(4, n=150, units=3)
    result, step = run(cases, indicator=indicator), 1e-4
    if indicator == "ratio":
        unit = cases["unit"].astype(int).to_numpy()

        def performance(weight: np.ndarray) -> np.ndarray:
            observed = np.bincount(unit, weight * cases["outcome"])
            return np.log(observed / np.bincount(unit, weight * plain_probabilities(cases, weight)))
    else:

        def performance(weight: np.ndarray) -> np.ndarray:
            return plain_difference(cases, weight)

    squares = np.zeros(3)
    for mother in cases["mother"].unique():
        change = step * (cases["mother"] == mother).to_numpy()
        slope = (performance(1 + change) - performance(1 - change)) / (2 * step)
        squares += slope**2
    np.testing.assert_allclose(result.indicators["indicator_se"], np.sqrt(squares), rtol=1e-6)


def laid_out(cases: pd.DataFrame):  # type: ignore[no-untyped-def]
    columns = case_columns(cases, unit="unit", outcome="outcome", cluster="mother", group=None)
    return lay_out_cases(cases, columns, infer_specs(cases, COVARIATES))


def test_the_pace_scale_has_the_derivatives_in_the_log_odds_of_the_unit() -> None:
    cases = simulated(4)
    spells, indicator = laid_out(cases), Indicator("difference", "share")
    models = fit_shares(spells.blocks, spells.layout)
    chain = estimate_shares(spells.blocks, models)
    scale = share_covariance(spells.blocks, models, chain, indicator).pace_scale
    probability = plain_probabilities(cases, np.ones(len(cases)))
    inside = (probability > 0) & (probability < 1)
    unit = cases["unit"].astype(int).to_numpy()

    def gain(log_odds: float) -> np.ndarray:
        odds = probability[inside] / (1 - probability[inside]) * np.exp(log_odds)
        moved = probability.copy()
        moved[inside] = odds / (1 + odds)
        return np.bincount(unit, 100 * (moved - probability)) / np.bincount(unit)

    step = 1e-3
    slope, second = gain(step) - gain(-step), gain(step) + gain(-step)
    np.testing.assert_allclose(scale.slope, slope / (2 * step), rtol=1e-5)
    np.testing.assert_allclose(scale.curvature, second / step**2, rtol=1e-4, atol=1e-4)


def test_concordance_is_the_rank_sum_of_who_succeeds() -> None:
    cases = simulated(4)
    spells = laid_out(cases)
    models = fit_shares(spells.blocks, spells.layout)
    probability = plain_probabilities(cases, np.ones(len(cases)))
    success = cases["outcome"] == 1
    rank_sum = stats.mannwhitneyu(probability[success], probability[~success]).statistic
    found = concordance_over_blocks(spells.blocks, partial(log_odds, models=models))
    wanted = rank_sum / (success.sum() * (~success).sum())
    assert 0.6 < wanted < 0.95
    assert found == pytest.approx(wanted, abs=1e-3)


def test_replicates_are_fits_with_the_weights_of_their_clusters() -> None:
    cases = simulated(5)
    spells = laid_out(cases)
    models = fit_shares(spells.blocks, spells.layout)
    indicator = Indicator("difference", "share")
    drawn = bootstrap_shares(spells.blocks, models, indicator, replicates=range(3), seed=9)
    block = spells.blocks.blocks[0]
    weights = np.empty((len(cases), 3))
    weights[block.position] = Draw(9, (0, 1, 2)).of(block)
    assert (pd.DataFrame(weights).groupby(cases["mother"]).nunique() == 1).all(axis=None)
    for replicate in range(3):
        wanted = plain_difference(cases, weights[:, replicate])
        # The climb ends where a billionth of the log-likelihood is left.
        np.testing.assert_allclose(drawn[replicate, :, 0], wanted, atol=2e-3)


def test_nothing_depends_on_how_cases_are_cut_into_blocks() -> None:
    spells = laid_out(simulated(6))
    one = spells.blocks
    records, keys = _records(simulated(6))
    many = memory_blocks(records, keys, spells.layout, 60)
    assert len(many.blocks) > 4
    indicator, results = Indicator("difference", "share"), []
    for blocks in (one, many):
        models = fit_shares(blocks, spells.layout)
        chain = estimate_shares(blocks, models)
        drawn = bootstrap_shares(blocks, models, indicator, replicates=range(2), seed=1)
        results.append(
            (
                models[0].coefficients,
                models[0].covariance_robust,
                chain.expected,
                share_covariance(blocks, models, chain, indicator).plain,
                blocks.by_spell(lambda block, models=models: probabilities(block, models)),
                drawn,
            )
        )
    for first, second in zip(*results, strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-8, atol=1e-10)


def _records(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    from kommunebench.benchmark.blocks.records import encode_spells
    from kommunebench.benchmark.in_memory import as_categorical, covariate_frame

    columns = case_columns(cases, unit="unit", outcome="outcome", cluster="mother", group=None)
    specs = infer_specs(cases, COVARIATES)
    records = encode_spells(
        covariate_frame(cases, specs),
        laid_out(cases).layout,
        duration=columns.duration,
        event=columns.event,
        unit=as_categorical(columns.unit, columns.unit_names),
        group=as_categorical(columns.group, columns.group_names),
    )
    return records, columns.person_key


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_all_cases_together_are_as_expected(seed: int) -> None:
    """The constant makes observed and expected successes equal over the nation (the levels with few
    successes are drawn towards 0, which leaves the constant's own equation as it is)."""
    cases = simulated(seed)
    assert run(cases).expected.sum() == pytest.approx(cases["outcome"].sum(), rel=1e-9)


def test_bootstrap_and_analytic_errors_agree() -> None:
    cases = simulated(8, n=600, units=3)
    rows = run(cases, replicates=320, seed=2).indicators
    ratio = rows["se_bootstrap"] / rows["difference_se"]
    assert ratio.between(0.85, 1.2).all(), ratio.tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outcome": 1}, "outcome: 1 in all 400 cases"),
        ({"outcome": 2}, "neither 0 nor 1"),
        ({"unit": None}, "unit: missing"),
        ({"age": None}, "covariate age: missing in 400 of 400 rows, first at positions 0, 1"),
    ],
)
def test_broken_cases_are_refused_by_name(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(simulated(1).assign(**change))


def test_a_covariate_that_gives_the_outcome_away_is_refused_by_name() -> None:
    cases = simulated(1)
    cases["mark"] = np.where(cases["outcome"] == 1, "passed", "failed")
    with pytest.raises(InputError, match=r"in which all or none succeed \(.*mark_failed"):
        run(cases, covariates=["mark"])


def test_limits_that_show_only_among_the_others_are_limits_too() -> None:
    """Nobody of level b succeeds; outside b everybody of level y does."""
    cases = simulated(1).assign(first="a", second="x")
    low = cases.index[(cases["outcome"] == 0)][:40]
    cases.loc[low, "first"] = "b"
    cases.loc[low[:10], "second"] = "y"
    high = cases.index[cases["outcome"] == 1][:30]
    cases.loc[high, "second"] = "y"
    result = run(cases, covariates=["first", "second"])
    marks = result.coefficients.set_index("term")["mark"]
    assert (marks["first_b"], marks["second_y"]) == ("no_events", "all_events")
    assert (result.expected[low] == 0).all() and (result.expected[high] == 1).all()


def test_calibration_counts_cases_and_has_the_limits_of_a_share() -> None:
    cases = simulated(2, n=700)
    spells = laid_out(cases)
    models = fit_shares(spells.blocks, spells.layout)
    ages = {"15": 0, "16": 1, "17": UNKNOWN}
    codes = cases["age"].map(ages).to_numpy()
    half = ["east" if int(unit) < 3 else "west" for unit in spells.layout.unit_names]
    rows = share_calibration(
        MemoryFacts(spells.blocks, {"fact": codes}),
        models,
        {"age": Breakdown("fact", ("15", "16"))},
        {"half": half},
        0.9,
    ).set_index(["breakdown", "value"])
    probability = plain_probabilities(cases, np.ones(len(cases)))
    groups = {("age", "15"): codes == 0, ("age", "16"): codes == 1}
    groups[("half", "east")] = (cases["unit"].astype(int) < 3).to_numpy()
    for key, inside in groups.items():
        own = cases["outcome"].to_numpy()[inside]
        observed, expected = own.sum(), probability[inside].sum()
        assert rows.loc[key, "observed_events"] == observed
        assert rows.loc[key, "expected_events"] == pytest.approx(expected, rel=1e-9)
        exact = stats.binomtest(int(observed), len(own)).proportion_ci(0.9, "exact")
        wanted = np.array([exact.low, exact.high]) * len(own) / expected
        np.testing.assert_allclose(rows.loc[key, ["ci_low", "ci_high"]].astype(float), wanted)
    tenths = rows.loc["risk_tenth"]
    assert tenths["observed_events"].sum() == cases["outcome"].sum()
    assert tenths.index.tolist() == [str(k) for k in range(1, 11)]
    # Those in a level in which nobody, or everybody, succeeds are in the outer tenths.
    ratio = tenths["expected_events"].to_numpy() / 70
    assert ratio[0] < ratio[4] - 0.2 and ratio[9] > ratio[4] + 0.1
