"""The page as a whole: what it holds, what it must not hold, in both languages and for both kinds
of analysis."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pandas as pd
import pytest
from synthetic_results import (
    dialysis_results,
    dialysis_settings,
    registers_results,
    registers_settings,
)

from kommunebench.errors import InputError
from kommunebench.reference import read_reference
from kommunebench.report import ReportData, build_report, report_figures
from kommunebench.report.svg import inline_svg

VOID = {"meta", "br", "hr", "img", "link", "input"}


@cache
def page(name: str, language: str) -> str:
    if name == "dialysis":
        return build_report(dialysis_results(), dialysis_settings(), language=language)
    return build_report(
        registers_results(simulated=name == "simulated"), registers_settings(), language=language
    )


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are made without drawing, for tests that look at texts and tables only."""
    monkeypatch.setattr("kommunebench.report.page.draw_figures", lambda edition: {})


PAGES = [
    (name, language) for name in ("simulated", "real", "dialysis") for language in ("da", "en")
]


class Elements(HTMLParser):
    """Collects ids and references, and fails on elements that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self._note(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._note(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def _note(self, tag, attrs):
        self.tags.add(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.references += [value for name, value in attrs if name in ("href", "src")]
        for _, value in attrs:
            self.references += re.findall(r"url\(([^)]+)\)", value or "")


def parsed(text: str) -> Elements:
    elements = Elements()
    elements.feed(text)
    elements.close()
    assert elements.open == []
    return elements


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_a_page_is_well_formed_and_fetches_nothing(name, language):
    text = page(name, language)
    elements = parsed(text)
    assert elements.ids and len(elements.ids) == len(set(elements.ids))
    assert elements.references and all(
        reference.startswith("#") for reference in elements.references
    )
    assert {reference[1:] for reference in elements.references} <= set(elements.ids)
    assert not {"script", "link", "iframe", "img"} & elements.tags
    assert "http" not in text and "@import" not in text
    assert f'<html lang="{language}">' in text
    assert len(text.encode()) < 1_500_000


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_municipality_is_in_the_page_and_on_the_map(language):
    text = page("simulated", language)
    units = text.split('id="table-units"')[1].split("</table>")[0]
    for name in read_reference("municipalities")["municipality"]:
        assert f'<th scope="row">{name}</th>' in units


@pytest.mark.parametrize("language", ["da", "en"])
def test_simulated_registers_are_marked_and_real_ones_are_not(language):
    words = {"da": "SIMULEREDE REGISTRE", "en": "SIMULATED REGISTERS"}[language]
    short = {"da": "Simulerede registre – ikke", "en": "Simulated registers – not"}[language]
    assert words in page("simulated", language)
    # In the banner's print counterpart, the title, the foot, and once in every figure.
    text = page("simulated", language)
    assert text.count(short) >= 3 + text.count("<figure")
    for name in ("real", "dialysis"):
        assert words not in page(name, language) and short not in page(name, language)


def test_numbers_follow_the_language_in_tables_and_figures():
    danish, english = page("simulated", "da"), page("simulated", "en")
    assert ">36.583<" in danish and ">36,583<" in english
    assert ">1,052<" in danish and ">1.052<" in english
    funnel = {
        k: v.split('id="fig-funnel"')[1].split("</figure>")[0]
        for k, v in (("da", danish), ("en", english))
    }
    assert ">1,05<" in funnel["da"] and ">1.05<" in funnel["en"]
    bars = danish.split('id="fig-figure_4_1"')[1].split("</figure>")[0]
    assert "(1.000)" in bars and ">1.217<" in bars


def test_published_figures_and_their_errors_stand_beside_only_where_asked():
    with_them, without = page("simulated", "da"), page("dialysis", "da")
    assert "KORA" in with_them and "KORA" not in without
    table = with_them.split('id="table-table_2_2"')[1].split("</div>")[0]
    assert ">17.237<" in table and "472" in table


@pytest.mark.usefixtures("without_figures")
def test_without_comparison_nothing_is_said_of_the_printed_report():
    settings = registers_settings().model_copy(update={"published_comparison": False})
    alone = build_report(registers_results(), settings, language="da")
    assert "KORA" not in alone and "Forløb efter udfald og køn" in alone
    # The printed report's numbers mean nothing on a page that does not compare with it.
    assert "Tabel 2.1" not in alone


def test_a_swapped_pair_of_published_columns_is_put_right():
    table = page("real", "en").split('id="table-appendix_5_1"')[1].split("</table>")[0]
    row = table.split('<th scope="row">Vejle</th>')[1].split("</tr>")[0]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row)[:3] == ["667", "667", "0"]


def test_an_unwanted_event_is_explained_and_never_called_better():
    text = page("dialysis", "en")
    assert "Here death is unwanted" in text
    assert "better than expected" not in text and "sooner than expected" in text
    assert 'id="fig-map_fifths"' not in text and 'id="table-population_flow"' not in text


@pytest.mark.usefixtures("without_figures")
def test_suppressed_figures_are_dots_with_a_note():
    data = registers_results(costs=False)
    rows = data.benchmark_indicators.copy()
    hidden = [c for c in rows.columns if c not in ("municipality_code", "municipality", "included")]
    rows[hidden] = rows[hidden].astype(object)
    rows.loc[rows["municipality"] == "Læsø", hidden] = None
    text = build_report(
        replace(data, benchmark_indicators=rows), registers_settings(), language="da"
    )
    row = text.split('id="table-units"')[1].split('<th scope="row">Læsø</th>')[1].split("</tr>")[0]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row)[:4] == ["·"] * 4
    assert "undertrykt" in text and ">34<" in text.split('id="table-suppressed"')[1]


@pytest.mark.usefixtures("without_figures")
def test_without_cost_tables_there_are_no_cost_chapters():
    text = build_report(registers_results(costs=False), registers_settings(), language="en")
    assert (
        'id="table-table_4_1"' not in text
        and 'id="fig-figure_5_2"' not in text
        and 'id="costs"' not in text
    )


def test_a_side_without_inefficiency_says_so():
    text = page("simulated", "en")
    assert "Production side: no inefficiency was found" in text
    assert "Cost side: no inefficiency was found" not in text


def test_the_match_group_warning_stands_beside_the_coefficients():
    model = page("real", "en").split('<section id="model">')[1].split("</section>")[0]
    assert "−0.3" in model and 'id="table-appendix_6_1"' in model
    assert "match group" not in page("dialysis", "en")


def test_a_run_without_any_verdict_still_gives_a_page():
    data = dialysis_results()
    rows = data.benchmark_indicators.copy()
    gone = [
        "ci_low",
        "ci_high",
        "indicator_shrunk",
        "tier",
        "rank",
        "rank_low",
        "rank_high",
        "assessment",
        "assessment_fdr",
    ]
    rows[gone] = None
    rows["no_verdict_reason"] = "too_few_events"
    text = build_report(
        replace(data, benchmark_indicators=rows), dialysis_settings(), language="da"
    )
    assert "for få hændelser" in text and 'id="fig-caterpillar"' not in text


def test_a_run_with_only_its_indicators_still_gives_a_page():
    full = registers_results(costs=False)
    least = ReportData(
        run=full.run,
        benchmark_indicators=full.benchmark_indicators,
        benchmark_summary=full.benchmark_summary,
    )
    text = build_report(least, registers_settings(), language="en")
    assert (
        'id="table-units"' in text
        and 'id="table-table_3_1"' not in text
        and 'id="fig-survival"' not in text
    )


def test_figures_are_those_of_the_page():
    data, settings = registers_results(simulated=True), registers_settings()
    figures = report_figures(data, settings, "en")
    names = set(figures)
    assert names == set(re.findall(r'<figure id="fig-([^"]+)">', page("simulated", "en")))
    # Handed over they make the same page, and are settled: drawn again they stay as they are.
    handed_over = build_report(data, settings, language="en", figures=figures)
    assert handed_over == page("simulated", "en")
    assert inline_svg(figures["funnel"], "funnel", "") == inline_svg(
        figures["funnel"], "funnel", ""
    )
    assert {
        "map_fifths",
        "map_assessment",
        "caterpillar",
        "funnel",
        "survival",
        "figure_5_4",
    } <= names


def test_a_missing_column_is_named():
    data = registers_results(costs=False)
    broken = replace(data, benchmark_indicators=data.benchmark_indicators.drop(columns="tier"))
    with pytest.raises(InputError, match=r"benchmark_indicators lacks columns \['tier'\]"):
        build_report(broken, registers_settings(), language="da")


def test_a_summary_of_two_runs_is_refused():
    data = registers_results(costs=False)
    doubled = replace(data, benchmark_summary=pd.concat([data.benchmark_summary] * 2))
    with pytest.raises(InputError, match="2 rows"):
        build_report(doubled, registers_settings(), language="da")


@pytest.mark.usefixtures("without_figures")
def test_the_test_of_proportional_hazards_is_shown_where_the_run_asked_for_it():
    assert "Grambsch" not in page("simulated", "en")
    results = registers_results()
    terms = results.cox_coefficients.loc[
        ~results.cox_coefficients["is_reference"], ["group", "term"]
    ]
    tested = terms.assign(chi2=4.2, p_value=0.04).iloc[:-1]
    text = build_report(
        replace(results, proportionality=tested), registers_settings(), language="en"
    )
    assert "Test of proportional hazards" in text and "Grambsch" in text
    parsed(text)


@pytest.mark.parametrize(
    ("language", "said"),
    [("da", "beholdt, tæller som ydelse"), ("en", "kept, counts as a benefit")],
)
def test_a_code_of_dream_that_nobody_knows_is_said_to_be_kept(language, said):
    assert said in page("simulated", language)
