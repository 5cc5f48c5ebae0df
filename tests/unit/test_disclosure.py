"""Disclosure: nothing that rests on too few persons leaves; tables of persons never do."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kommunebench.disclosure import Hidden, publish
from kommunebench.disclosure.differences import also_hidden
from kommunebench.gold import (
    BENCHMARK_INDICATORS,
    EFFICIENCY_NOTES,
    EXPECTED_DURATIONS,
    GOLD_TABLES,
    KM_CURVES,
    POPULATION_FLOW,
    PUPILS_WITHOUT_MARKS,
    SHARE_INDICATORS,
    SPELL_OUTCOMES,
)
from kommunebench.gold.spells import COUNTED_AND_KEPT
from kommunebench.report.texts.flow_codes import FLOW_CODES
from kommunebench.settings.analysis import DisclosureSettings
from kommunebench.tables import Table

FIVE = DisclosureSettings(min_persons=5)
LAESOE = Hidden(indicators=frozenset({"825"}))


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
    assert row["municipality_code"] == "825"
    assert row[["spells", "persons", "events", "indicator"]].isna().all()
    assert published.hidden.indicators == {"825", "563"}


def test_a_single_hidden_size_takes_the_next_smallest_with_it() -> None:
    shown = publish(BENCHMARK_INDICATORS, indicators(), FIVE).rows.set_index("municipality")
    assert shown["spells"].isna().to_dict() == {"København": False, "Læsø": True, "Fanø": True}


def test_a_municipality_with_few_events_keeps_its_number_of_persons_alone() -> None:
    rows = indicators().assign(persons=[3000, 40, 30], spells=[3675, 45, 39])
    rows["no_verdict_reason"] = [None, "few_spells", "few_spells"]
    shown = publish(BENCHMARK_INDICATORS, rows, FIVE).rows.set_index("municipality")
    assert shown.loc["Fanø", ["events", "indicator"]].isna().all()
    assert shown.loc["Fanø", ["spells", "persons"]].tolist() == [39, 30]
    assert shown.loc["Fanø", "no_verdict_reason"] == "few_spells"
    assert shown.loc["København", "events"] == 2311


def provinces_and_shares() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Municipalities, of which Læsø is small, and the calibration by their provinces."""
    rows = pd.DataFrame(
        {
            "municipality_code": ["825", "492", "773", "851", "101", "147"],
            "municipality": ["Læsø", "Ærø", "Morsø", "Aalborg", "København", "Frederiksberg"],
            "cases": [7, 30, 90, 900, 3675, 400],
            "persons": [7, 30, 90, 900, 3675, 400],
            "events": [4, 20, 60, 700, 2311, 50],
            "quintile": [None, None, 5, 1, 2, 3],
            "difference": 1.0,
        }
    ).reindex(columns=list(SHARE_INDICATORS.columns))
    calibration = pd.DataFrame(
        {
            "breakdown": "province",
            "value": ["Nordjylland", "Fyn", "Byen København"],
            "observed_events": [764, 20, 2361],
            "expected_events": [760.0, 21.0, 2350.0],
        }
    )
    return rows, calibration


def test_the_total_of_a_province_does_not_give_a_municipality_away() -> None:
    rows, calibration = provinces_and_shares()
    published = publish(SHARE_INDICATORS, rows, FIVE)
    shown = published.rows.set_index("municipality")
    # Without Ærø the nation's total less the others would be Læsø's four.
    assert shown["events"].isna().tolist() == [True, True, False, False, False, False]
    assert published.hidden == Hidden(frozenset({"825", "492"}))
    by_province = table("calibration", key=("breakdown", "value"))
    left = publish(by_province, calibration, FIVE, published.hidden).rows
    # Less Morsø and Aalborg, Nordjylland would be Læsø; less the other two, Fyn would be Ærø.
    assert left["observed_events"].isna().tolist() == [True, True, False]


def test_units_outside_the_list_of_municipalities_share_the_province_that_is_not_known() -> None:
    _, calibration = provinces_and_shares()
    rows = calibration.assign(value=["unknown", *calibration["value"].iloc[1:]])
    hidden = Hidden(frozenset({"clinic"}))
    assert hidden.in_provinces(rows).tolist() == [True, False, False]


