"""The gold tables that describe spells: flow into the analysis, outcomes, survival curves."""

from kommunebench.gold.declaration import gold_table

POPULATION_FLOW = gold_table(
    "population_flow",
    "one rule from permits to spells in the comparison",
    "step reason",
    "step int, reason string, persons long, spells long",
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
