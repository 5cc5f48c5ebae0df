"""Residents, permits, moves, benefits, jobs and courses."""

from kommunebench.bronze.declaration import one_of, register_table

PERMITS = register_table(
    "permits",
    "one residence permit",
    """
        person_id string, category int, ground int, explanation int, permit_date date,
        immigration_date date
    """,
    needed="person_id category permit_date",
)
POPULATION_SNAPSHOTS = register_table(
    "population_snapshots",
    "one resident at one snapshot date (BEF)",
    """
        person_id string, snapshot_date date, sex string, birth_date date, country_of_origin int,
        origin_type int, municipality_code string, family_id string, family_position int,
        family_type int, partner_id string, first_immigration_date date, address_since date,
        mother_id string, father_id string
    """,
    key="person_id snapshot_date",
    needed="sex birth_date",
    rules={
        "sex_known": "sex IN ('men', 'women')",
        "origin_type_known": one_of("origin_type", 1, 2, 3),
        "family_position_known": one_of("family_position", 1, 2, 3),
    },
)
MIGRATIONS = register_table(
    "migrations",
    "one border crossing",
    "person_id string, event string, event_date date",
    needed="person_id event event_date",
    rules={"event_known": "event IN ('immigration', 'emigration')"},
)
DEATHS = register_table(
    "deaths",
    "one dead person",
    "person_id string, death_date date",
    key="person_id",
    needed="death_date",
)
ADDRESS_SPELLS = register_table(
    "address_spells",
    "one person at one address (BEFBOP)",
    "person_id string, address_id string, from_date date, to_date date",
    needed="person_id address_id from_date",
)
ADDRESSES = register_table(
    "addresses",
    "one address while it is valid (BEFADR)",
    "address_id string, municipality_code string, valid_from date, valid_to date",
    needed="address_id municipality_code",
)
MOVES = register_table(
    "moves",
    "one move within Denmark (FLYT)",
    "person_id string, move_date date, municipality_to string, municipality_from string",
    needed="person_id move_date municipality_to",
)
BENEFIT_WEEKS = register_table(
    "benefit_weeks",
    "one person ever on a benefit (DREAM); arrays start at first_monday and first_quarter",
    """
        person_id string, first_monday date, codes array<string>, first_quarter date,
        match_groups array<string>
    """,
    key="person_id",
    needed="first_monday codes",
)
EMPLOYMENT_MONTHS = register_table(
    "employment_months",
    "one job of one person in one month (BFL)",
    "person_id string, job_start date, job_end date, hours double, atp_band string",
    needed="person_id job_start job_end",
)
DANISH_COURSES = register_table(
    "danish_courses",
    "one placement on a Danish course",
    "person_id string, danish_education string, start_date date",
    needed="person_id danish_education",
    rules={"danish_education_known": "danish_education IN ('1', '2', '3')"},
)
