"""The registers as they are delivered: stems of file names, columns with their delivered names and
types, what needs them.

Delivered names appear in this package only; columns here are listed under our working names.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "code", "int", "double", "date", "week"]
PeriodKind = Literal["yearly", "snapshot", "cumulative", "once"]
PERSON_ID = ("pnr", "pnr12", "v_cpr", "cpr")


@dataclass(frozen=True, slots=True)
class RegisterColumn:
    """One column. ``delivered``: the names it may have, lower case, first found wins. ``width``:
    codes are left-padded with zeros to it. ``needed``: a row without a value cannot be used;
    ``required``: the file must have the column; ``open_ended``: a date after 2100 means still open;
    ``from_period``: where it is absent or empty, the last day of the period in the file's name;
    ``sign``: numbers that may not be negative, or not zero either."""

    name: str
    delivered: tuple[str, ...]
    kind: Kind
    required: bool = True
    needed: bool = False
    width: int = 0
    allowed: tuple[str, ...] = ()
    open_ended: bool = False
    from_period: bool = False
    sign: Literal["any", "not_negative", "positive"] = "any"


@dataclass(frozen=True, slots=True)
class Register:
    """One register, or one layout of it. ``stems``: beginnings of its file names, lower case;
    ``key``: our columns that identify a row, where any do; ``period_in_rows``: a row takes
    something from the period in its file's name; ``earliest``: of rows with one key the one with
    the earliest such date counts, none where it is empty."""

    name: str
    stems: tuple[str, ...]
    period: PeriodKind
    columns: tuple[RegisterColumn, ...]
    key: tuple[str, ...] = ()
    folder: str = ""
    period_in_rows: bool = False
    earliest: str = ""


def _c(name: str, delivered: str, kind: Kind = "text", **more: object) -> RegisterColumn:
    return RegisterColumn(name, tuple(delivered.split()), kind, **more)  # type: ignore[arg-type]


def _person(needed: bool = True) -> RegisterColumn:
    return RegisterColumn("person_id", PERSON_ID, "id", needed=needed)


OPHG = Register(
    "OPHG",
    ("ophg",),
    "yearly",
    (
        _person(),
        _c("category", "kategori", "int", needed=True),
        _c("ground", "grundlag", "int"),
        _c("explanation", "forklar", "int"),
        _c("permit_date", "tilladelsesdato", "date", needed=True),
        _c("immigration_date", "indvandringsdato", "date"),
    ),
)
BEF = Register(
    "BEF",
    ("bef",),
    "snapshot",
    (
        _person(),
        _c("sex", "koen", needed=True, allowed=("1", "2")),
        _c("birth_date", "foed_dag", "date", needed=True),
        _c("country_of_origin", "opr_land", "int"),
        _c("origin_type", "ie_type", "int", allowed=("1", "2", "3")),
        _c("municipality_code", "kom", width=3),
        _c("snapshot_date", "referencetid", "date", required=False, needed=True, from_period=True),
        _c("family_id", "familie_id", "id", required=False),
        _c("family_position", "plads", "int", required=False, allowed=("1", "2", "3")),
        _c("family_type", "familie_type", "int", required=False),
        _c("partner_id", "e_faelle_id aegte_id", "id", required=False),
        _c("first_immigration_date", "foerste_indvandring", "date", required=False),
        _c("address_since", "bop_vfra", "date", required=False),
    ),
    key=("person_id", "snapshot_date"),
)
VNDS = Register(
    "VNDS",
    ("vnds",),
    "cumulative",
    (
        _person(),
        _c("event", "indud_kode", needed=True, allowed=("I", "U")),
        _c("event_date", "haend_dato", "date", needed=True),
    ),
)
# The closed successor files: VNDS_HIST as VNDS to 2004, then arrivals and departures apart, a year
# each.
VNDS_HIST = Register("VNDS_HIST", ("vnds_hist",), "cumulative", VNDS.columns)
VNDS_IND = Register(
    "VNDS_IND",
    ("vnds_ind",),
    "yearly",
    (_person(), _c("event_date", "haend_dato", "date", needed=True)),
)
VNDS_UD = Register(
    "VNDS_UD",
    ("vnds_ud",),
    "yearly",
    (_person(), _c("event_date", "haend_dato", "date", needed=True)),
)
DOD = Register(
    "DOD",
    ("dod",),
    "cumulative",
    (_person(), _c("death_date", "doddato", "date", needed=True)),
    key=("person_id",),
    earliest="death_date",
)
BEFBOP = Register(
    "BEFBOP",
    ("befbop",),
    "cumulative",
    (
        _person(),
        _c("address_id", "adresse_id", "id", needed=True),
        _c("from_date", "bop_vfra", "date", needed=True),
        _c("to_date", "bop_vtil", "date", open_ended=True),
    ),
)
BEFADR = Register(
    "BEFADR",
    ("befadr",),
    "cumulative",
    (
        _c("address_id", "adresse_id", "id", needed=True),
        _c("municipality_code", "kom", needed=True, width=3),
        _c("valid_from", "adr_vfra", "date"),
        _c("valid_to", "adr_vtil", "date", open_ended=True),
    ),
)
FLYT = Register(
    "FLYT",
    ("flyt",),
    "yearly",
    (
        _person(),
        _c("move_date", "haend_dato", "date", needed=True),
        _c("municipality_to", "kom", needed=True, width=3),
        _c("municipality_from", "gl_kom", width=3),
    ),
)
DREAM = Register("DREAM", ("dream",), "cumulative", (_person(),), key=("person_id",))
BFL = Register(
    "BFL",
    ("bfl",),
    "yearly",
    (
        _person(),
        _c("job_start", "ajo_job_start_dato", "date", needed=True),
        _c("job_end", "ajo_job_slut_dato", "date", needed=True),
        _c("hours", "ajo_loentimer", "double"),
        _c("atp_band", "ajo_atp_bidrag_sats_kode", required=False),
    ),
)
DANSKUDD = Register(
    "DANSKUDD",
    ("danskudd",),
    "once",
    (
        _person(),
        _c("danish_education", "uuddnr", needed=True, allowed=("1", "2", "3")),
        _c("start_date", "start_dato", "date", required=False),
    ),
)
_CONTACT = (
    _person(),
    _c("contact_id", "recnum", "id", needed=True),
    _c("patient_type", "c_pattype pattype", allowed=("0", "1", "2", "3")),
    _c("bed_days", "v_sengdage sengdage", "int", sign="not_negative"),
    _c("admission_date", "d_inddto", "date", needed=True),
    _c("action_diagnosis", "c_adiag adiag"),
)
_DIAGNOSIS = (
    _c("contact_id", "recnum", "id", needed=True),
    _c("diagnosis", "c_diag", needed=True),
    _c("diagnosis_type", "c_diagtype"),
)
LPR_ADM = Register("LPR_ADM", ("lpr_adm",), "yearly", _CONTACT)
LPR_DIAG = Register("LPR_DIAG", ("lpr_diag",), "yearly", _DIAGNOSIS)
# The third edition of the patient register, from March 2019: one contact key, time stamps, no bed
# days.
LPR_A_KONTAKT = Register(
    "LPR_A_KONTAKT",
    ("lpr_a_kontakt",),
    "yearly",
    (
        _person(),
        _c("contact_id", "dw_ek_kontakt", "id", needed=True),
        _c("patient_type", "kont_patient_type", required=False),
        _c("admission_date", "kont_starttidspunkt", "date", needed=True),
        _c("discharge_date", "kont_sluttidspunkt", "date", required=False),
        _c("action_diagnosis", "adiag aktionsdiagnose"),
    ),
)
LPR_A_DIAGNOSE = Register(
    "LPR_A_DIAGNOSE",
    ("lpr_a_diagnose",),
    "yearly",
    (
        _c("contact_id", "dw_ek_kontakt", "id", needed=True),
        _c("diagnosis", "diag_kode", needed=True),
        _c("diagnosis_type", "diag_kode_type"),
        _c("later_disproved", "senere_afkraeftet", required=False),
    ),
)
PSYK_ADM = Register("PSYK_ADM", ("psyk_adm",), "yearly", _CONTACT)
PSYK_DIAG = Register("PSYK_DIAG", ("psyk_diag",), "yearly", _DIAGNOSIS)
SSSY = Register(
    "SSSY",
    ("sssy",),
    "yearly",
    (
        _person(),
        _c("specialty", "spec2 speciale", needed=True),
        _c("is_contact", "kontakt"),
        _c("services", "ydlant", "int"),
        _c("fee_week", "honuge", "week", needed=True, width=4),
        _c("child", "barnmak", required=False),
    ),
)
SSKO = Register(
    "SSKO",
    ("ssko",),
    "yearly",
    (
        _person(),
        _c("specialty", "spec2", needed=True, width=2),
        _c("contacts", "kontaktagg", "int", needed=True),
    ),
    period_in_rows=True,
)
LMDB = Register(
    "LMDB",
    ("lmdb",),
    "yearly",
    (
        _person(),
        _c("dispensed_date", "eksd", "date", needed=True),
        _c("atc", "atc", needed=True),
    ),
)
REGK100 = Register(
    "REGK100",
    ("regk100",),
    "once",
    (
        _c("municipality_code", "område omraade", needed=True, width=3),
        _c("account_function", "funktion", needed=True, width=5),
        _c("account_group", "gruppering", needed=True, width=3),
        _c("owner", "ejer"),
        _c("dranst", "dranst", needed=True),
        _c("kind", "art", needed=True),
        _c("year", "tid", "int", needed=True),
        _c("amount_thousand_dkk", "indhold", "double", needed=True),
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
    "AUL01",
    ("aul01",),
    "once",
    (
        _c("municipality_code", "område omraade", needed=True, width=3),
        _c("benefit", "ydelsestype", needed=True),
        _c("fund", "akasse"),
        _c("age", "alder"),
        _c("sex", "køn koen"),
        _c("time", "tid", needed=True),
        _c("full_time_unemployed", "indhold", "double", needed=True, sign="not_negative"),
    ),
    folder="municipal",
)
JOBS = Register(
    "JOBS",
    ("jobs",),
    "once",
    (
        _c("municipality_code", "municipality_code", needed=True, width=3),
        _c("year", "year", "int", needed=True),
        _c("jobs", "jobs", "double", needed=True, sign="not_negative"),
        _c("jobs_skilled", "jobs_skilled", "double", needed=True, sign="not_negative"),
    ),
    ("municipality_code", "year"),
    "municipal",
)
PRICE_INDEX = Register(
    "PRICE_INDEX",
    ("price_index",),
    "once",
    (
        _c("year", "year", "int", needed=True),
        _c("index", "index", "double", needed=True, sign="positive"),
    ),
    ("year",),
    "municipal",
)
COMMUTING_AREAS = Register(
    "COMMUTING_AREAS",
    ("commuting_areas",),
    "once",
    (
        _c("municipality_code", "municipality_code code", needed=True, width=3),
        _c("commuting_area", "commuting_area area_id", needed=True),
    ),
    ("municipality_code",),
    "municipal",
)
COUNTRIES = Register(
    "COUNTRIES",
    ("countries",),
    "once",
    (
        _c("country_code", "country_code", "int", needed=True),
        _c("country", "country"),
        _c("continent", "continent"),
        _c("western", "western", needed=True),
        _c("origin", "cox_term"),
    ),
    ("country_code",),
    "codes",
)
RESIDENCE_BASIS_CODES = Register(
    "RESIDENCE_BASIS_CODES",
    ("residence_basis_codes",),
    "once",
    (
        _c("category", "kategori", "int", needed=True),
        _c("ground", "grundlag", "int", needed=True),
        _c("explanation", "forklar", "int", needed=True),
        _c("residence_basis", "residence_basis"),
    ),
    ("category", "ground", "explanation"),
    "codes",
)

ALL_REGISTERS = (
    OPHG,
    BEF,
    VNDS,
    VNDS_HIST,
    VNDS_IND,
    VNDS_UD,
    DOD,
    BEFBOP,
    BEFADR,
    FLYT,
    DREAM,
    BFL,
    DANSKUDD,
    LPR_ADM,
    LPR_DIAG,
    LPR_A_KONTAKT,
    LPR_A_DIAGNOSE,
    PSYK_ADM,
    PSYK_DIAG,
    SSSY,
    SSKO,
    LMDB,
    REGK100,
    AUL01,
    JOBS,
    PRICE_INDEX,
    COMMUTING_AREAS,
    COUNTRIES,
    RESIDENCE_BASIS_CODES,
)
