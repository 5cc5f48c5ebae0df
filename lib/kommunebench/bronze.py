"""The bronze tables: registers under our names and types. After them nobody can tell which delivery a row came from."""

from kommunebench.tables import Table, columns

PERMITS = Table(
    "permits",
    "bronze",
    "one residence permit",
    (),
    columns("person_id string, category int, ground int, explanation int, permit_date date, immigration_date date"),
)
POPULATION_SNAPSHOTS = Table(
    "population_snapshots",
    "bronze",
    "one resident at one snapshot date (BEF)",
    ("person_id", "snapshot_date"),
    columns("""person_id string, snapshot_date date, sex string, birth_date date, country_of_origin int,
        origin_type int, municipality_code string, family_id string, family_position int, family_type int,
        partner_id string, first_immigration_date date, address_since date"""),
    {"sex_known": "sex IN ('men', 'women')"},
)
MIGRATIONS = Table(
    "migrations",
    "bronze",
    "one border crossing",
    (),
    columns("person_id string, event string, event_date date"),
    {"event_known": "event IN ('immigration', 'emigration')"},
)
DEATHS = Table("deaths", "bronze", "one dead person", ("person_id",), columns("person_id string, death_date date"))
ADDRESS_SPELLS = Table(
    "address_spells",
    "bronze",
    "one person at one address (BEFBOP)",
    (),
    columns("person_id string, address_id string, from_date date, to_date date"),
)
ADDRESSES = Table(
    "addresses",
    "bronze",
    "one address while it is valid (BEFADR)",
    (),
    columns("address_id string, municipality_code string, valid_from date, valid_to date"),
)
MOVES = Table(
    "moves",
    "bronze",
    "one move within Denmark (FLYT)",
    (),
    columns("person_id string, move_date date, municipality_to string, municipality_from string"),
)
BENEFIT_WEEKS = Table(
    "benefit_weeks",
    "bronze",
    "one person ever on a benefit (DREAM); arrays start at first_monday and first_quarter",
    ("person_id",),
    columns("""person_id string, first_monday date, codes array<string>, first_quarter date,
        match_groups array<string>"""),
)
EMPLOYMENT_MONTHS = Table(
    "employment_months",
    "bronze",
    "one job of one person in one month (BFL)",
    (),
    columns("person_id string, job_start date, job_end date, hours double, atp_band string"),
)
DANISH_COURSES = Table(
    "danish_courses",
    "bronze",
    "one placement on a Danish course",
    (),
    columns("person_id string, danish_education string, start_date date"),
)
HOSPITAL_CONTACTS = Table(
    "hospital_contacts",
    "bronze",
    "one hospital contact, somatic or psychiatric",
    (),
    columns("""person_id string, contact_id string, source string, patient_type string, bed_days int,
        admission_date date, action_diagnosis string"""),
)
HOSPITAL_DIAGNOSES = Table(
    "hospital_diagnoses",
    "bronze",
    "one diagnosis of a hospital contact; there is no person in it",
    (),
    columns("contact_id string, source string, diagnosis string, diagnosis_type string"),
)
HEALTH_SERVICES = Table(
    "health_services",
    "bronze",
    "one line of a provider's bill (SSSY), or a year's contacts (SSKO: fee_week null)",
    (),
    columns("person_id string, specialty string, contacts int, fee_week date, year int"),
)
PRESCRIPTIONS = Table(
    "prescriptions",
    "bronze",
    "one dispensed pack line (LMDB)",
    (),
    columns("person_id string, dispensed_date date, atc_group string"),
)
MUNICIPAL_ACCOUNTS = Table(
    "municipal_accounts",
    "bronze",
    "one account cell (REGK100), thousand DKK in current prices",
    (),
    columns("""municipality_code string, account_function string, account_group string, owner string, dranst string,
        kind string, year int, amount_thousand_dkk double"""),
)
UNEMPLOYMENT = Table(
    "unemployment",
    "bronze",
    "one municipality and year (AUL01)",
    ("municipality_code", "year"),
    columns("municipality_code string, year int, full_time_unemployed double"),
)
JOBS = Table(
    "jobs",
    "bronze",
    "one municipality and year",
    ("municipality_code", "year"),
    columns("municipality_code string, year int, jobs double, jobs_skilled double"),
)
PRICE_INDEX = Table("price_index", "bronze", "one year", ("year",), columns("year int, index double"))
COMMUTING_AREAS = Table(
    "commuting_areas",
    "bronze",
    "one municipality",
    ("municipality_code",),
    columns("municipality_code string, commuting_area string"),
)
COUNTRIES = Table(
    "countries",
    "bronze",
    "one country of origin",
    ("country_code",),
    columns("country_code int, country string, continent string, western boolean, origin string"),
)
RESIDENCE_BASIS_CODES = Table(
    "residence_basis_codes",
    "bronze",
    "one combination of permit codes",
    ("category", "ground", "explanation"),
    columns("category int, ground int, explanation int, residence_basis string"),
)
DELIVERED_FILES = Table(
    "delivered_files",
    "bronze",
    "one delivered file as it was read",
    ("register", "file"),
    columns("register string, period string, file string, bytes long, rows long, fingerprint string"),
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
