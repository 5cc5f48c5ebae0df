"""docs/registers.md, written from the catalogue of registers and the packaged analyses: `python -m
kommunebench.registers.documentation > docs/registers.md`."""

from kommunebench.column_descriptions import describe_column
from kommunebench.registers.catalogue import ALL_REGISTERS, DREAM, Register, RegisterColumn
from kommunebench.registers.ingestion import table_of
from kommunebench.registers.needs import PACKAGED, as_needed, needs_of, registers_of
from kommunebench.settings import AnalysisSettings, load_analyses

ANALYSES = ("integration_employment", "factsheet")
NEEDED, ALTERNATIVE, IF_THERE = "needed", "one of", "if there"
PERIODS = {
    "yearly": "one file a year, `{stem}YYYY`",
    "snapshot": "one file a snapshot, `{stem}YYYYMM`; of each year at least December",
    "cumulative": "one file for all years, `{stem}`, with or without its period (`{stem}YYYYMM`)",
    "once": "one file, `{stem}`",
}
KINDS = {
    "id": "identifier",
    "text": "text",
    "code": "code",
    "int": "whole number",
    "double": "number",
    "date": "date",
    "week": "ISO week YYWW",
}
SIGNS = {"not_negative": "0 or more", "positive": "above 0", "share": "0 to 1"}
# Delivered columns that bronze does not keep, or keeps in another form.
MEANINGS = {
    "person_id": "pseudonymous identifier of the person",
    "municipality_code": "code of the municipality",
    "BEF.sex": "1 man, 2 woman",
    "VNDS.event": "I immigration, U emigration",
    "VNDS_HIST.event": "I immigration, U emigration",
    "BFL.hours": "paid hours of the job in the month",
    "LPR_A_KONTAKT.discharge_date": "end of the contact; bed days are the nights up to it",
    "LPR_A_DIAGNOSE.later_disproved": "JA: the diagnosis was disproved later and does not count",
    "SSSY.is_contact": "1 where the line is a contact",
    "SSSY.services": "number of services on the line",
    "SSSY.fee_week": "week the provider billed",
    "SSSY.child": "1 where the service was for a child on the adult's card",
    "LMDB.atc": "ATC code of the medicine",
    "UDFK.school_year": "school year, such as 2011/2012; its last four characters are the year",
    "UDFK.mark": "mark on the 7-point scale; 81 to 98 are the ministry's reasons for no mark",
    "AUL01.benefit": "kind of benefit; rows of the total (TOT) count",
    "AUL01.fund": "unemployment insurance fund; the total counts",
    "AUL01.age": "age; the total counts",
    "AUL01.sex": "sex; the total counts",
    "AUL01.time": "year, quarter or month of the count",
    "EDUCATION_LEVELS.level": "level of the education in the classification of the row",
    "EDUCATION_LEVELS.classification": "`DISCED-15` or `DST-2013`",
}
DREAM_COLUMNS = (
    "| `Y_YYWW` | code, 3 characters | for every week of the observation |  | benefit code of ISO"
    " week WW of year YY, a column for each week; blank: no benefit |",
    "| `MATCH_QKVYYYY` | text | for the covariate `match_group` |  | match group of quarter Q of"
    " year YYYY, a column for each quarter |",
)


def registers_page() -> str:
    """Every register with its files, columns and the packaged analyses that read it, as
    Markdown."""
    analyses = load_analyses(ANALYSES)
    lines = [
        "# Registers, files and columns",
        "",
        "Written from the declarations by `python -m kommunebench.registers.documentation`.",
        "How to lay the files out is said in [own_registers.md](own_registers.md); which years an"
        " analysis needs, and what a delivery lacks, says",
        "`kommunebench validate --analysis ANALYSIS --registers DIR`.",
        "",
        "## Which analysis reads which register",
        "",
        f"*{NEEDED}*: the analysis stops without it. *{ALTERNATIVE}*: another register can stand"
        f" for it, as the next table says. *{IF_THERE}*: read where it is delivered.",
        "An analysis of yours that leaves a covariate out does not need the register behind it.",
        "",
        f"| register | {' | '.join(f'`{settings.name}`' for settings in analyses)} |",
        f"|---|{'---|' * len(analyses)}",
    ]
    for register in ALL_REGISTERS:
        uses = [use_of(register, settings) for settings in analyses]
        lines.append(f"| {register.name} | {' | '.join(uses)} |")
    packaged = " and ".join(register.name for register in PACKAGED)
    lines += ["", f"{packaged} come with the package where they are not delivered.", ""]
    lines += ["## What they are needed for", "", *_purposes(analyses)]
    lines += ["", "## Files and columns", "", *_notation()]
    for register in ALL_REGISTERS:
        lines += ["", *_section(register, analyses)]
    return "\n".join(lines) + "\n"


