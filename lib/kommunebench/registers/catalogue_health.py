"""Hospital contacts, providers' bills and prescriptions as they are delivered."""

from dataclasses import replace

from kommunebench.registers.layout import Register, column, person_column

_CONTACT = (
    person_column(),
    column("contact_id", "recnum", "id", needed=True),
    column("patient_type", "c_pattype pattype", allowed=("0", "1", "2", "3")),
    column("bed_days", "v_sengdage sengdage", "int", sign="not_negative"),
    column("admission_date", "d_inddto", "date", needed=True),
    column("action_diagnosis", "c_adiag adiag"),
)
_DIAGNOSIS = (
    column("contact_id", "recnum", "id", needed=True),
    column("diagnosis", "c_diag", needed=True),
    column("diagnosis_type", "c_diagtype"),
)
# An admission over the turn of a year may stand in the files of both years.
LPR_ADM = Register(
    name="LPR_ADM",
    stems=("lpr_adm",),
    period="yearly",
    columns=_CONTACT,
    key=("contact_id",),
    key_in_all_periods=True,
)
LPR_DIAG = Register(name="LPR_DIAG", stems=("lpr_diag",), period="yearly", columns=_DIAGNOSIS)
# The third edition of the patient register, from March 2019: one contact key, time stamps, no bed
# days.
LPR_A_KONTAKT = Register(
    name="LPR_A_KONTAKT",
    stems=("lpr_a_kontakt",),
    period="yearly",
    columns=(
        person_column(),
        column("contact_id", "dw_ek_kontakt", "id", needed=True),
        column("patient_type", "kont_patient_type", required=False),
        column("admission_date", "kont_starttidspunkt", "date", needed=True),
        column("discharge_date", "kont_sluttidspunkt", "date", required=False),
        column("action_diagnosis", "adiag aktionsdiagnose"),
    ),
    key=("contact_id",),
    key_in_all_periods=True,
)
LPR_A_DIAGNOSE = Register(
    name="LPR_A_DIAGNOSE",
    stems=("lpr_a_diagnose",),
    period="yearly",
    columns=(
        column("contact_id", "dw_ek_kontakt", "id", needed=True),
        column("diagnosis", "diag_kode", needed=True),
        column("diagnosis_type", "diag_kode_type"),
        column("later_disproved", "senere_afkraeftet", required=False),
    ),
)
PSYK_ADM = replace(LPR_ADM, name="PSYK_ADM", stems=("psyk_adm",))
PSYK_DIAG = Register(name="PSYK_DIAG", stems=("psyk_diag",), period="yearly", columns=_DIAGNOSIS)
SSSY = Register(
    name="SSSY",
    stems=("sssy",),
    period="yearly",
    columns=(
        person_column(),
        column("specialty", "spec2 speciale", needed=True),
        column("is_contact", "kontakt"),
        column("services", "ydlant", "int"),
        column("fee_week", "honuge", "week", needed=True, width=4),
        column("child", "barnmak", required=False),
    ),
)
SSKO = Register(
    name="SSKO",
    stems=("ssko",),
    period="yearly",
    columns=(
        person_column(),
        column("specialty", "spec2", needed=True, width=2),
        column("contacts", "kontaktagg", "int", needed=True),
    ),
    period_in_rows=True,
)
LMDB = Register(
    name="LMDB",
    stems=("lmdb",),
    period="yearly",
    columns=(
        person_column(),
        column("dispensed_date", "eksd", "date", needed=True),
        column("atc", "atc", needed=True),
    ),
)
