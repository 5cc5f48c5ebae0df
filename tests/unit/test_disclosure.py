"""Disclosure: nothing that rests on too few persons leaves; tables of persons never do."""

import pandas as pd
import pytest

from kommunebench.disclosure import publish
from kommunebench.gold import BENCHMARK_INDICATORS, EXPECTED_DURATIONS, KM_CURVES
from kommunebench.settings.analysis import DisclosureSettings

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
        }
    )
    shown = publish(KM_CURVES, curves, FIVE).rows
    assert shown["week"].tolist() == [1, 1]
    assert shown["events"].isna().tolist() == [True, False]


def test_a_table_of_spells_is_refused() -> None:
    with pytest.raises(ValueError, match="never published"):
        publish(EXPECTED_DURATIONS, pd.DataFrame(), FIVE)
