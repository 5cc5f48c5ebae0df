"""The chapter that checks the national model, columns of later versions, and marked terms."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from synthetic_cases import case_results
from synthetic_measures import in_form, measuring, share_results, with_checks
from synthetic_results import dialysis_results, dialysis_settings, registers_results
from synthetic_results import registers_settings as settings

from kommunebench.report import build_report, check_sentences, summary
from kommunebench.report.calibration import calibration_rows
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.figures.funnel import indicator_spread
from kommunebench.report.sensitivity import check_results, model_changes, stability, tier_pairs
from kommunebench.report.tables.checks import (
    check_tables,
    model_changes_table,
    sensitivity_table,
)
from kommunebench.report.tables.coefficients import coefficient_table, second_stage_table
from kommunebench.report.tables.precision import precision_table
from kommunebench.report.tables.units import units_table
from kommunebench.settings import load_analysis


def edition(language="en", **tables) -> Edition:
    data = with_checks(registers_results(costs=False))
    return Edition(tidy(replace(data, **tables)), settings(), language)


def test_the_chapter_is_there_where_the_tables_are():
    text = build_report(with_checks(registers_results(costs=False)), settings(), language="da")
    chapter = text.split('<section id="checks">')[1].split("</section>")[0]
    for part in ("fig-calibration", "fig-cumulative_incidence", "table-model_changes",
                 "table-sensitivity", "table-stability", "table-calibration"):  # fmt: skip
        assert f'id="{part}"' in chapter
    assert 'id="table-precision"' in text


def test_nothing_of_it_is_there_where_they_are_not():
    one = Edition(tidy(registers_results(costs=False)), settings(), "en")
    assert check_tables(one) == []
    makers = (check_sentences.model_changes, check_sentences.calibration,
              check_sentences.sensitivity, check_sentences.stability)  # fmt: skip
    assert [make(one) for make in makers] == [""] * 4


def test_terms_the_data_hardly_carry_are_counted_and_held_models_named():
    row = registers_results(costs=False).benchmark_summary
    thin = row.assign(terms_with_prior=7, terms_omitted=2, levels_at_limit=1, held_groups="women")
    assert check_sentences.thin_data(edition()) == ""
    told = check_sentences.thin_data(edition(benchmark_summary=thin))
    assert "drawn towards zero: 7; terms omitted: 2; levels in which nobody or everybody" in told
    assert "no finite solution on these data (Women): its terms for levels and for municip" in told
    only_limits = row.assign(terms_with_prior=0, terms_omitted=0, levels_at_limit=1)
    told = check_sentences.thin_data(edition(benchmark_summary=only_limits))
    assert "pooled model: levels in which" in told and "omitted" not in told
    danish = check_sentences.thin_data(edition("da", benchmark_summary=thin))
    assert "inden for kommuner har ingen endelig løsning i disse data (Kvinder)" in danish
    only_held = row.assign(held_groups="men, women")
    pooled = settings().model_copy(
        update={"model": settings().model.model_copy(update={"verdict_model": "pooled"})}
    )
    one = Edition(
        tidy(replace(registers_results(costs=False), benchmark_summary=only_held)), pooled, "en"
    )
    told = check_sentences.thin_data(one)
    assert told.startswith("The model has no finite solution on these data (Men, Women):")


def test_groups_outside_their_interval_are_counted_and_the_worst_is_named():
    rows = pd.DataFrame(
        {
            "breakdown": "province",
            "value": [f"P{k}" for k in range(8)],
            "observed_events": [100.0] * 5 + [130.0, 80.0, np.nan],
            "expected_events": 100.0,
            "ci_low": [0.8] * 5 + [1.1, 0.65, np.nan],
            "ci_high": [1.2] * 5 + [1.5, 0.98, np.nan],
        }
    )
    one = edition(calibration=rows)
    assert calibration_rows(one)["outside"].tolist() == [False] * 5 + [True, True]
    told = check_sentences.calibration(one)
    assert "off in 2 of the 7 groups it has no terms for (1 more is not shown; chance" in told
    assert "chance alone: about 0.4;" in told
    assert "The clearest departure is in “Province: P5”, where what was observed is 1.30" in told
    assert told.endswith("local conditions the model does not know; these figures cannot tell.")
    tenths = check_sentences.calibration(edition(calibration=rows.assign(breakdown="risk_tenth")))
    assert "2 of the 7" in tenths and "local conditions" not in tenths
    inside = edition(calibration=rows.head(5))
    assert check_sentences.calibration(inside) == ""


def test_groups_that_are_not_shown_are_named_with_the_reason():
    """A province of 2,598 events is hidden because Frederiksberg's number is; a residence basis
    because its own is small."""
    rows = pd.DataFrame(
        {
            "breakdown": ["province", "province", "residence_basis"],
            "value": ["Byen København", "Fyn", "refugee_quota"],
            "observed_events": [np.nan, 120.0, np.nan],
            "expected_events": [np.nan, 100.0, np.nan],
            "ci_low": [np.nan, 1.05, np.nan],
            "ci_high": [np.nan, 1.4, np.nan],
        }
    )
    units = registers_results(costs=False).benchmark_indicators
    units.loc[units["municipality_code"] == "147", "events"] = np.nan
    one = edition(calibration=rows, benchmark_indicators=units)
    [table] = [t for t in check_tables(one) if t.key == "calibration"]
    assert table.notes[1:] == (
        "Not shown: Province: Byen København. They hold municipalities whose number is suppressed,"
        " and the province's less the others would give it away.",
        "Not shown: Residence basis: Refugee: quota. Fewer than 5 events, or a number from which"
        " one so small would follow.",
    )
    danish = edition("da", calibration=rows, benchmark_indicators=units)
    [table] = [t for t in check_tables(danish) if t.key == "calibration"]
    assert table.notes[1].startswith("Ikke vist: Landsdel: Byen København. Der ligger kommuner")


@pytest.mark.parametrize("breakdown", ["start_year", "residence_basis", "sex"])
def test_groups_the_model_has_terms_for_do_not_count(breakdown):
    """They agree by construction: with them the model would look better than it is."""
    rows = pd.DataFrame(
        {
            "breakdown": ["province"] * 4 + [breakdown] * 40,
            "value": [f"v{k}" for k in range(44)],
            "observed_events": [130.0, 130.0, 100.0, 100.0] + [100.0] * 40,
            "expected_events": 100.0,
            "ci_low": [1.1, 1.1, 0.8, 0.8] + [0.8] * 40,
            "ci_high": [1.5, 1.5, 1.2, 1.2] + [1.2] * 40,
        }
    )
    assert "off in 2 of the 4 groups" in check_sentences.calibration(edition(calibration=rows))
    number = settings().model.covariates[2]
    assert number.column == "weeks_since_permit"
    rows["breakdown"] = rows["breakdown"].replace(breakdown, number.column)
    # A number has one term and not one for each value; chance alone would give two of 44.
    assert check_sentences.calibration(edition(calibration=rows)) == ""


def test_an_interval_beside_bold_print_shows_on_which_side_of_one_it_ends():
    rows = pd.DataFrame(
        {
            "breakdown": "province",
            "value": ["Fyn", "Bornholm"],
            "observed_events": 100.0,
            "expected_events": [106.0, 100.0],
            "ci_low": [0.884, 0.81],
            "ci_high": [0.9959, 1.22],
        }
    )
    [table] = [t for t in check_tables(edition(calibration=rows)) if t.key == "calibration"]
    shown = {row.cells[0]: (row.cells[-1], row.style) for row in table.blocks[0].rows}
    assert shown == {"Fyn": ("0.884–0.996", "total"), "Bornholm": ("0.81–1.22", "")}


def test_choices_that_change_as_many_verdicts_are_all_named():
    one = edition()
    codes = one.compared["municipality_code"].tolist()[:3]
    verdicts = one.compared["assessment"].tolist()[:3]
    rows = pd.concat(
        pd.DataFrame(
            {
                "check": check,
                "municipality_code": codes,
                "log_indicator": 0.0,
                "difference_in_se": 0.1,
                "assessment": ["another"] * changed + verdicts[changed:],
            }
        )
        for check, changed in (("moves_half", 2), ("groups", 1), ("movers_to_target", 2))
    )
    assert check_sentences.sensitivity(edition(sensitivity=rows)) == (
        "Of the other choices tried, “After a move: half the hazard” and “Movers count where they"
        " moved to” change most verdicts (2 of 3 each)."
    )
    assert check_sentences.sensitivity(edition("da", sensitivity=rows)).endswith(
        "og »Flyttede tælles, hvor de flyttede hen« flest vurderinger (hver 2 af 3)."
    )


def test_the_fifth_of_the_models_says_of_which_indicator_it_is():
    table = check_tables(edition())[0]
    labels = [column.label for column in table.columns]
    assert labels.count("Fifth (robust)") == 2 and "Fifth" not in labels


def test_tenths_stand_in_the_order_of_their_numbers():
    rows = pd.DataFrame(
        {
            "breakdown": "risk_tenth",
            "value": sorted(str(k) for k in range(1, 11)),
            "observed_events": 100.0,
            "expected_events": 100.0,
            "ci_low": 0.8,
            "ci_high": 1.2,
        }
    )
    assert calibration_rows(edition(calibration=rows))["value"].tolist() == [
        str(k) for k in range(1, 11)
    ]


def test_changes_of_verdict_are_counted_against_the_run():
    one = edition()
    codes = one.compared["municipality_code"].tolist()
    verdicts = dict(zip(codes, one.compared["assessment"], strict=True))
    rows = pd.DataFrame(
        {
            "check": "piecewise",
            "municipality_code": codes[:3],
            "log_indicator": 0.0,
            "difference_in_se": [0.1, -0.4, np.nan],
            "assessment": [verdicts[codes[0]], "another", None],
        }
    )
    [result] = check_results(edition(sensitivity=rows))
    assert (result.units, result.verdicts_changed) == (3, 2)
    assert result.mean_change == pytest.approx(0.25)
    assert (result.largest_change, result.largest_where) == (0.4, one.unit_names[codes[1]])
    assert "changes most verdicts (2 of 3)." in check_sentences.sensitivity(
        edition(sensitivity=rows)
    )


def of_halves(codes: list[str]) -> pd.DataFrame:
    """Performances of four units, on which sooner is positive whatever form is printed."""
    halves = [("first_half", [0.1, 0.2, 0.3, -0.2]), ("second_half", [0.2, -0.1, 0.3, 0.1])]
    return pd.concat(
        pd.DataFrame(
            {
                "check": check,
                "municipality_code": codes,
                "log_indicator": values,
                "difference_in_se": 0.0,
                "assessment": None,
            }
        )
        for check, values in halves
    )


@pytest.mark.parametrize("form", ["ratio", "inverse", "difference"])
@pytest.mark.parametrize("measure", ["restricted_mean", "share"])
def test_halves_of_the_window_are_crossed(measure, form):
    if measure == "share":
        data = share_results(form, costs=False)
    else:
        data = registers_results(costs=False)
        data = data if form == "ratio" else in_form(data, form)
    codes = edition().compared["municipality_code"].tolist()[:4]
    data = tidy(replace(data, sensitivity=of_halves(codes)))
    one = Edition(data, measuring(settings(), measure, form), "en")
    found = stability(one)
    sides = (True, False)
    assert [found.count(a, b) for a in sides for b in sides] == [2, 1, 1, 0]
    centre = 0 if form == "difference" else 1
    assert check_sentences.stability(one).startswith(
        f"Of 3 municipalities on the favourable side of {centre} in the first half of the window,"
        " 2 stayed there"
    )
    labels = one.settings.labels.model_copy(update={"sooner_is_better": False})
    unwanted = Edition(data, one.settings.model_copy(update={"labels": labels}), "en")
    assert [stability(unwanted).count(a, b) for a in sides for b in sides] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("model", "said", "headline"),
    [
        ("within", "come from the model with a term", "Had a pooled model without terms"),
        ("pooled", "come from the pooled model, which has no", "Had the model with a term for"),
    ],
)
def test_whose_verdicts_the_report_has_is_said_beside_the_other_model(model, said, headline):
    chosen = settings().model.model_copy(update={"verdict_model": model})
    one = Edition(edition().data, settings().model_copy(update={"model": chosen}), "en")
    (table,) = [table for table in check_tables(one) if table.key == "model_changes"]
    assert said in table.notes[0] and "fifth (of the robust indicator): " in table.notes[0]
    assert check_sentences.model_changes(one).startswith(headline)


def test_pooled_and_within_are_set_beside_each_other():
    one = edition()
    changes = model_changes(one)
    rows = one.data.model_verdicts
    within, pooled = (
        rows[rows["model"] == name].set_index("municipality_code")["assessment"]
        for name in ("within", "pooled")
    )
    assert changes["verdict_differs"].sum() == (within != pooled).sum() > 0
    assert set(changes["fifth"]) == {1, 2, 3, 4, 5}
    listed = {row.cells[0] for row in check_tables(one)[0].blocks[0].rows}
    any_change = changes[["verdict_differs", "fifth_differs"]].any(axis=1)
    assert listed == set(changes.loc[any_change, "municipality"])


def test_one_cut_more_is_not_another_tier_for_everybody():
    """Four units in tiers 1 1 2 2 and, with one cut more, 1 2 3 3: one pair more is told apart; the
    numbers of three units are others."""
    codes = edition().compared["municipality_code"].tolist()[:4]
    tiers = {"within": [1, 1, 2, 2], "pooled": [1, 2, 3, 3]}
    rows = edition().data.model_verdicts
    rows = rows[rows["municipality_code"].isin(codes)].assign(assessment="as_expected", fifth=1)
    for model, of_model in tiers.items():
        rows.loc[rows["model"] == model, "tier"] = of_model
    one = edition(model_verdicts=rows)
    pairs = tier_pairs(model_changes(one))
    assert (pairs.pairs, pairs.both, pairs.only_one, pairs.only_other) == (6, 4, 0, 1)
    assert pairs.opposite == 0 and pairs.changed == 1
    assert check_sentences.model_changes(one).endswith(
        "0 of 4 would have another verdict, and 1 of 6 pairs would be told apart under one of the"
        " models only, or in opposite orders."
    )
    table = model_changes_table(one)
    assert table.blocks[0].rows == () and "0 are in opposite orders" in table.notes[1]
    # The other way round two pairs are in opposite orders.
    rows.loc[rows["model"] == "pooled", "tier"] = [1, 2, 1, 1]
    turned = tier_pairs(model_changes(edition(model_verdicts=rows)))
    assert (turned.both, turned.opposite, turned.only_one, turned.only_other) == (0, 2, 2, 1)


def test_the_spread_of_the_pace_is_told_and_translated_for_the_funnel():
    one = edition()
    told = " ".join(summary.sentences(one))
    assert "the pace varies between municipalities" in told
    # The made-up slope of log indicator in log hazard is 0.2 everywhere.
    assert indicator_spread(one) == pytest.approx(0.2 * one.summary["tau"])


def test_units_below_the_least_size_show_a_shrunk_value_and_no_rank():
    data = with_checks(registers_results(costs=False))
    rows = data.benchmark_indicators.copy()
    rows.loc[~rows["included"], "indicator_shrunk"] = 1.011
    table = units_table(Edition(tidy(replace(data, benchmark_indicators=rows)), settings(), "en"))
    aside = [row.cells for row in table.blocks[0].rows if row.style == "aside"]
    assert aside and all("1.011" in cells and cells[-2:] == ("", "") for cells in aside)


@pytest.mark.parametrize("comparison", [True, False])
def test_marked_terms_have_a_sign_and_a_footnote(comparison):
    if comparison:
        data, own = registers_results(costs=False), settings()
    else:
        data, own = dialysis_results(), dialysis_settings()
    coefficients = data.cox_coefficients.copy()
    estimated = coefficients.index[~coefficients["is_reference"]][:2]
    coefficients["mark"] = None
    coefficients.loc[estimated[0], ["mark", "coefficient"]] = ["no_events", -np.inf]
    coefficients.loc[estimated[1], ["mark", "coefficient"]] = ["omitted", 0.0]
    one = Edition(tidy(replace(data, cox_coefficients=coefficients)), own, "en")
    table = coefficient_table(one)
    cells = [cell for block in table.blocks for row in block.rows for cell in row.cells]
    assert "−∞" in cells
    # Of the one group of the other analysis the omitted term is named in a note instead.
    assert {cell[-1:] for cell in cells} & {"°", "§"} == ({"°", "§"} if comparison else {"°"})
    marks = ["°", "§"] if comparison else ["°", "§", "§"]
    assert [note[0] for note in table.notes if note[0] in "°‡§"] == marks
    plain = coefficient_table(Edition(tidy(data), own, "en"))
    assert all(note[0] not in "°‡§" for note in plain.notes)


def test_the_indicator_without_the_adjustment_between_areas_stands_beside():
    one = edition()
    table = precision_table(one)
    place = [column.label for column in table.columns].index(one.words("indicator_unadjusted"))
    unadjusted = one.data.model_verdicts.query("model == 'without_area_adjustment'")
    wanted = unadjusted.set_index("municipality_code")["indicator_robust"]
    shown = {row.cells[0]: row.cells[place] for row in table.blocks[0].rows}
    code = one.compared["municipality_code"].iloc[3]
    assert shown[one.unit_names[code]] == one.indicator(wanted[code])
    assert one.words("note_unadjusted") in table.notes
    [*_, last] = second_stage_table(one).blocks[0].rows
    assert last.cells[2] == "0.000§" and last.cells[1] == "Skilled jobs"
    without = Edition(tidy(registers_results(costs=False)), settings(), "da")
    assert second_stage_table(without) is None
    assert one.words("note_unadjusted") not in precision_table(without).notes


@pytest.mark.parametrize(
    ("language", "labels", "own"),
    [
        (
            "en",
            ["Only persons of 25 years and over", "The same persons where they live now"],
            "the standard error and the least sizes of that choice",
        ),
        (
            "da",
            ["Kun personer på 25 år og derover", "De samme personer, hvor de bor nu"],
            "det valgs egen standardfejl",
        ),
    ],
)
def test_choices_about_residents_stand_in_the_table_of_sensitivities(language, labels, own):
    settings = load_analysis("upper_secondary", ("checks.least_age=25",))
    plain = Edition(tidy(case_results()), settings, language)
    rows = pd.DataFrame(
        {
            "check": ["older_ages", "current_residence"],
            "municipality_code": plain.compared["municipality_code"].tolist()[:2],
            "log_indicator": 1.0,
            "difference_in_se": [0.5, -0.25],
            "assessment": None,
        }
    )
    table = sensitivity_table(
        Edition(tidy(replace(case_results(), sensitivity=rows)), settings, language)
    )
    assert [row.cells[0] for block in table.blocks for row in block.rows] == labels
    assert own in table.notes[0]
