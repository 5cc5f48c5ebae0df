"""The gold tables of the comparison of municipalities."""

from kommunebench.gold.declaration import gold_table

BENCHMARK_INDICATORS = gold_table(
    "benchmark_indicators",
    "one municipality",
    "municipality_code",
    """
        municipality_code string, municipality string, spells long, persons long, events long,
        observed_duration double, observed_se double, observed_duration_robust double,
        expected_duration double, difference double, indicator double, indicator_se double,
        indicator_robust double, indicator_robust_se double, robust_z double, se_bootstrap double,
        se_bootstrap_robust double, bootstrap_ratio double,
        ci_low double, ci_high double, p_value double,
        assessment string, no_verdict_reason string, assessment_fdr string, indicator_shrunk double,
        shrunk_low double, shrunk_high double, pace double, pace_low double, pace_high double,
        indicator_direct double, reliability double, hazard_ratio_to_erase double,
        false_sign_rate double, tier int, rank int, rank_low int, rank_high int,
        quintile int, p_quintile_1 double, p_quintile_2 double, p_quintile_3 double,
        p_quintile_4 double, p_quintile_5 double, included boolean, tail_extended boolean,
        support_week int, share_short_follow_up double, indicator_robust_pooled double,
        assessment_pooled string, tier_pooled int
    """,
)
SHARE_INDICATORS = gold_table(
    "share_indicators",
    "one municipality of an analysis that compares shares",
    "municipality_code",
    """
        municipality_code string, municipality string, cases long, persons long, events long,
        observed_share double, observed_se double, observed_share_robust double,
        expected_share double, difference double, difference_plain double, difference_se double,
        indicator double, indicator_plain double, indicator_se double, robust_z double,
        se_bootstrap double, se_bootstrap_plain double, bootstrap_ratio double,
        ci_low double, ci_high double, p_value double,
        assessment string, no_verdict_reason string, assessment_fdr string,
        indicator_shrunk double, difference_shrunk double, shrunk_low double, shrunk_high double,
        pace double, pace_low double, pace_high double, indicator_direct double,
        reliability double, hazard_ratio_to_erase double, false_sign_rate double,
        tier int, rank int, rank_low int, rank_high int, quintile int, p_quintile_1 double,
        p_quintile_2 double, p_quintile_3 double, p_quintile_4 double, p_quintile_5 double,
        included boolean, tail_extended boolean, support_week int, share_short_follow_up double,
        indicator_robust_pooled double, assessment_pooled string, tier_pooled int
    """,
)
MODEL_VERDICTS = gold_table(
    "model_verdicts",
    "one municipality compared under one model: within or pooled, the one that carries the verdicts"
    " marked; without_area_adjustment where within carries them and its second stage has columns",
    "model municipality_code",
    """
        model string, municipality_code string, carries_verdicts boolean, indicator_robust double,
        indicator_robust_se double, difference_in_se double, assessment string, tier int, fifth int,
        differs boolean
    """,
)
BENCHMARK_SUMMARY = gold_table(
    "benchmark_summary",
    "one run",
    "",
    """
        units_compared long, units_with_verdict long, tau double, tau_low double, tau_high double,
        mean_pace double, chance_share double, tiers int, tier_error_rate double,
        tier_discordance double, share_pairs_apart double, better long, as_expected long,
        worse long, better_fdr long, as_expected_fdr long, worse_fdr long,
        mean_log_plain_to_robust double, mean_log_plain_to_robust_se double,
        pooled_observed_duration double, pooled_expected_duration double,
        pooled_observed_share double, pooled_expected_share double,
        median_bootstrap_ratio double, smallest_bootstrap_ratio double,
        largest_bootstrap_ratio double, bootstrap_ratios_outside long,
        replicates long, terms_with_prior long,
        terms_omitted long, levels_at_limit long, held_groups string
    """,
)
VARIANCE_REDUCTION = gold_table(
    "variance_reduction",
    "one component (table 3.1); means and spreads in weeks, or shares where shares are compared",
    "component",
    """
        component string, mean_weeks double, sd_weeks double, mean_share double,
        sd_share double, variance double, variance_reduction double
    """,
)
QUINTILE_MEANS = gold_table(
    "quintile_means",
    "one fifth (table 3.2)",
    "quintile",
    """
        quintile int, units long, indicator double, observed_duration double,
        expected_duration double, observed_share double, expected_share double, difference double
    """,
)
POTENTIALS = gold_table(
    "potentials",
    "the potential of an analysis of shares, from raw or from shrunk differences",
    "basis",
    """
        basis string, best_fifth double, worst_fifth double, potential double, ci_low double,
        ci_high double, units long
    """,
)
TEN_BEST = gold_table(
    "ten_best",
    "one of the ten best or ten worst municipalities of an analysis of shares",
    "side municipality_code",
    "side string, municipality_code string, municipality string",
)
