"""Residents, their permits, moves, benefits and jobs as they are delivered."""

from kommunebench.registers.layout import Register, column, person_column

OPHG = Register(
    name="OPHG",
    stems=("ophg",),
    period="yearly",
    columns=(
        person_column(),
        column("category", "kategori", "int", needed=True),
        column("ground", "grundlag", "int"),
        column("explanation", "forklar", "int"),
        column("permit_date", "tilladelsesdato", "date", needed=True),
        column("immigration_date", "indvandringsdato", "date"),
    ),
)
BEF = Register(
    name="BEF",
    stems=("bef",),
    period="snapshot",
    columns=(
        person_column(),
        column("sex", "koen", needed=True, allowed=("1", "2")),
        column("birth_date", "foed_dag", "date", needed=True),
        column("country_of_origin", "opr_land", "int"),
        column("origin_type", "ie_type", "int", allowed=("1", "2", "3")),
        column("municipality_code", "kom", width=3),
        column(
            "snapshot_date", "referencetid", "date", required=False, needed=True, from_period=True
        ),
        column("family_id", "familie_id", "id", required=False),
        column("family_position", "plads", "int", required=False, allowed=("1", "2", "3")),
        column("family_type", "familie_type", "int", required=False),
        column("partner_id", "e_faelle_id aegte_id", "id", required=False),
        column("first_immigration_date", "foerste_indvandring", "date", required=False),
        column("address_since", "bop_vfra", "date", required=False),
        column("mother_id", "mor_id", "id", required=False),
        column("father_id", "far_id", "id", required=False),
    ),
    key=("person_id", "snapshot_date"),
)
VNDS = Register(
    name="VNDS",
    stems=("vnds",),
    period="cumulative",
    columns=(
        person_column(),
        column("event", "indud_kode", needed=True, allowed=("I", "U")),
        column("event_date", "haend_dato", "date", needed=True),
    ),
)
# The closed successor files: VNDS_HIST as VNDS to 2004, then arrivals and departures apart, a year
# each.
VNDS_HIST = Register(
    name="VNDS_HIST", stems=("vnds_hist",), period="cumulative", columns=VNDS.columns
)
VNDS_IND = Register(
    name="VNDS_IND",
    stems=("vnds_ind",),
    period="yearly",
    columns=(person_column(), column("event_date", "haend_dato", "date", needed=True)),
)
VNDS_UD = Register(
    name="VNDS_UD",
    stems=("vnds_ud",),
    period="yearly",
    columns=(person_column(), column("event_date", "haend_dato", "date", needed=True)),
)
DOD = Register(
    name="DOD",
    stems=("dod",),
    period="cumulative",
    columns=(person_column(), column("death_date", "doddato", "date", needed=True)),
    key=("person_id",),
    earliest="death_date",
)
BEFBOP = Register(
    name="BEFBOP",
    stems=("befbop",),
    period="cumulative",
    columns=(
        person_column(),
        column("address_id", "adresse_id", "id", needed=True),
        column("from_date", "bop_vfra", "date", needed=True),
        column("to_date", "bop_vtil", "date", open_ended=True),
    ),
)
BEFADR = Register(
    name="BEFADR",
    stems=("befadr",),
    period="cumulative",
    columns=(
        column("address_id", "adresse_id", "id", needed=True),
        column("municipality_code", "kom", needed=True, width=3),
        column("valid_from", "adr_vfra", "date"),
        column("valid_to", "adr_vtil", "date", open_ended=True),
    ),
)
FLYT = Register(
    name="FLYT",
    stems=("flyt",),
    period="yearly",
    columns=(
        person_column(),
        column("move_date", "haend_dato", "date", needed=True),
        column("municipality_to", "kom", needed=True, width=3),
        column("municipality_from", "gl_kom", width=3),
    ),
)
DREAM = Register(
    name="DREAM",
    stems=("dream",),
    period="cumulative",
    columns=(person_column(),),
    key=("person_id",),
)
BFL = Register(
    name="BFL",
    stems=("bfl",),
    period="yearly",
    columns=(
        person_column(),
        column("job_start", "ajo_job_start_dato", "date", needed=True),
        column("job_end", "ajo_job_slut_dato", "date", needed=True),
        column("hours", "ajo_loentimer", "double"),
        column("atp_band", "ajo_atp_bidrag_sats_kode", required=False),
    ),
)
DANSKUDD = Register(
    name="DANSKUDD",
    stems=("danskudd",),
    period="once",
    columns=(
        person_column(),
        column("danish_education", "uuddnr", needed=True, allowed=("1", "2", "3")),
        column("start_date", "start_dato", "date", required=False),
    ),
)
