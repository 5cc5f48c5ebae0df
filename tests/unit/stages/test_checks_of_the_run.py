"""Checks of a run judge the indicator, and take the errors, that carry its verdicts."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.checks.facts import UNKNOWN, MemoryFacts
from kommunebench.benchmark.checks.groups import KIND, chain_of_more_groups
from kommunebench.benchmark.checks.halves import HALF, HALVES
from kommunebench.benchmark.checks.moves import MOVED, MOVED_TO
from kommunebench.benchmark.checks.piecewise import chain_of_piecewise_hazard
from kommunebench.benchmark.checks.split import measures_of_periods, periods_of
from kommunebench.benchmark.checks.weeks_seen import FOLLOW_UP
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.published import published_columns
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.in_memory import fit_models, lay_out_spells
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.benchmark.verdict_models import judge_models, models_for
from kommunebench.errors import InputError
from kommunebench.settings import load_analysis
from kommunebench.stages.checks import run_results
from kommunebench.stages.estimates import verdict_rules
from kommunebench.stages.model_choices import CHOICES, Checking

HORIZON = 30
RATIO = Indicator("ratio", "restricted_mean")
CHOICE = ModelChoice(cuts=(8, 14))
UNITS = list("abcdef")
PLAIN = ("model.verdict_model=pooled", "uncertainty.verdict_indicator=plain")


def drawn_spells() -> pd.DataFrame:
    """Six units of unlike performance and size, among whose spells those with the greatest hazards
    are followed for the shortest time."""
    rng = np.random.default_rng(11)
    n = 1500
    unit = rng.choice(6, n, p=[0.02, 0.03, 0.15, 0.2, 0.2, 0.4])
    x = rng.normal(0.2 * unit, 1.0)
    time = np.ceil(rng.exponential(1 / (0.04 * np.exp(0.6 * x + 0.2 * unit)))).astype(int)
    followed = np.where(x > 0.4, rng.integers(4, 16, n), HORIZON)
    return pd.DataFrame(
        {
            "unit": np.array(UNITS)[unit],
            "x": x,
            "duration": np.minimum(time, followed),
            "event": (time <= followed).astype(int),
        }
    )


def checking(*overrides: str, indicator: Indicator = RATIO, **facts: np.ndarray) -> Checking:
    """What the stage works on after a run with these settings, and the row of its summary as
    ``inputs.summary``."""
    spells = drawn_spells()
    settings = load_analysis(
        "integration_employment", ("checks.split_at=[10]", "checks.least_events=1", *overrides)
    )
    columns = spell_columns(
        spells, unit="unit", duration="duration", event="event", person=None, group=None,
        horizon=HORIZON,
    )  # fmt: skip
    within = settings.verdict_model == "within"
    out = lay_out_spells(spells, columns, infer_specs(spells, ["x"]), unit_effects=within)
    models = fit_models(out.blocks, out.layout, CHOICE, models_for(settings.verdict_model))
    rules = verdict_rules(settings)
    results = judge_models(
        out.blocks, out.facts, models, measure=Measure.named("restricted_mean", HORIZON),
        indicator=indicator, min_spells=20, rules=rules,
    )  # fmt: skip
    rows = published_columns(results.comparison, rules)
    inputs = SimpleNamespace(
        settings=settings,
        rows=lambda table: SimpleNamespace(to_pandas=lambda: rows),
        summary=results.summary,
    )
    packed = SimpleNamespace(layout=out.layout, choice=CHOICE, indicator=indicator)
    chain = results.carrying.chain
    return Checking(
        inputs=inputs,
        spells=packed,
        blocks=MemoryFacts(out.blocks, facts),
        labels={name: ["first", "second"] for name in facts},
        chain=chain,
        pooled_models=models["pooled"],
        run=run_results(inputs, packed, chain),
    )


def half_of_window() -> np.ndarray:
    return np.arange(len(drawn_spells())) % 2


@pytest.mark.parametrize("error", ["interval", "standard"])
@pytest.mark.parametrize("verdicts", [(), PLAIN])
@pytest.mark.parametrize("form", ["ratio", "difference"])
def test_the_repeated_share_is_over_the_variance_of_the_run(error, verdicts, form):
    """Paces and their errors are those of the run, whichever its errors are: tau squared by them is
    the one in the summary."""
    one = checking(
        *verdicts,
        f"uncertainty.pace_error={error}",
        indicator=Indicator(form, "restricted_mean"),
        **{HALF: half_of_window()},
    )
    CHOICES["stability"](one)
    [lasting] = one.stability
    assert lasting["units"] == one.inputs.summary["units_with_verdict"] == 6
    tau = one.inputs.summary["tau"]
    assert tau > 0.01
    variance = lasting["covariance_of_halves"] / lasting["repeated_share"]
    assert variance == pytest.approx(tau**2, rel=1e-9)


def test_a_municipality_without_a_half_counts_in_the_variance_of_the_run():
    half = np.where(drawn_spells()["unit"] == "a", 1, half_of_window())
    one = checking(**{HALF: half})
    CHOICES["stability"](one)
    [lasting] = one.stability
    assert (lasting["units"], one.inputs.summary["units_with_verdict"]) == (5, 6)
    variance = lasting["covariance_of_halves"] / lasting["repeated_share"]
    assert variance == pytest.approx(one.inputs.summary["tau"] ** 2, rel=1e-9)
    assert lasting["repeated_share_se"] > 0


def performances(one: Checking) -> dict[str, np.ndarray]:
    rows = pd.concat(one.sensitivity).set_index("municipality_code")
    return {
        check: of_check.reindex(UNITS)["log_indicator"].to_numpy(float)
        for check, of_check in rows.groupby("check")
    }


def kaplan_meier(spells: pd.DataFrame) -> np.ndarray:
    """The curve after 0 … HORIZON weeks."""
    weeks = np.arange(1, HORIZON + 1)
    at_risk = np.array([(spells["duration"] >= week).sum() for week in weeks])
    ended = np.array([(spells["event"] == 1)[spells["duration"] == week].sum() for week in weeks])
    return np.cumprod([1.0, *(1 - ended / np.maximum(at_risk, 1))])


def area(spells: pd.DataFrame) -> float:
    return float(kaplan_meier(spells)[:HORIZON].sum())


def test_another_model_leaves_the_plain_observed_side_as_it_is():
    """Kaplan-Meier knows no model: only the expected side changes."""
    kind = np.arange(len(drawn_spells())) % 2
    one = checking(*PLAIN, **{KIND: kind})
    robust_differs = np.abs(np.log(one.chain.robust / one.chain.observed.value)).max()
    assert robust_differs > 0.005
    for check in ("groups", "split_hazards", "piecewise"):
        CHOICES[check](one)
    layout, measure = one.spells.layout, one.chain.measure
    expected = {
        "groups": chain_of_more_groups(one.blocks, layout, CHOICE, measure).expected,
        "split_hazards": measures_of_periods(
            one.blocks, layout, CHOICE, measure, periods_of((10,), HORIZON)
        )[0],
        "piecewise": chain_of_piecewise_hazard(one.blocks, layout, CHOICE, measure).expected,
    }
    spells = drawn_spells()
    observed = np.array([area(spells[spells["unit"] == unit]) for unit in UNITS])
    np.testing.assert_allclose(one.run.performance, np.log(one.chain.expected / observed))
    for check, found in performances(one).items():
        np.testing.assert_allclose(found, np.log(expected.pop(check) / observed), rtol=1e-9)
    assert not expected


def test_halves_and_destinations_of_a_plain_run_are_kaplan_meiers():
    spells, half = drawn_spells(), half_of_window()
    moved = (spells["event"] == 0) & (spells["duration"] < HORIZON)
    target = np.where(moved & (spells["unit"] == "f"), 0, UNKNOWN)
    one = checking(*PLAIN, **{HALF: half, MOVED_TO: target})
    CHOICES["stability"](one)
    CHOICES["movers_to_target"](one)
    found = performances(one)
    expected_by_spell = _expected(one)
    there = spells.assign(unit=np.where(target == 0, "a", spells["unit"]))
    for place, name in enumerate(HALVES):
        wanted = _log_ratio(spells[half == place], expected_by_spell)
        np.testing.assert_allclose(found[name], wanted, rtol=1e-7)
    wanted = _log_ratio(there, expected_by_spell)
    np.testing.assert_allclose(found["movers_to_target"], wanted, rtol=1e-7)
    lines = pd.concat(one.sensitivity).query("check == 'first_half'")
    change = (found["first_half"] - one.run.performance) / one.run.se
    np.testing.assert_allclose(lines["difference_in_se"], change, rtol=1e-9)


def _expected(one: Checking) -> np.ndarray:
    """Expected weeks of every spell under the run's model, from its curve."""
    model = one.chain.models[0]
    curve = np.exp(np.cumsum([0.0, *model.log_factors]))[:HORIZON]
    x = drawn_spells()["x"].to_numpy() - model.design.centre[0]
    return (curve[None, :] ** np.exp(model.beta[0] * x)[:, None]).sum(axis=1)


