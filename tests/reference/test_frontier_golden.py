"""Stochastic frontiers against R: two optimisers there, another parametrisation and quadrature
here."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from kommunebench.costs import FrontierFit, IntervalSettings, fit_regression
from kommunebench.costs import fit_frontier as fit_frontier_with_any_intervals
from kommunebench.costs.frontier_closed_forms import Exponential, HalfNormal
from kommunebench.costs.frontier_gamma import Gamma
from kommunebench.costs.frontier_inputs import check_inputs, standardise
from kommunebench.costs.frontier_likelihood import FrontierLikelihood
from kommunebench.costs.frontier_solution import log_likelihood_in_users_scale
from kommunebench.errors import ConvergenceError

# The cases hold no intervals.
fit_frontier = partial(
    fit_frontier_with_any_intervals, intervals=IntervalSettings(kind="parameters_known", draws=100)
)
DATA = Path(__file__).parent / "data"
# As the cases state: log-likelihood absolute, parameters and standard errors relative, efficiencies
# absolute.
LOG_LIKELIHOOD, PARAMETER, SE, EFFICIENCY = 1e-8, 1e-6, 1e-5, 1e-6
# The reference differentiates in raw coordinates with steps of 0.001, too coarse where log output
# squared is 100: its sandwich (not covered by the stated tolerance) is off by 1.0e-5 there.
ROBUST_SE = 3e-5
DISTRIBUTIONS = {"hnormal": "half_normal", "exponential": "exponential"}


def load(case: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    return pd.read_csv(DATA / case / "input.csv"), json.loads(
        (DATA / case / "expected.json").read_text(encoding="utf-8")
    )


def design(**columns: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"(Intercept)": 1.0, **columns})


def front41() -> tuple[pd.Series, pd.DataFrame]:
    d, _ = load("sfa_front41")
    return np.log(d["output"]), design(
        ln_capital=np.log(d["capital"]), ln_labour=np.log(d["labour"])
    )


def transport() -> tuple[pd.Series, pd.DataFrame]:
    d, _ = load("sfa_transpeq")
    return np.log(d["va"]), design(ln_k=np.log(d["capital"]), ln_l=np.log(d["labor"]))


def rice() -> tuple[pd.Series, pd.DataFrame]:
    d, _ = load("sfa_rice_phil_weighted")
    X = design(ln_area=np.log(d["AREA"]), ln_labor=np.log(d["LABOR"]), ln_npk=np.log(d["NPK"]))
    return np.log(d["PROD"]), X


def rice_translog() -> tuple[pd.Series, pd.DataFrame]:
    d, _ = load("sfa_rice_phil_weighted")
    y, X = rice()
    a, b, c = (X[name] - X[name].mean() for name in ("ln_area", "ln_labor", "ln_npk"))
    return y, design(
        ln_area=a,
        ln_labor=b,
        ln_npk=c,
        aa=a**2 / 2,
        ll=b**2 / 2,
        nn=c**2 / 2,
        al=a * b,
        an=a * c,
        ln=b * c,
        t=d["YEARDUM"] - d["YEARDUM"].mean(),
    )


def rice_cost() -> tuple[pd.Series, pd.DataFrame]:
    d, _ = load("sfa_rice_phil_weighted")
    X = design(
        ln_prod=np.log(d["PROD"]),
        ln_area=np.log(d["AREA"]),
        ln_pl=np.log(d["LABORP"]),
        ln_pn=np.log(d["NPKP"]),
    )
    return np.log(d["LABOR"] * d["LABORP"] + d["NPK"] * d["NPKP"]), X


def electricity() -> tuple[pd.Series, pd.DataFrame]:
    d, _ = load("sfa_electricity1970_cost")
    q = np.log(d["output"])
    labour, capital = np.log(d["labor"] / d["fuel"]), np.log(d["capital"] / d["fuel"])
    return np.log(d["cost"] / d["fuel"]), design(
        ln_q=q, ln_q_sq=q**2, ln_pl_pf=labour, ln_pk_pf=capital
    )


def assert_agrees(fit: FrontierFit, expected: dict[str, Any], weight_mean: float = 1.0) -> None:
    """``weight_mean``: of the reference's weights, which are not normalised there and multiply its
    log-likelihood."""
    assert fit.wrong_skew == (
        expected["ols"]["skewness_m3_over_m2_1.5"] * (1 if fit.side == "production" else -1) > 0
    )
    assert fit.skewness == pytest.approx(expected["ols"]["skewness_m3_over_m2_1.5"], rel=PARAMETER)
    assert fit.log_likelihood_null == pytest.approx(
        expected["ols"]["loglik"] / weight_mean, abs=LOG_LIKELIHOOD
    )
    assert fit.log_likelihood == pytest.approx(expected["loglik"] / weight_mean, abs=LOG_LIKELIHOOD)
    assert fit.no_inefficiency == expected["boundary"]
    if expected["boundary"]:
        assert fit.sigma_u == 0.0
        assert fit.coefficients.to_dict() == pytest.approx(expected["ols"]["coef"], rel=PARAMETER)
        assert (fit.efficiency == 1.0).all()
        assert np.isnan(fit.efficiency_low).all()
        return
    assert fit.coefficients.to_dict() == pytest.approx(expected["coef"], rel=PARAMETER)
    assert (fit.sigma_v, fit.sigma_u) == pytest.approx(
        (expected["sigma_v"], expected["sigma_u"]), rel=PARAMETER
    )
    se = np.sqrt(np.diag(fit.covariance) / weight_mean)
    assert se == pytest.approx(np.array(list(expected["se"].values())), rel=SE)
    robust = np.sqrt(np.diag(fit.covariance_robust))
    assert robust == pytest.approx(np.array(list(expected["robust_se"].values())), rel=ROBUST_SE)
    assert fit.lr_unscaled == pytest.approx(
        expected["lr_no_inefficiency"] / weight_mean, abs=LOG_LIKELIHOOD
    )
    scores = (
        (fit.inefficiency, "jlms_u"),
        (fit.efficiency, "te_bc"),
        (np.exp(-fit.inefficiency), "te_jlms"),
        (fit.residual, "residual"),
    )
    for values, key in scores:
        assert values[: len(expected[key])] == pytest.approx(
            np.array(expected[key]), abs=EFFICIENCY
        ), key
    assert_derived(fit, expected, weight_mean)


def assert_derived(fit: FrontierFit, expected: dict[str, Any], weight_mean: float) -> None:
    """What follows from the parameters: the whole covariance, errors of the scales, their usual
    combinations, mode and means."""
    assert list(fit.covariance.index) == expected["vcov_order"]
    wanted = np.array(expected["vcov"])
    scale = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    assert fit.covariance.to_numpy() / weight_mean / scale == pytest.approx(
        wanted / scale, abs=2 * SE
    )
    for name, sigma in (("v", fit.sigma_v), ("u", fit.sigma_u)):
        error = sigma * np.sqrt(
            fit.covariance.loc[f"ln_sigma_{name}", f"ln_sigma_{name}"] / weight_mean
        )
        assert error == pytest.approx(expected[f"se_sigma_{name}"], rel=SE)
        assert 2 * fit.parameters[f"ln_sigma_{name}"] == pytest.approx(
            expected[f"lnsig2{name}"], rel=PARAMETER
        )
    u2, v2 = fit.sigma_u**2, fit.sigma_v**2
    assert (u2 + v2, fit.sigma_u / fit.sigma_v, u2 / (u2 + v2)) == pytest.approx(
        [expected[key] for key in ("sigma2", "lambda", "gamma")], rel=2 * PARAMETER
    )
    turned = fit.residual * (-1 if fit.side == "production" else 1)
    location = (
        turned * u2 / (u2 + v2) if fit.distribution == "half_normal" else turned - v2 / fit.sigma_u
    )
    assert np.maximum(location, 0.0)[: len(expected["mode_u"])] == pytest.approx(
        np.array(expected["mode_u"]), abs=EFFICIENCY
    )
    means = (fit.efficiency.mean(), np.exp(-fit.inefficiency).mean())
    assert means == pytest.approx(
        (expected["mean_te_bc"], expected["mean_te_jlms"]), abs=EFFICIENCY
    )
    assert (fit.n, fit.n * weight_mean) == pytest.approx((expected["n"], expected["sum_weights"]))


def assert_regression_behind(
    fit: FrontierFit, y: Any, X: pd.DataFrame, expected: dict[str, Any], weights: Any = None
) -> None:
    """The regression without inefficiency: variance, skewness test of Coelli, weighted mean of the
    scores."""
    ols, w = (
        fit_regression(y, X, weights=weights),
        np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float),
    )
    assert ols.coefficients.to_dict() == pytest.approx(expected["ols"]["coef"], rel=PARAMETER)
    assert np.average(ols.residuals**2, weights=w) == pytest.approx(
        expected["ols"]["sigma2_ml"], rel=PARAMETER
    )
    moments = [np.average(ols.residuals**power, weights=w) for power in (2, 4)]
    assert moments[1] / moments[0] ** 2 == pytest.approx(
        expected["ols"]["kurtosis_m4_over_m2_2"], rel=PARAMETER
    )
    statistic = fit.skewness * np.sqrt(expected["sum_weights"] / 6)
    assert statistic == pytest.approx(expected["ols"]["coelli_m3t"], rel=PARAMETER)
    sign = 1 if fit.side == "production" else -1
    assert norm.cdf(sign * statistic) == pytest.approx(
        expected["ols"]["coelli_m3t_p_one_sided"], rel=1e-5
    )
    if not expected["boundary"]:
        assert np.average(fit.efficiency, weights=w) == pytest.approx(
            expected["weighted_mean_te_bc"], abs=EFFICIENCY
        )


UNWEIGHTED = [
    ("sfa_front41", front41, "production", ()),
    ("sfa_front41", front41, "cost", ("wrong_orientation",)),
    ("sfa_transpeq", transport, "production", ()),
    ("sfa_rice_phil_weighted", rice, "production", ()),
    ("sfa_electricity1970_cost", electricity, "cost", ()),
]


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize(("case", "data", "side", "path"), UNWEIGHTED)
def test_unweighted_frontiers(
    case: str, data: Any, side: Any, path: tuple[str, ...], distribution: str
) -> None:
    expected = load(case)[1]
    for key in (*path, distribution):
        expected = expected[key]
    fit = fit_frontier(*data(), side=side, distribution=DISTRIBUTIONS[distribution], outcome="log")
    assert_agrees(fit, expected)
    assert_regression_behind(fit, *data(), expected)
    assert fit.lr_p_value == pytest.approx(expected.get("lr_p_chibar", 1.0), rel=1e-6)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize(
    ("key", "data", "side"),
    [
        ("translog_", rice_translog, "production"),
        ("cost_", rice_cost, "cost"),
        ("cost_as_production_", rice_cost, "production"),
    ],
)
def test_rice_farms_other_forms(key: str, data: Any, side: Any, distribution: str) -> None:
    """The cost function fitted the wrong way round: nothing with half-normal, an inner maximum with
    exponential."""
    expected = load("sfa_rice_phil_weighted")[1][key + distribution]
    fit = fit_frontier(*data(), side=side, distribution=DISTRIBUTIONS[distribution], outcome="log")
    assert_agrees(fit, expected)
    assert_regression_behind(fit, *data(), expected)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_rice_farms_weighted_by_area(distribution: str) -> None:
    d, expected = load("sfa_rice_phil_weighted")
    fit = fit_frontier(
        *rice(),
        side="production",
        distribution=DISTRIBUTIONS[distribution],
        weights=d["AREA"],
        outcome="log",
    )
    assert_agrees(fit, expected[f"{distribution}_weighted_area"])
    weights = d["AREA"] / d["AREA"].mean()
    assert_regression_behind(fit, *rice(), expected[f"{distribution}_weighted_area"], weights)
    effective = d["AREA"].sum() ** 2 / (d["AREA"] ** 2).sum()
    assert fit.n_effective == pytest.approx(effective)
    assert fit.lr_statistic == pytest.approx(fit.lr_unscaled * effective / len(d))


def test_rice_farms_with_integer_weights() -> None:
    d, expected = load("sfa_rice_phil_weighted")
    weights = 1 + (d.index + 1) % 3
    fit = fit_frontier(*rice(), side="production", weights=weights, outcome="log")
    assert_agrees(fit, expected["hnormal_freq_weighted"], weight_mean=float(np.mean(weights)))
    assert_regression_behind(fit, *rice(), expected["hnormal_freq_weighted"], weights)


def test_transport_weighted_by_firms() -> None:
    d, expected = load("sfa_transpeq")
    fit = fit_frontier(*transport(), side="production", weights=d["nfirm"], outcome="log")
    assert_agrees(fit, expected["hnormal_weighted_nfirm"])
    assert_regression_behind(
        fit, *transport(), expected["hnormal_weighted_nfirm"], d["nfirm"] / d["nfirm"].mean()
    )


def test_transport_weighted_exponential_has_no_inner_maximum_and_says_so() -> None:
    d, _ = load("sfa_transpeq")
    with pytest.raises(ConvergenceError, match="sigma_v goes to zero"):
        fit_frontier(
            *transport(),
            side="production",
            distribution="exponential",
            weights=d["nfirm"],
            outcome="log",
        )


def test_published_output_of_frontier_4_1() -> None:
    expected = load("sfa_front41")[1]["published_frontier41"]
    fit = fit_frontier(*front41(), side="production", outcome="log")
    assert fit.coefficients.to_numpy() == pytest.approx(np.array(expected["coef"]), abs=2e-5)
    total = fit.sigma_u**2 + fit.sigma_v**2
    assert (total, fit.sigma_u**2 / total) == pytest.approx(
        (expected["sigma2"], expected["gamma"]), abs=2e-5
    )
    assert fit.lr_statistic == pytest.approx(expected["lr"], abs=2e-5)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_published_output_of_stata(distribution: str) -> None:
    expected = load("sfa_transpeq")[1]["published_stata"][distribution]
    fit = fit_frontier(
        *transport(), side="production", distribution=DISTRIBUTIONS[distribution], outcome="log"
    )
    found = [*fit.coefficients, fit.sigma_v, fit.sigma_u, fit.log_likelihood]
    # Printed to seven digits.
    assert found[: len(expected)] == pytest.approx(expected, abs=1e-6)


FIXED_POINTS = [
    ("sfa_front41", front41, -1),
    ("sfa_transpeq", transport, -1),
    ("sfa_electricity1970_cost", electricity, 1),
]


@pytest.mark.parametrize(
    ("key", "kind"), [("hnormal", HalfNormal()), ("exponential", Exponential())]
)
@pytest.mark.parametrize(("case", "data", "turn"), FIXED_POINTS)
def test_density_gradient_and_scores_at_a_round_point(
    case: str, data: Any, turn: int, key: str, kind: HalfNormal
) -> None:
    """No optimiser involved. ``turn`` makes inefficiency positive."""
    expected = load(case)[1]["at_fixed_point"][key]
    y, X = data()
    residual = turn * (y - X.to_numpy() @ expected["b"]).to_numpy()
    noise, parameters = np.full(len(y), expected["sigma_v"]), np.log([expected["sigma_u"]])
    density = kind.density(residual, noise, parameters)
    assert density.log.sum() == pytest.approx(expected["loglik"], abs=1e-8)
    assert density.log[:5] == pytest.approx(np.array(expected["loglik_first5"]), abs=1e-8)
    gradient = [
        *(-turn * density.d_residual @ X.to_numpy()),
        density.d_log_noise.sum(),
        *density.d_parameters.sum(axis=0),
    ]
    assert gradient == pytest.approx(expected["grad_b_lnsv_lnsu"], rel=1e-8, abs=1e-8)
    posterior = kind.posterior(residual, noise, parameters)
    assert posterior.mean[:5] == pytest.approx(np.array(expected["jlms_first5"]), abs=1e-8)
    assert posterior.mean_exp_minus[:5] == pytest.approx(np.array(expected["bc_first5"]), abs=1e-8)


@pytest.mark.parametrize("shape", ["0.5", "1", "1.7", "3"])
def test_gamma_density_by_quadrature(shape: str) -> None:
    expected = load("sfa_electricity1970_cost")[1]["at_fixed_point"]["gamma"][f"shape_{shape}"]
    y, X = electricity()
    residual = (y - X.to_numpy() @ expected["b"]).to_numpy()
    parameters = np.log([expected["scale"], expected["shape"]])
    density = Gamma().density(residual, np.full(len(y), expected["sigma_v"]), parameters)
    assert density.log.sum() == pytest.approx(expected["loglik"], abs=1e-6)
    assert density.log[:5] == pytest.approx(np.array(expected["loglik_first5"]), abs=1e-7)


def test_gamma_profile_over_the_shape() -> None:
    """The highest log-likelihood at five fixed shapes; shape 1 is the exponential."""
    expected = load("sfa_electricity1970_cost")[1]
    y, X = electricity()
    inputs = check_inputs(y, X, None, None)
    data = standardise(inputs)
    model = FrontierLikelihood(
        data.y, data.X, -1, Gamma(), weights=inputs.weights, known_variance=data.known_variance
    )
    for point in expected["gamma"]["profile"]:
        last = np.log(point["shape"])

        def minus(free: np.ndarray, shape: float = last) -> tuple[float, np.ndarray]:
            params = np.append(free, shape)
            return -float(model.loglike(params)), -model.score(params)[:-1]

        scale = np.sqrt(0.4 / point["shape"])
        start = np.concatenate([-scale * point["shape"] * data.constant, np.log([0.77, scale])])
        found = minimize(minus, start, jac=True, method="BFGS", options={"gtol": 1e-7})
        reached = log_likelihood_in_users_scale(-found.fun, data)
        # At shape 1.3 the case is 1.0e-5 above what adaptive quadrature gives at the maximum
        # (67.7835574, as here).
        assert reached == pytest.approx(
            point["loglik"], abs=2e-5 if point["shape"] == 1.3 else 1e-6
        ), point["shape"]
        if point["shape"] == 1:
            assert reached == pytest.approx(expected["exponential"]["loglik"], abs=1e-6)
        assert reached <= expected["gamma"]["loglik"] + 1e-6


def test_gamma_maximum() -> None:
    """Flat in the shape, so the case asks for 1e-6 on the log-likelihood and 1e-3 on parameters."""
    expected = load("sfa_electricity1970_cost")[1]["gamma"]
    fit = fit_frontier(*electricity(), side="cost", distribution="gamma", outcome="log")
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    assert fit.coefficients.to_dict() == pytest.approx(expected["coef"], rel=1e-3)
    scale, shape = np.exp(fit.parameters[["ln_scale", "ln_shape"]])
    found = (fit.sigma_v, scale, shape, scale * shape)
    assert found == pytest.approx(
        [expected[k] for k in ("sigma_v", "scale", "shape", "mean_u")], rel=1e-3
    )
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(
        np.array(list(expected["se"].values())), rel=1e-3
    )
    assert np.isnan(fit.lr_p_value)
    assert ((fit.efficiency > 0.0) & (fit.efficiency <= 1.0)).all()
