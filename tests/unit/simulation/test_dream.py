"""Weekly codes of hand-made persons: what is laid over what."""

from datetime import date

import numpy as np
import pandas as pd

from kommunebench.simulation.delivered_dream import WEEK_COLUMNS, code_texts
from kommunebench.simulation.latent import to_batch


def codes(**columns) -> pd.Series:
    """Codes of one person by week column."""
    defaults = {
        "person_id": "000000000001",
        "birth_date": np.datetime64("1980-01-01"),
        "origin_monday": np.datetime64("2010-01-04"),
    }
    person = pd.DataFrame([{**defaults, **columns}])
    return pd.Series(code_texts(to_batch(person))[0], WEEK_COLUMNS)


def test_a_person_without_benefit_has_blanks():
    assert codes(on_benefit=False).isna().mean() > 0.99


def test_benefit_begins_a_week_before_the_origin_and_stops_for_work():
    own = codes(
        on_benefit=True,
        benefit="integration",
        job1_start=np.datetime64("2011-01-03"),
        job1_end=np.datetime64("2011-04-03"),
    )
    assert own["Y_0952"] is None and own["Y_0953"][:2] == "71"
    working = own[["Y_1101", "Y_1113"]]
    assert working.isin([None, "121"]).all()
    assert own["Y_1052"][:2] == "71" and own["Y_1114"][:2] == "71"
    # Integration benefit has codes of its own from September 2015.
    assert own["Y_1535"][:2] == "71" and own["Y_1537"][:2] == "70"


def test_a_subsidised_job_is_a_transfer_and_says_so():
    own = codes(
        on_benefit=True,
        benefit="integration",
        job4_subsidised=True,
        job4_start=np.datetime64("2011-01-03"),
        job4_end=np.datetime64("2011-07-03"),
    )
    assert (own["Y_1101":"Y_1126"] == "715").all() and own["Y_1127"] != "715"


def test_death_lies_above_absence_absence_above_pension_pension_above_benefit():
    own = codes(
        person_id="000000000002",
        on_benefit=True,
        benefit="sick",
        pension_from=np.datetime64("2012-01-02"),
        left_date=np.datetime64("2013-01-02"),
        back_date=np.datetime64("2014-01-01"),
        death_date=np.datetime64("2015-01-01"),
    )
    assert own["Y_1101"][:2] == "89"
    assert (
        own["Y_1201"] == "783"
        and own["Y_1301"] == "997"
        and own["Y_1401"] == "997"
        and own["Y_1403"] == "783"
    )
    # The week of death is judged by its code; those after are coded, or blank for one in ten.
    assert own["Y_1501"] == "783" and set(own["Y_1502":]) in ({"999"}, {None})


def test_maternity_study_and_old_age():
    own = codes(
        maternity_from=np.datetime64("2011-01-03"),
        study_from=np.datetime64("2012-01-02"),
        study_until=np.datetime64("2012-12-30"),
    )
    assert (own["Y_1101":"Y_1129"] == "881").all() and own["Y_1131"] is None
    assert (own["Y_1201":"Y_1252"] == "651").all() and own["Y_1302"] is None
    old = codes(birth_date=np.datetime64("1948-01-01"))
    assert old["Y_1252"] is None and old["Y_1303"] == "998"
    minor = codes(birth_date=np.datetime64("1996-01-01"), study_from=np.datetime64("2012-08-01"))
    assert minor["Y_1340"] is None and minor["Y_1402"] == "651"


def test_a_persons_codes_do_not_depend_on_the_batch():
    rows = pd.DataFrame(
        {
            "person_id": [f"{n:012d}" for n in range(40)],
            "birth_date": np.datetime64("1980-01-01"),
            "on_benefit": True,
            "origin_monday": np.datetime64("2010-01-04"),
            "benefit": "social_assistance",
        }
    )
    together = code_texts(to_batch(rows))
    assert (code_texts(to_batch(rows.iloc[[17]]))[0] == together[17]).all()
    assert len({tuple(own) for own in together}) == 40
    assert set(np.unique(together[:, 200].astype(str))) <= {"730", "733", "737", "738"}


def test_week_53_of_2009_and_2015_are_columns():
    assert {"Y_0953", "Y_1553"} <= set(WEEK_COLUMNS) and "Y_1053" not in WEEK_COLUMNS
    assert WEEK_COLUMNS[0] == "Y_0701" and WEEK_COLUMNS[-1] == "Y_1635"
    assert len(WEEK_COLUMNS) == (date(2016, 8, 29) - date(2007, 1, 1)).days // 7 + 1
