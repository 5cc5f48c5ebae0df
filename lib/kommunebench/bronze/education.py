"""School marks, educations and their levels."""

from kommunebench.bronze.declaration import one_of, register_table

SCHOOL_MARKS = register_table(
    "school_marks",
    "one mark of a pupil, or why there is none (UDFK)",
    """
        person_id string, exam_year int, grade string, level string, subject string,
        discipline string, exam_form string, mark int, no_mark_reason string
    """,
    needed="person_id exam_year",
    rules={"mark_on_the_scale": one_of("mark", -3, 0, 2, 4, 7, 10, 12)},
)
EDUCATIONS = register_table(
    "educations",
    "one resident's highest and current education on 1 October (UDDA)",
    """
        person_id string, reference_date date, highest_education string, completed_date date,
        source string, current_education string, current_since date
    """,
    key="person_id reference_date",
)
EDUCATION_SPELLS = register_table(
    "education_spells",
    "one person in one education (KOTRE)",
    "person_id string, education string, from_date date, to_date date",
    needed="person_id education from_date",
)
EDUCATION_LEVELS = register_table(
    "education_levels",
    "one education and its level of DISCED-15",
    "education string, level int",
    key="education",
    needed="level",
)
