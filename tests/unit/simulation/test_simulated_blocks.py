"""Blocks of persons: coherent lives, whatever is drawn beside them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from kommunebench.simulation.earlier import draw_earlier
from kommunebench.simulation.latent import DATE_COLUMNS, to_batch
from kommunebench.simulation.other_truth import EARLIER, draw_other_effects
from kommunebench.simulation.persons import OUTSIDE, draw_block
from kommunebench.simulation.plan import SimulationPlan, plan_country
from kommunebench.simulation.residents import draw_background
from kommunebench.simulation.settled import draw_settled
from kommunebench.simulation.side_jobs import JOB_SLOTS
from kommunebench.simulation.youth import draw_youth


@pytest.fixture(scope="module")
def plan() -> SimulationPlan:
    return plan_country(0.3, 1, 0.001, "report")


def _table(frames: list[pd.DataFrame]) -> pd.DataFrame:
    rows = pa.Table.from_batches([to_batch(frame) for frame in frames]).to_pandas()
    return rows.assign(**{name: pd.to_datetime(rows[name]) for name in DATE_COLUMNS})


@pytest.fixture(scope="module")
def persons(plan) -> pd.DataFrame:
    frames = [frame for block in range(5) for frame in draw_block(plan, block)]
    return _table(
        [
            *frames,
            draw_background(plan, 0, 1700),
            draw_settled(plan, 0, 2000),
            draw_earlier(plan, 0, 1000),
            *draw_youth(plan, 0, 2000),
        ]
    )


def test_a_block_is_the_same_whatever_is_drawn_before_it(plan):
    alone = _table(draw_block(plan, 3))
    draw_block(plan, 2)
    pd.testing.assert_frame_equal(alone, _table(draw_block(plan, 3)))
    whole, part = draw_settled(plan, 2000, 500), draw_settled(plan, 2000, 500)
    pd.testing.assert_frame_equal(whole, part)


def test_nobody_shares_an_identity(persons):
    assert persons["person_id"].is_unique
    second = persons["second_id"].dropna()
    assert len(second) > 0
    assert not set(second) & set(persons["person_id"])


def test_the_dead_do_nothing_and_the_absent_have_no_job(persons):
    dead = persons[persons["death_date"].notna()]
    assert len(dead) > 50
    later = [
        c
        for c in DATE_COLUMNS
        if c not in ("birth_date", "arrival", "permit_date", "selection_date", "death_date")
    ]
    own = [
        c for c in later if not c.startswith(("origin", "renumbered", "study_until", "education"))
    ]
    for column in own:
        assert not (dead[column] > dead["death_date"]).any(), column
    gone = persons[persons["left_date"].notna()]
    assert len(gone) > 50
    for k in range(1, JOB_SLOTS + 1):
        back = gone["back_date"].fillna(pd.Timestamp("2100-01-01"))
        assert not (
            (gone[f"job{k}_end"] >= gone["left_date"]) & (gone[f"job{k}_start"] <= back)
        ).any()


def test_jobs_begin_after_arrival_follow_one_another_and_end_after_they_begin(persons):
    for k in range(1, JOB_SLOTS + 1):
        assert not (persons[f"job{k}_start"] < persons["arrival"]).any()
        assert not (persons[f"job{k}_end"] < persons[f"job{k}_start"]).any()
    newcomers = persons[persons["role"] == "newcomer"]
    assert not (newcomers["job2_start"] <= newcomers["job1_end"]).any()
    assert not (newcomers["job4_end"] >= newcomers["job1_start"]).any()


def test_a_success_is_thirteen_weeks_of_work_or_more(persons):
    newcomers = persons[(persons["role"] == "newcomer") & (persons["true_event1"] == 1)]
    start = newcomers["origin_monday"] + pd.to_timedelta(7 * newcomers["true_end1"], unit="D")
    assert (start == newcomers["job1_start"]).all()
    weeks = (newcomers["job1_end"] - newcomers["job1_start"]).dt.days + 1
    assert (weeks >= 7 * 13).all() and (weeks == 7 * 13).any()
    assert (newcomers["job1_hours"] >= 19.9).all() and (newcomers["job1_hours"] == 20.0).any()


def test_permits_come_before_with_and_after_arrivals(persons):
    newcomers = persons[persons["role"] == "newcomer"]
    for apart in (
        newcomers["permit_date"] < newcomers["arrival"],
        newcomers["permit_date"] > newcomers["arrival"],
    ):
        assert 0.01 < apart.mean() < 0.5
    selection = newcomers[["permit_date", "arrival"]].max(axis=1)
    assert (selection == newcomers["selection_date"]).all()
    age = (newcomers["selection_date"] - newcomers["birth_date"]).dt.days / 365.2425
    assert age.between(18, 65).all()


def test_partners_and_children_exist_and_are_of_an_age_to_be_so(persons):
    known = persons.set_index("person_id")
    named = persons[persons["role"].isin(["newcomer", "outsider"]) & persons["partner_id"].notna()]
    assert named["partner_id"].isin(known.index).all()
    partner = known.loc[named["partner_id"]]
    assert (partner["partner_id"].to_numpy() == named["person_id"].to_numpy()).all()
    assert (partner["family_id"].to_numpy() == named["family_id"].to_numpy()).all()
    assert ((partner["ie_type"] == 1).to_numpy() == named["danish_partner"].to_numpy()).all()
    children = persons[persons["role"] == "child"]
    assert children["family_id"].isin(known.index).all()
    here = children["ie_type"] == 3
    assert children.loc[here, "arrival"].isna().all() and here.any()
    assert (children.loc[~here, "birth_date"] < children.loc[~here, "arrival"]).all()


def test_benefits_belong_to_those_who_are_in_dream(persons):
    assert persons.loc[persons["on_benefit"], "in_dream"].all()
    assert persons.loc[persons["match_group"].notna(), "in_dream"].all()
    assert (persons["in_dream"] & ~persons["on_benefit"]).any() and (~persons["in_dream"]).any()
    minors = persons["outside"].isin(["child", "young"])
    assert (
        minors.any()
        and persons.loc[minors, "job1_start"].isna().all()
        and not persons.loc[minors, "on_benefit"].any()
    )


def test_every_reason_to_stand_outside_is_there(persons):
    assert set(OUTSIDE) == set(persons.loc[persons["role"] == "outsider", "outside"])


def test_side_jobs_hold_the_limits_of_the_definition_of_employment(persons):
    side = persons[persons["job4_start"].notna() & persons["role"].isin(["newcomer"])]
    weeks = ((side["job4_end"] - side["job4_start"]).dt.days + 1) // 7
    kinds = set(zip(weeks, side["job4_hours"], strict=True))
    assert {(6, 37.0), (10, 12.0), (12, 37.0), (13, 19.0), (26, 37.0)} <= kinds
    assert side.loc[side["job4_subsidised"], "on_benefit"].all() and side["job4_subsidised"].any()


def _marks(text: str) -> list[int]:
    return [int(mark) for mark in text.split(",") if mark.lstrip("-").isdigit()]


def test_marks_are_those_of_who_passed_and_who_did_not(persons):
    pupils = persons[persons["marks"].notna()]
    marks = pupils["marks"].map(_marks)
    enough = marks.map(len) >= 4
    mean = marks[enough].map(np.mean)
    assert ((mean >= 2) == (pupils.loc[enough, "true_event1"] == 1)).all()
    assert (mean == 2).any() and (marks.map(len) == 3).any() and (marks.map(len) == 0).any()
    words = {word for text in pupils["marks"] for word in text.split(",")}
    reasons = {word for word in words if not word.lstrip("-").isdigit()}
    assert reasons == {"B", "D", "D15", "D16", "D17", "G", "N", "S", "U"}


def test_young_people_have_parents_brothers_and_sisters(persons):
    youth = persons[persons["role"] == "youth"]
    assert set(youth["ie_type"]) == {1, 2, 3}
    age = (youth["arrival"] - youth["birth_date"]).dt.days / 365.25
    assert age.dropna().between(0, 14.1).all() and (age > 13).any()
    known = persons.set_index("person_id")
    for parent, sex in (("mother_id", 2), ("father_id", 1)):
        named = youth[youth[parent].notna() & (youth[parent] != youth["person_id"])]
        there = named[named[parent].isin(known.index)]
        # Most parents exist; the id of a few is nobody's, and some children have none.
        assert 0.97 < len(there) / len(named) < 1
        assert youth[parent].isna().any()
        rows = known.loc[there[parent]]
        assert set(rows["sex"]) == {sex} and set(rows["role"]) == {"parent"}
        assert (rows["birth_date"].to_numpy() < there["birth_date"].to_numpy()).all()
        descendants = (there["ie_type"] == 3).to_numpy()
        assert (rows["arrival"].to_numpy() < there["birth_date"].to_numpy())[descendants].all()
    siblings = youth.groupby("mother_id").size()
    assert (siblings > 1).any() and siblings.max() <= 3
    parents = persons[persons["role"] == "parent"]
    assert (parents["education_date"] < parents["birth_date"]).sum() < 0.01 * len(parents)
    assert parents["not_in_udda"].any() and parents["education"].isna().any()
    assert parents["left_date"].notna().any() and parents["death_date"].notna().any()


def test_who_completed_an_education_by_the_reference_date_holds_it(persons):
    youth = persons[persons["role"] == "youth"]
    grown = youth[youth["birth_date"] <= "1992-10-01"]
    held = grown["education_date"].le("2012-10-01") & grown["education"].isin(
        ["1199", "4080", "5290", "6390", "7390"]
    )
    assert (held == (grown["true_event2"] == 1)).all()
    # The traps: levels 15, 29 and 35 are no completed upper secondary education.
    assert {"0590", "2999", "5199"} <= set(grown.loc[~held, "education"])
    assert grown.loc[held, "education_source"].isin(["3", "17"]).any()
    moved = grown["move_date"].notna()
    assert (
        grown.loc[moved, "move_date"] > grown.loc[moved, "birth_date"] + pd.DateOffset(years=18)
    ).all()


def test_partners_who_came_as_children_complete_an_education_as_the_young_do(persons):
    partners = persons[persons["role"] == "partner"]
    immigrated = partners["ie_type"] == 2
    assert partners.loc[~immigrated, "education"].isna().all()
    grown = partners[immigrated]
    assert grown[["education", "education_date", "education_source"]].notna().all().all()
    completed = grown["education"].isin(["1199", "4080", "5290"])
    assert 0.25 < completed.mean() < 0.5
    twenty = grown["birth_date"] <= pd.Timestamp("1992-10-01")
    assert (grown.loc[completed & twenty, "education_date"] <= pd.Timestamp("2012-10-01")).all()
    brought = grown["education_date"] < grown["arrival"]
    assert brought.any() and (grown["education_source"].ne("15") == brought).all()


def test_young_immigrants_are_always_in_school_education_or_work(persons):
    youth = persons[(persons["role"] == "youth") & (persons["ie_type"] == 2)]
    assert youth.loc[youth["study_until"].isna(), "school_until"].notna().all()
    after = youth["study_until"].fillna(youth["school_until"])
    at_home = youth["back_date"].isna() & youth["job1_start"].notna()
    assert ((youth["job1_start"] - after).dt.days[at_home] == 1).all()


def test_settled_immigrants_lose_their_work_and_find_work_or_education(persons):
    settled = persons[persons["role"] == "settled"]
    before = settled["job1_end"].fillna(settled["school_until"])
    assert ((before + pd.Timedelta(days=1)) == settled["origin_monday"]).all()
    years = (settled["origin_monday"] - settled["arrival"]).dt.days / 365.25
    assert (years <= 10.1).any() and (years > 20).any()
    age = (settled["origin_monday"] - settled["birth_date"]).dt.days / 365.25
    assert age.between(16, 65).all() and (age[settled["school_from"].notna()] < 18.1).all()
    for k in (1, 2, 3):
        success = settled[settled[f"true_event{k}"] == 1]
        end = success["origin_monday"] + pd.to_timedelta(7 * success[f"true_end{k}"], unit="D")
        begun = (success[f"job{k + 1}_start"] == end) | (success["study_from"] == end)
        assert begun.all() and len(success) > 0
    first = settled[settled["true_event1"] == 1]
    assert first["study_from"].notna().mean() == pytest.approx(0.30, abs=0.07)
    assert not (settled["job1_start"] < settled["arrival"]).any()
    # A later spell begins when the work that ended the one before it ends.
    again = settled[settled["true_start2"] >= 0]
    begins = again["origin_monday"] + pd.to_timedelta(7 * again["true_start2"], unit="D")
    assert ((begins - again["job2_end"]).dt.days == 1).all() and len(again) > 20


def test_settled_immigrants_live_in_couples_alone_or_at_home(persons):
    settled = persons[persons["role"] == "settled"].set_index("person_id")
    couples = settled[settled["partner_id"].notna()]
    partners = settled.loc[couples["partner_id"]]
    assert 0.35 < len(couples) / len(settled) < 0.6
    assert (partners["partner_id"].to_numpy() == couples.index).all()
    for same in ("family_id", "family_code", "place"):
        assert (partners[same].to_numpy() == couples[same].to_numpy()).all()
    assert (partners["sex"].to_numpy() + couples["sex"].to_numpy() == 3).all()
    apart = abs(partners["birth_date"].to_numpy() - couples["birth_date"].to_numpy())
    assert np.median(apart) < np.timedelta64(5 * 365, "D")
    at_home = settled[settled["family_position"] == 3]
    assert (at_home.index == settled.index[settled["school_from"].notna()]).all() and len(at_home)
    parents = settled.loc[at_home["family_id"]]
    assert (parents["family_position"] == 1).all()
    assert (parents["place"].to_numpy() == at_home["place"].to_numpy()).all()
    alone = settled[settled["family_code"] == 5]
    assert alone["partner_id"].isna().all() and len(alone) > 0.3 * len(settled)


def test_nobody_settled_is_of_the_main_analysis(persons):
    settled = persons[persons["role"] == "settled"]
    early = settled.loc[settled["arrival"] < "1997-01-01", "category"]
    assert set(early.dropna()) == {9999}
    late = settled[settled["arrival"] >= "2007-01-01"]
    assert (late["category"] == 3).all()
    assert {1, 5} <= set(settled["category"].dropna())


def test_newcomers_of_2007_are_too_early_for_the_main_analysis_and_seldom_succeed(persons):
    earlier = persons[persons["role"] == "earlier"]
    assert len(earlier) == 1000
    assert (earlier["arrival"] < "2008-01-01").all()
    in_year = (earlier["arrival"] >= "2007-01-01") & (earlier["selection_date"] >= "2007-01-01")
    assert in_year.mean() > 0.99
    age = (earlier["selection_date"] - earlier["birth_date"]).dt.days / 365.25
    assert age.between(18, 65).all()
    assert (earlier["family_code"] == 5).all() and earlier["partner_id"].isna().all()
    first = earlier["true_event1"].eq(1).mean()
    assert first < 0.7 * persons.loc[persons["role"] == "newcomer", "true_event1"].eq(1).mean()


def test_where_no_municipality_differs_newcomers_of_2007_do_not_either():
    none = plan_country(0.3, 1, 0.001, "none")
    effects = draw_other_effects(none).by_analysis
    assert all((values == 0).all() for values in effects.values())
    some = draw_other_effects(plan_country(0.3, 1, 0.001, "report")).by_analysis[EARLIER]
    assert 0.9 < some.std() < 1.5


def test_of_immigrants_who_came_before_1997_some_have_a_row_that_says_so(persons):
    settled = persons[persons["role"] == "settled"]
    early = settled["arrival"] < "1997-01-01"
    noted = settled["category"] == 9999
    assert 50 < noted.sum() < 300 and not (noted & ~early).any()
    assert settled.loc[early & ~noted, ["category", "permit_date"]].isna().all(axis=None)
    assert (settled.loc[noted, "permit_date"] == settled.loc[noted, "arrival"]).all()
    assert settled.loc[~early, "permit_date"].notna().all()