@given(
    counts=st.lists(st.integers(0, 30), min_size=1, max_size=12),
    groups=st.lists(st.integers(0, 2), min_size=12, max_size=12),
    minimum=st.integers(1, 8),
)
def test_no_total_gives_a_hidden_count_away(
    counts: list[int], groups: list[int], minimum: int
) -> None:
    sizes = pd.Series(counts)
    groupings = [pd.Series(groups[: len(counts)]), pd.Series("nation", sizes.index)]
    few = (sizes > 0) & (sizes < minimum)
    hidden = few | also_hidden(sizes, few, groupings, minimum)
    for grouping in groupings:
        for labels in sizes.groupby(grouping).groups.values():
            own, rest = sizes[labels][hidden[labels]], sizes[labels][~hidden[labels]]
            protected = len(own) >= 2 and own.sum() >= minimum
            assert own.empty or protected or not (rest > 0).any()
    assert few.any() or not hidden.any()


def _curve(code: str | None, at_risk: list[int], events: list[int]) -> pd.DataFrame:
    survival = np.cumprod(1 - np.array(events) / np.array(at_risk))
    return pd.DataFrame(
        {
            "municipality_code": code,
            "week": range(1, len(events) + 1),
            "at_risk": at_risk,
            "events": events,
            "censored": 0,
            "survival": survival,
            "survival_se": 0.1,
            "median_duration": 4.0,
        }
    )


def test_a_curve_is_shown_at_weeks_between_which_enough_had_the_event() -> None:
    curves = pd.concat(
        [
            _curve(None, [900, 890, 888, 880, 870], [10, 2, 8, 10, 3]),
            _curve("101", [20, 17, 14, 8, 4], [3, 3, 6, 4, 1]),
        ],
        ignore_index=True,
    )
    shown = publish(KM_CURVES, curves, FIVE).rows
    nation = shown[shown["municipality_code"].isna()]
    assert nation["week"].tolist() == [1, 3, 4]
    assert nation["events"].tolist() == [10, 8, 10]
    municipality = shown[shown["municipality_code"] == "101"]
    # Six events until week 2, six until week 3; the four of week 4 are too few.
    assert municipality["week"].tolist() == [2, 3]
    assert municipality[["at_risk", "events", "censored"]].isna().all(axis=None)
    assert municipality["median_duration"].isna().all()


def test_outcomes_of_few_cannot_be_worked_out_from_totals() -> None:
    counts = {
        ("men", "success"): 50, ("men", "died"): 3, ("men", "unfinished"): 20,
        ("women", "success"): 70, ("women", "died"): 9, ("women", "unfinished"): 40,
    }  # fmt: skip
    rows = pd.DataFrame(
        [("sex", value, outcome, spells) for (value, outcome), spells in counts.items()],
        columns=["breakdown", "value", "outcome", "spells"],
    )
    by_outcome = rows.groupby("outcome", as_index=False)["spells"].sum()
    totals = by_outcome.assign(breakdown="sex", value="total")
    everything = pd.concat([rows, totals], ignore_index=True)
    shown = publish(SPELL_OUTCOMES, everything.assign(share=0.5), FIVE).rows
    hidden = shown[shown["spells"].isna()]
    assert set(zip(hidden["value"], hidden["outcome"], strict=True)) == {
        ("men", "died"),
        ("men", "unfinished"),
        ("women", "died"),
        ("women", "unfinished"),
    }


def test_who_left_in_one_step_cannot_be_worked_out_from_who_is_still_there() -> None:
    steps = [
        ("with_permit", 100),
        ("no_permit_date", 3),
        ("western_origin", 8),
        ("age_outside_limits", 20),
        ("in_population", 69),
        ("only_lost_spells", 9),
        ("with_spells", 60),
    ]
    rows = pd.DataFrame(steps, columns=["reason", "persons"]).assign(spells=np.nan)
    shown = publish(POPULATION_FLOW, rows.assign(step=range(1, 8)), FIVE).rows
    assert shown.loc[shown["persons"].isna(), "reason"].tolist() == [
        "no_permit_date",
        "western_origin",
    ]


