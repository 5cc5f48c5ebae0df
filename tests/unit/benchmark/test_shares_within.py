"""The share model with effects of the units: model, second stage, influences and bootstrap against
a plain second calculation and statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from tests.unit.benchmark.plain_chain import PlainSecondStage, derivative

from kommunebench.benchmark import benchmark_cases
from kommunebench.benchmark.blocks.records import encode_spells, memory_blocks
from kommunebench.benchmark.bootstrap.effects import unit_deviations
from kommunebench.benchmark.bootstrap.weights import Draw
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.in_memory import as_categorical, covariate_frame
from kommunebench.benchmark.shares.bootstrap import bootstrap_shares
from kommunebench.benchmark.shares.chain import estimate_shares
from kommunebench.benchmark.shares.fit import fit_shares
from kommunebench.benchmark.shares.in_memory import case_columns, lay_out_cases
from kommunebench.benchmark.shares.influence import share_covariance
from kommunebench.benchmark.shares.model import share_coefficients
from kommunebench.errors import InputError

COVARIATES = ["age", "origin", "urban"]
WITH_AREA = [*COVARIATES, "market", "coast"]


def simulated(seed: int, n: int = 500, units: int = 9) -> pd.DataFrame:
    """Cases of units with effects; in the last unit all succeed and in the one before none do;
    ``market`` and ``coast`` are constant within units; nobody of origin "none" succeeds."""
    draw = np.random.default_rng(seed)
    unit = draw.choice(units, n, p=[*[0.96 / (units - 2)] * (units - 2), 0.02, 0.02])
    cases = pd.DataFrame(
        {
            "unit": unit.astype(str),
            "mother": draw.integers(0, n // 2, n),
            "age": draw.choice(["15", "16", "17"], n, p=[0.3, 0.5, 0.2]),
            "origin": draw.choice(["a", "b", "none"], n, p=[0.5, 0.46, 0.04]),
            "urban": draw.uniform(2000.2, 2001.0, n),
            "market": np.array([5.1, 6.0, 4.2, 7.7, 5.5, 6.4, 4.9, 5.0, 6.6])[unit],
            "coast": np.where(np.isin(unit, [0, 3, 5]), "yes", "no"),
        }
    )
    effect = draw.normal(0, 0.6, units)[unit]
    log_odds = (cases["age"] == "17") * -0.7 + (cases["urban"] - 2000.5) + 0.2 + effect
    cases["outcome"] = (draw.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)
    cases.loc[unit == units - 1, "outcome"] = 1
    cases.loc[unit == units - 2, "outcome"] = 0
    cases.loc[cases["origin"] == "none", "outcome"] = 0
    return cases


def design(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Columns that vary within units, and the two that do not."""
    first = [cases["age"] == "16", cases["age"] == "17", cases["origin"] == "b"]
    x = np.column_stack([*first, cases["urban"] - 2000.6]).astype(float)
    return x, np.column_stack([cases["market"] - 5.5, cases["coast"] == "yes"]).astype(float)


def plain_within(
    cases: pd.DataFrame, weight: np.ndarray, second: PlainSecondStage | None = None
) -> np.ndarray:
    """Expected probabilities in a unit of average effect: Newton's method with a dummy for every
    unit with successes and failures, written out; the effects' mean and their regression on what is
    constant within units taken afterwards."""
    outcome, unit = cases["outcome"].to_numpy(float), cases["unit"].astype(int).to_numpy()
    inside = (cases["origin"] != "none").to_numpy()
    share = np.array([outcome[inside & (unit == k)].mean() for k in range(unit.max() + 1)])
    units = np.flatnonzero((share > 0) & (share < 1))
    inside &= np.isin(unit, units)
    x, constant = design(cases)
    full = np.column_stack([*(unit == k for k in units), x]).astype(float)
    beta = np.zeros(full.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-(full[inside] @ beta)))
        spread = (weight[inside] * p * (1 - p))[:, None]
        information = (full[inside] * spread).T @ full[inside]
        step = np.linalg.solve(
            information, full[inside].T @ (weight[inside] * (outcome[inside] - p))
        )
        beta += step
        if np.abs(step).max() < 1e-14:
            break
    part = np.bincount(unit[inside], weight[inside], unit.max() + 1)[units] / weight[inside].sum()
    mean, effects = part @ beta[: len(units)], beta[: len(units)]
    predictor = mean + x @ beta[len(units) :]
    if second is not None:
        z = np.array([constant[unit == k][0] for k in units])
        centring = np.eye(len(units)) - part
        covariance = centring @ np.linalg.inv(information)[: len(units), : len(units)] @ centring.T
        gamma = second.coefficients("all", z, effects - mean, covariance, units)
        predictor = predictor + (constant - part @ z) @ gamma
    return np.where(cases["origin"] == "none", outcome, 1 / (1 + np.exp(-predictor)))


