"""The gold tables that describe spells: flow into the analysis, outcomes, survival curves."""

from kommunebench.gold.declaration import gold_table

POPULATION_FLOW = gold_table(
    "population_flow",
    "one rule from permits to spells in the comparison",
    "step reason",
    "step int, reason string, persons long, spells long",
)
# Rows of gold.population_flow that count some of those who stay, and drop nobody.
COUNTED_AND_KEPT = frozenset(
    {
        "arrival_before_vnds_begins",
        "arrived_since_1997_without_permit",
        "education_completed_before_birth",
        "education_not_in_list",
        "father_not_in_population_register",
        "mother_id_of_many",
        "mother_not_in_population_register",
        "no_education_known",
        "no_father_id",
        "no_mother_id",
        "not_in_udda",
        "origin_not_in_country_list",
        "origin_unknown",
        "own_parent",
        "parent_without_udda",
        "parents_care_not_delivered",
        "parents_drugs_not_delivered",
        "parents_education_completed_before_birth",
        "parents_education_not_in_list",
        "parents_hospital_not_delivered",
        "parents_psychiatry_not_delivered",
        "permit_codes_not_in_list",
        "spell_not_in_udda",
        "touched_by_placement_grace",
    }
)
PUPILS_WITHOUT_MARKS = gold_table(
    "pupils_without_marks",
    "one municipality (all: the nation) and reason for which pupils have no mean of marks (total:"
    " all of them)",
    "municipality_code kind reason",
    "municipality_code string, kind string, reason string, pupils long, all_pupils long",
)
SPELL_OUTCOMES = gold_table(
    "spell_outcomes",
    "one outcome within one value of a breakdown (tables 2.1, 2.2)",
    "breakdown value outcome",
    """breakdown string, value string, outcome string, spells long, share double, mean_weeks double,
    pooled_area_weeks double""",
)
KM_CURVES = gold_table(
    "km_curves",
    "one municipality (null: all) and week",
    "week",
    """municipality_code string, week int, at_risk long, events long, censored long,
    survival double, survival_se double, ci_low double, ci_high double, median_duration double""",
)
