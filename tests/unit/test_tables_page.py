"""docs/tables.md: current, and its levels and codes are those the program writes."""

from pathlib import Path
from typing import get_args

import pytest
import yaml

from kommunebench.benchmark.comparison import models, potential, verdicts
from kommunebench.benchmark.model import tables as model_tables
from kommunebench.column_descriptions import codes_of_column, column_codes
from kommunebench.costs import classification
from kommunebench.costs.frontier_scores import Ranking
from kommunebench.declared_tables import declared_tables
from kommunebench.populations import immigrant_spells, immigrants, origin, pupils, residents
from kommunebench.settings import load_analyses
from kommunebench.settings.spells import CENSORING_REASONS, RESIDENCE_BASES
from kommunebench.silver import CASES, SPELLS
from kommunebench.spells import absence, benefits, covariates, ends, family, lost_spells, population
from kommunebench.spells.spell_table import UNFINISHED
from kommunebench.table_documentation import covariates_of, kind_of, tables_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tables.md"
NO_PERMIT = (immigrants.OTHER_PERMIT, immigrants.NO_PERMIT)
# What the program writes by column: the constants it writes them from.
WRITTEN = {
    "age_group": {"16_17", *(name for _, name in covariates._AGE_GROUPS)},
    "years_in_denmark": {name for _, name in covariates._YEARS_IN_DENMARK},
    "silver.cases.years_in_denmark": {origin.BORN_HERE, *(n for _, n in origin._YEARS_IN_DENMARK)},
    "residence_basis": {*RESIDENCE_BASES, *NO_PERMIT},
    "family_type": {*family._FAMILY_TYPES, family.CHILD_AT_HOME, family.UNKNOWN},
    "danish_education": {*covariates.DANISH_COURSES, covariates.UNKNOWN},
    "end_reason": {"success", *CENSORING_REASONS, *UNFINISHED},
    "absence": {absence.DEAD, absence.ABROAD},
    "silver.weekly_panel.state": {*benefits.known_states().values(), benefits.UNKNOWN},
    "lost": {*lost_spells.LOST_REASONS, *immigrant_spells.IMMIGRANT_LOST_REASONS},
    "silver.case_candidates.lost": {*pupils.REASONS, *residents.REASONS},
    "silver.permit_holders.reason": set(population.DROP_REASONS),
    "silver.immigrants.reason": set(immigrants.REASONS),
    "assessment": {verdicts.BETTER, verdicts.AS_EXPECTED, verdicts.WORSE},
    "no_verdict_reason": set(verdicts.NO_VERDICT_REASONS),
    "mark": {
        model_tables.NO_EVENTS,
        model_tables.ALL_EVENTS,
        model_tables.FEW_EVENTS,
        model_tables.HELD,
        model_tables.OMITTED,
    },
    "model": {models.WITHIN, models.POOLED, models.UNADJUSTED},
    "end": {*ends.COMPETING_ENDS, ends.OPEN},
    "basis": {potential.RAW, potential.SHRUNK},
    "ranked_by": set(get_args(Ranking)),
    "gold.cost_indicators.assessment": set(classification.COST_CLASSES),
}


def test_the_page_of_tables_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == tables_page(), (
        "run: python -m kommunebench.table_documentation > docs/tables.md"
    )


@pytest.mark.parametrize("column", sorted(WRITTEN))
def test_codes_are_those_the_program_writes(column):
    assert set(column_codes()[column]) == WRITTEN[column]


def test_codes_belong_to_columns_of_text():
    named = {
        key
        for table in declared_tables()
        for name in table.columns
        for key in (name, f"{table.qualified_name}.{name}")
        if codes_of_column(table, name)
    }
    assert set(column_codes()) <= named
    assert not codes_of_column(CASES, "outcome")
    assert "unfinished" in codes_of_column(SPELLS, "outcome")


def test_the_packaged_analyses_use_covariates_and_references_of_the_page():
    for settings in load_analyses(["integration_employment", "factsheet"]):
        table = CASES if settings.starts_from_cases else SPELLS
        for covariate in settings.model.covariates:
            assert covariate.column in covariates_of(table), covariate.column
            codes = codes_of_column(table, covariate.column)
            if covariate.reference and codes and covariate.column != "age":
                assert covariate.reference in codes, (settings.name, covariate.column)
            if covariate.kind == "category":
                assert kind_of(table, covariate.column) == "category", covariate.column


def test_a_level_that_looks_like_a_number_is_one_in_yaml_without_quotation_marks():
    """2_3 and 20_24 are 23 and 2024 to YAML, so that the page asks for quotation marks."""
    assert yaml.safe_load("[2_3, 20_24, 2012]") == [23, 2024, 2012]
    assert "quotation marks" in tables_page()