def _log_ratio(spells: pd.DataFrame, expected: np.ndarray) -> np.ndarray:
    by_unit = [spells[spells["unit"] == unit] for unit in UNITS]
    return np.array([np.log(expected[rows.index].mean() / area(rows)) for rows in by_unit])


def test_moves_of_a_plain_run_bend_kaplan_meiers_curve():
    """What comes after a move is the curve of the municipality from there on."""
    spells = drawn_spells()
    moved = ((spells["event"] == 0) & (spells["duration"] < HORIZON)).to_numpy()
    one = checking(*PLAIN, **{MOVED: moved.astype(int)})
    CHOICES["moves"](one)
    found = performances(one)
    assert set(found) == {"moves_half", "moves_double"}
    observed, national = [], 0.0
    model = one.chain.models[0]
    baseline = np.exp(np.cumsum([0.0, *model.log_factors]))
    risk = np.exp(model.beta[0] * (spells["x"].to_numpy() - model.design.centre[0]))
    for unit in UNITS:
        rows = spells[(spells["unit"] == unit) & moved]
        curve, change = kaplan_meier(spells[spells["unit"] == unit]), 0.0
        for row, week in rows["duration"].items():
            change += _doubled(curve, week)
            national += _doubled(baseline ** risk[row], week)
        of_unit = spells[spells["unit"] == unit]
        observed.append(area(of_unit) + change / len(of_unit))
    factor = 1 + national / (one.chain.n_spells @ one.chain.expected)
    wanted = np.log(one.chain.expected * factor / np.array(observed))
    np.testing.assert_allclose(found["moves_double"], wanted, rtol=1e-8)


def _doubled(curve: np.ndarray, week: int) -> float:
    """What a spell that moves after a week has less, if its hazard is doubled from there on."""
    if curve[week] == 0:
        return 0.0
    later = curve[week + 1 : HORIZON] / curve[week]
    return float((later**2 - later).sum())


def test_weeks_seen_are_not_tried_where_the_plain_indicator_carries_the_verdicts():
    facts = {FOLLOW_UP: np.full(len(drawn_spells()), HORIZON)}
    with pytest.raises(InputError, match="a second estimate of the robust measure"):
        CHOICES["weeks_seen"](checking(*PLAIN, **facts))
    robust = checking(**facts)
    CHOICES["weeks_seen"](robust)
    assert len(robust.sensitivity[0]) == 6