def plain_performance(cases, weight, indicator="difference", second=None):  # type: ignore[no-untyped-def]
    """Observed against expected share by unit, on the performance scale."""
    unit = cases["unit"].astype(int).to_numpy()
    total, observed, expected = (
        np.bincount(unit, weight * values)
        for values in (np.ones(len(unit)), cases["outcome"], plain_within(cases, weight, second))
    )
    if indicator == "difference":
        return 100 * (observed - expected) / total
    with np.errstate(divide="ignore"):
        return np.log(observed / expected)


def laid_out(cases: pd.DataFrame, covariates: list[str]):  # type: ignore[no-untyped-def]
    columns = case_columns(cases, unit="unit", outcome="outcome", cluster="mother", group=None)
    return lay_out_cases(cases, columns, infer_specs(cases, covariates), unit_effects=True)


def test_the_fit_is_that_of_statsmodels_with_a_dummy_for_every_unit() -> None:
    cases = simulated(1)
    spells = laid_out(cases, COVARIATES)
    (model,) = fit_shares(spells.blocks, spells.layout, unit_effects=True)
    kept = cases[(cases["origin"] != "none") & ~cases["unit"].isin(["7", "8"])]
    dummies = pd.get_dummies(kept["unit"], prefix="unit", dtype=float)
    x, _ = design(kept)
    names = ["age_16", "age_17", "origin_b", "urban"]
    x = pd.concat([dummies, pd.DataFrame(x, columns=names, index=kept.index)], axis=1)
    fit = sm.GLM(kept["outcome"], x, family=sm.families.Binomial()).fit(
        tol=1e-15,
        tol_criterion="params",
        cov_type="cluster",
        cov_kwds={"groups": kept["mother"].to_numpy(), "use_correction": False},
    )
    ours = share_coefficients([model]).set_index("term").loc[names]
    np.testing.assert_allclose(ours["coefficient"], fit.params[names], rtol=1e-9)
    np.testing.assert_allclose(ours["se_robust"], fit.bse[names], rtol=1e-9)
    assert model.log_likelihood == pytest.approx(fit.llf, rel=1e-12)
    effects = model.unit_effects.centred(model.term_coefficients[: model.n_effects])
    wanted = fit.params[dummies.columns].to_numpy()
    np.testing.assert_allclose(effects[:7] - effects[0], wanted - wanted[0], rtol=1e-9, atol=1e-12)
    assert dummies.mean().to_numpy() @ effects[:7] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("covariates", [COVARIATES, WITH_AREA])
def test_expected_shares_are_those_of_a_plain_fit(covariates: list[str]) -> None:
    cases = simulated(2)
    second = PlainSecondStage(WITH_AREA, np.zeros(9)) if covariates is WITH_AREA else None
    result = run(cases, covariates)
    wanted = plain_performance(cases, np.ones(len(cases)), second=second)
    np.testing.assert_allclose(result.indicators["difference"], wanted, atol=1e-8)
    if second is not None:
        table = result.second_stage.set_index("term")
        assert table.index.tolist() == ["market", "coast_yes"]
        np.testing.assert_allclose(table["unit_sd"], second.tau["all"], rtol=1e-6)
        assert table["units"].eq(7).all()
        adjusted = result.model_verdicts.set_index("model").loc["without_area_adjustment"]
        bare = plain_performance(cases, np.ones(len(cases)))
        codes = adjusted["municipality_code"].astype(int)
        np.testing.assert_allclose(adjusted["indicator_robust"], bare[codes], atol=1e-8)


