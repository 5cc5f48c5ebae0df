"""Disclosure: nothing that rests on too few persons leaves; tables of persons never do."""

import numpy as np
import pandas as pd
import pytest

from kommunebench.disclosure import publish, withhold
from kommunebench.gold import (
    BENCHMARK_INDICATORS,
    EXPECTED_DURATIONS,
    KM_CURVES,
    PUPILS_WITHOUT_MARKS,
)
from kommunebench.settings.analysis import DisclosureSettings
from kommunebench.tables import Table

FIVE = DisclosureSettings(min_persons=5)


def indicators() -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "municipality_code": ["101", "825", "563"],
            "municipality": ["København", "Læsø", "Fanø"],
            "spells": [3675, 4, 39],
            "persons": [3000, 4, 30],
            "events": [2311, 2, 3],
            "indicator": [1.02, 0.7, 0.9],
        }
    )
    return rows.reindex(columns=list(BENCHMARK_INDICATORS.columns))


def test_a_municipality_with_four_persons_keeps_its_name_and_nothing_else() -> None:
    published = publish(BENCHMARK_INDICATORS, indicators(), FIVE)
    row = published.rows.set_index("municipality").loc["Læsø"]
    assert published.suppressed == 1
    assert row["municipality_code"] == "825"
    assert row[["spells", "persons", "events", "indicator"]].isna().all()


def test_few_events_are_hidden_and_the_indicator_stays() -> None:
    row = (
        publish(BENCHMARK_INDICATORS, indicators(), FIVE).rows.set_index("municipality").loc["Fanø"]
    )
    assert pd.isna(row["events"])
    assert row["indicator"] == 0.9


def test_a_municipal_curve_loses_weekly_counts_and_its_thin_end() -> None:
    curves = pd.DataFrame(
        {
            "municipality_code": ["101", "101", None],
            "week": [1, 2, 1],
            "at_risk": [20, 4, 900],
            "events": [1, 1, 3],
            "censored": [0, 0, 1],
            "survival": [0.95, 0.7, 0.99],
            "survival_se": [0.1, 0.1, 0.1],
            "median_duration": [2.0, 2.0, np.nan],
        }
    )
    shown = publish(KM_CURVES, curves, FIVE).rows
    assert shown["median_duration"].isna().all()
    assert shown["week"].tolist() == [1, 1]
    assert shown["events"].isna().tolist() == [True, False]


def test_a_table_of_spells_is_refused() -> None:
    with pytest.raises(ValueError, match="never published"):
        publish(EXPECTED_DURATIONS, pd.DataFrame(), FIVE)


def table(name: str, *columns: str, key: tuple[str, ...] = ("municipality_code",)) -> Table:
    return Table(
        name=name, layer="gold", grain="one row", key=key, columns=dict.fromkeys(columns, "double")
    )


def test_a_share_of_few_goes_with_what_gives_its_count_away() -> None:
    shares = table("share_indicators")
    rows = pd.DataFrame(
        {
            "municipality_code": ["101", "147", "151", "153"],
            "municipality": ["København", "Frederiksberg", "Ballerup", "Brøndby"],
            "cases": [200, 60, 60, 4],
            "persons": [200, 60, 60, 4],
            "events": [90, 3, 57, 2],
            "observed_share": [0.45, 0.05, 0.95, 0.5],
            "expected_share": 0.5,
            "difference": [-5.0, -45.0, 45.0, 0.0],
            "included": True,
        }
    )
    published = publish(shares, rows, FIVE)
    shown = published.rows.set_index("municipality_code")
    given_away = ["events", "observed_share", "difference"]
    assert shown.loc["101", given_away].notna().all()
    for few in ("147", "151"):
        assert shown.loc[few, given_away].isna().all() and shown.loc[few, "cases"] == 60
    assert shown.loc["153", [*given_away, "cases", "expected_share"]].isna().all()
    assert published.suppressed == 1


def test_groups_with_few_events_are_hidden_in_the_calibration() -> None:
    rows = pd.DataFrame(
        {
            "breakdown": "start_year",
            "value": ["2008", "2009"],
            "observed_events": [3, 40],
            "expected_events": [2.5, 41.0],
            "ci_low": 0.4,
            "ci_high": 1.9,
        }
    )
    shown = publish(table("calibration", key=("breakdown", "value")), rows, FIVE).rows
    assert shown["value"].tolist() == ["2008", "2009"]
    assert shown["expected_events"].isna().tolist() == [True, False]


def test_shares_that_rest_on_few_ends_are_hidden_with_their_whole_curve() -> None:
    persons = {"refugee": 400, "family_reunified": 20}
    rows = pd.DataFrame(
        [
            {"breakdown": "residence_basis", "value": value, "week": week, "end": "moved",
             "share": share, "se": (share * (1 - share) / count) ** 0.5}
            for value, count in persons.items()
            for week, share in ((1, 0.05), (2, 0.1))
        ]
    )  # fmt: skip
    incidence = table("cumulative_incidence", key=("breakdown", "value", "week", "end"))
    published = publish(incidence, rows, FIVE)
    hidden = published.rows.loc[published.rows["share"].isna(), "value"]
    # 10 % of 400 are forty ends, 10 % of 20 are two.
    assert hidden.tolist() == ["family_reunified"] * 2 and published.suppressed == 2


def test_tables_without_counts_follow_the_units_that_are_suppressed() -> None:
    rows = pd.DataFrame(
        {"check": "groups", "municipality_code": ["101", "825"], "log_indicator": [0.1, 0.2]}
    )
    sensitivity = table("sensitivity", key=("check", "municipality_code"))
    published = withhold(sensitivity, rows, {"825"})
    assert published.rows["log_indicator"].isna().tolist() == [False, True]
    assert published.suppressed == 1
    assert withhold(BENCHMARK_INDICATORS, indicators(), {"825"}).suppressed == 0


def test_a_hidden_reason_cannot_be_worked_out_from_the_total_and_the_other_reasons():
    def row(place, kind, reason, pupils, all_pupils=100):
        return (place, kind, reason, pupils, all_pupils)

    columns = ["municipality_code", "kind", "reason", "pupils", "all_pupils"]
    rows = pd.DataFrame(
        [
            # One small reason: the smallest of the others goes as well.
            row("101", "no_exam_marks", "B", 3),
            row("101", "no_exam_marks", "S", 9),
            row("101", "no_exam_marks", "U", 12),
            row("101", "total", "total", 24),
            # Two small reasons hide each other.
            row("147", "no_exam_marks", "B", 3),
            row("147", "no_exam_marks", "S", 4),
            row("147", "total", "total", 7),
            # All but three without marks.
            row("151", "total", "total", 97),
            # Nobody without marks may be said.
            row("153", "total", "total", 0),
        ],
        columns=columns,
    )
    shown = publish(PUPILS_WITHOUT_MARKS, rows, FIVE).rows
    pupils = shown["pupils"].astype(float)
    assert pupils.isna().tolist() == [True, True, False, False, True, True, False, True, False]
    assert pupils[2] == 12 and pupils[8] == 0
