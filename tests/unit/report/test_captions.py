"""Captions say what is drawn, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from synthetic_measures import with_checks
from synthetic_results import dialysis_results, dialysis_settings, registers_results
from synthetic_results import registers_settings as settings

from kommunebench.report.captions import caterpillar_caption, fifths_caption, funnel_caption
from kommunebench.report.chapters import chapters
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.figures import labels
from kommunebench.report.figures.caterpillar import caterpillar
from kommunebench.report.figures.funnel import MOST_NAMES, funnel
from kommunebench.report.figures.incidence import cumulative_incidence
from kommunebench.report.figures.style import mark_simulated
from kommunebench.report.method_notes import method_notes
from kommunebench.report.tables.units import units_table


def edition(language="en", **tables) -> Edition:
    data = replace(registers_results(costs=False), **tables)
    return Edition(tidy(data), settings(), language)


def with_errors(tight: int) -> Edition:
    """So many of the compared far outside the curves of chance, the others far inside."""
    rows = registers_results(costs=False).benchmark_indicators
    order = rows["included"].astype(float).cumsum().where(rows["included"], np.inf)
    rows["indicator_robust"] = 1.04
    rows["indicator_robust_se"] = np.where(order <= tight, 0.002, 0.2)
    return edition(benchmark_indicators=rows)


def without_spread() -> Edition:
    row = registers_results(costs=False).benchmark_summary
    return edition(benchmark_summary=row.assign(tau=np.nan, tau_low=np.nan, tau_high=np.nan,
                                                tiers=np.nan))  # fmt: skip


def test_the_map_of_verdicts_comes_before_the_map_of_fifths():
    drawn = dict.fromkeys(("map_fifths", "map_assessment", "funnel"), "")
    benchmark = chapters(edition(), drawn)[0]
    assert [picture.name for picture in benchmark.pictures[:2]] == ["map_assessment", "map_fifths"]


def test_the_fifths_say_that_they_are_no_verdicts_and_how_probable_they_are():
    assert fifths_caption(edition("da")).endswith(
        "Femtedelen følger KORA's metode (almindelig indikator) og er ikke vurderingen; i"
        " gennemsnit er den kun rigtig med 50\u00a0% sandsynlighed."
    )
    rows = registers_results(costs=False).benchmark_indicators
    rows[[f"p_quintile_{k}" for k in range(1, 6)]] = np.nan
    assert fifths_caption(edition(benchmark_indicators=rows)).endswith("is not the verdict.")
    own = settings().model_copy(update={"published_comparison": False})
    alone = Edition(tidy(registers_results(costs=False)), own, "en")
    assert "The fifth follows the plain indicator and is not the verdict" in fifths_caption(alone)


@pytest.mark.parametrize(
    ("outside", "said"),
    [
        (27, "The 24 furthest outside the solid black curve are named (27 lie outside)."),
        (5, "The 5 outside the solid black curve are named."),
        (1, "The one outside the solid black curve is named."),
    ],
)
def test_the_funnel_says_how_many_are_named(outside, said):
    one = with_errors(outside)
    assert said in funnel_caption(one)
    named = [text for text in funnel(one).axes[0].texts if text.get_text()]
    assert len(named) == min(outside, MOST_NAMES)
    assert "named" not in funnel_caption(with_errors(0))


def test_the_funnel_explains_its_colours_and_only_the_curves_it_draws():
    told = funnel_caption(edition())
    assert "Blue: better, orange: worse, grey: as expected." in told and "Dashed:" in told
    assert "95% (black) and 99.8% (grey)" in told
    alone = without_spread()
    assert "Dashed" not in funnel_caption(alone) and "as estimated" not in funnel_caption(alone)
    dashes = {line.get_linestyle() for line in funnel(alone).axes[0].get_lines()}
    assert dashes == {"-"}
    unwanted = Edition(tidy(dialysis_results()), dialysis_settings(), "en")
    assert "Blue: later, orange: sooner" in funnel_caption(unwanted)


def test_units_without_a_verdict_are_named_in_danish_order_with_the_reason():
    rows = registers_results(costs=False).benchmark_indicators
    reasons = {"Ballerup": "too_few_events", "Albertslund": "too_few_events",
               "Aarhus": "nobody_at_risk_late", "Odense": "nobody_at_risk_late"}  # fmt: skip
    unjudged = rows["municipality"].isin(reasons)
    rows.loc[unjudged, ["assessment", "ci_low", "ci_high"]] = None
    rows.loc[unjudged, "rank"] = np.nan
    rows.loc[unjudged, "no_verdict_reason"] = rows["municipality"].map(reasons)
    assert caterpillar_caption(edition(benchmark_indicators=rows)).endswith(
        " Without a verdict: Albertslund, Ballerup (too few events); Odense, Aarhus (nobody seen"
        " long enough)."
    )


def test_without_ranks_nothing_is_said_of_ranks_tiers_and_shrunk_values():
    for one, ranked in ((edition(), True), (without_spread(), False)):
        told = caterpillar_caption(one)
        assert all((word in told) is ranked for word in ("rank", "shrunk", "tier"))
        legend = caterpillar(one).legends[0]
        assert ("shrunk" in {text.get_text() for text in legend.get_texts()}) is ranked


def test_the_method_speaks_of_ranks_only_where_there_are_ranks():
    heads = [dict(method_notes(one)) for one in (edition(), without_spread())]
    assert ["Rank, tier and fifth" in told for told in heads] == [True, False]


def test_the_shares_of_ends_say_what_their_axis_is_also_where_registers_are_simulated():
    one = Edition(tidy(with_checks(registers_results(costs=False))), settings(), "en")
    figure = mark_simulated(cumulative_incidence(one), one)
    labels = [axes.get_xlabel() for axes in figure.axes]
    assert labels == ["", "", "Weeks since the spell began", "", ""]


def test_a_name_over_another_costs_more_than_one_over_dots():
    place, frame = (0.0, 0.0, 40.0, 8.0), (0.0, 0.0, 100.0, 100.0)
    over_dots = labels._cost(place, [place] * 3, [], frame)
    assert labels._cost(place, [], [place], frame) > over_dots > labels._cost(place, [], [], frame)


@pytest.mark.parametrize(("language", "said"), [("da", "omtrentlige"), ("en", "approximate")])
def test_limits_of_ranks_without_some_withheld_are_called_approximate(language, said):
    assert not any(said in note for note in units_table(edition(language)).notes)
    notes = units_table(edition(language, ranked_anew=True)).notes
    assert sum(said in note for note in notes) == 1
    unranked = replace(without_spread().data, ranked_anew=True)
    assert not any(said in n for n in units_table(Edition(unranked, settings(), language)).notes)
