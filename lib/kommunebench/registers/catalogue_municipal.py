"""Tables of the municipalities and code lists as they are delivered."""

from kommunebench.registers.layout import Register, column

REGK100 = Register(
    name="REGK100",
    stems=("regk100",),
    period="once",
    columns=(
        column("municipality_code", "område omraade", needed=True, width=3),
        column("account_function", "funktion", needed=True, width=5),
        column("account_group", "gruppering", needed=True, width=3),
        column("owner", "ejer"),
        column("dranst", "dranst", needed=True),
        column("kind", "art", needed=True),
        column("year", "tid", "int", needed=True),
        column("amount_thousand_dkk", "indhold", "double", needed=True),
    ),
    key=(
        "municipality_code",
        "account_function",
        "account_group",
        "owner",
        "dranst",
        "kind",
        "year",
    ),
    folder="municipal",
)
AUL01 = Register(
    name="AUL01",
    stems=("aul01",),
    period="once",
    columns=(
        column("municipality_code", "område omraade", needed=True, width=3),
        column("benefit", "ydelsestype", needed=True),
        column("fund", "akasse"),
        column("age", "alder"),
        column("sex", "køn koen"),
        column("time", "tid", needed=True),
        column("full_time_unemployed", "indhold", "double", needed=True, sign="not_negative"),
    ),
    key=("municipality_code", "benefit", "fund", "age", "sex", "time"),
    folder="municipal",
)
JOBS = Register(
    name="JOBS",
    stems=("jobs",),
    period="once",
    columns=(
        column("municipality_code", "municipality_code", needed=True, width=3),
        column("year", "year", "int", needed=True),
        column("jobs", "jobs", "double", needed=True, sign="not_negative"),
        column("jobs_skilled", "jobs_skilled", "double", needed=True, sign="not_negative"),
    ),
    key=("municipality_code", "year"),
    folder="municipal",
)
PRICE_INDEX = Register(
    name="PRICE_INDEX",
    stems=("price_index",),
    period="once",
    columns=(
        column("year", "year", "int", needed=True),
        column("index", "index", "double", needed=True, sign="positive"),
    ),
    key=("year",),
    folder="municipal",
)
COMMUTING_AREAS = Register(
    name="COMMUTING_AREAS",
    stems=("commuting_areas",),
    period="once",
    columns=(
        column("municipality_code", "municipality_code code", needed=True, width=3),
        column("commuting_area", "commuting_area area_id", needed=True),
    ),
    key=("municipality_code",),
    folder="municipal",
)
URBAN_SHARE = Register(
    name="URBAN_SHARE",
    stems=("urban_share",),
    period="once",
    columns=(
        column("municipality_code", "municipality_code code", needed=True, width=3),
        column("year", "year", "int", needed=True),
        column("urban_share", "urban_share", "double", needed=True, sign="share"),
    ),
    key=("municipality_code", "year"),
    folder="municipal",
)
COUNTRIES = Register(
    name="COUNTRIES",
    stems=("countries",),
    period="once",
    columns=(
        column("country_code", "country_code", "int", needed=True),
        column("country", "country"),
        column("continent", "continent"),
        column("western", "western", needed=True),
        column("origin", "cox_term"),
    ),
    key=("country_code",),
    folder="codes",
)
RESIDENCE_BASIS_CODES = Register(
    name="RESIDENCE_BASIS_CODES",
    stems=("residence_basis_codes",),
    period="once",
    columns=(
        column("category", "kategori", "int", needed=True),
        column("ground", "grundlag", "int", needed=True),
        column("explanation", "forklar", "int", needed=True),
        column("residence_basis", "residence_basis"),
    ),
    key=("category", "ground", "explanation"),
    folder="codes",
)
