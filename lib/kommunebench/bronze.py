"""The bronze tables: registers under our names and types. After them nobody can tell which delivery
a row came from.

The store keeps in ``delivered_from`` which register and period a row was delivered with, so that a
corrected year replaces that year.
"""

from kommunebench.tables import Table, columns

DELIVERED_FROM = "delivered_from"
_FIRST_DAY, _LAST_DAY = "DATE'1900-01-01'", "DATE'2100-12-31'"


def _register(
    name: str,
    grain: str,
    listing: str,
    *,
    key: str = "",
    needed: str = "",
    rules: dict[str, str] | None = None,
) -> Table:
    """A table of delivered rows. ``needed``: columns besides the key that no row is without; dates
    lie within 1900-2100."""
    found = columns(listing)
    dates = {
        f"{column}_possible": f"{column} IS NULL OR {column} BETWEEN {_FIRST_DAY} AND {_LAST_DAY}"
        for column, kind in found.items()
        if kind == "date"
    }
    keys = tuple(key.split())
    return Table(
        name,
        "bronze",
        grain,
        keys,
        found,
        dates | (rules or {}),
        tuple(needed.split()),
        {DELIVERED_FROM: "string"},
    )


def _one_of(column: str, *codes: str | int) -> str:
    """Rule: a value of the list, or none."""
    return f"{column} IS NULL OR {column} IN ({', '.join(repr(code) for code in codes)})"


