"""Tables of one run: what the indicators hide, no other table gives away."""

import numpy as np
import pandas as pd
import pytest

from kommunebench import gold
from kommunebench.benchmark.comparison.fifths import fifth_means
from kommunebench.benchmark.comparison.potential import ten_best
from kommunebench.benchmark.comparison.variance_reduction import variance_reduction
from kommunebench.costs import build_cost_by_result
from kommunebench.disclosure import Hidden, publish, publish_together
from kommunebench.settings.analysis import DisclosureSettings

FIVE = DisclosureSettings(min_persons=5)


def run_of_shares(events_of_last: int) -> dict:
    """Gold tables of ten municipalities compared, the last of which has the given events."""
    rng = np.random.default_rng(1)
    cases = rng.integers(40, 200, 10)
    events = np.append((cases[:9] * rng.uniform(0.3, 0.6, 9)).round(), events_of_last)
    observed, expected = events / cases, rng.uniform(0.4, 0.5, 10)
    rows = pd.DataFrame(
        {
            "municipality_code": [f"{code}" for code in range(901, 911)],
            "municipality": list("abcdefghij"),
            "included": True,
            "cases": cases,
            "persons": cases,
            "events": events,
            "quintile": np.repeat([1, 2, 3, 4, 5], 2),
            "observed_share": observed,
            "expected_share": expected,
            "difference": 0.0,
            "indicator": 0.0,
            "difference_plain": 100 * (observed - expected),
            "indicator_plain": 100 * (observed - expected),
        }
    ).reindex(columns=list(gold.SHARE_INDICATORS.columns))
    neutral = rows.assign(indicator=rows["indicator_plain"], difference=rows["difference_plain"])
    means = fifth_means(
        neutral.infer_objects(), ["indicator", "observed_share", "expected_share", "difference"]
    )
    best, worst = (float(means["difference"].iloc[place]) for place in (0, 4))
    potential = pd.DataFrame(
        {
            "basis": ["raw", "shrunk"],
            "best_fifth": [best, 1.0],
            "worst_fifth": [worst, -1.0],
            "potential": [best - worst, 2.0],
            "ci_low": [best - worst - 3, 0.5],
            "ci_high": [best - worst + 3, 3.5],
        }
    )
    return {
        # Whatever the order in which they are given.
        gold.QUINTILE_MEANS: means.reindex(columns=list(gold.QUINTILE_MEANS.columns)),
        gold.POTENTIALS: potential,
        gold.VARIANCE_REDUCTION: variance_reduction(observed, expected, "share"),
        gold.SENSITIVITY: pd.DataFrame(
            {"check": "groups", "municipality_code": ["901", "910"], "log_indicator": [0.1, 0.2]}
        ),
        gold.SHARE_INDICATORS: rows,
    }


def test_where_nothing_is_hidden_tables_stay_as_they_are() -> None:
    tables = run_of_shares(events_of_last=30)
    published = publish_together(tables, FIVE)
    for table in (gold.QUINTILE_MEANS, gold.POTENTIALS, gold.VARIANCE_REDUCTION):
        pd.testing.assert_frame_equal(published[table.name].rows, tables[table])


def test_means_are_of_the_municipalities_shown() -> None:
    """A mean over all of them less those shown would give a single hidden one away."""
    published = publish_together(run_of_shares(events_of_last=3), FIVE)
    rows = published["share_indicators"].rows
    shown = rows[rows["events"].notna()]
    # The hidden one takes the one with the fewest events with it: less the nation's total.
    assert len(shown) == 8
    fifths = published["quintile_means"].rows.set_index("quintile")
    for fifth, of_fifth in shown.groupby("quintile"):
        assert fifths.loc[fifth, "units"] == len(of_fifth)
        share = pd.to_numeric(of_fifth["observed_share"]).mean()
        assert fifths.loc[fifth, "observed_share"] == pytest.approx(share, rel=1e-12)
    by_component = published["variance_reduction"].rows.set_index("component")
    observed = pd.to_numeric(shown["observed_share"])
    assert by_component.loc["observed", "mean_share"] == pytest.approx(observed.mean(), rel=1e-12)
    raw = published["potentials"].rows.set_index("basis").loc["raw"]
    difference = pd.to_numeric(shown["difference_plain"]).groupby(shown["quintile"]).mean()
    assert raw["best_fifth"] == pytest.approx(difference[1], rel=1e-12)
    assert raw["potential"] == pytest.approx(raw["best_fifth"] - raw["worst_fifth"], rel=1e-12)
    assert raw["ci_high"] - raw["potential"] == pytest.approx(3.0)


def test_tables_without_counts_follow_the_indicators() -> None:
    sensitivity = publish_together(run_of_shares(events_of_last=3), FIVE)["sensitivity"]
    assert sensitivity.rows["log_indicator"].isna().tolist() == [False, True]
    assert sensitivity.suppressed == 1


def test_a_table_of_which_no_row_may_leave_is_not_there() -> None:
    curve = pd.DataFrame(
        {
            "municipality_code": ["910", "910"],
            "week": [1, 2],
            "at_risk": [9, 8],
            "events": [1, 1],
            "censored": 0,
            "survival": [0.9, 0.8],
            "survival_se": 0.1,
            "median_duration": None,
        }
    )
    tables = run_of_shares(events_of_last=3) | {gold.KM_CURVES: curve}
    assert "km_curves" not in publish_together(tables, FIVE)


