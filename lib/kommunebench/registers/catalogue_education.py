"""School marks, highest and current education, education spells, and the list of levels, as they
are delivered."""

from kommunebench.registers.layout import Register, column, person_column

# The 7-point scale; Statistics Denmark converts marks of the older 13-point scale to it.
MARKS = (-3, 0, 2, 4, 7, 10, 12)
# Marks that only the 13-point scale has.
OLD_SCALE_MARKS = (3, 5, 6, 8, 9, 11, 13)
# The ministry's numbers for why there is no mark; some deliveries have them in place of letters.
REASON_NUMBERS = tuple(range(81, 99))
UDFK = Register(
    name="UDFK",
    stems=("udfk",),
    period="cumulative",
    columns=(
        person_column(),
        column("school_year", "skoleaar", needed=True),
        column("grade", "kltrin", width=2),
        column("level", "grundskoleniveau"),
        column("subject", "grundskolefag"),
        column("discipline", "fagdisciplin"),
        column("exam_form", "proeveform"),
        column(
            "mark",
            "grundskolekarakter",
            "int",
            allowed=tuple(str(mark) for mark in (*MARKS, *REASON_NUMBERS)),
        ),
        column("no_mark_reason", "karakteraarsag"),
    ),
)
UDDA = Register(
    name="UDDA",
    stems=("udda",),
    period="yearly",
    columns=(
        person_column(),
        column(
            "reference_date", "referencetid", "date", required=False, needed=True, from_period=True
        ),
        column("highest_education", "hfaudd", width=4),
        column("completed_date", "hf_vfra", "date"),
        column("source", "hf_kilde"),
        column("current_education", "udd", required=False, width=4),
        column("current_since", "ig_vfra", "date", required=False),
    ),
    key=("person_id", "reference_date"),
)
KOTRE = Register(
    name="KOTRE",
    stems=("kotre",),
    period="cumulative",
    columns=(
        person_column(),
        column("education", "udd", needed=True, width=4),
        column("from_date", "elev3_vfra", "date", needed=True),
        column("to_date", "elev3_vtil", "date", open_ended=True),
    ),
)
EDUCATION_LEVELS = Register(
    name="EDUCATION_LEVELS",
    stems=("education_levels",),
    period="once",
    columns=(
        column("education", "audd", needed=True, width=4),
        column("level", "level", "int", needed=True),
        column("classification", "classification"),
    ),
    key=("education",),
    folder="codes",
)
