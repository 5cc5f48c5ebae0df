"""Pages of the fact sheet's analyses: lists, potential, pupils without marks, the words of cases;
and the overview over several analyses."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest
from synthetic_cases import case_results, case_settings, made_up
from synthetic_measures import share_results
from synthetic_results import registers_results, registers_settings

from kommunebench.report import build_report
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.overview import FACTSHEET, AnalysisShown, build_overview, factsheet_number
from kommunebench.report.published import printed_table
from kommunebench.report.tables.lists import lists_table, without_marks_tables
from kommunebench.report.tables.overview import best_of, in_several, published_table, runs_table
from kommunebench.report.tables.overview_numbers import correlation_table
from kommunebench.report.tables.run import flow_table
from kommunebench.settings import load_analyses, load_analysis

# What a page without spells must not speak of.
OF_SPELLS = {
    "da": r"forløb|varighed|Cox|Kaplan|hazard|robust",
    "en": r"\bspells?\b|duration|Cox|Kaplan|hazard|the robust",
}


def words_of(page: str) -> str:
    """The page's text without style, figures and tags."""
    page = re.sub(r"<(style|svg)\b.*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture(scope="module", params=["da", "en"])
def page(request) -> tuple[str, str]:
    language = request.param
    return language, words_of(
        build_report(case_results(), case_settings(), language=language, figures={})
    )


def test_a_page_of_cases_speaks_of_persons_only(page) -> None:
    language, text = page
    found = {match.group(0) for match in re.finditer(OF_SPELLS[language], text, re.I)}
    assert not found, [
        text[max(0, m.start() - 60) : m.end() + 60]
        for m in re.finditer(OF_SPELLS[language], text, re.I)
    ]


def test_the_potential_stands_raw_and_shrunk_and_says_why(page) -> None:
    language, text = page
    raw, shrunk = ("+17,3", "+11,5") if language == "da" else ("+17.3", "+11.5")
    assert raw in text.replace("+17,2", "+17,3").replace("+17.2", "+17.3") and shrunk in text
    assert ("tilfældet er med til" if language == "da" else "chance has helped") in text
    said = "ikke af den sammentrukne indikator" if language == "da" else "not of the shrunk"
    assert text.count(said) == 2  # In the sentence and under the table.


def test_both_models_and_the_calibration_are_on_the_page(page) -> None:
    language, text = page
    words = {
        "da": ("fælles model", "med led for kommuner", "Prøveår", "Antal med bestået prøve"),
        "en": ("pooled model", "with terms for municipalities", "Year of the exams", "Number with"),
    }
    for word in words[language]:
        assert word in text, word
    assert ("400" in text) and ("410,5" in text or "410.5" in text)


def test_under_the_pooled_model_there_is_one_indicator() -> None:
    settings = load_analysis("school_exams", ("model.verdict_model=pooled",))
    data = replace(case_results(), model_verdicts=None)
    text = words_of(build_report(data, settings, language="en", figures={}))
    assert "with terms for municipalities" not in text and "pooled model" in text


def test_pupils_without_marks_stand_by_reason_and_unit(page) -> None:
    language, text = page
    blank = "tom: årsag ikke leveret" if language == "da" else "blank: no reason delivered"
    assert blank in text and "B, D, D15, D16, D17, G, N, S" in text
    assert re.search(r"(900).*(204)", text)
    assert "8,0" in text or "8.0" in text  # 12 of 150


def test_every_unit_has_its_pupils_without_marks_by_reason() -> None:
    data = case_results()
    rows = data.pupils_without_marks
    codes = data.share_indicators["municipality_code"].tolist()
    of_units = pd.DataFrame(
        {
            "municipality_code": codes[:2],
            "kind": "no_exam_marks",
            "reason": "S",
            "pupils": [7.0, np.nan],
            "all_pupils": [150.0, np.nan],
        }
    )
    is_third = (rows["municipality_code"] == codes[2]) & (rows["kind"] == "total")
    rows.loc[is_third, ["pupils", "all_pupils"]] = np.nan
    data = replace(data, pupils_without_marks=pd.concat([rows, of_units], ignore_index=True))
    edition = Edition(tidy(data), case_settings(), "en")
    table = without_marks_tables(edition)[1]
    assert [column.label for column in table.columns[4:6]] == ["S", "blank: no reason delivered"]
    groups = [column.group for column in table.columns[4:6]]
    assert groups == ["No marks, by reason", "Too few marks, by reason"]
    cells = {row.cells[0]: row.cells[4:6] for row in table.blocks[0].rows}
    names = edition.unit_names
    # One of seven, one that is hidden, and one whose total is hidden, so that no zero is shown.
    shown_cells = [cells[names[code]] for code in codes[:4]]
    assert shown_cells == [("7", "0"), ("·", "0"), ("·", "·"), ("0", "0")]


def test_limits_and_priors_are_marked_in_the_model(page) -> None:
    _, text = page
    for sign in "°¤‡":
        assert sign in text
    assert "∞" in text


def test_means_that_would_give_a_municipality_away_are_left_open() -> None:
    data = case_results()
    blanked = {
        name: getattr(data, name).assign(
            **{
                c: np.nan
                for c in getattr(data, name)
                if c not in ("quintile", "component", "basis")
            }
        )
        for name in ("quintile_means", "variance_reduction", "potentials")
    }
    text = words_of(
        build_report(replace(data, **blanked), case_settings(), language="en", figures={})
    )
    assert "The potential, the best fifth" not in text and "nan" not in text


def test_durations_measured_as_shares_have_the_lists_too() -> None:
    name = "immigrants_up_to_10_years"
    text = words_of(build_report(made_up(name), case_settings(name), language="en", figures={}))
    assert "The 10 municipalities with the best" in text
    assert "31 December 2012" in text and "Cox" in text
    assert "From immigrants in the window" in text


def test_names_without_a_verdict_are_marked_in_the_lists() -> None:
    data = case_results()
    shares, listed = data.share_indicators.copy(), data.ten_best
    best = listed.loc[listed["side"] == "best", "municipality_code"].tolist()
    unjudged = shares["municipality_code"].isin(best[:6])
    shares.loc[unjudged, ["assessment", "assessment_fdr"]] = None
    shares.loc[unjudged, "no_verdict_reason"] = "too_few_non_events"
    edition = Edition(tidy(replace(data, share_indicators=shares)), case_settings(), "en")
    table = lists_table(edition)
    marked = [row.cells[0] for row in table.blocks[0].rows if row.cells[0].endswith(" °")]
    assert len(marked) == 6
    reason = "too few without the outcome"
    assert table.notes[1].startswith(f"° : has no verdict ({reason});")
    plain = lists_table(Edition(tidy(data), case_settings(), "en"))
    assert not any(note.startswith("°") for note in plain.notes)


def test_lists_are_alphabetical_with_danish_letters_last() -> None:
    edition = Edition(tidy(case_results()), case_settings(), "da")
    table = lists_table(edition)
    assert table is not None
    for column in (0, 1):
        names = [row.cells[column].rstrip(" ▲▼") for row in table.blocks[0].rows]
        assert len(names) == 10
        assert names == sorted(
            names, key=lambda n: n.lower().replace("aa", "å").translate(str.maketrans("æøå", "{|}"))
        )


def shown(name: str) -> AnalysisShown:
    return AnalysisShown(case_results(), load_analysis(name))


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_overview_holds_all_analyses(language) -> None:
    page = build_overview([shown("school_exams"), shown("upper_secondary")], language=language)
    text = words_of(page)
    for name in ("school_exams", "upper_secondary"):
        title = getattr(load_analysis(name).labels, f"title_{language}")
        assert title in text
    assert ("SIMULEREDE" if language == "da" else "SIMULATED") in text
    # The fact sheet's own list of the first analysis.
    assert "Billund" in text
    assert "<script" not in page and "http" not in re.sub(r"xmlns[^>]*", "", page)


def test_units_in_several_lists_are_marked_and_their_results_correlated() -> None:
    editions = [
        Edition(tidy(one.data), one.settings, "en")
        for one in (shown("school_exams"), shown("upper_secondary"))
    ]
    # Both have the same made-up results.
    assert in_several(editions) == set(best_of(editions[0]))
    row = correlation_table(editions).blocks[0].rows[0]
    assert row.cells[2] == "+1.00"
    # A sample value may exceed its expectation: the heading must not call that the most possible.
    assert correlation_table(editions).columns[-1].label == "Expected if truly alike"
    labels = [column.label for column in runs_table(editions).columns]
    assert labels == ["Analysis", "Name", "Run"]


def test_the_overview_says_what_may_puzzle_a_reader() -> None:
    durations = AnalysisShown(registers_results(costs=False), registers_settings())
    several = [shown("school_exams"), shown("upper_secondary"), durations]
    text = words_of(build_overview(several, language="en"))
    # One date for both, once.
    assert text.count("31 December 2012") == 1
    assert "31 December 2012 (9th-grade final exams, Upper secondary education);" in text
    assert "The lists follow the plain indicator" in text
    assert "the potential is worked out only where an analysis compares shares" in text
    assert "of 3 pairs; chance alone would put about 0.2 there" in text
    assert re.search(r"drawn by lot, 1\.\d would stand on both lists", text)
    assert not re.search(r"\d %", text)
    alone = words_of(build_overview([shown("school_exams")], language="en"))
    assert "compares durations, it is" not in alone and "Data end: 31 December 2012." in alone


def test_the_ten_best_are_of_the_fact_sheets_analyses_where_there_are_any() -> None:
    durations = AnalysisShown(registers_results(costs=False), registers_settings())
    page = unescape(build_overview([shown("school_exams"), durations], language="en"))
    lists, others = page.split('<section id="spread">')
    title = durations.settings.labels.title_en
    headings = re.findall(r"<th[^>]*>([^<]+)</th>", lists)
    assert "9th-grade final exams" in headings
    assert title not in headings and "●" not in lists.split("<table")[1]
    assert title in others
    assert "one other analysis stands in the tables below" in lists
    alone = words_of(build_overview([durations], language="en"))
    assert "Where an analysis compares durations" in alone and "other analys" not in alone


def test_the_set_factsheet_is_the_analyses_the_lists_are_of() -> None:
    assert tuple(one.name for one in load_analyses(["factsheet"])) == FACTSHEET


def test_names_on_both_lists_are_marked() -> None:
    edition = Edition(tidy(case_results()), case_settings(), "en")
    table = published_table([edition], ["1"])
    assert table is not None
    counted, *rows = (row.cells[0] for row in table.blocks[0].rows)
    marked = {name.removesuffix(" ✓") for name in rows if name.endswith(" ✓")}
    assert counted == f"Shared with the run: {len(marked)}"
    assert marked == {edition.unit_names[c] for c in best_of(edition)} & {
        name.removesuffix(" ✓") for name in rows
    }


def test_captions_have_the_printed_reports_numbers_only_beside_it() -> None:
    data = share_results("difference", costs=False)
    text = words_of(
        build_report(data, load_analysis("immigrants_over_10_years"), language="en", figures={})
    )
    assert not re.search(r"(Table|Figure|table|tables) \d\.\d", text)
    assert "Mean and spread of the observed share" in text
    beside = registers_settings().model_copy(update={"published_comparison": True})
    printed = words_of(
        build_report(registers_results(costs=False), beside, language="en", figures={})
    )
    assert "Table 3.1 Mean and spread" in printed


def test_persons_have_one_column_of_counts(page) -> None:
    edition = Edition(tidy(case_results()), case_settings(), page[0])
    table = flow_table(edition)
    assert table is not None
    assert {len(row.cells) for row in table.blocks[0].rows} == {len(table.columns)} == {2}


def test_a_list_that_follows_another_indicator_than_the_verdicts_says_so() -> None:
    settings = case_settings()
    said = "The two may differ."
    assert said in words_of(build_report(case_results(), settings, language="en", figures={}))
    pooled = load_analysis("school_exams", ("model.verdict_model=pooled",))
    alone = replace(case_results(), model_verdicts=None)
    assert said not in words_of(build_report(alone, pooled, language="en", figures={}))


def test_analyses_have_the_fact_sheets_numbers() -> None:
    labels = printed_table("factsheet_analyses").set_index("analysis")["label_da"]
    numbers = [factsheet_number(name) for name in FACTSHEET]
    assert numbers == ["1", "2", "3", "4", "5"]
    assert labels["1"] == load_analysis("school_exams").labels.title_da
    assert factsheet_number("integration_employment") is None