def test_a_row_that_counts_some_of_those_who_stay_protects_nobody_who_left() -> None:
    steps = [
        ("everyone", 100),
        ("no_birth_date", 3),
        ("origin_unknown", 6),
        ("age_outside_limits", 28),
        ("in_population", 69),
    ]
    rows = pd.DataFrame(steps, columns=["reason", "persons"]).assign(spells=np.nan)
    shown = publish(POPULATION_FLOW, rows.assign(step=range(1, 6)), FIVE).rows
    assert shown.loc[shown["persons"].isna(), "reason"].tolist() == [
        "no_birth_date",
        "age_outside_limits",
    ]


def test_the_rows_that_count_some_of_those_who_stay_are_those_the_report_puts_in_brackets() -> None:
    in_brackets = {reason for reason, text in FLOW_CODES.items() if text.en.startswith("(")}
    assert in_brackets == COUNTED_AND_KEPT


@pytest.mark.parametrize("published_table", [t for t in GOLD_TABLES if t is not EXPECTED_DURATIONS])
def test_a_table_without_rows_is_published_as_it_is(published_table: Table) -> None:
    rows = pd.DataFrame({name: pd.Series(dtype=object) for name in published_table.columns})
    assert publish(published_table, rows, FIVE).rows.empty


def test_outcomes_that_are_totals_only_are_published() -> None:
    rows = pd.DataFrame({name: ["total"] for name in SPELL_OUTCOMES.columns}).assign(spells=90.0)
    assert publish(SPELL_OUTCOMES, rows, FIVE).rows["spells"].tolist() == [90.0]


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
            "municipality_code": ["751", "147", "151", "153"],
            "municipality": ["Aarhus", "Frederiksberg", "Ballerup", "Brøndby"],
            "cases": [200, 60, 60, 4],
            "persons": [200, 60, 60, 4],
            "events": [90, 3, 57, 2],
            "observed_share": [0.45, 0.05, 0.95, 0.5],
            "indicator_robust_pooled": 0.5,
            "difference": [-5.0, -45.0, 45.0, 0.0],
            "included": True,
        }
    )
    published = publish(shares, rows, FIVE)
    shown = published.rows.set_index("municipality_code")
    given_away = ["events", "observed_share", "difference", "indicator_robust_pooled"]
    assert shown.loc["751", given_away].notna().all()
    for few in ("147", "151"):
        assert shown.loc[few, given_away].isna().all()
    assert shown.loc["153", [*given_away, "cases"]].isna().all()
    # The size of Brøndby would be the total less the others.
    assert shown["cases"].isna().tolist() == [False, True, False, True]
    assert published.hidden.indicators == {"147", "151", "153"}


def test_groups_with_few_events_are_hidden_in_the_calibration() -> None:
    rows = pd.DataFrame(
        {
            "breakdown": "start_year",
            "value": ["2008", "2009", "2010"],
            "observed_events": [3, 40, 30],
            "expected_events": [2.5, 41.0, 29.5],
            "ci_low": 0.4,
            "ci_high": 1.9,
        }
    )
    shown = publish(table("calibration", key=("breakdown", "value")), rows, FIVE).rows
    assert shown["value"].tolist() == ["2008", "2009", "2010"]
    # The total is that of every other breakdown: the smaller of the others is hidden as well.
    assert shown["expected_events"].isna().tolist() == [True, False, True]


def test_tables_without_counts_follow_the_units_that_are_suppressed() -> None:
    rows = pd.DataFrame(
        {"check": "groups", "municipality_code": ["101", "825"], "log_indicator": [0.1, 0.2]}
    )
    sensitivity = table("sensitivity", key=("check", "municipality_code"))
    published = publish(sensitivity, rows, FIVE, LAESOE)
    assert published.rows["log_indicator"].isna().tolist() == [False, True]
    assert published.suppressed == 1


def test_a_note_on_a_municipality_keeps_what_it_is_about() -> None:
    rows = pd.DataFrame(
        {"part": "both_indicators", "municipality_code": ["825"], "reason": ["no_verdict"]}
    )
    withheld = publish(EFFICIENCY_NOTES, rows, FIVE, LAESOE).rows
    pd.testing.assert_frame_equal(withheld, rows)


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
