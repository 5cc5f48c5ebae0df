"""A coefficient's standard error tells how many had the event in a level: of few it does not
leave."""

import numpy as np
import pandas as pd
import pytest

from kommunebench import gold
from kommunebench.benchmark import benchmark_spells
from kommunebench.disclosure import publish, publish_together
from kommunebench.settings.analysis import DisclosureSettings

FIVE = DisclosureSettings(min_persons=5)


def coefficients(events_of_rare: int) -> pd.DataFrame:
    """The model's table of 800 spells, 12 of which are in a rare level, with so many events."""
    rng = np.random.default_rng(4)
    count = 800
    spells = pd.DataFrame(
        {
            "unit": rng.choice(list("abcd"), count),
            "duration": rng.integers(1, 30, count),
            "event": (rng.random(count) < 0.7).astype(int),
            "origin": rng.choice(["asia", "europe"], count),
        }
    )
    spells.loc[:11, "origin"] = "rare"
    spells.loc[:11, "event"] = [1] * events_of_rare + [0] * (12 - events_of_rare)
    results = benchmark_spells(
        spells, unit="unit", duration="duration", event="event", covariates=["origin"],
        horizon=30, min_spells=50, model="pooled",
    )  # fmt: skip
    return results.coefficients


def events_told(rows: pd.DataFrame) -> pd.Series:
    """The events of each level, from the information on its coefficient."""
    precision = 1.0 / pd.to_numeric(rows["se"]) ** 2 - 1.0 / 2.5**2
    return precision.round().set_axis(rows["term"])


@pytest.mark.parametrize("events", [1, 2, 4])
def test_the_events_of_a_level_do_not_follow_from_its_standard_error(events: int) -> None:
    rows = coefficients(events)
    assert events_told(rows)["origin_rare"] == pytest.approx(events, abs=1)
    published = publish(gold.COX_COEFFICIENTS, rows, FIVE)
    assert events_told(published.rows).notna().sum() == 1
    row = published.rows.set_index("term").loc["origin_rare"]
    assert row[["se", "se_robust", "z", "p_value"]].isna().all()
    # What the logged model predicts with, and that there are few, stay.
    assert np.isfinite(row["coefficient"]) and row["mark"] == "few_events"
    assert published.suppressed == 1


def test_errors_of_levels_with_enough_events_stay() -> None:
    rows = coefficients(8)
    pd.testing.assert_frame_equal(publish(gold.COX_COEFFICIENTS, rows, FIVE).rows, rows)


def test_in_a_model_that_is_held_terms_with_little_information_have_no_error() -> None:
    """Nine times the prior's precision of 0.16 and 0.16 again: 1.44 and 30 events."""
    rows = pd.DataFrame(
        {
            "group": "all",
            "term": ["few", "many"],
            "coefficient": 0.1,
            "se": [1 / np.sqrt(0.16 + 1.44), 1 / np.sqrt(0.16 + 30)],
            "se_robust": 0.5,
            "z": 0.1,
            "p_value": 0.9,
            "mark": "held",
        }
    )
    told = publish(gold.LOGIT_COEFFICIENTS, rows, FIVE).rows
    assert told["se"].isna().tolist() == [True, False]
    assert told["z"].isna().tolist() == [True, False]


def test_the_test_of_a_term_of_few_does_not_leave() -> None:
    """Of a single event it is a function of the week in which it happened."""
    rows = coefficients(1)
    tests = rows[["group", "term"]].assign(chi2=2.0, p_value=0.2)
    published = publish_together({gold.PROPORTIONALITY: tests, gold.COX_COEFFICIENTS: rows}, FIVE)
    told = published["proportionality"].rows.set_index("term")
    assert told.loc["origin_rare"][["chi2", "p_value"]].isna().all()
    assert told.drop("origin_rare")["chi2"].notna().all()
    assert published["proportionality"].suppressed == 1
