"""The gold tables of expenditure, unit costs and cost need."""

from kommunebench.gold.declaration import gold_table

EXPENDITURE = gold_table(
    "expenditure",
    "one line of the accounts and year (table 4.1)",
    "block line year",
    "block string, line string, year int, million_dkk_2015 double",
)
EXPENDITURE_BY_GROUP = gold_table(
    "expenditure_by_group",
    "one account group and year (table 4.2)",
    "account_group year",
    "account_group string, year int, million_dkk_2015 double",
)
# Shares of a municipality-year's full-year persons; the terms of table 5.1 and their references.
COMPOSITION_SHARES = (
    "danish_unknown", "danish_1", "danish_2", "danish_3", "under_25", "refugee",
    "europe_non_eu28", "africa", "south_central_america", "asia", "syria",
    "thailand_philippines", "turkey", "iran_afghanistan",
)  # fmt: skip
UNIT_COSTS = gold_table(
    "unit_costs",
    "one municipality and year",
    "municipality_code year",
    "municipality_code string, year int, programme_expenditure double, full_year_persons double,"
    "unit_cost double, cost_need double, cost_indicator double,"
    + ",".join(f"{share} double" for share in COMPOSITION_SHARES),
)
COST_MODEL = gold_table(
    "cost_model",
    "one term of one model (table 5.1)",
    "model term",
    """
        model int, term string, is_reference boolean, coefficient double, se double,
        se_clustered double, t_value double, p_value double, n long, r_squared double
    """,
)
COST_INDICATORS = gold_table(
    "cost_indicators",
    "one municipality",
    "municipality_code",
    """
        municipality_code string, years int, full_year_persons double, mean_unit_cost double,
        mean_cost_need double, cost_indicator double, se double, ci_low double, ci_high double,
        assessment string, quintile int
    """,
)
COST_SENSITIVITY = gold_table(
    "cost_sensitivity",
    "one municipality, with the cost of fewer account groups",
    "municipality_code",
    """
        municipality_code string, mean_unit_cost double, cost_indicator double, ci_low double,
        ci_high double, assessment string, quintile int, full_year_persons double, r_squared double
    """,
)
COST_EXCLUSIONS = gold_table(
    "cost_exclusions",
    "one cell of accounts, persons or model that does not count, and why",
    "part reason",
    """
        part string, municipality_code string, year int, account_group string, reason string,
        rows long
    """,
)