def use_of(register: Register, settings: AnalysisSettings) -> str:
    """Whether an analysis needs a register, can have another one in its place, or reads it where it
    is there; '' where it does not read it."""
    choices = [need.alternatives for need in needs_of(settings)]
    if any(all(register in choice for choice in alternatives) for alternatives in choices):
        return NEEDED
    if any(register in choice for alternatives in choices for choice in alternatives):
        return ALTERNATIVE
    return IF_THERE if register in registers_of(settings) else ""


def _purposes(analyses: list[AnalysisSettings]) -> list[str]:
    """What registers are needed for, with the registers or their alternatives, and by which of the
    analyses."""
    wanting: dict[tuple[str, str], list[str]] = {}
    for settings in analyses:
        for purpose, names in _needed_together(settings).items():
            wanting.setdefault((purpose, ", ".join(names)), []).append(settings.name)
    rows = [
        f"| {purpose} | {names} | {_listed(by, analyses)} |"
        for (purpose, names), by in wanting.items()
    ]
    return ["| for | registers | analyses |", "|---|---|---|", *rows]


def _needed_together(settings: AnalysisSettings) -> dict[str, list[str]]:
    """The registers one analysis needs by purpose, alternatives in one text."""
    by_purpose: dict[str, list[str]] = {}
    for need in needs_of(settings):
        by_purpose.setdefault(need.purpose, []).append(need.missing(()))
    return by_purpose


def _listed(names: list[str], analyses: list[AnalysisSettings]) -> str:
    return "all" if len(names) == len(analyses) else ", ".join(f"`{name}`" for name in names)


def _notation() -> list[str]:
    return [
        "Columns may be in any case and order; other names are given by a mapping (`--mapping`)."
        " Of several names for a column the first that is there counts.",
        "*In the file*: whether the file must have the column. *In the row*: whether a row without"
        " a value cannot be used. An optional column that is not there is missing in every row.",
    ]


def _section(register: Register, analyses: list[AnalysisSettings]) -> list[str]:
    folder = f"{register.folder}/" if register.folder else ""
    stems = " or ".join(
        PERIODS[register.period].format(stem=f"{folder}{stem}") for stem in register.stems
    )
    readers = [settings.name for settings in analyses if use_of(register, settings)]
    lines = [f"### {register.name}", "", f"Files: {stems}."]
    if register.key:
        names = {column.name: column.delivered[0].upper() for column in register.columns}
        lines.append(f"A row is identified by {', '.join(names[name] for name in register.key)}.")
    lines.append(f"Read by: {_listed(readers, analyses)}.")
    lines += ["", "| column | kind | in the file | in the row | meaning |", "|---|---|---|---|---|"]
    lines += [_column(register, column, analyses) for column in register.columns]
    return lines + list(DREAM_COLUMNS if register is DREAM else ())


def _column(register: Register, column: RegisterColumn, analyses: list[AnalysisSettings]) -> str:
    names = " or ".join(f"`{name.upper()}`" for name in column.delivered)
    further = [
        SIGNS.get(column.sign, ""),
        f"{column.width} characters" if column.width else "",
        f"one of {', '.join(column.allowed)}" if column.allowed else "",
        "after 2100: still open" if column.open_ended else "",
    ]
    kind = ", ".join([KINDS[column.kind], *filter(None, further)])
    in_row = "yes" if column.needed else ""
    return (
        f"| {names} | {kind} | {_in_file(register, column, analyses)} | {in_row} |"
        f" {meaning_of(register, column)} |"
    )


def _in_file(register: Register, column: RegisterColumn, analyses: list[AnalysisSettings]) -> str:
    """Whether files must have a column: always, never, or for some of the analyses."""
    if column.required:
        return "yes"
    if column.from_period:
        return "no: else the last day of the file's period"
    wanting = [
        settings.name
        for settings in analyses
        for needed in as_needed(register, settings).columns
        if needed.name == column.name and needed.required
    ]
    return f"for {_listed(wanting, analyses)}" if wanting else "no"


def meaning_of(register: Register, column: RegisterColumn) -> str:
    """What a delivered column holds; '' where nobody has said it (a test looks)."""
    said = MEANINGS.get(f"{register.name}.{column.name}", MEANINGS.get(column.name, ""))
    text = said or describe_column(table_of(register.name), column.name)
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


if __name__ == "__main__":
    print(registers_page(), end="")
