"""Disclosure of curves without counts: how spells end, and the baselines of the Cox model."""

import numpy as np
import pandas as pd
import pytest

from kommunebench.benchmark import benchmark_spells
from kommunebench.disclosure import publish
from kommunebench.disclosure.incidence import spells_that_ended
from kommunebench.gold import COX_BASELINE, CUMULATIVE_INCIDENCE
from kommunebench.settings import load_analysis
from kommunebench.settings.analysis import DisclosureSettings
from kommunebench.spells.ends import COMPETING_ENDS, OPEN
from kommunebench.stages.competing_ends import incidence_rows
from kommunebench.stages.published import PublishedResults

FIVE = DisclosureSettings(min_persons=5)
HORIZON = 52


def ends(seed: int, moves: dict[int, int], a_week: int = 6) -> pd.DataFrame:
    """Weekly counts of how spells of one group end, with some censored on the way."""
    rng = np.random.default_rng(seed)
    rows = [(week, "success", int(n)) for week, n in enumerate(rng.integers(2, a_week, 52), 1)]
    rows += [(week, OPEN, int(n)) for week, n in enumerate(rng.integers(0, 4, 52), 1) if n]
    rows += [(week, "left", 1) for week in range(3, 52, 4)]
    rows += [(week, "moved", n) for week, n in moves.items()]
    return pd.DataFrame([*rows, (60, OPEN, 200)], columns=["week", "end", "spells"])


def incidence(counts: pd.DataFrame, breakdown: str = "all", value: str = "all") -> pd.DataFrame:
    return incidence_rows(counts, HORIZON).assign(breakdown=breakdown, value=value)


def steps(shown: pd.DataFrame, counts: pd.DataFrame, end: str) -> list[int]:
    """How many spells lie in every step of a published curve."""
    weeks = np.sort(shown.loc[shown["end"] == end, "week"])
    of_end = counts[counts["end"] == end]
    cumulative = [int(of_end.loc[of_end["week"] <= week, "spells"].sum()) for week in weeks]
    return list(np.diff(cumulative, prepend=0))


def test_the_numbers_behind_the_shares_can_be_read_back() -> None:
    """Why whole weeks have to go: shares and their errors are the counts."""
    counts = ends(1, {3: 1, 20: 2})
    rows = incidence(counts)
    ended = rows.assign(ended=spells_that_ended(rows)).set_index(["end", "week"])["ended"]
    told = ended[(ended > 0) & (ended.index.get_level_values("end") != OPEN)]
    inside = counts[(counts["end"] != OPEN) & (counts["week"] <= HORIZON)]
    wanted = inside.set_index(["end", "week"])["spells"].sort_index()
    assert told.sort_index().astype(int).to_dict() == wanted.to_dict()


def test_six_single_moves_are_one_step() -> None:
    counts = ends(2, dict.fromkeys((3, 11, 19, 27, 40, 51), 1))
    shown = publish(CUMULATIVE_INCIDENCE, incidence(counts), FIVE).rows
    assert steps(shown, counts, "moved") == [6]
    for end in COMPETING_ENDS:
        assert min(steps(shown, counts, end)) >= 5
        # The share at the horizon is told.
        assert shown.loc[shown["end"] == end, "week"].max() == HORIZON
    weeks = {end: set(of_end["week"]) for end, of_end in shown.groupby("end")}
    assert weeks[OPEN] == set.intersection(*(weeks[end] for end in COMPETING_ENDS))


def test_an_end_of_few_is_not_what_the_others_leave() -> None:
    counts = ends(3, {7: 1, 30: 2})
    shown = publish(CUMULATIVE_INCIDENCE, incidence(counts), FIVE).rows
    assert set(shown["end"]) == {"success", "left"}


