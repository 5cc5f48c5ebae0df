"""Observed against expected events: order and words of the groups, groups without a ratio, the
figure's axis."""

from dataclasses import replace

import pandas as pd
from synthetic_measures import with_checks
from synthetic_results import registers_results
from synthetic_results import registers_settings as settings

from kommunebench.report.calibration import calibration_rows, without_terms
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.figures.calibration import calibration_limits
from kommunebench.report.tables.checks import check_tables


def edition(language="en", **tables) -> Edition:
    data = with_checks(registers_results(costs=False))
    return Edition(tidy(replace(data, **tables)), settings(), language)


def of_ages(**columns) -> pd.DataFrame:
    rows = {
        "breakdown": "age",
        "value": ["15_or_less", "17_plus", "16"],
        "observed_events": 100.0,
        "expected_events": 100.0,
        "ci_low": 0.8,
        "ci_high": 1.2,
    }
    return pd.DataFrame(rows | columns)


def test_ages_stand_in_order_and_in_words():
    assert calibration_rows(edition(calibration=of_ages()))["label"].tolist() == [
        "15 or younger",
        "16",
        "17 or older",
    ]
    danish = calibration_rows(edition("da", calibration=of_ages()))["label"].tolist()
    assert danish == ["15 eller yngre", "16", "17 eller ældre"]


def test_a_group_in_which_next_to_nothing_was_expected_has_no_ratio():
    """Its interval runs from 0 to 225, and it is not a group the model is right about."""
    rows = of_ages(
        breakdown="risk_tenth",
        value=["1", "2", "3"],
        observed_events=[0.0, 30.0, 100.0],
        expected_events=[0.02, 100.0, 100.0],
        ci_low=[0.0, 0.2, 0.8],
        ci_high=[224.8, 0.42, 1.2],
    )
    one = edition(calibration=rows)
    assert calibration_rows(one)["ratio"].isna().tolist() == [True, False, False]
    [table] = [t for t in check_tables(one) if t.key == "calibration"]
    assert table.blocks[0].rows[0].cells == ("1", "0", "0.0", "·", "·")
    assert without_terms(one, calibration_rows(one))["value"].tolist() == ["2", "3"]
    # Far more than was expected is said, however little it was.
    rows.loc[0, ["observed_events", "ci_low"]] = [9.0, 100.0]
    assert calibration_rows(edition(calibration=rows))["ratio"].notna().all()


def test_the_group_that_is_most_off_is_inside_the_figure():
    many = [f"{k}" for k in range(1, 11)]
    rows = pd.DataFrame(
        {
            "breakdown": "risk_tenth",
            "value": many,
            "observed_events": [100.0] * 9 + [28.0],
            "expected_events": 100.0,
            "ci_low": [0.95] * 9 + [0.18],
            "ci_high": [1.05] * 9 + [0.41],
        }
    )
    limits = calibration_limits(edition(calibration=rows))
    assert 0.2 < limits.low < 0.28 and limits.cuts
