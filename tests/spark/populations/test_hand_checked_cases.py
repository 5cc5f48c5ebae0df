"""Pupils and residents read by hand: one run over all of them, one assertion for each."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from case_rows import person, registers_of
from hand_checked_cases import AT_HOME, PUPILS, RESIDENTS
from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.populations import (
    NO_MARKS,
    TOO_FEW_MARKS,
    case_population,
    count_case_flow,
    count_without_marks,
    measure_cases,
)
from kommunebench.populations.siblings import MOST_CHILDREN
from kommunebench.settings import load_analysis
from kommunebench.silver import CASE_CANDIDATES, CASES
from kommunebench.stages.cases import refuse_identifiers_of_others

# Conditions: the pupil is measured in 2010, on 1 June 2011 and in the school year's December.
FAMILY = {
    # Both parents in the register with education and health.
    "whole": """homes 2009 2012 101 | exam 2011 4 4 4 4 | mother whole_m | father whole_f | woman
                visit 2010-02-01 80 5 | drug 2010-12-31 N06 | drug 2011-01-01 M01""",
    "whole_m": """born 1970-01-01 | woman | type 2 | homes 2009 2012 101 | udda 2010 4080 1990-06-01
                visit 2010-02-01 80 1 | stay 2010-03-01 5 DF329 | drug 2009-12-31 C01""",
    "whole_f": "born 1965-01-01 | type 2 | homes 2009 2012 101 | udda 2010 5290 1990-06-01 17",
    # A sister a year before: the mother is looked at in both years.
    "sister": """born 1994-05-01 | homes 2008 2012 101 | exam 2010 4 4 4 4
                mother whole_m | father whole_f""",
    # One parent: no father's id.
    "one_parent": "homes 2009 2012 101 | exam 2011 4 4 4 4 | mother whole_m",
    # A mother's id that is nobody's, a father who left before December.
    "parents_gone": """homes 2009 2012 101 | exam 2011 4 4 4 4 | mother nobody | father left""",
    "left": "born 1960-01-01 | homes 2005 2009 101 | udda 2009 4080 1990-06-01",
    # Parents in BEF without UDDA; an education of a level nobody knows, one before the birth.
    "no_udda": "homes 2009 2012 101 | exam 2011 4 4 4 4 | mother plain_m | father odd_f",
    "plain_m": "born 1970-01-01 | woman | type 2 | homes 2009 2012 101",
    "odd_f": "born 1970-01-01 | type 2 | homes 2009 2012 101 | udda 2010 9999 1990-06-01",
    "too_early": "homes 2009 2012 101 | exam 2011 4 4 4 4 | mother early_m | father early_m",
    "early_m": "born 1970-01-01 | homes 2009 2012 101 | udda 2010 4080 1969-12-31",
    "own_parent": "homes 2009 2012 101 | exam 2011 4 4 4 4 | mother own_parent | father whole_f",
    # Seven years in Denmark on 1 June 2011; the municipality's share of 2006 until 2010.
    "arrived": """type 2 | in 2004-06-01 | homes 2009 2012 306 | exam 2011 4 4 4 4
                born 1993-06-01""",
    "arrived_later": """type 2 | in 2005-06-02 | homes 2009 2012 306 | exam 2011 4 4 4 4
                born 1993-06-02""",
    "earlier_year": "homes 2007 2012 306 | exam 2009 4 4 4 4 | born 1993-06-02",
    # A resident who turned 15 in 2003, when no health care was delivered.
    "resident": "born 1988-06-01 | homes 1997 2012 751 | mother old_m | father old_f",
    "old_m": "born 1960-01-01 | woman | homes 1997 2012 751 | udda 2003 0900 1975-06-01",
    "old_f": "born 1960-01-01 | homes 1997 2002 751",
    "young_resident": """born 1991-06-01 | homes 1997 2012 751 | mother old_m
                visit 2011-05-05 80 3""",
    # As many children as a mother may have, and one more than that under an id that fills a gap.
    **{
        f"child_{n}": "homes 2009 2012 101 | exam 2011 4 4 4 4 | mother of_30"
        for n in range(MOST_CHILDREN)
    },
    **{
        f"of_filler_{n}": "homes 2009 2012 101 | exam 2011 4 4 4 4 | mother filler"
        for n in range(MOST_CHILDREN + 1)
    },
}


def _run(spark, analysis: str, cases: dict[str, tuple[str, str | None]]):
    settings = load_analysis(analysis)
    texts = {name: text for name, (text, _) in cases.items()} | FAMILY
    registers = registers_of(spark, [person(name, text) for name, text in texts.items()])
    population = case_population(settings)
    names = [name for name in CASE_CANDIDATES.columns if name != "analysis"]
    schema = ", ".join(f"{name} {CASE_CANDIDATES.columns[name]}" for name in names)
    rows = population.select(registers, settings).select(*names).collect()
    candidates = spark.createDataFrame(rows, schema)
    measured = measure_cases(candidates, registers, settings).collect()
    case_schema = ", ".join(
        f"{name} {kind}" for name, kind in CASES.columns.items() if name != "analysis"
    )
    flow = count_case_flow(
        candidates,
        spark.createDataFrame(measured, case_schema),
        start=population.start,
        reasons=population.reasons,
        min_cases=30,
    )
    without = count_without_marks(candidates, (NO_MARKS, TOO_FEW_MARKS))
    return SimpleNamespace(
        told={row.person_id: _tell(row) for row in rows},
        candidates=rows,
        cases={row.person_id: row for row in measured},
        flow={row.reason: row.persons for row in flow.collect()},
        without={(r.municipality_code, r.kind, r.reason): r for r in without.collect()},
        population=population,
    )


def _tell(row) -> str:
    if row.lost is None:
        return f"{row.outcome} {row.municipality_code}"
    reason = f" {row.no_mark_reason or 'not_given'}" if row.lost == NO_MARKS else ""
    return f"{row.lost}{reason}"


@pytest.fixture(scope="module")
def pupils(spark):
    return _run(spark, "school_exams", PUPILS)


@pytest.fixture(scope="module")
def residents(spark):
    return _run(spark, "upper_secondary", RESIDENTS)


@pytest.mark.parametrize("name", PUPILS)
def test_pupils_are_what_their_rows_say(pupils, name):
    assert pupils.told.get(name) == PUPILS[name][1]


@pytest.mark.parametrize("name", RESIDENTS)
def test_residents_are_what_their_rows_say(residents, name):
    assert residents.told.get(name) == RESIDENTS[name][1]


def test_every_rule_keeps_somebody_out(pupils, residents):
    for run in (pupils, residents):
        assert set(run.population.reasons) <= {row.lost for row in run.candidates}


def test_conditions_of_a_pupil_with_both_parents(pupils):
    own = pupils.cases["whole"]
    assert (own.sex, own.age, own.exam_year, own.origin) == ("women", "16", "2011", "turkey")
    assert (own.years_in_denmark, own.cluster_id) == ("born_here", "whole_m")
    assert own.urban_share == pytest.approx(0.111)
    # Five contacts in twelve months; the drug of 31 December counts, that of 1 January does not.
    assert (own.gp_contacts, own.mental_illness, own.musculoskeletal) == ("5_8", 1, 0)
    assert (own.mother_education, own.father_education) == (
        "upper_secondary_or_vocational",
        "higher",
    )
    assert (own.mother_gp_contacts, own.mother_hospital_4_days_plus) == ("1_4", 1)
    assert (own.mother_mental_illness, own.mother_cardiovascular) == (1, 0)
    assert (own.father_gp_contacts, own.father_mental_illness) == ("0", 0)
    assert (own.mother_known, own.father_known, own.remarks) == (1, 1, [])


def test_a_parent_is_measured_for_each_child_in_its_year(pupils):
    sister = pupils.cases["sister"]
    # In 2009 the mother had heart medicine and nothing else; UDDA of 2009 does not have her.
    assert (sister.mother_cardiovascular, sister.mother_mental_illness) == (1, 0)
    assert sister.mother_education == "none_or_unknown"
    assert sister.cluster_id == pupils.cases["whole"].cluster_id


def test_parents_who_are_not_there(pupils):
    one = pupils.cases["one_parent"]
    assert (one.father_known, one.father_education) == (0, "none_or_unknown")
    assert (one.father_gp_contacts, one.father_mental_illness) == ("not_known", 0)
    assert one.remarks == ["no_father_id"]
    gone = pupils.cases["parents_gone"]
    assert (gone.mother_known, gone.father_known, gone.cluster_id) == (0, 0, "nobody")
    assert gone.father_education == "none_or_unknown"
    assert set(gone.remarks) == {
        "mother_not_in_population_register",
        "father_not_in_population_register",
    }
    alone = pupils.cases["passes"]
    assert (alone.cluster_id, set(alone.remarks)) == ("passes", {"no_mother_id", "no_father_id"})


def test_who_shares_a_mothers_id_with_too_many_is_a_cluster_alone(pupils):
    siblings = {pupils.cases[f"child_{n}"].cluster_id for n in range(MOST_CHILDREN)}
    assert siblings == {"of_30"}
    strangers = [pupils.cases[f"of_filler_{n}"] for n in range(MOST_CHILDREN + 1)]
    assert {one.cluster_id for one in strangers} == {one.person_id for one in strangers}
    assert all("mother_id_of_many" in one.remarks for one in strangers)
    assert pupils.flow["mother_id_of_many"] == MOST_CHILDREN + 1


def test_educations_of_parents_that_cannot_be_used(pupils):
    plain = pupils.cases["no_udda"]
    assert (plain.mother_known, plain.mother_education) == (1, "none_or_unknown")
    assert plain.father_education == "none_or_unknown"
    assert set(plain.remarks) == {"parent_without_udda", "parents_education_not_in_list"}
    early = pupils.cases["too_early"]
    assert early.mother_education == "none_or_unknown"
    assert early.remarks == ["parents_education_completed_before_birth"]
    own = pupils.cases["own_parent"]
    assert (own.mother_known, own.cluster_id) == (0, "own_parent")
    assert set(own.remarks) == {"own_parent", "no_mother_id"}


def test_time_in_denmark_age_and_urban_share(pupils):
    arrived, later = pupils.cases["arrived"], pupils.cases["arrived_later"]
    # Both are 17 or 18 on 1 June 2011; seven completed years, and five.
    assert (arrived.years_in_denmark, arrived.age) == ("6_10", "17_plus")
    assert (later.years_in_denmark, later.age) == ("0_5", "17_plus")
    # The residence year is 2010 for the exams of 2011, and 2008 for those of 2009.
    assert arrived.urban_share == pytest.approx(0.316)
    early = pupils.cases["earlier_year"]
    assert (early.urban_share, early.age) == (pytest.approx(0.306), "15_or_less")


def test_conditions_of_residents_are_of_the_year_they_turned_15(residents):
    own = residents.cases["resident"]
    assert (own.municipality_code, own.age, own.exam_year) == ("751", "24", None)
    assert (own.mother_education, own.father_education) == ("basic", "none_or_unknown")
    # A known mother in a year without registers is another case than a father who is not known.
    assert (own.mother_known, own.father_known) == (1, 0)
    assert (own.mother_gp_contacts, own.mother_hospital_days) == ("not_delivered",) * 2
    assert (own.father_gp_contacts, own.father_hospital_days) == ("not_known",) * 2
    assert (own.mother_specialist, own.mother_hospital_4_days_plus) == (0, 0)
    assert set(own.remarks) >= {
        "parents_care_not_delivered",
        "parents_hospital_not_delivered",
        "father_not_in_population_register",
    }
    assert "parents_drugs_not_delivered" not in own.remarks
    young = residents.cases["young_resident"]
    assert (young.mother_gp_contacts, young.gp_contacts) == ("0", "1_4")
    assert not [remark for remark in young.remarks if remark.startswith("parents_")]
    assert young.urban_share == pytest.approx(0.751)


def test_the_flow_adds_up(pupils, residents):
    for run in (pupils, residents):
        lost = sum(run.flow[reason] for reason in run.population.reasons)
        everyone = run.flow[run.population.start]
        assert everyone == len(run.candidates) == lost + run.flow["in_population"]
        assert run.flow["in_population"] == len(run.cases)
        assert run.flow["in_population"] == (
            run.flow["in_comparison"] + run.flow["in_municipalities_too_small"]
        )
    assert pupils.flow["origin_not_in_country_list"] == 1
    assert residents.flow["education_completed_before_birth"] == 1
    assert residents.flow["education_not_in_list"] == 1
    # Who is in UDDA without an education, and who is not in it at all, fail alike.
    assert residents.cases["no_education"].remarks[0] == "no_education_known"
    assert residents.cases["not_in_udda"].remarks[0] == "not_in_udda"
    assert residents.flow["no_education_known"] == 1
    assert residents.flow["not_in_udda"] == sum(
        "udda 2012" not in text for name, (text, _) in RESIDENTS.items() if name in residents.cases
    ) + len({"resident", "young_resident"})


def test_pupils_without_marks_are_counted_by_municipality_and_reason(pupils):
    rows = pupils.without
    assert rows["101", "no_exam_marks", "B"].pupils == 1
    assert rows["101", "no_exam_marks", "N"].pupils == 2
    assert rows["101", "too_few_marks", "not_given"].pupils == 1
    by_reason = [row for row in rows.values() if row.kind != "total"]
    for place, cases in (
        ("101", sum(row.municipality_code == "101" for row in pupils.cases.values())),
        ("all", len(pupils.cases)),
    ):
        here = [row for row in by_reason if row.municipality_code == place]
        total = rows[place, "total", "total"]
        assert total.pupils == sum(row.pupils for row in here)
        assert {row.all_pupils for row in (*here, total)} == {cases + total.pupils}
    assert all((place, "total", "total") in rows for place, _, _ in rows)


CHANGED = {
    # One run for settings that do not touch one another's persons.
    "school_exams": [
        (
            ("pupils.without_marks=failure", "pupils.origin.non_western_only=false"),
            {"no_marks_B": "0 101", "three_marks_only": "0 101", "western": "1 101"},
        ),
        (
            ("pupils.marks=all_exams", "pupils.min_marks=3", "pupils.origin.arrival_age_max=13"),
            {
                "drawn_exams_do_not_count": "1 101",
                "three_marks_only": "1 101",
                "arrived_on_the_13th_birthday": "1 101",
            },
        ),
        (
            ("pupils.marks=danish_and_mathematics", "pupils.pass_mean=3.9"),
            {"weak_in_other_subjects": "1 101", "mean_of_exactly_2": "0 101", "passes": "1 101"},
        ),
        (("pupils.grade='10'",), {"sat_in_grade_10": "1 101", "passes": None}),
    ],
    "upper_secondary": [
        (
            ("residents.danish_only=true", "residents.residence=current", "residents.age_min=23"),
            {
                "foreign": "0 101",
                "vocational": "1 101",
                "moved_to_a_university_town": "0 751",
                "turned_15_abroad": "0 101",
                "turns_20_on_the_day": None,
            },
        ),
        (("residents.success_levels=[35]",), {"level_35": "1 101", "vocational": "0 101"}),
    ],
}


@pytest.mark.parametrize(
    "of_others", ["prescriptions", pytest.param("educations", marks=pytest.mark.long)]
)
def test_registers_with_other_identifiers_are_refused(spark, of_others):
    settings = load_analysis("upper_secondary")
    texts = {f"r{n}": AT_HOME + f"mother m{n}" for n in range(120)}
    texts["m7"] = """udda 2012 4080 2009-06-30 | drug 2003-05-05 N06 | visit 2003-05-05 80 1
                    stay 2003-05-05 1 DF329"""
    registers = registers_of(spark, [person(name, text) for name, text in texts.items()])
    candidates = case_population(settings).select(registers, settings).localCheckpoint()
    refuse_identifiers_of_others(candidates, registers, settings)
    other = getattr(registers, of_others).withColumn("person_id", F.lit("somebody"))
    with pytest.raises(RegisterError, match=f"none of 240 persons .* bronze.{of_others}: the"):
        refuse_identifiers_of_others(candidates, replace(registers, **{of_others: other}), settings)


@pytest.mark.parametrize("analysis", CHANGED)
def test_settings_change_what_they_say(spark, analysis):
    cases = PUPILS if analysis == "school_exams" else RESIDENTS
    names = {name for _, changed in CHANGED[analysis] for name in changed}
    registers = registers_of(spark, [person(name, cases[name][0]) for name in sorted(names)])
    for overrides, changed in CHANGED[analysis]:
        settings = load_analysis(analysis, overrides)
        rows = case_population(settings).select(registers, settings).collect()
        told = {row.person_id: _tell(row) for row in rows}
        assert {name: told.get(name) for name in changed} == changed, overrides