def lists(indicators: pd.DataFrame) -> pd.DataFrame:
    """The best and the worst, as a run of ten municipalities has them."""
    listed = ten_best(
        indicators["difference_plain"].to_numpy(float),
        indicators["quintile"].to_numpy(float),
        list(indicators["municipality_code"]),
    )
    names = indicators[["municipality_code", "municipality"]]
    return listed.merge(names, on="municipality_code").assign(analysis="a", run_id="r")


def test_the_lists_are_of_the_municipalities_shown() -> None:
    tables = run_of_shares(events_of_last=3)
    tables[gold.TEN_BEST] = lists(tables[gold.SHARE_INDICATORS])
    assert "910" in set(tables[gold.TEN_BEST]["municipality_code"])
    published = publish_together(tables, FIVE)
    rows = published["share_indicators"].rows
    shown = rows[rows["events"].notna()]
    told = published["ten_best"].rows
    # Four of each: a list that is one short would tell on which side the hidden one is.
    assert told.groupby("side").size().to_dict() == {"best": 4, "worst": 4}
    assert set(told["municipality_code"]) == set(shown["municipality_code"])
    assert told.notna().all(axis=None) and set(told["run_id"]) == {"r"}


def test_a_hidden_municipality_is_on_neither_list() -> None:
    """Also where only the lists are published."""
    rows = lists(run_of_shares(events_of_last=3)[gold.SHARE_INDICATORS])
    published = publish(gold.TEN_BEST, rows, FIVE, Hidden(indicators=frozenset({"910"})))
    assert set(published.rows["municipality_code"]) == set(rows["municipality_code"]) - {"910"}
    assert published.suppressed == 1


def test_efficiency_with_a_municipality_that_now_is_hidden_does_not_leave() -> None:
    """As where the limit was raised after the stage: slopes, ranks and means are over it too."""
    regressions = pd.DataFrame({"specification": ["linear"], "term": "x", "coefficient": [0.2]})
    means = {"mean_unit_cost": 80_000.0, "mean_indicator": 1.0}
    cells = pd.DataFrame({"cost_class": ["total"], "result_class": "total", "units": [10]} | means)
    notes = pd.DataFrame(
        {"part": ["units"], "municipality_code": ["910"], "reason": ["no_verdict"]}
    )
    for codes, is_told in ((["901", "910"], False), (["901", "902"], True)):
        influence = pd.DataFrame({"municipality_code": codes, "leverage": 0.1})
        scores = pd.DataFrame({"side": "cost", "municipality_code": codes, "rank": [1, 2]})
        tables = run_of_shares(events_of_last=3) | {
            gold.EFFICIENCY_REGRESSIONS: regressions,
            gold.EFFICIENCY_INFLUENCE: influence,
            gold.FRONTIER_SCORES: scores,
            gold.COST_BY_RESULT: cells,
            gold.EFFICIENCY_NOTES: notes,
        }
        published = publish_together(tables, FIVE)
        for table in (gold.EFFICIENCY_REGRESSIONS, gold.FRONTIER_SCORES, gold.COST_BY_RESULT):
            assert (table.name in published) == is_told
        assert "efficiency_notes" in published


def test_the_mean_of_a_class_of_one_does_not_follow_from_a_total() -> None:
    """Table 5.3 of 33 municipalities with a class of one: three further cells go, so that in no row
    and no column the total less the others is a single mean."""
    sizes = np.array([[4, 1, 2], [7, 3, 5], [2, 6, 3]])
    classes = [
        (cost, result)
        for cost, of_cost in zip(("above", "as_expected", "below"), sizes, strict=True)
        for result, size in zip(("better", "as_expected", "worse"), of_cost, strict=True)
        for _ in range(size)
    ]
    units = pd.DataFrame(classes, columns=["cost_assessment", "result_assessment"])
    units["municipality_code"] = [str(code) for code in range(101, 101 + len(units))]
    units["mean_unit_cost"] = 1000.0 * np.arange(len(units))
    cells = build_cost_by_result(units.assign(indicator=1.0)).table
    told = publish(gold.COST_BY_RESULT, cells, FIVE)
    means = told.rows.set_index(["cost_class", "result_class"])["mean_unit_cost"]
    assert pd.isna(means["above", "as_expected"])
    inner = means.unstack().drop(index="total", columns="total").isna()
    assert (inner.sum(axis=0) != 1).all() and (inner.sum(axis=1) != 1).all()
    assert told.suppressed == inner.to_numpy().sum() == 4


def test_a_mean_of_costs_is_of_two_municipalities_at_least() -> None:
    cells = pd.DataFrame(
        {
            "cost_class": ["above", "below"],
            "result_class": "better",
            "mean_unit_cost": [5e4, 4e4],
            "mean_indicator": [1.05, 1.1],
            "units": [1, 2],
        }
    )
    told = publish(gold.COST_BY_RESULT, cells, FIVE).rows
    assert told["mean_unit_cost"].isna().tolist() == [True, False]
    assert told["mean_indicator"].isna().tolist() == [True, False]
    assert told["units"].tolist() == [1, 2]