PERMITS = _register(
    "permits",
    "one residence permit",
    "person_id string, category int, ground int, explanation int, permit_date date, immigration_date date",
    needed="person_id category permit_date",
)
POPULATION_SNAPSHOTS = _register(
    "population_snapshots",
    "one resident at one snapshot date (BEF)",
    """
        person_id string, snapshot_date date, sex string, birth_date date, country_of_origin int,
        origin_type int, municipality_code string, family_id string, family_position int,
        family_type int, partner_id string, first_immigration_date date, address_since date
    """,
    key="person_id snapshot_date",
    needed="sex birth_date",
    rules={
        "sex_known": "sex IN ('men', 'women')",
        "origin_type_known": _one_of("origin_type", 1, 2, 3),
        "family_position_known": _one_of("family_position", 1, 2, 3),
    },
)
MIGRATIONS = _register(
    "migrations",
    "one border crossing",
    "person_id string, event string, event_date date",
    needed="person_id event event_date",
    rules={"event_known": "event IN ('immigration', 'emigration')"},
)
DEATHS = _register(
    "deaths",
    "one dead person",
    "person_id string, death_date date",
    key="person_id",
    needed="death_date",
)
ADDRESS_SPELLS = _register(
    "address_spells",
    "one person at one address (BEFBOP)",
    "person_id string, address_id string, from_date date, to_date date",
    needed="person_id address_id from_date",
)
ADDRESSES = _register(
    "addresses",
    "one address while it is valid (BEFADR)",
    "address_id string, municipality_code string, valid_from date, valid_to date",
    needed="address_id municipality_code",
)
MOVES = _register(
    "moves",
    "one move within Denmark (FLYT)",
    "person_id string, move_date date, municipality_to string, municipality_from string",
    needed="person_id move_date municipality_to",
)
BENEFIT_WEEKS = _register(
    "benefit_weeks",
    "one person ever on a benefit (DREAM); arrays start at first_monday and first_quarter",
    "person_id string, first_monday date, codes array<string>, first_quarter date, match_groups array<string>",
    key="person_id",
    needed="first_monday codes",
)
EMPLOYMENT_MONTHS = _register(
    "employment_months",
    "one job of one person in one month (BFL)",
    "person_id string, job_start date, job_end date, hours double, atp_band string",
    needed="person_id job_start job_end",
)
DANISH_COURSES = _register(
    "danish_courses",
    "one placement on a Danish course",
    "person_id string, danish_education string, start_date date",
    needed="person_id danish_education",
    rules={"danish_education_known": "danish_education IN ('1', '2', '3')"},
)
HOSPITAL_CONTACTS = _register(
    "hospital_contacts",
    "one hospital contact, somatic or psychiatric",
    """person_id string, contact_id string, source string, patient_type string, bed_days int,
        admission_date date, action_diagnosis string""",
    needed="person_id contact_id source admission_date",
    rules={"source_known": "source IN ('lpr', 'psyk', 'lpr3')"},
)
HOSPITAL_DIAGNOSES = _register(
    "hospital_diagnoses",
    "one diagnosis of a hospital contact; there is no person in it",
    "contact_id string, source string, diagnosis string, diagnosis_type string",
    needed="contact_id source diagnosis",
    rules={"source_known": "source IN ('lpr', 'psyk', 'lpr3')"},
)
HEALTH_SERVICES = _register(
    "health_services",
    "one line of a provider's bill (SSSY), or a year's contacts (SSKO: fee_week null)",
    "person_id string, specialty string, contacts int, fee_week date, year int",
    needed="person_id specialty contacts",
)
PRESCRIPTIONS = _register(
    "prescriptions",
    "one dispensed pack line (LMDB)",
    "person_id string, dispensed_date date, atc_group string",
    needed="person_id dispensed_date atc_group",
)
MUNICIPAL_ACCOUNTS = _register(
    "municipal_accounts",
    "one account cell (REGK100), thousand DKK in current prices",
    """
        municipality_code string, account_function string, account_group string, owner string,
        dranst string, kind string, year int, amount_thousand_dkk double
    """,
    needed="municipality_code account_function account_group dranst kind year amount_thousand_dkk",
)
UNEMPLOYMENT = _register(
    "unemployment",
    "one municipality and year (AUL01)",
    "municipality_code string, year int, full_time_unemployed double",
    key="municipality_code year",
    needed="full_time_unemployed",
    rules={"full_time_unemployed_not_negative": "full_time_unemployed >= 0"},
)
JOBS = _register(
    "jobs",
    "one municipality and year",
    "municipality_code string, year int, jobs double, jobs_skilled double",
    key="municipality_code year",
    needed="jobs jobs_skilled",
    rules={"jobs_not_negative": "jobs >= 0 AND jobs_skilled >= 0"},
)
PRICE_INDEX = _register(
    "price_index",
    "one year",
    "year int, index double",
    key="year",
    needed="index",
    rules={"index_positive": "index > 0"},
)
COMMUTING_AREAS = _register(
    "commuting_areas",
    "one municipality",
    "municipality_code string, commuting_area string",
    key="municipality_code",
    needed="commuting_area",
)
COUNTRIES = _register(
    "countries",
    "one country of origin",
    "country_code int, country string, continent string, western boolean, origin string",
    key="country_code",
    needed="western",
)
RESIDENCE_BASIS_CODES = _register(
    "residence_basis_codes",
    "one combination of permit codes",
    "category int, ground int, explanation int, residence_basis string",
    key="category ground explanation",
)
DELIVERED_FILES = Table(
    "delivered_files",
    "bronze",
    "one delivered file as it was read",
    ("register", "file"),
    columns("""
        register string, period string, file string, bytes long, rows long, fingerprint string,
        delivered_from string, read_as string, findings string
    """),
)

BRONZE_TABLES = (
    PERMITS,
    POPULATION_SNAPSHOTS,
    MIGRATIONS,
    DEATHS,
    ADDRESS_SPELLS,
    ADDRESSES,
    MOVES,
    BENEFIT_WEEKS,
    EMPLOYMENT_MONTHS,
    DANISH_COURSES,
    HOSPITAL_CONTACTS,
    HOSPITAL_DIAGNOSES,
    HEALTH_SERVICES,
    PRESCRIPTIONS,
    MUNICIPAL_ACCOUNTS,
    UNEMPLOYMENT,
    JOBS,
    PRICE_INDEX,
    COMMUTING_AREAS,
    COUNTRIES,
    RESIDENCE_BASIS_CODES,
    DELIVERED_FILES,
)
