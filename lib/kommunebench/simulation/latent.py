"""The latent table: one row per person who stands in any register, everything the registers are
written from."""

import pandas as pd
import pyarrow as pa

from kommunebench.simulation.side_jobs import JOB_SLOTS

CONDITIONS = (
    "specialist",
    "hospital_4_days_plus",
    "mental_illness",
    "musculoskeletal",
    "cardiovascular",
    "nervous_system",
    "nutritional",
    "pain",
    "eye",
    "dentist",
)
DATE_COLUMNS = (
    "birth_date",
    "arrival",
    "permit_date",
    "selection_date",
    "death_date",
    "left_date",
    "back_date",
    "place_until",
    "move_date",
    "origin_day",
    "origin_monday",
    "renumbered",
    "study_from",
    "study_until",
    "maternity_from",
    "pension_from",
    "education_date",
    "school_from",
    "school_until",
    *(f"job{k}_start" for k in range(1, JOB_SLOTS + 1)),
    *(f"job{k}_end" for k in range(1, JOB_SLOTS + 1)),
)
# benefit: family of codes of the weeks without work; study: code of the education; marks: of the
# compulsory 9th-grade exams, or reasons for none, with commas; school_from, school_until: basic
# school as far as it is followed.
_TEXT = (
    "person_id",
    "second_id",
    "role",
    "outside",
    "family_id",
    "partner_id",
    "first_place",
    "place",
    "moved_to",
    "course",
    "match_group",
    "benefit",
    "education",
    "education_source",
    "study",
    "marks",
    "mother_id",
    "father_id",
)
TRUE_COLUMNS = tuple(f"true_{what}{k}" for what in ("start", "end", "event") for k in range(1, 4))
_WHOLE = (
    "sex",
    "country_code",
    "ie_type",
    "category",
    "ground",
    "explanation",
    "family_position",
    "family_code",
    "gp_contacts",
    "exam_year",
    *TRUE_COLUMNS,
)
_FLAGS = (
    "danish_partner",
    "on_benefit",
    "in_bef",
    "in_dream",
    "job4_subsidised",
    "study_completed",
    "not_in_udda",
    *CONDITIONS,
)
_NUMBERS = tuple(f"job{k}_hours" for k in range(1, JOB_SLOTS + 1))
ARROW = pa.schema(
    [(name, pa.string()) for name in _TEXT]
    + [(name, pa.int32()) for name in _WHOLE]
    + [(name, pa.bool_()) for name in _FLAGS]
    + [(name, pa.float64()) for name in _NUMBERS]
    + [(name, pa.date32()) for name in DATE_COLUMNS]
)
SPARK_TYPES = {
    pa.string(): "string",
    pa.int32(): "int",
    pa.bool_(): "boolean",
    pa.float64(): "double",
    pa.date32(): "date",
}
SCHEMA = ", ".join(f"{field.name} {SPARK_TYPES[field.type]}" for field in ARROW)


def to_batch(persons: pd.DataFrame) -> pa.RecordBatch:
    """Drawn persons with the columns and types of the latent table; null where they have no such
    column, false for flags."""
    return pa.RecordBatch.from_arrays([_column(persons, field) for field in ARROW], schema=ARROW)


def _column(persons: pd.DataFrame, field: pa.Field) -> pa.Array:
    if field.name not in persons:
        return (
            pa.array([False] * len(persons))
            if field.type == pa.bool_()
            else pa.nulls(len(persons), field.type)
        )
    values = persons[field.name]
    if field.type == pa.string():
        return pa.array(values, pa.string(), from_pandas=True)
    if field.type == pa.bool_():
        return pa.array(values.eq(True).to_numpy(bool))
    if field.type == pa.date32():
        return pa.array(values.to_numpy().astype("datetime64[D]"), pa.date32())
    return pa.array(pd.to_numeric(values).to_numpy(float), from_pandas=True).cast(field.type)
