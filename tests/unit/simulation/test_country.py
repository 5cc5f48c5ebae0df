"""The country spells are drawn for: close to the published tables, effects as asked for."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kommunebench.errors import ConfigError
from kommunebench.reference import read_reference
from kommunebench.simulation.country import build_country, read_effects
from kommunebench.simulation.identities import newcomer_numbers, other_numbers, person_ids
from kommunebench.simulation.labour_markets import MARKET_YEARS
from kommunebench.simulation.lives import draw_lives, start_monday
from kommunebench.simulation.other_truth import (
    OVER_10,
    UP_TO_10,
    draw_other_effects,
    municipality_shares,
    urban_table,
)
from kommunebench.simulation.people import draw_newcomers
from kommunebench.simulation.plan import SimulationPlan, plan_country
from kommunebench.simulation.settled import SETTLED_PERSONS
from kommunebench.simulation.true_costs import NO_DIFFERENCES, TrueCosts, draw_costs, draw_lasting
from kommunebench.simulation.youth import YOUTH_PERSONS
from kommunebench.survival import kaplan_meier


@pytest.fixture(scope="module")
def plan() -> SimulationPlan:
    return plan_country(1.0, 1, 0.0, "report")


@pytest.fixture(scope="module")
def spells(plan) -> pd.DataFrame:
    """All spells of the country at scale 1 that begin before 2016, without writing registers."""
    rng = np.random.default_rng(11)
    people = draw_newcomers(plan.newcomers, plan.country, plan.codes, rng, seed=1)
    lives = draw_lives(people, plan.country, rng)
    who, number = np.nonzero(
        (lives.spell_start >= 0) & (start_monday(lives) <= np.datetime64("2015-12-31"))
    )
    start, end = lives.spell_start[who, number], lives.spell_end[who, number]
    return pd.DataFrame(
        {
            "unit": plan.country.code[people.place[who]],
            "men": people.sex[who] == 1,
            "refugee": people.is_refugee[who],
            "duration": end - start,
            "event": lives.spell_event[who, number],
            "year": start_monday(lives)[who, number].astype("datetime64[Y]").astype(int) + 1970,
        }
    )


def test_spells_and_successes_are_those_of_tables_2_1_and_2_2(spells):
    assert len(spells) == pytest.approx(36_849, rel=0.01)
    for column, value, count, share, weeks in (
        ("men", True, 17_606, 0.30, 58),
        ("men", False, 18_977, 0.36, 64),
        ("refugee", True, 19_820, 0.105, 77),
        ("refugee", False, 16_291, 0.607, 58),
    ):
        own = spells[spells[column] == value]
        assert len(own) == pytest.approx(count, rel=0.05), (column, value)
        assert own["event"].mean() == pytest.approx(share, abs=0.02), (column, value)
        assert own.loc[own["event"], "duration"].mean() == pytest.approx(weeks, abs=2.5), (
            column,
            value,
        )


def test_the_inflow_rises_in_2014_and_2015(spells):
    years = spells.groupby("year").size()
    assert years[2014] > 1.4 * years[2013] > 1.4 * years[2012]
    assert years[2015] > 1.3 * years[2014]


def test_each_municipality_has_its_spells_and_share_of_successes(spells):
    published = read_reference("appendix_5_1_municipalities").set_index("municipality_code")
    printed = published[["corrected_spells", "corrected_successes"]].astype(float)
    own = spells.groupby("unit")["event"].agg(["size", "mean"]).reindex(printed.index)
    large = printed["corrected_spells"] >= 100
    assert ((own["size"] / printed["corrected_spells"])[large] - 1).abs().max() < 0.10
    gap = (own["mean"] - printed["corrected_successes"] / printed["corrected_spells"])[large]
    # Two and a half percentage points are what chance makes of a municipality of middling size.
    assert abs(gap.mean()) < 0.01 and gap.std() < 0.035
    assert (own.loc[["169", "101"], "mean"] > 0.6).all() and own.loc["420", "mean"] < 0.2


def test_observed_durations_spread_as_in_table_3_1(spells):
    large = spells.groupby("unit").filter(lambda own: len(own) >= 100)
    areas = [
        kaplan_meier(own["duration"].to_numpy(), own["event"].to_numpy()).restricted_mean(156).value
        for _, own in large.groupby("unit")
    ]
    assert np.mean(areas) == pytest.approx(122.7, abs=6)
    assert np.std(areas, ddof=1) == pytest.approx(17.7, abs=2)


def test_no_effects_means_that_no_municipality_differs():
    country, plan = build_country("none", 5), plan_country(0.01, 5, 0.0, "none")
    assert (country.effect == 0).all() and (plan.country.effect == 0).all()
    assert all((effect == 0).all() for effect in draw_other_effects(plan).by_analysis.values())
    assert (draw_lasting(country, NO_DIFFERENCES, np.random.default_rng(1)) == 0).all(axis=None)
    assert any(
        (e != 0).all()
        for e in draw_other_effects(plan_country(0.01, 5, 0.0, "report")).by_analysis.values()
    )


def test_effects_are_taken_from_a_file(tmp_path):
    file = tmp_path / "effects.csv"
    file.write_text("municipality_code,effect\n101,0.25\n751,-0.10\n", encoding="utf-8")
    country = plan_country(0.01, 1, 0.0, file).country
    effect = pd.Series(country.effect, country.code)
    assert effect["101"] == 0.25 and effect["751"] == -0.10
    assert (effect.drop(["101", "751"]) == 0).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no such file"),
        ("", "not a readable CSV"),
        ("code,effect\n101,0.1\n", "column municipality_code missing; found code, effect"),
        ("municipality_code,effect\n999,0.1\n", r"no municipality in 1 of 1 rows: 999 \(0.1\)"),
        (
            "municipality_code,effect\n101,0.1\n101,0.2\n",
            r"listed twice in 1 of 2 rows: 101 \(0.2\)",
        ),
        (
            "municipality_code,effect\n101,much\n",
            r"no number within ±3 in 1 of 1 rows: 101 \(much\)",
        ),
        ("municipality_code,effect\n101,30\n", "no number within ±3"),
        ("municipality_code,effect\n101,\n", "no number within ±3"),
    ],
)
def test_a_file_of_effects_that_is_not_usable_is_explained(tmp_path, text, message):
    file = Path(tmp_path / "effects.csv")
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        read_effects(file, build_country("none", 1).code)


def test_identities_are_twelve_digits_and_never_shared():
    slots = (newcomer_numbers(0, 3000)[:, None] + np.arange(8)).ravel()
    numbers = np.concatenate([slots, *(other_numbers(kind, 0, 5000) for kind in range(5))])
    found = person_ids(numbers, 7)
    assert len(set(found)) == len(numbers)
    assert {len(value) for value in found} == {12}
    assert (person_ids(numbers[5:9], 7) == found[5:9]).all()
    assert len(person_ids(np.array([], int), 7)) == 0


def test_what_lasts_follows_the_fifths_of_table_5_2(plan):
    drawn = draw_lasting(plan.country, TrueCosts(), np.random.default_rng(3))
    fifth = (
        read_reference("table_5_2_cost_quintiles")
        .set_index("municipality_code")["quintile"]
        .astype(int)
    )
    means = drawn.sum(axis=1).reindex(fifth.index).groupby(fifth).mean()
    assert (drawn["inefficiency"] >= 0).all() and means.is_monotonic_increasing
    assert drawn["inefficiency"].mean() == pytest.approx(TrueCosts().mean_inefficiency, rel=0.25)
    assert drawn["local_difference"].std() == pytest.approx(TrueCosts().local_sd, rel=0.25)


def test_true_costs_add_up(plan):
    """Need, inefficiency and local difference are the cost; the noise has mean one."""
    shares = [
        term for term in TrueCosts().terms if not term.startswith("year_") and term != "constant"
    ]
    years = {"municipality_code": "101", "year": range(2011, 2016), "full_year_persons": 120.0}
    persons = pd.DataFrame({**years, **dict.fromkeys(shares, 0.2)})
    true = TrueCosts(noise=tuple((year, 0.0) for year in range(2011, 2016)))
    rows = draw_costs(plan.country, persons, 1, true)
    assert rows["unit_cost"].to_numpy() == pytest.approx(
        rows[["cost_need", "inefficiency", "local_difference"]].sum(axis=1).to_numpy()
    )
    expected = (
        true.terms["constant"]
        - true.mean_inefficiency
        + 0.2 * sum(true.terms[share] for share in shares)
    )
    assert rows["cost_need"].iloc[0] == pytest.approx(expected)
    assert rows["cost_need"].iloc[2] - rows["cost_need"].iloc[0] == pytest.approx(
        true.terms["year_2013"]
    )


def test_labour_markets_move_from_year_to_year_but_not_nationally():
    country = build_country("none", 3)
    for moves in country.moves.values():
        assert moves.shape == (len(MARKET_YEARS), len(country.code))
        assert np.abs(moves @ country.weight).max() < 1e-4
        assert (moves.std(axis=0) > 0).all()
        # Municipalities of one commuting area share its market.
        by_area = pd.DataFrame(moves.T).groupby(country.area).nunique()
        assert (by_area == 1).all(axis=None)
    year, place = np.array([2001, 2006, 2010, 2030]), np.array([5, 5, 5, 5])
    market = country.market("unemployment", year, place)
    assert market[0] == market[1] != market[2]
    assert market[3] == country.unemployment[5] + country.moves["unemployment"][-1, 5]


def test_the_other_populations_live_where_they_can_be_compared():
    plan = plan_country(1.0, 1, 0.0, "report")
    shares = pd.Series(municipality_shares(plan), plan.country.code)
    assert shares.sum() == pytest.approx(1) and (shares > 0).all()
    # Billund, one of the fact sheet's ten best: enough pupils, residents and spells.
    assert shares["530"] * 0.5 * YOUTH_PERSONS > 50
    assert shares["530"] * SETTLED_PERSONS * 2 / 3 > 80
    urban = urban_table(plan)
    assert urban["urban_share"].between(0.3, 1).all()
    assert urban.groupby("municipality_code")["urban_share"].nunique().gt(1).all()


def test_effects_of_the_other_analyses_spread_less_the_longer_immigrants_are_here():
    plans = [plan_country(0.01, seed, 0.0, "report") for seed in (1, 2, 3)]
    spread = {
        name: np.mean([draw_other_effects(plan).by_analysis[name].std() for plan in plans])
        for name in (UP_TO_10, OVER_10)
    }
    main = np.mean([plan.country.effect.std() for plan in plans])
    assert main > spread[UP_TO_10] > spread[OVER_10] > 0.02
