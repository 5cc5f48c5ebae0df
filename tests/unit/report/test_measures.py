"""Texts, tables and pages for every measure, form and level of the indicator."""

import re
from functools import cache

import pytest
from synthetic_measures import in_form, measuring, share_results
from synthetic_results import (
    dialysis_results,
    dialysis_settings,
    registers_results,
    registers_settings,
)

from kommunebench.report import build_report, headline, summary
from kommunebench.report.chapters import chapters
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.figures.robust import differing
from kommunebench.report.key_figures import key_figures
from kommunebench.report.method_notes import robust_note
from kommunebench.report.texts.catalogue import TEXTS

COMBINATIONS = [
    (measure, form)
    for measure in ("restricted_mean", "share")
    for form in ("ratio", "difference", "inverse")
]


class Everything(dict):
    """Stands for drawn figures, so that captions are made without drawing."""

    def __contains__(self, _name: object) -> bool:
        return True


@cache
def edition(measure="restricted_mean", form="ratio", language="en", **uncertainty) -> Edition:
    settings = measuring(registers_settings(), measure, form, **uncertainty)
    if measure == "share":
        data = share_results(form, costs=False)
    else:
        data = in_form(registers_results(costs=False), form) if form != "ratio" else (
            registers_results(costs=False)
        )  # fmt: skip
    return Edition(tidy(data), settings, language)


def all_texts(one: Edition) -> str:
    """Every sentence, caption, heading, note and cell of a page, figures left out."""
    texts = [headline.headline(one), *summary.sentences(one)]
    texts += [f"{figure.value} {figure.label}" for figure in key_figures(one)]
    for chapter in chapters(one, Everything()):
        texts += [chapter.heading, *chapter.paragraphs, chapter.warning]
        texts += [text for note in chapter.notes for text in note]
        texts += [f"{picture.title} {picture.explanation}" for picture in chapter.pictures]
        for table in chapter.tables:
            texts += [table.caption, *table.notes]
            texts += [f"{column.group} {column.label}" for column in table.columns]
            texts += [cell for block in table.blocks for row in block.rows for cell in row.cells]
    return "\n".join(texts)


@pytest.mark.parametrize(
    ("measure", "form", "language"),
    [
        ("restricted_mean", "ratio", "da"),
        ("restricted_mean", "difference", "en"),
        ("restricted_mean", "inverse", "da"),
        ("share", "ratio", "en"),
        ("share", "difference", "da"),
        ("share", "inverse", "en"),
    ],
)
def test_every_text_is_there_and_speaks_of_what_is_measured(measure, form, language):
    text = all_texts(edition(measure, form, language))
    assert "{" not in text and "None" not in text and "nan" not in text.split()
    shown, other = {
        "da": ("observeret varighed", "observeret andel"),
        "en": ("observed duration", "observed share"),
    }[language][:: 1 if measure == "restricted_mean" else -1]
    assert shown in text.lower() and other not in text.lower().replace(f"{shown}", "")
    unit = {"da": "procentpoint", "en": "percentage points"}[language]
    differences = f"({unit})" if measure == "share" else "(uger)" if language == "da" else "(weeks)"
    assert (f"indikator {differences}" in text or f"indicator {differences}" in text) is (
        form == "difference"
    )


@pytest.mark.parametrize(("measure", "form"), COMBINATIONS)
def test_the_side_of_the_better_is_said(measure, form):
    text = all_texts(edition(measure, form))
    side = "above" if (measure, form) in {
        ("restricted_mean", "ratio"), ("share", "ratio"), ("share", "difference"),
    } else "below"  # fmt: skip
    centre = "0" if form == "difference" else "1"
    assert f"lies wholly {side} {centre}" in text


def test_the_main_analysis_as_shares_gives_a_page():
    settings = measuring(registers_settings(), "share", "difference")
    text = build_report(share_results("difference"), settings, language="da")
    assert "Andel med beskæftigelse" in text and 'id="fig-caterpillar"' in text
    # The printed report measured durations: nothing of it stands beside the shares.
    assert "KORA" not in text.split('id="table-table_3_1"')[1].split("</div>")[0]
    assert "uger observeret varighed" not in text


