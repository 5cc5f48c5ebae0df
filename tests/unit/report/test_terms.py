"""Covariates and their values as a reader sees them: under the right heading, in the language of
the page, in a sensible order."""

from dataclasses import replace

import pandas as pd
import pytest
from synthetic_cases import case_results
from synthetic_measures import share_results
from synthetic_results import registers_results, registers_settings

from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.sensitivity import label_code
from kommunebench.report.tables.coefficients import coefficient_table
from kommunebench.report.tables.terms import term_label, terms_by_covariate
from kommunebench.report.tables.units import units_table
from kommunebench.settings import load_analysis

# Values of categories that are words, by analysis.
WORDS = {
    "school_exams": [
        "sex_men", "sex_women", "age_15_or_less", "age_17_plus", "years_born_here",
        "mother_none_or_unknown", "mother_basic", "mother_upper_secondary_or_vocational",
        "mother_higher", "mother_gp_not_known", "father_gp_not_known", "mother_gp_not_delivered",
        "constant",
    ],
    "immigrants_over_10_years": [
        "education_none_or_unknown", "education_basic_danish", "education_basic_foreign",
        "education_upper_secondary_or_vocational_danish", "education_higher_danish",
        "education_higher_foreign", "danish_unknown", "basis_none_known", "basis_other",
    ],
}  # fmt: skip


def edition(name: str, language: str = "en") -> Edition:
    return Edition(tidy(case_results()), load_analysis(name), language)


@pytest.mark.parametrize("name", WORDS)
def test_values_that_are_words_have_a_label_in_both_languages(name) -> None:
    labels = {}
    for language in ("da", "en"):
        one = edition(name, language)
        labels[language] = [term_label(one, term) for term in WORDS[name]]
    assert not set(labels["da"]) & set(labels["en"])
    for label in labels["da"] + labels["en"]:
        assert label[0].isupper() or label[0].isdigit(), label
        assert "_" not in label and "plus" not in label and "danish" not in label


def test_contacts_of_a_parent_do_not_stand_under_the_parents_education() -> None:
    terms = dict.fromkeys(["mother_higher", "mother_none_or_unknown", "mother_gp_1_4"], False)
    terms |= {"mother_gp_13_plus": False, "mother_basic": True, "mother_gp_0": True}
    terms |= {"mother_gp_5_8": False, "mother_gp_not_known": False}
    assert dict(terms_by_covariate(edition("school_exams"), terms)) == {
        "Mother's highest education": [
            ("mother_basic", "Basic"),
            ("mother_none_or_unknown", "None or unknown"),
            ("mother_higher", "Higher"),
        ],
        "Mother: contacts with general practice": [
            ("mother_gp_0", "0"),
            ("mother_gp_1_4", "1–4"),
            ("mother_gp_5_8", "5–8"),
            ("mother_gp_13_plus", "13+"),
            ("mother_gp_not_known", "Not known"),
        ],
    }


def test_a_range_in_a_label_has_a_dash() -> None:
    one = edition("immigrants_over_10_years")
    assert term_label(one, "children_0_17").endswith("0–17")


def test_immigrants_who_are_not_family_are_not_called_refugees() -> None:
    """Most of them have no permit that is known: 'Refugees' on their page was nearly everybody."""
    immigrants = edition("immigrants_over_10_years")
    refugees = edition("integration_act_work_or_education")
    assert label_code(refugees, "groups") == "groups"
    assert immigrants.words.code("check", label_code(immigrants, "groups")) == (
        "Groups of their own for family-reunified and others"
    )
    assert immigrants.words.code("breakdown_value", "not_family_reunified") == (
        "Not family-reunified"
    )


def test_the_note_on_suppression_speaks_of_what_is_measured() -> None:
    data = share_results("difference", costs=False)
    of_shares = Edition(tidy(data), load_analysis("immigrants_over_10_years"), "en")
    note = units_table(of_shares).notes[-1]
    assert "fewer than 5 had the event, or fewer than 5 did not, neither count, share nor" in note
    of_weeks = Edition(tidy(registers_results(costs=False)), registers_settings(), "en")
    note = units_table(of_weeks).notes[-1]
    assert "fewer than 5 had the event, neither count, duration nor indicator" in note


def test_a_label_of_the_settings_is_printed_in_both_languages() -> None:
    """The report's own Danish label of the jobs has no unit; the settings' has one."""
    name = "integration_employment"
    assert term_label(edition(name, "da"), "local_jobs_skilled") == "Job på højt niveau (10.000)"
    assert term_label(edition(name), "local_jobs_skilled") == "Jobs at a higher level (10,000)"
    settings = load_analysis(name)
    covariates = tuple(
        c.model_copy(update={"label_da": "Egen tekst"}) if c.column == "danish_partner" else c
        for c in settings.model.covariates
    )
    model = settings.model.model_copy(update={"covariates": covariates})
    changed = settings.model_copy(update={"model": model})
    one = Edition(tidy(registers_results(costs=False)), changed, "da")
    assert term_label(one, "danish_partner") == "Egen tekst"
    assert term_label(one, "age_20_24") == "20–24 år"


def test_terms_that_are_omitted_in_every_group_are_named_in_one_line() -> None:
    data = case_results()
    rows = data.logit_coefficients
    omitted = rows["term"].isin(["urban_share", "mother_higher"])
    rows.loc[omitted, ["coefficient", "se", "se_robust", "mark"]] = [0.0, None, None, "omitted"]
    one = Edition(tidy(replace(data, logit_coefficients=rows)), load_analysis("school_exams"), "en")
    table = coefficient_table(one)
    shown = {row.cells[0] for block in table.blocks for row in block.rows}
    assert "Women" in shown and not shown & {"Higher", "Basic"}
    assert "Mother's highest education" not in {block.heading for block in table.blocks}
    assert table.notes[-1] == (
        "§ Omitted and therefore without a line in the table: Mother's highest education: Higher;"
        " Share of the population in urban areas."
    )
    # A term that another group has an estimate of keeps its line.
    both = pd.concat([rows.assign(group="men"), data.logit_coefficients.assign(group="women")])
    both.loc[(both["group"] == "women") & (both["term"] == "urban_share"), "mark"] = None
    two = replace(data, logit_coefficients=both.reset_index(drop=True))
    table = coefficient_table(Edition(tidy(two), load_analysis("school_exams"), "en"))
    shown = {row.cells[0] for block in table.blocks for row in block.rows}
    assert "Share of the population in urban areas" in shown and "Higher" not in shown


def test_a_column_under_another_upper_heading_stands_apart() -> None:
    one = Edition(tidy(registers_results(costs=False)), registers_settings(), "en")
    table = units_table(one)
    groups = [column.group for column in table.columns]
    begins = [a != b for a, b in zip(["", *groups[:-1]], groups, strict=True)]
    assert [kind.endswith(" apart") for kind in table.kinds] == begins and sum(begins) == 2
