"""Hospital contacts, health care and prescriptions."""

from kommunebench.bronze.declaration import register_table

HOSPITAL_CONTACTS = register_table(
    "hospital_contacts",
    "one hospital contact, somatic or psychiatric",
    """person_id string, contact_id string, source string, patient_type string, bed_days int,
        admission_date date, action_diagnosis string""",
    needed="person_id contact_id source admission_date",
    rules={"source_known": "source IN ('lpr', 'psyk', 'lpr3')"},
)
HOSPITAL_DIAGNOSES = register_table(
    "hospital_diagnoses",
    "one diagnosis of a hospital contact; there is no person in it",
    "contact_id string, source string, diagnosis string, diagnosis_type string",
    needed="contact_id source diagnosis",
    rules={"source_known": "source IN ('lpr', 'psyk', 'lpr3')"},
)
HEALTH_SERVICES = register_table(
    "health_services",
    "one line of a provider's bill (SSSY), or a year's contacts (SSKO: fee_week null)",
    "person_id string, specialty string, contacts int, fee_week date, year int",
    needed="person_id specialty contacts",
)
PRESCRIPTIONS = register_table(
    "prescriptions",
    "one dispensed pack line (LMDB)",
    "person_id string, dispensed_date date, atc_group string",
    needed="person_id dispensed_date atc_group",
)
