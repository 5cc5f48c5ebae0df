"""The gold tables of the national model and of what it expects of each spell."""

from kommunebench.gold.declaration import gold_table

COX_COEFFICIENTS = gold_table(
    "cox_coefficients",
    "one term of one group's model",
    "group term",
    """
        group string, term string, is_reference boolean, coefficient double, se double,
        se_robust double, z double, p_value double, mark string
    """,
)
LOGIT_COEFFICIENTS = gold_table(
    "logit_coefficients",
    "one term of one group's share model",
    "group term",
    """
        group string, term string, is_reference boolean, coefficient double, se double,
        se_robust double, z double, p_value double, mark string
    """,
)
COX_BASELINE = gold_table(
    "cox_baseline",
    "one group and week",
    "group week",
    "group string, week int, events long, baseline_survival double, cumulative_hazard double",
)
PROPORTIONALITY = gold_table(
    "proportionality",
    "one term of one group's model (written where model.proportionality_test asks for it)",
    "group term",
    "group string, term string, chi2 double, p_value double",
)
SECOND_STAGE = gold_table(
    "second_stage",
    "one column of one group's design that hardly varies within municipalities",
    "group term",
    """
        group string, term string, coefficient double, se double, omitted boolean,
        unit_sd double, units int
    """,
)
NATIONAL_MODELS = gold_table(
    "national_models",
    "one group's model as it was fitted, numbers centred: pooled, or within municipalities",
    "model group",
    """
        model string, group string, terms array<string>, centre array<double>,
        coefficients array<double>, bread array<double>, covariance array<double>,
        se_robust array<double>, omitted array<boolean>, prior_sd array<double>,
        log_likelihood double, log_likelihood_null double, event_times array<double>,
        log_factors array<double>
    """,
)
EXPECTED_DURATIONS = gold_table(
    "expected_durations",
    "one spell",
    "spell_id",
    """
        spell_id string, municipality_code string, linear_predictor double,
        expected_duration double, expected_share double
    """,
)
