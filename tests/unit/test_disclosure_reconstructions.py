"""What a reader with the published tables can work out: from a share and a count the other count,
from an interval and its error the events, from the nation's totals the last one that is missing."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import t as student

from kommunebench import gold
from kommunebench.benchmark.comparison.verdicts import half_width
from kommunebench.disclosure import publish
from kommunebench.settings.analysis import DisclosureSettings
from kommunebench.tables import Table

LIMIT = 5
RULES = DisclosureSettings(min_persons=LIMIT)


def shares(cases: list[int], persons: list[int], events: list[int]) -> pd.DataFrame:
    counts = pd.DataFrame({"cases": cases, "persons": persons, "events": events})
    with np.errstate(invalid="ignore"):
        observed = counts["events"] / counts["cases"]
    return with_codes(gold.SHARE_INDICATORS, counts.assign(observed_share=observed))


def durations(spells: list[int], persons: list[int], events: list[int]) -> pd.DataFrame:
    """Log indicators with standard errors and intervals of Student's t, as the benchmark's are."""
    counts = pd.DataFrame({"spells": spells, "persons": persons, "events": events})
    has_interval = counts["events"] > 1
    se = (1.0 / np.sqrt(counts["events"].clip(lower=1))).where(has_interval)
    half = half_width(se.to_numpy(), counts["events"].to_numpy(float), 0.95)
    columns = {
        "indicator_robust": 1.0,
        "indicator_robust_se": se,
        "ci_low": np.exp(-half),
        "ci_high": np.exp(half),
    }
    return with_codes(gold.BENCHMARK_INDICATORS, counts.assign(**columns))


def with_codes(table: Table, counts: pd.DataFrame) -> pd.DataFrame:
    codes = [str(101 + place) for place in range(len(counts))]
    rows = counts.assign(municipality_code=codes, municipality=codes, included=True)
    return rows.reindex(columns=list(table.columns))


def events_of_interval(row: pd.Series) -> float:
    """The events d for which log(ci_high / ci_low) is two standard errors times t(d - 1)."""
    quantile = np.log(row["ci_high"] / row["ci_low"]) / (2 * row["indicator_robust_se"])
    freedom = brentq(lambda n: student.ppf(0.975, n) - quantile, 0.5, 1e6, xtol=1e-6)
    return float(round(freedom + 1))


def worked_out(table: Table, rows: pd.DataFrame) -> pd.DataFrame:
    """The counts of each municipality that the published rows tell, with those that follow."""
    size = "cases" if table is gold.SHARE_INDICATORS else "spells"
    known = publish(table, rows, RULES).rows.apply(pd.to_numeric, errors="coerce")
    told = known[[size, "persons", "events"]].copy()
    # Most have as many persons as cases.
    told[size] = told[size].fillna(told["persons"])
    if size == "cases":
        share = known["observed_share"]
        with np.errstate(divide="ignore", invalid="ignore"):
            told["cases"] = told["cases"].fillna((told["events"] / share).round())
        told["events"] = told["events"].fillna((told["cases"] * share).round())
        told["without"] = told["cases"] - told["events"]
        return told
    has_interval = known[["ci_low", "ci_high", "indicator_robust_se"]].notna().all(axis=1)
    for label in told.index[has_interval & told["events"].isna()]:
        told.loc[label, "events"] = events_of_interval(known.loc[label])
    return told


def assert_hidden(true: pd.Series, told: pd.Series) -> None:
    """A count below the limit is not told, and the total less what is told is the sum of two or
    more municipalities and of as many persons as the limit; or nothing is told at all."""
    few = (true > 0) & (true < LIMIT)
    assert told[few].isna().all()
    unknown = true[told.isna()]
    if few.any() and (told > 0).any():
        assert len(unknown) >= 2 and unknown.sum() >= LIMIT


def test_a_size_does_not_follow_from_the_events_and_the_share() -> None:
    """The case the rules were mended for: the second had 30 events and a share of 0.75, which is
    40 cases, and with the total of 804 the first has four."""
    counts = [4, 40, 60, 300, 400]
    rows = shares(counts, counts, [2, 30, 20, 80, 120])
    told = worked_out(gold.SHARE_INDICATORS, rows)
    assert told["cases"].isna().tolist() == [True, True, False, False, False]
    assert 804 - told["cases"].sum() == 44


def test_events_do_not_follow_from_an_interval_and_its_error() -> None:
    rows = durations([200, 210, 300], [200, 210, 300], [3, 12, 90])
    assert events_of_interval(rows.loc[1]) == 12
    told = worked_out(gold.BENCHMARK_INDICATORS, rows)
    # With the total of 105, the second's twelve would tell that the first has three.
    assert told["events"].isna().tolist() == [True, True, False]
    assert told["spells"].tolist() == [200, 210, 300]


def test_cases_do_not_follow_from_persons() -> None:
    """The second has as many persons as cases: where the one is withheld, the other is. The fewest
    cases are in the second and the fewest persons in the third."""
    rows = shares([4, 29, 30, 300], [4, 29, 21, 300], [0, 15, 15, 90])
    told = worked_out(gold.SHARE_INDICATORS, rows)
    assert told["cases"].isna().tolist() == [True, False, True, False]


def test_those_without_the_event_are_protected_as_those_with_it() -> None:
    """Of the first, three have no event; the second's would be hidden with it to no avail, because
    all of its six cases have the event."""
    rows = shares([60, 6, 80, 300], [60, 6, 80, 300], [57, 6, 50, 90])
    told = worked_out(gold.SHARE_INDICATORS, rows)
    assert told["events"].isna().tolist() == [True, True, True, False]


COUNTS = st.lists(
    st.tuples(st.integers(0, 40), st.floats(0, 1), st.floats(0.5, 1)), min_size=1, max_size=8
)


@settings(max_examples=150)
@given(COUNTS)
def test_no_count_of_a_share_can_be_worked_out(drawn: list[tuple[int, float, float]]) -> None:
    cases = [size for size, _, _ in drawn]
    events = [round(size * share) for size, share, _ in drawn]
    rows = shares(cases, cases, events)
    told = worked_out(gold.SHARE_INDICATORS, rows)
    assert_hidden(rows["cases"], told["cases"])
    assert_hidden(rows["events"], told["events"])
    assert_hidden(rows["cases"] - rows["events"], told["without"])


@settings(max_examples=150)
@given(COUNTS)
def test_no_count_of_a_duration_can_be_worked_out(drawn: list[tuple[int, float, float]]) -> None:
    spells = [size for size, _, _ in drawn]
    persons = [round(size * repeated) for size, _, repeated in drawn]
    events = [round(size * share) for size, share, _ in drawn]
    rows = durations(spells, persons, events)
    told = worked_out(gold.BENCHMARK_INDICATORS, rows)
    for name in ("spells", "persons", "events"):
        assert_hidden(rows[name], told[name])