def run(cases: pd.DataFrame, covariates: list[str], **arguments: object):  # type: ignore[no-untyped-def]
    chosen = {"cluster": "mother", "covariates": covariates, "min_cases": 20} | arguments
    return benchmark_cases(cases, unit="unit", outcome="outcome", **chosen)


@pytest.mark.parametrize("covariates", [COVARIATES, WITH_AREA])
@pytest.mark.parametrize("indicator", ["difference", "ratio"])
def test_covariances_are_those_of_numerical_derivatives(
    covariates: list[str], indicator: str
) -> None:
    cases = simulated(4, n=260)
    spells, chosen = laid_out(cases, covariates), Indicator(indicator, "share")
    models = fit_shares(spells.blocks, spells.layout, unit_effects=True)
    chain = estimate_shares(spells.blocks, models)
    covariance = share_covariance(spells.blocks, models, chain, chosen).robust
    has_area = covariates is WITH_AREA
    second = PlainSecondStage(WITH_AREA, np.zeros(9)) if has_area else None
    judged = np.arange(9) != 7  # A unit without a success has no ratio.

    def performance(weight: np.ndarray) -> np.ndarray:
        return plain_performance(cases, weight, indicator, second)[judged]

    performance(np.ones(len(cases)))  # Fixes the weights of the second stage.
    total = np.zeros((8, 8))
    for mother in cases["mother"].unique():
        rows = np.flatnonzero(cases["mother"] == mother)
        slope = sum(derivative(performance, len(cases), row, 1e-3) for row in rows)
        total += np.outer(slope, slope)
    if second is not None:
        assert second.tau["all"] > 0
        for k in range(7):
            moved = []
            for sign in (1, -1):
                second.deviation = 1e-4 * sign * np.eye(9)[k]
                moved.append(performance(np.ones(len(cases))))
            slope = (moved[0] - moved[1]) / 2e-4
            total += np.outer(slope, slope)
    inside = covariance[np.ix_(judged, judged)]
    np.testing.assert_allclose(inside, total, atol=1e-8 * np.abs(total).max())


@pytest.mark.parametrize("covariates", [COVARIATES, WITH_AREA])
def test_replicates_are_fits_with_the_weights_of_their_clusters(covariates: list[str]) -> None:
    cases = simulated(5, n=1200)
    spells, indicator = laid_out(cases, covariates), Indicator("difference", "share")
    models = fit_shares(spells.blocks, spells.layout, unit_effects=True)
    drawn = bootstrap_shares(spells.blocks, models, indicator, replicates=range(3), seed=9)
    draw, block = Draw(9, (0, 1, 2)), spells.blocks.blocks[0]
    weights = np.empty((len(cases), 3))
    weights[block.position] = draw.of(block)
    second = PlainSecondStage(WITH_AREA, np.zeros(9)) if covariates is WITH_AREA else None
    plain_performance(cases, np.ones(len(cases)), second=second)
    for replicate in range(3):
        if second is not None:
            second.deviation = unit_deviations(draw, 9)[:, replicate]
        wanted = plain_performance(cases, weights[:, replicate], second=second)
        # The climb ends where a billionth of the log-likelihood is left.
        np.testing.assert_allclose(drawn[replicate, :, 1], wanted, atol=5e-3)


