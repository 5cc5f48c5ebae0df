"""Every text exists in both languages, names the same places, and is used or usable."""

import re
from string import Formatter

import pytest
from synthetic_results import registers_settings

from kommunebench.benchmark import verdicts
from kommunebench.report.formats import NumberFormat
from kommunebench.report.scale import IndicatorScale
from kommunebench.report.texts.catalogue import TEXTS, Words
from kommunebench.report.texts.codes import CODES
from kommunebench.report.texts.measures import scale_words
from kommunebench.spells import flow
from kommunebench.spells.gaps import LOST_REASONS
from kommunebench.spells.population import DROP_REASONS

OWN = {"unit", "units", "event", "time", "Unit", "Units", "Event", "Time"}
OWN |= {
    "level",
    "cost_level",
    *scale_words(IndicatorScale(), "en", registers_settings().labels, NumberFormat("en")),
}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name} - OWN


def test_both_languages_of_every_text_are_there_and_name_the_same_places():
    assert [key for key, text in TEXTS.items() if not (text.da and text.en)] == []
    assert [key for key, text in TEXTS.items() if places(text.da) != places(text.en)] == []


def test_danish_texts_are_spelt_with_their_own_letters():
    danish = " ".join(text.da for text in TEXTS.values()).lower()
    assert all(letter in danish for letter in "æøå")
    assert re.findall(r"\b(?:foer|naar|vaegt|forloeb|maal|hoej|laengde)\w*", danish) == []


def test_every_rule_of_the_population_flow_has_a_label():
    wanted = {*flow.ORDER, *DROP_REASONS, *(f"lost_{reason}" for reason in LOST_REASONS)}
    assert wanted <= set(CODES["flow"])


def test_every_reason_for_no_verdict_has_a_label():
    assert {verdicts.TOO_SMALL, verdicts.FEW_EVENTS, verdicts.SHORT_SUPPORT} <= set(
        CODES["no_verdict"]
    )


def test_an_unlisted_code_is_shown_as_it_is():
    words = Words("da", registers_settings().labels)
    assert words.code("flow", "a_new_rule") == "a new rule"


def test_a_text_uses_the_words_of_the_analysis():
    words = Words("en", registers_settings().labels)
    assert words("Units_count") == "Number of municipalities"
    with pytest.raises(KeyError):
        words("no_such_text")
