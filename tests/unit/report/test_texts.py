"""Every text exists in both languages, names the same places, and is used or usable."""

import importlib
import pkgutil
import re
from pathlib import Path
from string import Formatter

import pytest
from synthetic_results import registers_settings

from kommunebench import report
from kommunebench.benchmark.comparison import verdicts
from kommunebench.gold import EXPECTED_DURATIONS, GOLD_TABLES, NATIONAL_MODELS
from kommunebench.populations import flow as case_flow
from kommunebench.populations import immigrant_flow
from kommunebench.report import texts
from kommunebench.report.formats import NumberFormat
from kommunebench.report.scale import IndicatorScale
from kommunebench.report.texts.catalogue import _OF_CASES, TEXTS, Words
from kommunebench.report.texts.codes import CODES
from kommunebench.report.texts.measures import scale_words
from kommunebench.spells import flow
from kommunebench.spells.lost_spells import LOST_REASONS
from kommunebench.spells.population import DROP_REASONS

MEASURES = ["restricted_mean", "share"]
LABELS = registers_settings().labels
PLACES = scale_words(IndicatorScale(), "en", LABELS, NumberFormat("en"))
OWN = {
    "level", *PLACES,
    "unit", "units", "event", "time", "Unit", "Units", "Event", "Time",
}  # fmt: skip


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name} - OWN


def test_both_languages_of_every_text_are_there_and_name_the_same_places():
    assert [key for key, text in TEXTS.items() if not (text.da and text.en)] == []
    assert [key for key, text in TEXTS.items() if places(text.da) != places(text.en)] == []


def test_danish_texts_are_spelt_with_their_own_letters():
    danish = " ".join(text.da for text in TEXTS.values()).lower()
    assert all(letter in danish for letter in "æøå")
    assert re.findall(r"\b(?:foer|naar|vaegt|forloeb|maal|hoej|laengde)\w*", danish) == []


def test_a_tier_and_a_level_of_confidence_have_words_of_their_own():
    tiers = [
        key for key, text in {**TEXTS, **_OF_CASES}.items() if re.search(r"\btiers?\b", text.en)
    ]
    assert len(tiers) > 10
    told = {**TEXTS, **_OF_CASES}
    assert [k for k in tiers if re.search("niveau", told[k].da) and "level" not in told[k].en] == []
    assert "niveau" not in Words("da", LABELS, PLACES)("tier").lower()


def test_every_rule_of_the_population_flow_has_a_label():
    wanted = {*flow.ORDER, *DROP_REASONS, *(f"lost_{reason}" for reason in LOST_REASONS)}
    wanted |= {*immigrant_flow.ORDER, *case_flow.REMARKS}
    assert wanted <= set(CODES["flow"])


def test_every_reason_for_no_verdict_has_a_label():
    assert set(verdicts.NO_VERDICT_REASONS) <= set(CODES["no_verdict"])


def test_every_table_that_may_lose_rows_has_a_name():
    """Whatever is published goes through the disclosure rules, and what they take is told."""
    inside = {EXPECTED_DURATIONS.name, NATIONAL_MODELS.name}
    published = {table.name for table in GOLD_TABLES} - inside
    assert published == set(CODES["table"])


def test_an_unlisted_code_is_shown_as_it_is():
    words = Words("da", registers_settings().labels)
    assert words.code("flow", "a_new_rule") == "a new rule"


def test_a_text_uses_the_words_of_the_analysis():
    words = Words("en", registers_settings().labels)
    assert words("Units_count") == "Number of municipalities"
    with pytest.raises(KeyError):
        words("no_such_text")


def test_no_key_is_in_two_collections_of_texts():
    """A later collection would hide the text of an earlier one."""
    collections = [
        getattr(importlib.import_module(f"{texts.__name__}.{module.name}"), name)
        for module in pkgutil.iter_modules(texts.__path__)
        for name in dir(importlib.import_module(f"{texts.__name__}.{module.name}"))
        if name.endswith("_TEXTS") and module.name != "catalogue"
    ]
    assert sum(len(one) for one in collections) == len(TEXTS)


def test_every_text_the_report_names_exists():
    source = "\n".join(path.read_text() for path in Path(report.__file__).parent.rglob("*.py"))
    named = set(re.findall(r'\bwords\(\s*"(\w+)"', source))
    assert len(named) > 150 and sorted(named - set(TEXTS)) == []
    for method, endings in (
        ("of_measure", MEASURES),
        ("of_scale", [f"{m}_{f}" for m in MEASURES for f in ("ratio", "difference", "inverse")]),
        ("of_error", ["ratio", "difference"]),
    ):
        keys = set(re.findall(rf'\.{method}\(\s*"(\w+)"', source))
        assert keys and sorted({f"{k}_{e}" for k in keys for e in endings} - set(TEXTS)) == []
