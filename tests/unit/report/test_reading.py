"""What a reader takes from a table or a word is what the run found: figures that add up, headings
that say of which model a figure is, no names of the program's inside."""

import re
from dataclasses import replace

import numpy as np
import pytest
from synthetic_measures import with_checks
from synthetic_results import registers_results
from synthetic_results import registers_settings as settings

from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.report.chapters import chapters
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.key_figures import key_figures
from kommunebench.report.scale import IndicatorScale
from kommunebench.report.tables.coefficients import coefficient_table
from kommunebench.report.tables.precision import precision_table
from kommunebench.report.tables.run import flow_table, run_table
from kommunebench.report.tables.units import units_table
from kommunebench.report.texts.catalogue import TEXTS
from kommunebench.report.texts.codes import CODES
from kommunebench.run_log import INGESTIONS
from kommunebench.settings import load_analysis
from kommunebench.settings.loading import conf_folder
from kommunebench.stages.order import stages_of


def edition(language="en", **tables) -> Edition:
    data = replace(registers_results(costs=False), **tables)
    return Edition(tidy(data), settings(), language)


def labels_of(one: Edition) -> list[str]:
    return [figure.label for figure in key_figures(one)]


def test_the_key_figures_say_of_which_spells_and_which_model_they_are():
    labels = labels_of(edition())
    assert "of spells were seen to end in employment before follow-up ended" in labels
    assert any(label.endswith("156 (all spells, also in municipalities not compared)")
               for label in labels)  # fmt: skip
    assert "weeks expected duration (pooled model; see Plain and robust indicator)" in labels
    rows = registers_results(costs=False).benchmark_indicators
    everybody = edition(benchmark_indicators=rows[rows["included"]])
    assert "weeks observed duration, at most 156" in labels_of(everybody)


@pytest.mark.parametrize("measure", ["restricted_mean", "share"])
@pytest.mark.parametrize("form", ["ratio", "inverse", "difference"])
def test_the_expected_value_of_an_indicator_is_that_it_was_made_from(measure, form):
    observed, expected = np.array([0.4, 0.5]), np.array([0.5, 0.45])
    made = Indicator(form, measure)
    indicator = made.printed(made.performance(expected, observed))
    scale = IndicatorScale(measure, form)
    found = scale.expected(scale.factor * observed, indicator)
    np.testing.assert_allclose(found, scale.factor * expected, rtol=1e-12)


def test_the_values_behind_both_indicators_stand_in_the_table_of_all_units():
    one = edition()
    table = units_table(one)
    labels = [column.label for column in table.columns]
    names = ["Observed, plain (weeks)", "Observed, robust (weeks)",
             "Expected, plain (weeks)", "Expected, robust (weeks)"]  # fmt: skip
    assert [label for label in labels if label in names] == names
    unit = one.compared.iloc[3]
    cells = next(r.cells for r in table.blocks[0].rows if r.cells[0] == unit["municipality"])
    wanted = unit["robust"] * unit["observed_robust"]
    assert cells[labels.index(names[3])] == one.fmt.number(wanted, 1)
    assert "rest on the robust indicator" in table.notes[0]
    rows = registers_results(costs=False).benchmark_indicators
    alone = units_table(edition(benchmark_indicators=rows.assign(observed_duration_robust=np.nan)))
    assert {"Observed (weeks)", "Expected (weeks)"} <= {c.label for c in alone.columns}


def test_spells_that_were_never_counted_are_not_subtracted():
    flow = registers_results(costs=False).population_flow
    flow.loc[flow["reason"] == "with_spells", "spells"] = 36_849
    table = flow_table(edition("da", population_flow=flow))
    rows = {row.cells[0]: row.cells[2] for row in table.blocks[0].rows}
    start = int(rows["Personer med forløb"].replace(".", ""))
    taken = sum(int(n.replace(".", "")) for name, n in rows.items() if name[0] == "÷" and n)
    assert start - taken == int(rows["I sammenligningen"].replace(".", ""))
    assert "forløb begyndt efter sidste startdato" in rows
    assert "Rækkerne, der begynder med »forløb«, er ikke med i de 36.849." in table.notes
    without = flow[~flow["reason"].str.startswith("lost_")]
    assert not any(
        "»forløb«" in n for n in flow_table(edition("da", population_flow=without)).notes
    )


