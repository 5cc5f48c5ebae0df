"""Tables of the municipalities and code lists."""

from kommunebench.bronze.declaration import register_table

MUNICIPAL_ACCOUNTS = register_table(
    "municipal_accounts",
    "one account cell (REGK100), thousand DKK in current prices",
    """
        municipality_code string, account_function string, account_group string, owner string,
        dranst string, kind string, year int, amount_thousand_dkk double
    """,
    needed="municipality_code account_function account_group dranst kind year amount_thousand_dkk",
)
UNEMPLOYMENT = register_table(
    "unemployment",
    "one municipality and year (AUL01)",
    "municipality_code string, year int, full_time_unemployed double",
    key="municipality_code year",
    needed="full_time_unemployed",
    rules={"full_time_unemployed_not_negative": "full_time_unemployed >= 0"},
)
JOBS = register_table(
    "jobs",
    "one municipality and year",
    "municipality_code string, year int, jobs double, jobs_skilled double",
    key="municipality_code year",
    needed="jobs jobs_skilled",
    rules={"jobs_not_negative": "jobs >= 0 AND jobs_skilled >= 0"},
)
PRICE_INDEX = register_table(
    "price_index",
    "one year",
    "year int, index double",
    key="year",
    needed="index",
    rules={"index_positive": "index > 0"},
)
COMMUTING_AREAS = register_table(
    "commuting_areas",
    "one municipality",
    "municipality_code string, commuting_area string",
    key="municipality_code",
    needed="commuting_area",
)
URBAN_SHARES = register_table(
    "urban_shares",
    "one municipality and year: share of residents in towns of 200 inhabitants or more",
    "municipality_code string, year int, urban_share double",
    key="municipality_code year",
    needed="urban_share",
    rules={"a_share": "urban_share BETWEEN 0 AND 1"},
)
COUNTRIES = register_table(
    "countries",
    "one country of origin",
    "country_code int, country string, continent string, western boolean, origin string",
    key="country_code",
    needed="western",
)
RESIDENCE_BASIS_CODES = register_table(
    "residence_basis_codes",
    "one combination of permit codes",
    "category int, ground int, explanation int, residence_basis string",
    key="category ground explanation",
)
