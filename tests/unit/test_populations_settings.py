"""Settings of the populations of shares, and named sets of analyses."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from kommunebench.errors import ConfigError
from kommunebench.registers.needs import registers_of
from kommunebench.registers.years import years_needed
from kommunebench.settings import AnalysisSettings, load_analyses, load_analysis
from kommunebench.settings.loading import conf_folder
from kommunebench.silver import CASES, SPELLS


def _named_set(folder: Path, content: str) -> str:
    file = folder / "several.yaml"
    file.write_text(content, encoding="utf-8")
    return str(file)


def test_a_named_set_stands_for_the_analyses_it_lists():
    listed = [settings.name for settings in load_analyses(["factsheet"])]
    assert listed[:2] == ["school_exams", "upper_secondary"]
    assert "integration_act_work_or_education" in listed
    both = load_analyses(["school_exams", "factsheet"], ("model.min_spells=7",))
    assert [settings.name for settings in both] == listed
    assert {settings.model.min_spells for settings in both} == {7}


def test_a_wrong_named_set_is_explained(tmp_path):
    with pytest.raises(ConfigError, match="a set of analyses, which only `run` takes"):
        load_analysis("factsheet")
    with pytest.raises(ConfigError, match="'nothing' is not in"):
        load_analyses([_named_set(tmp_path, "name: several\nanalyses: [nothing]\n")])
    with pytest.raises(ConfigError, match="at least 1 item"):
        load_analyses([_named_set(tmp_path, "name: several\nanalyses: []\n")])
    with pytest.raises(ConfigError, match="years: unknown key"):
        load_analyses([_named_set(tmp_path, "name: several\nanalyses: [a]\nyears: 3\n")])


def test_covariates_of_every_analysis_are_columns_of_its_table():
    for file in (conf_folder() / "analyses").glob("*.yaml"):
        if "analyses:" in file.read_text(encoding="utf-8"):
            continue
        settings = load_analysis(file.stem)
        if settings.starts_from == "registers":
            table = CASES if settings.starts_from_cases else SPELLS
            assert set(settings.covariate_columns) <= set(table.columns), file.stem


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("pupils.exam_forms={compulsory: []}", "say which texts or numbers"),
        ("pupils.exam_forms={bound: [x]}", r"forms \['bound'\] unknown"),
        ("pupils.exam_forms={compulsory: ['1'], drawn: ['1']}", r"\['1'\] stand in two forms"),
        ("pupils.subjects={music: [Musik]}", r"subjects \['music'\] unknown"),
        ("pupils.exam_years=[]", "at least 1 item"),
        ("pupils.grade=9", "grade"),
        (
            "pupils.parents.education_groups={a: [10], b: [10]}",
            r"levels \[10\] stand in two groups",
        ),
        ("residents={age_min: 20}", "an analysis has one population"),
    ],
)
def test_a_wrong_setting_of_pupils_is_named(override, said):
    with pytest.raises(ConfigError, match=said):
        load_analysis("school_exams", (override,))


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("residents.residence_age=21", "must rise"),
        ("residents.age_max=19", "must rise"),
        ("residents.success_levels=[]", "at least 1 item"),
    ],
)
def test_a_wrong_setting_of_residents_is_named(override, said):
    with pytest.raises(ConfigError, match=said):
        load_analysis("upper_secondary", (override,))


def years_by_register(settings) -> dict[str, tuple[int, ...]]:
    return {needed.registers[0].name: needed.years for needed in years_needed(settings)}


def test_registers_and_years_follow_the_settings():
    pupils = load_analysis("school_exams", ("pupils.exam_years=[2011]",))
    assert {"UDFK", "UDDA", "EDUCATION_LEVELS", "URBAN_SHARE", "LMDB"} <= {
        register.name for register in registers_of(pupils)
    }
    assert not {"DREAM", "OPHG", "BFL", "KOTRE"} & {r.name for r in registers_of(pupils)}
    assert years_by_register(pupils)["BEF"] == years_by_register(pupils)["LMDB"] == (2010,)
    plain = "model.covariates=[{column: sex, kind: category, reference: men}]"
    bare = load_analysis("school_exams", (plain,))
    assert {r.name for r in registers_of(bare)} == {
        "BEF", "VNDS", "VNDS_HIST", "VNDS_IND", "VNDS_UD", "UDFK", "COUNTRIES",
    }  # fmt: skip
    residents = load_analysis("upper_secondary", ("residents.residence=current", plain))
    assert years_by_register(residents) == {"BEF": (2012,), "UDDA": (2012,)}
    grown = load_analysis("upper_secondary")
    assert years_by_register(grown)["BEF"] == (*range(1997, 2008), 2012)


def test_persons_with_an_outcome_are_compared_by_the_difference_of_shares() -> None:
    content = {
        "name": "a",
        "labels": {"title_da": "t", "title_en": "t"},
        "pupils": {"min_marks": 3},
    }
    made = AnalysisSettings.model_validate(content)
    assert (made.measure, made.indicator) == ("share", "difference")
    assert (made.verdict_model, made.verdict_indicator) == ("within", "robust")
    pooled = AnalysisSettings.model_validate(content | {"model": {"verdict_model": "pooled"}})
    assert (pooled.verdict_model, pooled.verdict_indicator) == ("pooled", "plain")
    with pytest.raises(ValidationError, match="write measure: share"):
        AnalysisSettings.model_validate(content | {"measure": "restricted_mean"})