def test_nothing_depends_on_how_cases_are_cut_into_blocks() -> None:
    cases = simulated(6)
    spells = laid_out(cases, WITH_AREA)
    columns = case_columns(cases, unit="unit", outcome="outcome", cluster="mother", group=None)
    records = encode_spells(
        covariate_frame(cases, infer_specs(cases, WITH_AREA)),
        spells.layout,
        duration=columns.duration,
        event=columns.event,
        unit=as_categorical(columns.unit, columns.unit_names),
        group=as_categorical(columns.group, columns.group_names),
    )
    many = memory_blocks(records, columns.person_key, spells.layout, 60)
    assert len(many.blocks) > 4
    indicator, results = Indicator("difference", "share"), []
    for blocks in (spells.blocks, many):
        models = fit_shares(blocks, spells.layout, unit_effects=True)
        chain = estimate_shares(blocks, models)
        drawn = bootstrap_shares(blocks, models, indicator, replicates=range(2), seed=1)
        covariance = share_covariance(blocks, models, chain, indicator)
        results.append((models[0].prediction, chain.expected, covariance.robust, drawn))
    for first, second in zip(*results, strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-8, atol=1e-9)


def test_bootstrap_and_analytic_errors_agree() -> None:
    rows = run(simulated(8, n=1500), WITH_AREA, replicates=320, seed=2).indicators
    rows = rows[rows["no_verdict_reason"].isna()]
    ratio = rows["se_bootstrap"] / rows["difference_se"]
    assert len(rows) == 7 and ratio.between(0.85, 1.2).all(), ratio.tolist()


def test_a_level_that_only_units_outside_the_fit_decide_is_drawn_towards_zero() -> None:
    """Six of the level fail, all in the unit in which all do: of the others everybody succeeds."""
    cases = simulated(3)
    failing = cases.index[cases["unit"] == "7"]
    cases = pd.concat([cases, cases.loc[failing[:1]].sample(6, replace=True)], ignore_index=True)
    cases.loc[cases.index[-6:], ["age", "origin"]] = ["14", "a"]
    lucky = cases.index[(cases["outcome"] == 1) & (cases["unit"] == "2")][:8]
    cases.loc[lucky, ["age", "origin"]] = ["14", "a"]
    spells = laid_out(cases, COVARIATES)
    (model,) = fit_shares(spells.blocks, spells.layout, unit_effects=True)
    # The level is the reference: its number shows in the others.
    assert "age_14" in model.design.references
    priors = zip(model.names, model.prior_sd, strict=True)
    held = {name for name, sd in priors if np.isfinite(sd)}
    assert held == {"age_15", "age_16", "age_17"} and not model.design.priors
    assert not model.is_held
    assert np.isfinite(model.coefficients).all() and not model.omitted.any()


def test_pooled_columns_stay_as_they_are_beside_the_model_within() -> None:
    cases = simulated(7)
    within, pooled = run(cases, COVARIATES), run(cases, COVARIATES, model="pooled")
    same = ["expected_share", "observed_share", "difference_plain", "indicator_plain", "quintile"]
    pd.testing.assert_frame_equal(within.indicators[same], pooled.indicators[same])
    pd.testing.assert_frame_equal(within.coefficients, pooled.coefficients)
    assert (within.indicators["difference"] - pooled.indicators["difference"]).abs().max() > 0.1
    assert set(within.model_verdicts["model"]) == {"within", "pooled"}
    np.testing.assert_allclose(
        within.indicators["indicator_robust_pooled"].dropna(),
        pooled.indicators.loc[pooled.indicators["included"], "difference"],
    )


def test_where_units_are_all_or_none_the_pooled_model_is_advised() -> None:
    cases = simulated(1).assign(origin="a")
    cases["outcome"] = cases["unit"].isin(["1", "3", "5"]).astype(int)
    with pytest.raises(InputError, match="in every unit all or none succeed"):
        run(cases, ["age"])
    assert len(run(cases, ["age"], model="pooled").indicators) == 9


def test_one_unit_is_compared_with_nothing() -> None:
    rows = run(simulated(1).assign(unit="1"), COVARIATES).indicators
    assert rows["no_verdict_reason"].tolist() == ["nothing_to_compare_with"]
