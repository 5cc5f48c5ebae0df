"""The model within units on real persons against R's survival package: dialysis centres with 50
patients and more (tests/reference/data/within_dialysis), and the ends of colon cancer patients."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from dialysis import DISEASES, by_term, estimated, read_centres

from kommunebench.benchmark import benchmark_spells
from kommunebench.benchmark.checks.calibration import Breakdown, calibration
from kommunebench.benchmark.checks.facts import MemoryFacts
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.in_memory import SpellsInMemory
from kommunebench.benchmark.influence.covariance import influence_plan
from kommunebench.benchmark.influence.spells import spell_influences
from kommunebench.survival.competing_ends import cumulative_incidence
from kommunebench.survival.curves_of_counts import fit_curve

DATA = Path(__file__).parent / "data"
OWN, WITH_MARKET = ["age_group", "disease"], ["age_group", "disease", "market"]
RATIO = Indicator("ratio", "restricted_mean")
TOLERANCE = 1e-8  # relative, of durations and events absolute, of influences of the largest


@pytest.fixture(scope="module")
def golden() -> dict:
    return json.loads((DATA / "within_dialysis" / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def spells() -> pd.DataFrame:
    return read_centres()


@pytest.fixture(scope="module")
def within(spells) -> tuple[SpellsInMemory, ChainEstimate]:
    return estimated(spells, OWN)


@pytest.fixture(scope="module")
def with_second_stage(spells) -> tuple[SpellsInMemory, ChainEstimate]:
    return estimated(spells, WITH_MARKET)


def close(ours, theirs) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("case", ["within", "with_second_stage"])
def test_coefficients_and_errors_of_the_model_with_a_term_for_every_centre(case, request, golden):
    """The same with the second stage: its covariate cannot stand beside the centres' terms."""
    model = request.getfixturevalue(case)[1].models[0]
    assert model.n_effects == 51
    terms, shared = list(model.design.terms), model.shared
    found = {
        "beta": model.fit_beta,
        "se": np.sqrt(np.diag(model.term_covariance))[shared],
        "robust_se": model.estimate.se_robust[shared],
    }
    wanted = {"beta": golden[case]["beta"], **golden["model"]}
    for name, values in found.items():
        theirs = by_term(wanted[name])
        assert set(theirs) == set(terms) - {"market"}
        ours = dict(zip(terms, values, strict=True))
        for term, value in theirs.items():
            assert ours[term] == pytest.approx(value, rel=TOLERANCE), (name, term)
    log_likelihood = model.estimate.log_likelihood
    assert log_likelihood == pytest.approx(golden["model"]["loglik"], rel=1e-12)


@pytest.mark.parametrize("case", ["within", "with_second_stage"])
def test_expected_and_robust_durations_of_every_centre(case, request, golden):
    """R's robust curves go on with the baseline of all after a centre's last patient, as the
    library's do: survfit's would stay flat."""
    laid_out, chain = request.getfixturevalue(case)
    names = laid_out.layout.unit_names
    assert set(golden[case]["expected"]) == set(names) and len(names) == 52
    close(chain.expected, [golden[case]["expected"][name] for name in names])
    close(chain.robust, [golden[case]["robust"][name] for name in names])
    assert (chain.observed.support < 43).any()


def test_second_stage(with_second_stage, golden):
    model = with_second_stage[1].models[0]
    wanted, second = golden["with_second_stage"]["second_stage"], model.second_stage
    se = second.standard_errors(model.unit_effects, model.effects_covariance)
    found = {"coefficient": second.coefficients[0], "tau": second.tau, "se": se[0]}
    assert found == pytest.approx(wanted, rel=TOLERANCE)
    assert wanted["tau"] > 0


@pytest.mark.parametrize(
    ("case", "derivatives"),
    [("within", "influence"), ("with_second_stage", "influence_with_second_stage")],
)
def test_influences_are_derivatives_of_rs_chain_in_a_patients_weight(
    case, derivatives, request, golden
):
    """Of the log indicator of all centres; the weights of the second stage are held, as the method
    has it."""
    laid_out, chain = request.getfixturevalue(case)
    names = laid_out.layout.unit_names
    plan = influence_plan(laid_out.blocks, chain, RATIO)
    both = laid_out.blocks.by_spell(lambda block: spell_influences(block, plan))
    robust = both[:, len(names) :]
    for one in golden[derivatives]:
        theirs = np.array([one["derivative"][name] for name in names])
        assert np.abs(robust[one["row"]] - theirs).max() < TOLERANCE * np.abs(robust).max()


