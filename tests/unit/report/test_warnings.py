"""Warnings that stand above every result: those of the fact sheet, and that no register says who
worked before 2008."""

from dataclasses import replace
from html import unescape
from types import SimpleNamespace

import pytest
from synthetic_cases import made_up
from synthetic_results import registers_results, registers_settings

from kommunebench.report import build_report
from kommunebench.report.chapters import chapters
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.method_notes import warning_of_results
from kommunebench.report.overview import FACTSHEET
from kommunebench.settings import load_analysis
from kommunebench.stages import panel
from kommunebench.stages.panel import note_of_unseen_work

WARNINGS = {
    "da": (
        "siger ikke hvorfor",
        "ikke er i registrene",
        "Gymnasier og erhvervsskoler er ikke kommunens alene",
        "Data slutter 31. december 2012",
    ),
    "en": (
        "do not say why",
        "not in the registers",
        "Upper secondary schools and vocational colleges are not the municipality's alone",
        "Data end on 31 December 2012",
    ),
}
UNSEEN = {"da": "ses ingen i arbejde", "en": "nobody is seen in work"}


def edition(name, language="en", **tables) -> Edition:
    return Edition(tidy(replace(made_up(name), **tables)), load_analysis(name), language)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", FACTSHEET)
def test_all_warnings_of_the_fact_sheet_stand_once_above_every_result(name, language):
    shown = chapters(edition(name, language), {})
    assert shown[0].key == "benchmark"
    for warning in WARNINGS[language]:
        assert warning in shown[0].warning
        assert sum(warning in repr(chapter) for chapter in shown) == 1
    # Nobody is seen in work before 2008.
    follows_work = not load_analysis(name).starts_from_cases
    assert (UNSEEN[language] in shown[0].warning) == follows_work
    opens = {"da": "1. januar 2007", "en": "1 January 2007"}[language]
    assert (opens in shown[0].warning) == follows_work


def test_the_warning_stands_before_the_first_figure():
    name = "immigrants_up_to_10_years"
    page = unescape(build_report(made_up(name), load_analysis(name), language="en"))
    head = page[page.index('<section id="benchmark">') : page.index("<figure")]
    assert all(warning in head for warning in (*WARNINGS["en"], UNSEEN["en"]))
    assert page.count(WARNINGS["en"][0]) == 1


def test_the_warnings_stand_also_where_nothing_is_drawn_and_nothing_is_listed():
    name = "immigrants_over_10_years"
    first = chapters(edition(name, ten_best=None, potentials=None), {})[0]
    assert first.key == "benchmark" and WARNINGS["en"][0] in first.warning


def test_the_main_analysis_has_no_warning():
    whole = Edition(tidy(registers_results(costs=False)), registers_settings(), "en")
    assert warning_of_results(whole) == ""


def test_without_education_in_the_outcome_schools_are_not_spoken_of():
    overrides = ("measure=share", "indicator=difference")
    settings = load_analysis("integration_employment", overrides)
    said = warning_of_results(Edition(tidy(made_up("immigrants_over_10_years")), settings, "en"))
    assert "do not say why" in said and "vocational" not in said and UNSEEN["en"] not in said


@pytest.mark.parametrize(
    ("name", "overrides", "said"),
    [
        ("immigrants_up_to_10_years", (), True),
        ("integration_act_work_or_education", (), True),
        ("integration_act_work_or_education", ("population.window_start=2008-01-01",), False),
        ("integration_employment", (), False),
        ("integration_employment", ("population.window_start=2006-01-01",), True),
        ("upper_secondary", (), False),
        ("dialysis_centres", (), False),
    ],
)
def test_the_note_of_the_panel_and_the_report_speak_of_work_in_the_same_runs(name, overrides, said):
    settings = load_analysis(name, overrides)
    assert settings.opens_before_jobs is said
    assert ("nobody is seen in work" in note_of_unseen_work(settings)) is said


def test_the_stage_of_the_panel_says_it_beside_what_it_says_of_addresses(monkeypatch):
    called = (
        *("register_frames", "refuse_registers_that_end_early", "refuse_registers_of_others"),
        "build_weekly_panel",
    )
    for name in called:
        monkeypatch.setattr(panel, name, lambda *_: None)
    monkeypatch.setattr(panel, "_about_addresses", lambda *_: (0, "of addresses"))
    notes = {}
    for name in ("integration_employment", "immigrants_up_to_10_years"):
        inputs = SimpleNamespace(settings=load_analysis(name), of_run=lambda _, frame: frame)
        notes[name] = panel.weekly_panel_of(inputs, None).note
    assert notes["integration_employment"] == "of addresses"
    assert notes["immigrants_up_to_10_years"] == (
        "of addresses; no jobs are reported before 2008-01-01: from 2007-01-01 to then nobody is"
        " seen in work"
    )
