"""The model whose hazard is constant within intervals, against the Poisson regression of
statsmodels, R's of a public data set, and what its equations say."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from laid_out import HORIZON, estimate, influence_matrix, lay_out
from plain_chain import poisson_rows
from simulated_spells import simulate_spells

from kommunebench.benchmark import benchmark_spells
from kommunebench.benchmark.checks.calibration import expected_events
from kommunebench.benchmark.model.tables import baseline_table
from kommunebench.disclosure.curves import publishable_baseline
from kommunebench.errors import InputError
from kommunebench.survival.piecewise import Intervals

CUTS = (6, 13)


@pytest.fixture(scope="module")
def spells():
    return simulate_spells(900, 3, effect=0.5)


def rows_of(spells, x, cuts):
    """poisson_rows of spells with columns x (n, p)."""
    duration, event = spells["duration"].to_numpy(), spells["event"].to_numpy(bool)
    return poisson_rows(duration, event, x, cuts=cuts, horizon=HORIZON)


def poisson(spells, x, cuts, **covariance):
    """Their Poisson regression, an indicator of each interval after the columns."""
    seen, columns, offset, interval, _ = rows_of(spells, x, cuts)
    levels = interval[:, None] == np.arange(len(cuts) + 1)
    exogenous = np.concatenate([columns, levels], axis=1).astype(float)
    family = sm.families.Poisson()
    model = sm.GLM(seen.astype(float), exogenous, family=family, offset=offset)
    return model.fit(tol=1e-14, **covariance)


def columns_of(model, rows):
    """Those of the design: a centred number and two levels."""
    assert model.design.terms == ("x", "c_B", "c_C")
    return np.stack([rows["x"] - model.design.centre[0], rows["c"] == "B", rows["c"] == "C"], 1)


def test_the_model_is_the_poisson_regression(spells):
    """Coefficients, both kinds of errors, hazards, likelihood."""
    chain = estimate(lay_out(spells), baseline="piecewise", cuts=CUTS)
    for model, group in zip(chain.models, ("m", "w"), strict=True):
        rows = spells[spells["group"] == group]
        x = columns_of(model, rows)
        seen, _, offset, _, spell = rows_of(rows, x, CUTS)
        fit = poisson(rows, x, CUTS)
        np.testing.assert_allclose(model.estimate.beta, fit.params[:3], rtol=1e-8)
        np.testing.assert_allclose(
            model.estimate.covariance, fit.cov_params()[:3, :3], rtol=1e-6, atol=1e-9
        )
        np.testing.assert_allclose(
            model.log_factors[[0, 6, 29]], -np.exp(fit.params[3:]), rtol=1e-8
        )
        # statsmodels has the weeks of an event in the likelihood: w h instead of h.
        assert model.estimate.log_likelihood == pytest.approx(fit.llf - seen @ offset, abs=1e-8)
        persons = pd.factorize(rows["person"].to_numpy()[spell])[0]
        clustered = poisson(
            rows, x, CUTS, cov_type="cluster",
            cov_kwds={"groups": persons, "use_correction": False},
        )  # fmt: skip
        np.testing.assert_allclose(model.estimate.se_robust, clustered.bse[:3], rtol=1e-6)


def test_within_units_it_has_terms_for_them(spells):
    """Without cuts the hazard is constant over the horizon: an exponential distribution."""
    chain = estimate(
        lay_out(spells, unit_effects=True), unit_effects=True, baseline="piecewise", cuts=()
    )
    for model, group in zip(chain.models, ("m", "w"), strict=True):
        rows = spells[spells["group"] == group]
        codes = pd.Categorical(rows["unit"], list("abcd")).codes.astype(int)
        x = np.concatenate([model.unit_effects.matrix(codes), columns_of(model, rows)], axis=1)
        fit = poisson(rows, x, ())
        np.testing.assert_allclose(model.estimate.beta, fit.params[:-1], rtol=1e-7, atol=1e-10)
        np.testing.assert_allclose(model.log_factors, -np.exp(fit.params[-1]), rtol=1e-7)


def test_its_expected_events_are_those_observed(spells):
    """Within groups in every level and unit of the model, as the likelihood's equations say; and in
    no cell that it has no term for."""
    out = lay_out(spells, unit_effects=True)
    chain = estimate(out, unit_effects=True, baseline="piecewise", cuts=CUTS)
    expected = out.blocks.by_spell(lambda block: expected_events(block, chain.models))
    counts = spells.assign(expected=expected)
    for cell in (["group", "c"], ["group", "unit"]):
        sums = counts.groupby(cell)[["event", "expected"]].sum()
        np.testing.assert_allclose(sums["expected"], sums["event"], rtol=1e-7)
    together = counts.groupby(["c", "unit"])[["event", "expected"]].sum()
    assert (np.abs(together["expected"] / together["event"] - 1) > 1e-3).all()


def test_events_beyond_the_horizon_are_refused_and_spells_cut_there_are_not(spells):
    """The hazard is known up to the horizon only."""
    duration = spells["duration"]
    longer = spells.assign(duration=np.where(duration > 25, duration + 20, duration))
    with pytest.raises(InputError, match="and the horizon is 30; a hazard that is constant"):
        estimate(lay_out(longer), baseline="piecewise", cuts=CUTS)
    cut = longer.assign(
        duration=np.minimum(longer["duration"], HORIZON),
        event=np.where(longer["duration"] > HORIZON, 0, longer["event"]),
    )
    chain = estimate(lay_out(cut), baseline="piecewise", cuts=CUTS)
    for model, group in zip(chain.models, ("m", "w"), strict=True):
        rows = longer[longer["group"] == group]
        fit = poisson(rows, columns_of(model, rows), CUTS)
        np.testing.assert_allclose(model.estimate.beta, fit.params[:3], rtol=1e-8)
    # The whole benchmark of a frame cuts them itself.
    result = benchmark_spells(
        longer, unit="unit", duration="duration", event="event", covariates=["x", "c"],
        group="group", horizon=HORIZON, min_spells=20,
        baseline="piecewise", piecewise_cuts=list(CUTS),
    )  # fmt: skip
    for model, group in zip(chain.models, ("m", "w"), strict=True):
        table = result.coefficients
        told = table[(table["group"] == group) & ~table["is_reference"]]
        np.testing.assert_allclose(told["coefficient"], model.estimate.beta, rtol=1e-8)


def test_the_baseline_tells_an_intervals_events_at_its_last_week(spells):
    """So that the rule for publishing it, a step for enough events, holds for its intervals."""
    chain = estimate(lay_out(spells), baseline="piecewise", cuts=CUTS)
    rows = baseline_table(chain.models)
    for group, of_group in rows.groupby("group"):
        mine = spells[(spells["group"] == group) & (spells["event"] == 1)]
        ends = [*CUTS, HORIZON]
        wanted = pd.cut(mine["duration"], [0, *ends], labels=ends).value_counts()
        told = of_group[of_group["events"] > 0].set_index("week")["events"]
        assert told.to_dict() == wanted.to_dict()
        shown = publishable_baseline(of_group, minimum=5)
        assert shown["week"].tolist() == ends


def test_an_interval_without_events_has_no_hazard(spells):
    """Its hazard is zero, the limit of the likelihood, and influences are numbers."""
    quiet = spells[~(spells["duration"].between(7, 13) & (spells["event"] == 1))]
    chain = estimate(lay_out(quiet), baseline="piecewise", cuts=CUTS)
    for model in chain.models:
        assert (model.log_factors[6:13] == 0).all()
        assert (model.log_factors[:6] < 0).all() and (model.log_factors[13:] < 0).all()
    assert np.isfinite(chain.expected).all() and np.isfinite(chain.robust).all()
    assert np.isfinite(influence_matrix(lay_out(quiet), chain)).all()


@pytest.mark.parametrize(
    ("cuts", "position"),
    [((2,), [0, 0, 1, 1, 1]), ((), [0] * 5), ((1, 4, 5, 9), [0, 1, 1, 1, 2])],
)
def test_an_interval_ends_with_its_cut(cuts, position):
    intervals = Intervals.between(cuts, 5)
    assert intervals.position.tolist() == position
    values = np.array([1.0, 10.0, 100.0, 1000.0, 10000.0])
    wanted = np.bincount(position, values)[position]
    assert intervals.totals(values).tolist() == wanted.tolist()
    both = intervals.totals(np.stack([values, 2 * values]), axis=1)
    assert both.tolist() == [wanted.tolist(), (2 * wanted).tolist()]