def test_the_benchmark_gives_these_numbers(spells, golden):
    """Through the front door: benchmark_spells' verdicts rest on the model within units unless
    another is asked for. Its expected durations are the pooled model's."""
    result = benchmark_spells(
        spells,
        unit="center",
        duration="time",
        event="event",
        covariates=WITH_MARKET,
        person="pid",
        horizon=44,
        min_spells=50,
    )
    wanted = golden["with_second_stage"]
    expected, robust = (np.array(list(wanted[name].values())) for name in ("expected", "robust"))
    ours = result.indicators.set_index("municipality_code").loc[list(wanted["expected"])]
    close(ours["observed_duration_robust"], robust)
    close(ours["difference_robust"], robust - expected)
    close(ours["indicator_robust"], expected / robust)
    gamma = result.second_stage.set_index("term").loc["market", "coefficient"]
    assert gamma == pytest.approx(wanted["second_stage"]["coefficient"], rel=TOLERANCE)


def weekly_counts(time: np.ndarray, event: np.ndarray, name: str) -> pd.DataFrame:
    weeks = np.unique(time)
    at = time[None, :] == weeks[:, None]
    return pd.DataFrame(
        {
            "municipality_code": name,
            "week": weeks,
            "at_risk": (time[None, :] >= weeks[:, None]).sum(axis=1),
            "events": (at & event).sum(axis=1),
            "censored": (at & ~event).sum(axis=1),
        }
    )


def test_curves_of_every_centre(spells, golden):
    """survfit with log-log intervals. R gives no limits as long as nobody has died, lifelines 1;
    R's error of a curve at zero is 0 times infinity. R's median of a curve that is exactly one half
    lies in the middle of that stretch, ours at its beginning: no curve here is."""
    halves = []
    for name, theirs in golden["curves"].items():
        own = spells[spells["center"].astype(str) == name]
        time, event = own["time"].to_numpy(), own["event"].to_numpy(bool)
        curve = fit_curve(weekly_counts(time, event, name), 0.95)
        assert curve["week"].tolist() == theirs["time"]
        survival = curve["survival"].to_numpy()
        close(survival, theirs["surv"])
        for column, key in (("survival_se", "se"), ("ci_low", "lower"), ("ci_high", "upper")):
            wanted, ours = np.array(theirs[key], float), curve[column].to_numpy()
            known = np.isfinite(wanted)
            close(ours[known], wanted[known])
            assert (known | (survival == 1) | (survival == 0)).all()
            limit = 0.0 if column == "survival_se" else 1.0
            assert (ours[~known & (survival == 1)] == limit).all()
        median = curve["median_duration"].iloc[0]
        assert (None if np.isnan(median) else median) == theirs["median"]
        halves.append(np.abs(survival - 0.5).min())
    assert min(halves) > 1e-6 and len(halves) == 52


def test_calibration_of_the_pooled_model(spells, golden):
    """Deaths, and predict(type = "expected")."""
    laid_out, chain = estimated(spells, OWN, unit_effects=False)
    facts = MemoryFacts(laid_out.blocks, {"disease": spells["disease"].cat.codes.to_numpy()})
    rows = calibration(
        facts,
        chain.models,
        {"disease": Breakdown("disease", tuple(DISEASES))},
        {"center": list(laid_out.layout.unit_names)},
        0.95,
    ).set_index(["breakdown", "value"])
    for breakdown, theirs in golden["calibration"].items():
        ours = rows.loc[breakdown].loc[list(theirs["observed"])]
        assert len(ours) == len(rows.loc[breakdown])
        assert ours["observed_events"].tolist() == list(theirs["observed"].values())
        close(ours["expected_events"], list(theirs["expected"].values()))


def test_cumulative_incidence_of_relapse_and_of_death_without_one(golden):
    """survfit with states; its errors are those of the infinitesimal jackknife."""
    rows = pd.read_csv(DATA / "cox_strata_cluster_colon" / "input.csv")
    relapse, death = (rows[rows["etype"] == kind].set_index("id") for kind in (1, 2))
    death = death.loc[relapse.index]
    week = relapse["week"].to_numpy()
    relapsed = relapse["status"].to_numpy() == 1
    died = ~relapsed & (death["status"].to_numpy() == 1)
    time = np.unique(week).astype(float)
    at = week[None, :] == time[:, None]
    ends = np.stack([(at & end).sum(axis=1) for end in (relapsed, died)]).astype(float)
    at_risk = (week[None, :] >= time[:, None]).sum(axis=1).astype(float)
    theirs = golden["competing"]
    assert time.tolist() == theirs["time"] and at_risk.tolist() == theirs["n_risk"]
    ours = cumulative_incidence(time, at_risk, ends)
    for k, name in enumerate(("relapse", "death")):
        assert ends[k].tolist() == theirs[f"{name}_events"]
        close(ours.share[k], theirs[name])
        close(ours.se[k], theirs[f"{name}_se"])
