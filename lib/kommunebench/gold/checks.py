"""The gold tables of the checks of the national model."""

from kommunebench.gold.declaration import gold_table

CALIBRATION = gold_table(
    "calibration",
    "one group of spells: events observed and expected by the national model",
    "breakdown value",
    """
        breakdown string, value string, observed_events long, expected_events double,
        ci_low double, ci_high double
    """,
)
SENSITIVITY = gold_table(
    "sensitivity",
    "one municipality with a verdict under one other choice in the model; pooled and"
    " without_area_adjustment are those of gold.model_verdicts",
    "check municipality_code",
    """
        check string, municipality_code string, log_indicator double, difference_in_se double,
        assessment string
    """,
)
STABILITY = gold_table(
    "stability",
    "one run: the indicators of the first and of the second half of the window",
    "",
    """
        units long, covariance_of_halves double, repeated_share double, repeated_share_se double,
        correlation double, better_first long, better_again long
    """,
)
CUMULATIVE_INCIDENCE = gold_table(
    "cumulative_incidence",
    "one way in which spells end and week, by breakdown (Aalen-Johansen)",
    "breakdown value week end",
    "breakdown string, value string, week int, end string, share double, se double",
)
