"""The gold tables that set the benchmark against costs."""

from kommunebench.gold.declaration import gold_table

EFFICIENCY_REGRESSIONS = gold_table(
    "efficiency_regressions",
    "one term of one specification",
    "specification term",
    """
        specification string, term string, coefficient double, se double, t_value double,
        p_value double, n long, r_squared double
    """,
)
EFFICIENCY_INFLUENCE = gold_table(
    "efficiency_influence",
    "one municipality in the linear regression with all",
    "municipality_code",
    "municipality_code string, leverage double, cooks_distance double, is_outlier boolean",
)
FRONTIER_PARAMETERS = gold_table(
    "frontier_parameters",
    "one parameter of one frontier",
    "side distribution term",
    """
        side string, distribution string, term string, estimate double, se double,
        log_likelihood double, lr_statistic double, lr_p_value double, aic double, skewness double,
        n long, n_effective double
    """,
)
FRONTIER_SCORES = gold_table(
    "frontier_scores",
    "one municipality on one side",
    "side municipality_code",
    """
        side string, municipality_code string, inefficiency double, efficiency double,
        ci_low double, ci_high double, rank int, rank_low int, rank_high int, ranked_by string,
        ranks_span_most boolean
    """,
)
EFFICIENCY_NOTES = gold_table(
    "efficiency_notes",
    "one municipality without both indicators or with withheld figures, or one model that could"
    " not be fitted",
    "part reason",
    "part string, municipality_code string, reason string",
)
COST_BY_RESULT = gold_table(
    "cost_by_result",
    "one cost class and result class (table 5.3)",
    "cost_class result_class",
    """
        cost_class string, result_class string, mean_unit_cost double, mean_indicator double,
        units long
    """,
)
