"""A municipality with a verdict that is hidden to protect another: its verdict and its rank do not
follow from the counts of the summary and the ranks of the others."""

import pandas as pd

from kommunebench import gold
from kommunebench.disclosure import publish_together
from kommunebench.settings.analysis import DisclosureSettings

FIVE = DisclosureSettings(min_persons=5)


def run(events: list[int]) -> dict:
    """Five municipalities compared, the first without a verdict where it has few events."""
    judged = [number >= 10 for number in events]
    rows = pd.DataFrame(
        {
            "municipality_code": list("abcde"),
            "municipality": list("ABCDE"),
            "included": True,
            "spells": 200,
            "persons": 200,
            "events": events,
            "indicator": [1.0, 1.1, 0.9, 1.0, 1.2],
            "assessment": [None, "worse", "better", "as_expected", "as_expected"],
            "assessment_fdr": [None, "worse", "as_expected", "as_expected", "as_expected"],
            "bootstrap_ratio": [None, 0.82, 0.95, 1.02, 1.15],
            "rank": [None, 2, 1, 3, 4],
            "rank_low": [None, 1, 1, 2, 3],
            "rank_high": [None, 3, 2, 4, 4],
            "quintile": [1, 2, 3, 4, 5],
        }
    ).reindex(columns=list(gold.BENCHMARK_INDICATORS.columns))
    summary = pd.DataFrame(
        {
            "units_compared": [5],
            "units_with_verdict": sum(judged),
            "better": 1,
            "as_expected": 2,
            "worse": 1,
            "better_fdr": 0,
            "as_expected_fdr": 3,
            "worse_fdr": 1,
            "tau": 0.1,
            "mean_log_plain_to_robust": 0.02,
            "mean_log_plain_to_robust_se": 0.01,
            "median_bootstrap_ratio": 0.985,
            "smallest_bootstrap_ratio": 0.82,
            "largest_bootstrap_ratio": 1.15,
            "bootstrap_ratios_outside": 2,
        }
    )
    return {
        gold.BENCHMARK_INDICATORS: rows,
        gold.BENCHMARK_SUMMARY: summary,
        gold.STABILITY: pd.DataFrame({"units": [4], "better_first": [2]}),
    }


def test_verdict_and_rank_of_one_hidden_with_another_do_not_follow_from_the_others() -> None:
    """The first has three events; the second, with twelve, is hidden with it."""
    published = publish_together(run([3, 12, 40, 50, 60]), FIVE)
    rows = published["benchmark_indicators"].rows.set_index("municipality_code")
    assert rows["assessment"].isna().tolist() == [True, True, False, False, False]
    summary = published["benchmark_summary"].rows.iloc[0]
    for name in ("better", "as_expected", "worse"):
        for suffix in ("", "_fdr"):
            shown = (rows[f"assessment{suffix}"] == name).sum()
            assert summary[f"{name}{suffix}"] - shown == 0
    assert summary["units_with_verdict"] == 3 and summary["units_compared"] == 5
    assert pd.isna(summary["mean_log_plain_to_robust"]) and summary["tau"] == 0.1
    # The ratios of the bootstrap are those of the three that are shown.
    assert summary["median_bootstrap_ratio"] == 1.02
    assert summary["smallest_bootstrap_ratio"] == 0.95
    assert summary["largest_bootstrap_ratio"] == 1.15
    assert summary["bootstrap_ratios_outside"] == 1
    ranks = rows.loc[["c", "d", "e"], ["rank", "rank_low", "rank_high"]].astype(int)
    assert ranks["rank"].tolist() == [1, 2, 3]
    assert ranks["rank_low"].tolist() == [1, 2, 2] and ranks["rank_high"].tolist() == [2, 3, 3]
    assert "stability" not in published
    assert published["benchmark_indicators"].hidden.some_judged


def test_where_no_verdict_is_hidden_the_summary_stays_as_it_is() -> None:
    tables = run([3, 9, 40, 50, 60])
    rows = tables[gold.BENCHMARK_INDICATORS]
    of_second = rows["municipality_code"] == "b"
    for name in ("assessment", "assessment_fdr", "rank", "rank_low", "rank_high"):
        rows[name] = rows[name].astype(object).mask(of_second, None)
    published = publish_together(tables, FIVE)
    assert published["benchmark_indicators"].hidden.indicators == {"a", "b"}
    told = published["benchmark_summary"].rows
    pd.testing.assert_frame_equal(told, tables[gold.BENCHMARK_SUMMARY])
    assert "stability" in published
    assert not published["benchmark_indicators"].hidden.some_judged
    ranks = published["benchmark_indicators"].rows["rank"].dropna()
    assert ranks.tolist() == [1, 3, 4]
