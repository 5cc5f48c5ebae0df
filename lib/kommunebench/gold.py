"""The gold tables: what an analysis publishes. Every one carries the analysis and the run."""

from kommunebench.tables import Table, columns


def _gold(name: str, grain: str, key: str, listing: str) -> Table:
    run = columns("analysis string, run_id string")
    return Table(name, "gold", grain, ("analysis", "run_id", *key.split()), run | columns(listing))


POPULATION_FLOW = _gold(
    "population_flow",
    "one rule from permits to spells in the comparison",
    "step reason",
    "step int, reason string, persons long, spells long",
)
PUPILS_WITHOUT_MARKS = _gold(
    "pupils_without_marks",
    "one municipality and reason for which its pupils have no mean of marks",
    "municipality_code kind reason",
    "municipality_code string, kind string, reason string, pupils long, all_pupils long",
)
SPELL_OUTCOMES = _gold(
    "spell_outcomes",
    "one outcome within one value of a breakdown (tables 2.1, 2.2)",
    "breakdown value outcome",
    """breakdown string, value string, outcome string, spells long, share double, mean_weeks double,
    pooled_area_weeks double""",
)
KM_CURVES = _gold(
    "km_curves",
    "one municipality (null: all) and week",
    "week",
    """municipality_code string, week int, at_risk long, events long, censored long, survival double,
    survival_se double""",
)
COX_COEFFICIENTS = _gold(
    "cox_coefficients",
    "one term of one group's model",
    "group term",
    """
        group string, term string, is_reference boolean, coefficient double, se double,
        se_robust double, z double, p_value double, mark string
    """,
)
COX_BASELINE = _gold(
    "cox_baseline",
    "one group and week",
    "group week",
    "group string, week int, baseline_survival double, cumulative_hazard double",
)
PROPORTIONALITY = _gold(
    "proportionality",
    "one term of one group's model (written where model.proportionality_test asks for it)",
    "group term",
    "group string, term string, chi2 double, p_value double",
)
NATIONAL_MODELS = _gold(
    "national_models",
    "one group's model as it was fitted, numbers centred",
    "group",
    """
        group string, terms array<string>, centre array<double>, coefficients array<double>,
        bread array<double>, covariance array<double>, se_robust array<double>, omitted array<boolean>,
        log_likelihood double, log_likelihood_null double, event_times array<double>,
        log_factors array<double>
    """,
)
EXPECTED_DURATIONS = _gold(
    "expected_durations",
    "one spell",
    "spell_id",
    """
        spell_id string, municipality_code string, linear_predictor double,
        expected_duration double, expected_share double
    """,
)
BENCHMARK_INDICATORS = _gold(
    "benchmark_indicators",
    "one municipality",
    "municipality_code",
    """
        municipality_code string, municipality string, spells long, persons long, events long,
        observed_duration double, observed_se double, observed_duration_robust double,
        expected_duration double, difference double, indicator double, indicator_se double,
        indicator_robust double, indicator_robust_se double, robust_z double, se_bootstrap double,
        se_bootstrap_robust double, ci_low double, ci_high double, p_value double,
        assessment string, no_verdict_reason string, assessment_fdr string, indicator_shrunk double,
        shrunk_low double, shrunk_high double, tier int, rank int, rank_low int, rank_high int,
        quintile int, p_quintile_1 double, p_quintile_2 double, p_quintile_3 double,
        p_quintile_4 double, p_quintile_5 double, included boolean, tail_extended boolean,
        support_week int, share_short_follow_up double
    """,
)
SHARE_INDICATORS = _gold(
    "share_indicators",
    "one municipality of an analysis that compares shares",
    "municipality_code",
    """
        municipality_code string, municipality string, cases long, persons long, events long,
        observed_share double, observed_se double, observed_share_robust double,
        expected_share double, difference double, difference_plain double, difference_se double,
        indicator double, indicator_plain double, indicator_se double, robust_z double,
        se_bootstrap double, se_bootstrap_plain double, ci_low double, ci_high double,
        p_value double, assessment string, no_verdict_reason string, assessment_fdr string,
        indicator_shrunk double, difference_shrunk double, shrunk_low double, shrunk_high double,
        tier int, rank int, rank_low int, rank_high int, quintile int, p_quintile_1 double,
        p_quintile_2 double, p_quintile_3 double, p_quintile_4 double, p_quintile_5 double,
        included boolean, tail_extended boolean, support_week int, share_short_follow_up double
    """,
)
BENCHMARK_SUMMARY = _gold(
    "benchmark_summary",
    "one run",
    "",
    """
        units_compared long, units_with_verdict long, tau double, tau_low double, tau_high double,
        mean_log_indicator double, chance_share double, tiers int, tier_error_rate double,
        tier_discordance double, share_pairs_apart double, better long, as_expected long,
        worse long, better_fdr long, as_expected_fdr long, worse_fdr long,
        mean_log_plain_to_robust double, mean_log_plain_to_robust_se double,
        pooled_observed_duration double, pooled_expected_duration double,
        pooled_observed_share double, pooled_expected_share double,
        median_bootstrap_ratio double, replicates long
    """,
)
VARIANCE_REDUCTION = _gold(
    "variance_reduction",
    "one component (table 3.1); means and spreads are in weeks, or shares where shares are compared",
    "component",
    """
        component string, mean_weeks double, sd_weeks double, mean_share double,
        sd_share double, variance double, variance_reduction double
    """,
)
QUINTILE_MEANS = _gold(
    "quintile_means",
    "one fifth (table 3.2)",
    "quintile",
    """
        quintile int, units long, indicator double, observed_duration double,
        expected_duration double, observed_share double, expected_share double, difference double
    """,
)
EXPENDITURE = _gold(
    "expenditure",
    "one line of the accounts and year (table 4.1)",
    "block line year",
    "block string, line string, year int, million_dkk_2015 double",
)
EXPENDITURE_BY_GROUP = _gold(
    "expenditure_by_group",
    "one account group and year (table 4.2)",
    "account_group year",
    "account_group string, year int, million_dkk_2015 double",
)
# Shares of a municipality-year's full-year persons; the terms of table 5.1 and their references.
COMPOSITION_SHARES = (
    "danish_unknown", "danish_1", "danish_2", "danish_3", "under_25", "refugee", "europe_non_eu28", "africa",
    "south_central_america", "asia", "syria", "thailand_philippines", "turkey", "iran_afghanistan",
)  # fmt: skip
UNIT_COSTS = _gold(
    "unit_costs",
    "one municipality and year",
    "municipality_code year",
    f"""municipality_code string, year int, programme_expenditure double, full_year_persons double, unit_cost double,
    cost_need double, cost_indicator double, {", ".join(f"{share} double" for share in COMPOSITION_SHARES)}""",
)
COST_MODEL = _gold(
    "cost_model",
    "one term of one model (table 5.1)",
    "model term",
    """
        model int, term string, is_reference boolean, coefficient double, se double,
        se_clustered double, t_value double, p_value double, n long, r_squared double
    """,
)
COST_INDICATORS = _gold(
    "cost_indicators",
    "one municipality",
    "municipality_code",
    """
        municipality_code string, years int, full_year_persons double, mean_unit_cost double,
        mean_cost_need double, cost_indicator double, se double, ci_low double, ci_high double,
        assessment string, quintile int
    """,
)
COST_SENSITIVITY = _gold(
    "cost_sensitivity",
    "one municipality, with the cost of fewer account groups",
    "municipality_code",
    """
        municipality_code string, mean_unit_cost double, cost_indicator double, ci_low double,
        ci_high double, assessment string, quintile int, full_year_persons double, r_squared double
    """,
)
COST_EXCLUSIONS = _gold(
    "cost_exclusions",
    "one cell of accounts, persons or model that does not count, and why",
    "part reason",
    "part string, municipality_code string, year int, account_group string, reason string, rows long",
)
EFFICIENCY_REGRESSIONS = _gold(
    "efficiency_regressions",
    "one term of one specification",
    "specification term",
    """
        specification string, term string, coefficient double, se double, t_value double,
        p_value double, n long, r_squared double
    """,
)
EFFICIENCY_INFLUENCE = _gold(
    "efficiency_influence",
    "one municipality in the linear regression with all",
    "municipality_code",
    "municipality_code string, leverage double, cooks_distance double, is_outlier boolean",
)
FRONTIER_PARAMETERS = _gold(
    "frontier_parameters",
    "one parameter of one frontier",
    "side distribution term",
    """
        side string, distribution string, term string, estimate double, se double,
        log_likelihood double, lr_statistic double, lr_p_value double, aic double, skewness double,
        n long, n_effective double
    """,
)
FRONTIER_SCORES = _gold(
    "frontier_scores",
    "one municipality on one side",
    "side municipality_code",
    """
        side string, municipality_code string, inefficiency double, efficiency double,
        ci_low double, ci_high double, rank int, rank_low int, rank_high int, ranked_by string,
        ranks_span_most boolean
    """,
)
EFFICIENCY_NOTES = _gold(
    "efficiency_notes",
    "one municipality without both indicators, or one model that could not be fitted",
    "part reason",
    "part string, municipality_code string, reason string",
)
COST_BY_RESULT = _gold(
    "cost_by_result",
    "one cost class and result class (table 5.3)",
    "cost_class result_class",
    """
        cost_class string, result_class string, mean_unit_cost double, mean_indicator double,
        units long
    """,
)

GOLD_TABLES = (
    POPULATION_FLOW,
    PUPILS_WITHOUT_MARKS,
    SPELL_OUTCOMES,
    KM_CURVES,
    COX_COEFFICIENTS,
    COX_BASELINE,
    PROPORTIONALITY,
    EXPECTED_DURATIONS,
    NATIONAL_MODELS,
    BENCHMARK_INDICATORS,
    SHARE_INDICATORS,
    BENCHMARK_SUMMARY,
    VARIANCE_REDUCTION,
    QUINTILE_MEANS,
    EXPENDITURE,
    EXPENDITURE_BY_GROUP,
    UNIT_COSTS,
    COST_MODEL,
    COST_INDICATORS,
    COST_SENSITIVITY,
    COST_EXCLUSIONS,
    EFFICIENCY_REGRESSIONS,
    EFFICIENCY_INFLUENCE,
    FRONTIER_PARAMETERS,
    FRONTIER_SCORES,
    COST_BY_RESULT,
    EFFICIENCY_NOTES,
)