def test_a_probability_that_is_not_zero_is_not_shown_as_zero():
    rows = registers_results(costs=False).benchmark_indicators
    rows["false_sign_rate"] = np.where(np.arange(len(rows)) % 2, 0.0004, 0.021)
    table = precision_table(edition(benchmark_indicators=rows))
    place = [c.label for c in table.columns].index("Probability of the wrong side (%)")
    assert {row.cells[place] for row in table.blocks[0].rows} == {"< 0.1", "2.1"}
    assert [c.label for c in table.columns][1] == "Pace against elsewhere (%)"
    for heading in (
        "Hazard ratio that would erase the verdict: ",
        "Probability of the wrong side: ",
    ):
        assert heading in table.notes[0]


def test_coefficients_are_those_of_the_pooled_model_where_there_are_two():
    assert heading_of_the_model(settings()) == "Coefficients of the pooled model"
    model = settings().model.model_copy(update={"verdict_model": "pooled"})
    alone = settings().model_copy(update={"model": model})
    assert heading_of_the_model(alone) == "The model behind the expected duration"


def heading_of_the_model(own) -> str:
    one = Edition(tidy(registers_results(costs=False)), own, "en")
    return next(chapter.heading for chapter in chapters(one, {}) if chapter.key == "model")


def test_the_runs_own_rows_do_not_reprint_the_sources_misprints():
    table = coefficient_table(edition("da"))
    labels = {row.cells[0] for block in table.blocks for row in block.rows}
    assert {"18–19 år", "20–24 år", "Vietnam", "Familiesammenført til flygtning",
            "Europa uden for EU-28"} <= labels  # fmt: skip
    assert not [label for label in labels if re.search(r"flytning|\(2\)|<19|\d-\d", label)]


def test_every_stage_of_the_product_has_a_word():
    names = {*INGESTIONS, "report"}
    for path in (conf_folder() / "analyses").glob("*.yaml"):
        # factsheet.yaml is a list of analyses.
        if path.stem != "factsheet":
            names |= {stage.name for stage in stages_of(load_analysis(path.stem))}
    assert len(names) > 15 and names - set(CODES["stage"]) == set()
    # No word is left of a stage that is gone.
    assert set(CODES["stage"]) - names == set()


@pytest.mark.parametrize("language", ["da", "en"])
def test_nothing_of_the_programs_inside_is_printed(language):
    # Where the full list is to be had is told by the name of its table.
    named = {"note_cost_exclusions"}
    texts = [text.of(language) for key, text in TEXTS.items() if key not in named]
    assert [text for text in texts if re.search(r"gold\.|cost\.auto", text)] == []
    lines = dict(row.cells for row in run_table(edition(language)).blocks[0].rows)
    analysis, data = ("Analyse", "Data") if language == "da" else ("Analysis", "Data")
    assert lines[analysis] == getattr(settings().labels, f"title_{language}")
    scale = {"da": "simulerede registre, skala 0,05", "en": "simulated registers, scale 0.05"}
    run = replace(registers_results().run, scale=0.05)
    lines = dict(row.cells for row in run_table(edition(language, run=run)).blocks[0].rows)
    assert lines[data] == scale[language]


def test_words_that_are_not_danish_are_gone():
    danish = " ".join(text.da for text in TEXTS.values())
    gone = [
        "Data bærer", "klart af {centre}", "klart af 1", "mærket i", "øftestang", "faldt til ro",
        "trykket ned", "KORA femtedel", "ikke regnes for rammevilkår", "opdagelsesrate",
        "hule rude", "ved et tilfælde", "hos afsenderen",
    ]  # fmt: skip
    assert [word for word in gone if word in danish] == []


def test_the_terms_for_municipalities_are_there_for_what_they_keep_apart():
    one = Edition(tidy(with_checks(registers_results(costs=False))), settings(), "da")
    notes = dict(next(c for c in chapters(one, {}) if c.key == "method").notes)
    said = notes["Modellen bag vurderingerne"]
    assert "ikke forsvinder i rammevilkårene" in said
