"""The silver tables: population, weekly panel, spells of an analysis, and the rows that could not
be used."""

from kommunebench.tables import Table, columns

REJECTED_ROWS = Table(
    name="rejected_rows",
    layer="silver",
    grain="one register, column, reason and fate (row set aside or not): how many rows or values"
    " could not be used",
    key=("register", "column_name", "reason", "set_aside"),
    columns=columns(
        "register string, column_name string, reason string, rows long, set_aside boolean"
    ),
)

HEALTH_COLUMNS = columns("""
        gp_contacts string, specialist int, hospital_days string, hospital_4_days_plus int,
        mental_illness int, musculoskeletal int, cardiovascular int, nervous_system int,
        nutritional int, pain int, eye int, dentist int
    """)


def _health(prefix: str = "") -> str:
    """The listing of the columns of health, each with a prefix."""
    return ", ".join(f"{prefix}{name} {kind}" for name, kind in HEALTH_COLUMNS.items())


_MEASURED_ONCE = f"""
        age_group string, residence_basis string, origin string, continent string,
        permit_year string, family_type string, has_partner int, danish_partner int,
        children_0_2 int, children_3_6 int, children_0_17 int, child_at_home int,
        {_health()}, danish_education string
    """

PERMIT_HOLDERS = Table(
    name="permit_holders",
    layer="silver",
    grain="one person with a residence permit, in an analysis' population or kept out by a rule",
    key=("analysis", "person_id"),
    columns=columns("""
        analysis string, person_id string, reason string, sex string, birth_date date,
        western boolean, origin string, continent string, permit_date date,
        residence_basis string, arrival_date date, selection_date date, snapshot_date date,
        family_id string, family_position int, family_type int, partner_id string
    """),
)

POPULATION = Table(
    name="population",
    layer="silver",
    grain="one person of the population of an analysis",
    key=("analysis", "person_id"),
    columns=columns(f"""
        analysis string, person_id string, sex string, birth_date date, selection_date date,
        origin_date date, origin_week string, origin_monday date, permit_date date,
        arrival_date date, last_followed_week int, {_MEASURED_ONCE}
    """),
)

IMMIGRANTS = Table(
    name="immigrants",
    layer="silver",
    grain="one immigrant an analysis of immigrants in a spell follows, or keeps out by a rule;"
    " remarks: what the flow counts of those it follows",
    key=("analysis", "person_id"),
    columns=columns("""
        analysis string, person_id string, reason string, sex string, birth_date date,
        origin string,
        continent string, permit_date date, residence_basis string, arrival_date date,
        arrival_is_known boolean, lived_here_at_opening boolean, origin_date date,
        origin_monday date, last_followed_week int, remarks array<string>
    """),
)

WEEKLY_PANEL = Table(
    name="weekly_panel",
    layer="silver",
    grain="one person and ISO week since the origin",
    key=("analysis", "person_id", "week"),
    columns=columns("""
        analysis string, person_id string, week int, iso_week string, municipality_code string,
        dream_code string, state string, hours double, is_transfer_free boolean,
        is_employed boolean, absence string
    """),
    constraints={"week_from_zero": "week >= 0", "hours_not_negative": "hours >= 0"},
)

SPELLS = Table(
    name="spells",
    layer="silver",
    grain="one spell without employment and education; remarks: what the flow counts (of immigrants"
    " in a spell)",
    key=("analysis", "spell_id"),
    columns=columns(f"""
        analysis string, spell_id string, person_id string, sex string, municipality_code string,
        start_week int, end_week int, duration int, potential_follow_up int, event int,
        end_reason string, outcome string, start_year string, weeks_since_permit int,
        match_group string, {_MEASURED_ONCE}, years_in_denmark string, education string,
        local_unemployment_percent double,
        local_jobs_per_18_64 double, local_jobs_skilled double, remarks array<string>
    """),
    constraints={
        "duration_positive": "duration >= 1",
        "ends_after_start": "end_week > start_week",
        "event_binary": "event IN (0, 1)",
    },
)

POPULATION_DROPS = Table(
    name="population_drops",
    layer="silver",
    grain="one rule that keeps persons out of the population (null: nobody is kept out)",
    key=("analysis",),
    columns=columns("analysis string, reason string, persons long"),
)

SPELL_CANDIDATES = Table(
    name="spell_candidates",
    layer="silver",
    grain="one spell, or one that does not count with the reason in lost",
    key=("analysis", "person_id", "start_week"),
    columns=columns("""
        analysis string, person_id string, municipality_code string, start_week int, end_week int,
        last_followed_week int, origin_monday date, start_monday date, event int, end_reason string,
        early_move boolean, lost string
    """),
)

MODEL_PERSONS = Table(
    name="model_persons",
    layer="silver",
    grain="one person with the spells that the model sees, packed (benchmark.blocks.records)",
    key=("analysis", "person_key"),
    columns=columns(
        "analysis string, person_key long, spell_ids array<string>, records binary, facts binary"
    ),
)
MODEL_UNITS = Table(
    name="model_units",
    layer="silver",
    grain="one municipality with counts of the spells that the model sees",
    key=("analysis", "municipality_code"),
    columns=columns(
        """
        analysis string, municipality_code string, spells long, persons long, events long,
        followed long, short long
        """
    ),
)
MODEL_LAYOUT = Table(
    name="model_layout",
    layer="silver",
    grain="how the spells of an analysis are packed: units, groups, designs, facts, as JSON",
    key=("analysis",),
    columns=columns("analysis string, layout string, facts string"),
)

CASE_CANDIDATES = Table(
    name="case_candidates",
    layer="silver",
    grain="one person an analysis of shares looks at; lost says why somebody is no case",
    key=("analysis", "person_id"),
    columns=columns("""
        analysis string, person_id string, cluster_id string, municipality_code string, outcome int,
        lost string, without_marks string, no_mark_reason string, remarks array<string>, sex string,
        age string, exam_year string, origin string, continent string, years_in_denmark string,
        mother_id string, father_id string, residence_year int, parents_year int,
        own_health_year int, current_municipality_code string
    """),
)

CASES = Table(
    name="cases",
    layer="silver",
    grain="one person of an analysis of shares, with the outcome; remarks: what the flow counts",
    key=("analysis", "person_id"),
    columns=columns(f"""
        analysis string, person_id string, cluster_id string, municipality_code string,
        current_municipality_code string, outcome int,
        sex string, age string, exam_year string, origin string, continent string,
        years_in_denmark string, urban_share double, mother_known int, father_known int,
        mother_education string, father_education string, {_health()}, {_health("mother_")},
        {_health("father_")}, remarks array<string>
    """),
    constraints={"outcome_binary": "outcome IN (0, 1)"},
    not_null=("cluster_id", "municipality_code", "outcome"),
)