def test_curves_of_a_breakdown_have_their_weeks_in_common() -> None:
    """All spells less those of men are those of women."""
    of_sex = {"men": ends(4, {2: 5, 9: 8, 30: 6}), "women": ends(5, {2: 1, 12: 5, 31: 7})}
    rows = [incidence(counts, "sex", value) for value, counts in of_sex.items()]
    shown = publish(CUMULATIVE_INCIDENCE, pd.concat(rows, ignore_index=True), FIVE).rows
    for end in COMPETING_ENDS:
        by_sex = {value: shown[shown["value"] == value] for value in of_sex}
        weeks = [set(of.loc[of["end"] == end, "week"]) for of in by_sex.values()]
        assert weeks[0] == weeks[1] and weeks[0]
        for value, counts in of_sex.items():
            assert all(step == 0 or step >= 5 for step in steps(by_sex[value], counts, end))
    few = {"men": of_sex["men"], "women": ends(5, {12: 2})}
    rows = [incidence(counts, "sex", value) for value, counts in few.items()]
    shown = publish(CUMULATIVE_INCIDENCE, pd.concat(rows, ignore_index=True), FIVE).rows
    assert set(shown["end"]) == {"success", "left"}


def baseline(events: dict[str, list[int]]) -> pd.DataFrame:
    return pd.concat(
        [
            pd.DataFrame({"group": group, "week": range(1, len(counts) + 1), "events": counts})
            for group, counts in events.items()
        ],
        ignore_index=True,
    ).assign(baseline_survival=0.5, cumulative_hazard=0.7)


def test_the_baseline_counts_the_events_of_every_week() -> None:
    rng = np.random.default_rng(6)
    spells = pd.DataFrame(
        {
            "unit": rng.choice(["a", "b", "c"], 400),
            "weeks": rng.integers(1, 30, 400),
            "event": rng.integers(0, 2, 400),
            "age": rng.normal(size=400),
        }
    )
    columns = {"unit": "unit", "duration": "weeks", "event": "event", "covariates": ["age"]}
    done = benchmark_spells(spells, **columns, horizon=20, min_spells=30)
    by_week = spells[spells["event"] == 1].groupby("weeks").size()
    counted = done.baseline.set_index("week")["events"]
    assert counted.to_dict() == by_week.reindex(range(1, 21), fill_value=0).to_dict()


EVENTS = {"men": [9, 2, 4, 7, 1], "women": [5, 0, 6, 0, 0], "few": [1, 0, 2, 0, 1]}


def test_a_baseline_has_a_step_only_where_enough_had_the_event() -> None:
    shown = publish(COX_BASELINE, baseline(EVENTS), FIVE).rows
    weeks = {group: list(of_group["week"]) for group, of_group in shown.groupby("group")}
    # The single event of the last week is told together with the seven before it.
    assert weeks == {"men": [1, 3, 5], "women": [1, 3, 5]}
    assert shown["events"].isna().all()


def logged(events: dict[str, list[int]], log_factors: list[float]) -> dict | None:
    """The model as it is logged."""
    coefficients = pd.DataFrame(
        {"group": list(events), "term": "x", "is_reference": False, "coefficient": 0.1}
    )
    models = pd.DataFrame(
        [{"group": g, "log_factors": log_factors, "terms": ["x"], "centre": [0.0]} for g in events]
    )
    tables = {
        "cox_coefficients": coefficients,
        "cox_baseline": publish(COX_BASELINE, baseline(events), FIVE).rows,
    }
    results = PublishedResults(tables=tables, models=models)
    return results.national_model(load_analysis("integration_employment"))


def test_the_logged_model_does_not_tell_when_single_persons_had_the_event() -> None:
    factors = [-0.1, -0.02, -0.3, -0.4, -0.01]
    model = logged(EVENTS, factors)
    assert model is not None and set(model["groups"]) == {"men", "women"}
    survival = np.exp(model["groups"]["men"]["log_survival"])
    fitted = np.exp(np.cumsum(factors))
    assert survival[[0, 2, 4]] == pytest.approx(fitted[[0, 2, 4]])
    assert survival[[1, 3]] == pytest.approx(
        ((survival[0] + survival[2]) / 2, survival[[2, 4]].mean())
    )
    assert logged({"few": EVENTS["few"]}, factors) is None


def test_a_model_with_enough_events_every_week_is_logged_as_it_was_fitted() -> None:
    factors = [-0.1, -0.02, -0.3, -0.4, -np.inf]
    model = logged({"men": [5, 6, 7, 8, 9]}, factors)
    assert model is not None
    told = model["groups"]["men"]["log_survival"]
    assert told[:4] == pytest.approx(np.cumsum(factors)[:4], rel=1e-12) and told[4] == -1e6
