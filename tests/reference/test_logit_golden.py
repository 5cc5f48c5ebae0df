"""Logistic regression for analyses measured as shares: the product's share model, and statsmodels,
against R's glm."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from survival_cases import dummies, load, table

from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.shares.chain import estimate_shares
from kommunebench.benchmark.shares.fit import fit_shares
from kommunebench.benchmark.shares.in_memory import case_columns, lay_out_cases
from kommunebench.benchmark.shares.model import probabilities, share_coefficients

REL = 1e-8


def hmda() -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    d, _ = load("logit_hmda")
    yes = lambda name: dummies(name, d[name], ["no", "yes"])  # noqa: E731
    columns = (
        {"(Intercept)": np.ones(len(d))}
        | {name: d[name] for name in ("pirat", "hirat", "lvrat")}
        | dummies("chist", d["chist"], [1, 2, 3, 4, 5, 6])
        | dummies("mhist", d["mhist"], [1, 2, 3, 4])
        | yes("phist")
        | {"unemp": d["unemp"]}
        | yes("selfemp")
        | yes("insurance")
        | yes("condomin")
        | yes("afam")
        | yes("single")
        | yes("hschool")
    )
    return d, (d["deny"] == "yes").astype(float), table(columns)


@pytest.mark.parametrize("weighted", [False, True])
def test_coefficients_and_errors(weighted: bool) -> None:
    d, y, x = hmda()
    wanted = load("logit_hmda")[1]["logit_freq_weighted" if weighted else "logit"]
    model = sm.GLM(
        y, x, family=sm.families.Binomial(), freq_weights=d["freq"] if weighted else None
    )
    fit = model.fit(tol=1e-14, tol_criterion="params", maxiter=100)
    assert fit.params.to_dict() == pytest.approx(wanted["coef"], rel=REL)
    assert fit.bse.to_dict() == pytest.approx(wanted["se"], rel=REL)
    assert fit.llf == pytest.approx(wanted["loglik"], rel=REL)
    assert fit.fittedvalues[:10].to_numpy() == pytest.approx(
        np.array(wanted["fitted_first10"]), rel=REL
    )
    assert np.average(fit.fittedvalues, weights=d["freq"] if weighted else None) == pytest.approx(
        wanted["mean_fitted"], rel=REL
    )
    compare_fit(fit, wanted)
    assert fit.params.size + fit.df_resid == (wanted["sum_weights"] if weighted else wanted["n"])
    spread = fit.fittedvalues * (1 - fit.fittedvalues)
    effects = fit.params * np.average(spread, weights=d["freq"] if weighted else None)
    assert effects.to_dict() == pytest.approx(wanted["ame_continuous_formula"], rel=REL)
    if weighted:
        # R's sandwich takes a weighted row for one observation; statsmodels' frequency weights are
        # rows repeated.
        score = x.to_numpy() * ((y - fit.fittedvalues) * d["freq"]).to_numpy()[:, None]
        bread = fit.cov_params().to_numpy()
        robust = np.sqrt(np.diag(bread @ score.T @ score @ bread))
        assert dict(zip(x, robust, strict=True)) == pytest.approx(wanted["robust_se_hc0"], rel=REL)
    else:
        compare_robust(fit, model, d, wanted)


def compare_fit(fit, wanted: dict) -> None:  # type: ignore[no-untyped-def]
    vcov = np.array(wanted["vcov"])
    scale = np.sqrt(np.outer(np.diag(vcov), np.diag(vcov)))
    assert np.abs((fit.cov_params().to_numpy() - vcov) / scale).max() < REL
    found = (fit.llnull, 2 * (fit.llf - fit.llnull), 1 - fit.llf / fit.llnull)
    assert found == pytest.approx(
        [wanted[key] for key in ("loglik_null", "lr_chi2", "mcfadden_r2")], rel=REL
    )


def compare_robust(fit, model, d: pd.DataFrame, wanted: dict) -> None:  # type: ignore[no-untyped-def]
    groups = pd.factorize(d["unemp"])[0]
    options = {"tol": 1e-14, "tol_criterion": "params", "maxiter": 100}
    for kind, arguments, key in (
        ("HC0", {}, "robust_se_hc0"),
        ("cluster", {"groups": groups, "use_correction": False}, "cluster_se_no_factor"),
    ):
        other = model.fit(cov_type=kind, cov_kwds=arguments, **options)
        assert other.bse.to_dict() == pytest.approx(wanted[key], rel=REL), kind
        if kind == "cluster":
            clusters = len(np.unique(groups))
            assert clusters == wanted["n_clusters"]
            factor = np.sqrt(clusters / (clusters - 1))
            assert (other.bse * factor).to_dict() == pytest.approx(
                wanted["cluster_se_stata"], rel=REL
            )
    own = load("logit_hmda")[1]["by_chist"]
    assert (d["deny"] == "yes").groupby(d["chist"].astype(str)).mean().to_dict() == pytest.approx(
        own["observed"], rel=REL
    )
    assert fit.fittedvalues.groupby(d["chist"].astype(str)).mean().to_dict() == pytest.approx(
        own["fitted"], rel=REL
    )


def test_standardised_shares() -> None:
    """Everybody with and without one condition: the mean of predicted shares."""
    _, y, x = hmda()
    fit = sm.GLM(y, x, family=sm.families.Binomial()).fit(
        tol=1e-14, tol_criterion="params", maxiter=100
    )
    found = {
        name: fit.predict(x.assign(afamyes=value)).mean()
        for name, value in (("no", 0.0), ("yes", 1.0))
    }
    assert found == pytest.approx(load("logit_hmda")[1]["standardised_by_afam"], rel=REL)


def test_two_covariates_as_in_the_textbook() -> None:
    """Stock and Watson print -4.13, 5.37 and 1.27."""
    _, y, x = hmda()
    fit = sm.GLM(y, x[["(Intercept)", "pirat", "afamyes"]], family=sm.families.Binomial()).fit(
        tol=1e-14, tol_criterion="params"
    )
    assert fit.params.to_dict() == pytest.approx(load("logit_hmda")[1]["logit_pirat_afam"], rel=REL)


def test_the_share_model_is_r_s() -> None:
    """Coefficients, errors (of the model, and clustered), fitted shares by unit of the share model,
    without the priors that it gives to levels in which hardly anybody succeeds."""
    d, y, x = hmda()
    cases = x.drop(columns="(Intercept)").assign(outcome=y, unit=d["chist"], cluster=d["unemp"])
    terms = [name for name in x if name != "(Intercept)"]
    columns = case_columns(cases, unit="unit", outcome="outcome", cluster="cluster", group=None)
    laid_out = lay_out_cases(cases, columns, infer_specs(cases, terms))
    assert laid_out.layout.designs[0].priors.keys() == {"insuranceyes"}
    without = [replace(column, prior_sd=None) for column in laid_out.layout.designs[0].columns]
    design = replace(laid_out.layout.designs[0], columns=tuple(without))
    layout = replace(laid_out.layout, designs=(design,))
    models = fit_shares(laid_out.blocks, layout)

    rows = share_coefficients(models).set_index("term").rename(index={"constant": "(Intercept)"})
    rows, wanted = rows.loc[list(x)], load("logit_hmda")[1]["logit"]
    assert rows["coefficient"].to_dict() == pytest.approx(wanted["coef"], rel=REL)
    assert rows["se"].to_dict() == pytest.approx(wanted["se"], rel=REL)
    assert rows["se_robust"].to_dict() == pytest.approx(wanted["cluster_se_no_factor"], rel=REL)
    assert models[0].log_likelihood == pytest.approx(wanted["loglik"], rel=REL)
    assert models[0].log_likelihood_null == pytest.approx(wanted["loglik_null"], rel=REL)
    fitted = laid_out.blocks.by_spell(lambda block: probabilities(block, models))
    assert fitted[:10] == pytest.approx(np.array(wanted["fitted_first10"]), rel=REL)
    chain, shares = estimate_shares(laid_out.blocks, models), load("logit_hmda")[1]["by_chist"]
    for kind, values in (("observed", chain.observed.value), ("fitted", chain.expected)):
        by_unit = dict(zip(columns.unit_names, values, strict=True))
        assert by_unit == pytest.approx(shares[kind], rel=REL)
