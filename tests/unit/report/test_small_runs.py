"""Pages of runs in which hardly anybody is compared or has a verdict."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from synthetic_results import registers_results
from synthetic_results import registers_settings as settings

from kommunebench.report import ReportData, build_report, headline, summary
from kommunebench.report.captions import caterpillar_caption, funnel_caption
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.figures import report_figures
from kommunebench.report.key_figures import key_figures

_OF_THE_COMPARED = (
    "assessment", "assessment_fdr", "ci_low", "ci_high", "p_value", "quintile", "tier", "rank",
    "rank_low", "rank_high", "pace", "pace_low", "pace_high", "reliability", "false_sign_rate",
    "hazard_ratio_to_erase", "indicator_shrunk", "shrunk_low", "shrunk_high",
    *(f"p_quintile_{fifth}" for fifth in range(1, 6)),
)  # fmt: skip
_COUNTS = (
    "units_with_verdict", "better", "as_expected", "worse", "better_fdr", "as_expected_fdr",
    "worse_fdr",
)  # fmt: skip
_OF_THE_SPREAD = (
    "tau", "tau_low", "tau_high", "mean_pace", "chance_share", "tiers", "tier_error_rate",
    "tier_discordance", "share_pairs_apart", "median_bootstrap_ratio",
)  # fmt: skip


def without_verdicts(reason: str, *, compared: bool, costs: bool = False) -> ReportData:
    """A run in which all have the same reason for no verdict."""
    data = registers_results(costs=costs)
    rows = data.benchmark_indicators.copy()
    rows[list(_OF_THE_COMPARED)] = None
    rows["no_verdict_reason"], rows["included"] = reason, compared
    row = data.benchmark_summary.assign(**dict.fromkeys(_COUNTS, 0))
    row = row.assign(**dict.fromkeys(_OF_THE_SPREAD, np.nan))
    row["units_compared"] = len(rows) if compared else 0
    return replace(data, benchmark_indicators=rows, benchmark_summary=row)


def test_where_nobody_is_compared_the_page_says_so_and_no_more_of_it():
    data = without_verdicts("too_few_spells", compared=False)
    one = Edition(tidy(data), settings(), "en")
    assert headline.headline(one) == (
        "No municipality has 100 spells or more, so that none is compared."
    )
    assert not any("chance alone" in text for text in summary.sentences(one))
    assert not any("compared" in figure.label for figure in key_figures(one))
    page = build_report(data, settings(), language="da")
    assert "Ingen kommune har 100 forløb eller flere" in page
    assert 'id="benchmark"' not in page and 'id="units"' in page


def test_where_nobody_is_compared_there_is_no_figure_of_their_costs():
    data = without_verdicts("too_few_spells", compared=False, costs=True)
    names = report_figures(data, settings(), "en").keys()
    assert "figure_4_1" in names and "figure_4_2" not in names
    page = build_report(data, settings(), language="en")
    assert "Figure 4.1" in page and "Figure 4.2" not in page


@pytest.mark.parametrize(("language", "said"), [("en", "too few events"), ("da", "for få hænd")])
def test_where_none_has_a_verdict_the_reasons_are_said(language, said):
    data = without_verdicts("too_few_events", compared=True)
    one = Edition(tidy(data), settings(), language)
    assert said in headline.headline(one)
    assert "chance" not in headline.headline(one)
    assert said in build_report(data, settings(), language=language, figures={})


def test_few_verdicts_are_said_to_give_no_spread():
    data = registers_results(costs=False)
    row = data.benchmark_summary.assign(**dict.fromkeys(_OF_THE_SPREAD, np.nan))
    row = pd.DataFrame(row).assign(units_with_verdict=3)
    few = Edition(tidy(replace(data, benchmark_summary=row)), settings(), "en")
    said = [text for text in summary.sentences(few) if text.startswith("Only 3 have a verdict")]
    assert said == [
        "Only 3 have a verdict; with fewer than 5 there is neither a spread nor tiers or ranks."
    ]
    told = caterpillar_caption(few) + funnel_caption(few)
    assert not re.search("rank|shrunk|tier|Dashed|as estimated", told)
    many = Edition(tidy(data), settings(), "en")
    assert not any(text.startswith("Only") for text in summary.sentences(many))


def test_replicates_that_did_not_settle_are_counted():
    data = registers_results(costs=False)
    some = data.benchmark_summary.assign(replicates=640)
    page = build_report(
        replace(data, benchmark_summary=some), settings(), language="en", figures={}
    )
    assert "360 of 1,000 replicates do not count" in page
    assert "replicates do not count" not in build_report(
        data, settings(), language="en", figures={}
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "from 0.96 to 1.13 times over municipalities with a verdict; 1 of"),
        ("da", "fra 0,96 til 1,13 gange over kommuner med en vurdering; 1 af"),
    ],
)
def test_the_ratios_of_the_bootstrap_are_said_with_how_many_are_outside(language, said):
    page = build_report(registers_results(costs=False), settings(), language=language, figures={})
    assert said in page
    end = "outside 0.9–1.1." if language == "en" else "ligger uden for 0,9–1,1."
    assert end in page
