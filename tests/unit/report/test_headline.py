"""The headline claims no more than what stands once all comparisons are counted, in words that
agree with their numbers."""

from dataclasses import replace

import pytest
from synthetic_cases import case_results, case_settings
from synthetic_results import registers_results, registers_settings

from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.headline import headline
from kommunebench.report.key_figures import key_figures
from kommunebench.report.summary import sentences


def edition(language="en", **counts) -> Edition:
    data = registers_results(costs=False)
    row = data.benchmark_summary.assign(**counts)
    return Edition(tidy(replace(data, benchmark_summary=row)), registers_settings(), language)


def none_flagged(**counts):
    return {"units_compared": 97, "units_with_verdict": 86, "better": 3, "worse": 10,
            "as_expected": 73, "better_fdr": 0, "worse_fdr": 0, **counts}  # fmt: skip


def test_where_no_flag_remains_nobody_is_said_to_be_better():
    one = edition(**none_flagged())
    assert headline(one) == (
        "No municipality can be told from what was expected once all comparisons are counted"
        " (false discovery rate 5%). Judged one by one by their 95% intervals, 13 of 86 lie outside"
        " what was expected (3 better, 10 worse), where chance alone gives about 4, half in each"
        " direction. 11 are without a verdict."
    )
    assert not any("Even with no difference" in text for text in sentences(one))
    danish = headline(edition("da", **none_flagged()))
    assert danish.startswith("Ingen kommune kan skelnes fra det forventede")
    assert (
        "ligger 13 af 86 uden for det forventede" in danish and "falsk opdagelsesrate" not in danish
    )


def test_one_flag_is_enough_for_verdicts_to_be_counted():
    one = edition(**none_flagged(better_fdr=1))
    assert headline(one).startswith("3 of 97 municipalities do better than expected, 10 worse")
    assert any("1 remains better than expected and 0 worse" in text for text in sentences(one))


def test_numbers_agree_with_their_words():
    alone = edition(**none_flagged(units_compared=87, better=1, worse=0))
    assert "1 of 86 lies outside" in headline(alone)
    assert headline(alone).endswith("1 is without a verdict.")
    flagged = edition(**none_flagged(better=1, better_fdr=1))
    assert "1 of 97 municipalities does better than expected, 10 worse, and 73 as" in headline(
        flagged
    )
    none = edition(**none_flagged(better=0, worse=0))
    assert "the 95% interval holds 1 for each of the 86 with a verdict." in headline(none)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "tier only: no order can be told"),
        ("da", "trin i alt: ingen rækkefølge kan påvises"),
    ],
)
def test_a_single_tier_is_no_order(language, said):
    labels = [(figure.value, figure.label) for figure in key_figures(edition(language, tiers=1))]
    assert ("1", said) in labels


def test_no_spread_is_not_printed_as_a_spread_of_zero():
    told = " ".join(sentences(edition(tau=0.0001, tau_low=0.0, tau_high=0.057)))
    assert "no variation in the pace between municipalities is seen beyond that of chance" in told
    assert "at most 5.7%" in told and "0.0%" not in told
    cases = Edition(tidy(case_results()), case_settings(), "en")
    assert "the odds of having passed exams vary between" in " ".join(sentences(cases))