def test_no_text_says_95_percent_where_the_level_is_another():
    for language in ("da", "en"):
        text = all_texts(edition(language=language, confidence_level=0.9)).replace("\u00a0", " ")
        assert re.search(r"90 ?%-interval|90% interval", text)
        said = [line for line in text.split("\n") if re.search(r"\b95 ?%", line)]
        # Only the funnel's own limits are fixed, and named as such.
        assert len(said) == 1 and re.search("1[.,]96", said[0])
    assert edition(confidence_level=0.995).words("interval") == "99.5% interval"


def test_the_level_reaches_the_test_of_plain_against_robust():
    assert differing(edition(confidence_level=0.6)) > differing(edition(confidence_level=0.999))


def test_chance_follows_the_level_and_halves_are_said_only_where_they_hold():
    one = edition(confidence_level=0.8)
    assert headline.expected_by_chance(one) == pytest.approx(0.2 * 92)
    assert headline.half_each_way(one)
    data = registers_results(costs=False)
    rows = data.benchmark_indicators
    shifted = rows.assign(indicator_robust=rows["indicator_robust"].astype(float) * 1.05)
    tidied = tidy(data)
    object.__setattr__(tidied, "benchmark_indicators", shifted)
    moved = Edition(tidy(tidied), registers_settings(), "en")
    assert not headline.half_each_way(moved)
    assert "half in each direction" not in " ".join(summary.sentences(moved))


def test_what_was_false_is_no_longer_said():
    false = ("who is ahead", "hvem der er foran", "finest", "fineste", "Circumstances explain",
             "Rammevilkår forklarer", "unexplained variation", "uforklarede")  # fmt: skip
    said = " ".join(f"{text.da} {text.en}" for text in TEXTS.values())
    assert [phrase for phrase in false if phrase in said] == []
    english = all_texts(edition())
    assert "within a tier no order is claimed" in english
    assert "a contiguous division chosen so that at most 10%" in english
    assert "goes with circumstances, measured in the same data" in english
    assert "the verdicts rest on the t distribution" in english
    assert "the probabilities belong to the robust one" in english


@pytest.mark.parametrize(
    ("measure", "form", "expected"),
    [
        ("restricted_mean", "ratio", "An indicator above 1 means that death comes sooner"),
        ("restricted_mean", "inverse", "An indicator below 1 means that death comes sooner"),
        ("restricted_mean", "difference", "An indicator below 0 means that death comes sooner"),
    ],
)
def test_an_unwanted_event_is_told_for_every_form(measure, form, expected):
    settings = measuring(dialysis_settings(), measure, form)
    data = dialysis_results()
    one = Edition(tidy(in_form(data, form) if form != "ratio" else data), settings, "en")
    assert expected in one.words("unwanted")
    text = all_texts(one)
    assert "better than expected" not in text and "sooner than expected" in text
    assert ("months" in one.departure(1.2)) is (form == "difference")


def test_an_unwanted_share_comes_more_or_less_often():
    settings = measuring(registers_settings(), "share", "difference")
    labels = settings.labels.model_copy(update={"sooner_is_better": False, "event_en": "relapse"})
    settings = settings.model_copy(update={"labels": labels})
    one = Edition(tidy(share_results("difference", costs=False)), settings, "en")
    assert one.assessment("better") == "more often than expected"
    assert "In fifth 1, relapse comes more often" in all_texts(one)


@pytest.mark.parametrize(
    ("measure", "form", "direction"),
    [
        ("restricted_mean", "ratio", "higher"),
        ("restricted_mean", "inverse", "lower"),
        ("restricted_mean", "difference", "lower"),
        ("share", "difference", "higher"),
    ],
)
def test_which_indicator_is_the_higher_is_told_on_its_own_scale(measure, form, direction):
    """The table holds the mean of plain less robust with sooner as positive: 0.006 in the made-up
    runs, so the plain one looks sooner."""
    assert f"{direction} than the robust one" in robust_note(edition(measure, form))
