"""docs/tables.md, written from the declarations of the tables, the descriptions of their columns
and the list of codes: `python -m kommunebench.table_documentation > docs/tables.md`."""

from kommunebench.column_descriptions import codes_of_column, column_codes, describe_column
from kommunebench.declared_tables import declared_tables
from kommunebench.silver import CASES, SPELLS
from kommunebench.tables import Table

LAYERS = {
    "silver": "Rows of persons: these tables stay where the registers are.",
    "gold": "Results, each row of one analysis and one run. The disclosure rules are applied to"
    " what the report and the tracked run show, not to these tables; `gold.expected_durations`"
    " has a row for each spell.",
}
# What a row is about, and what came of it: no model of the outcome may contain these.
NO_COVARIATES = frozenset(
    (
        *("analysis", "spell_id", "person_id", "cluster_id", "municipality_code", "start_week"),
        *("end_week", "duration", "potential_follow_up", "event", "end_reason", "outcome"),
        "remarks",
    )
)


def tables_page() -> str:
    """Covariates with their levels, codes, and all tables of silver and gold, as Markdown."""
    lines = [
        "# Tables, covariates and codes",
        "",
        "Written from the declarations by `python -m kommunebench.table_documentation`.",
        "",
        "## Covariates",
        "",
        "Columns that `model.covariates` of an analysis may name. A level is written in quotation"
        " marks where it looks like a number.",
        "",
        "Of spells (the main analysis, and immigrants in a spell), columns of `silver.spells`:",
        "",
        *_covariates(SPELLS),
        "",
        "Of persons with an outcome (pupils, residents), columns of `silver.cases`:",
        "",
        *_covariates(CASES),
        "",
        "## Codes",
        "",
        "Where a column stands with its table, that table has codes of its own under the name.",
        "",
        "| column | codes |",
        "|---|---|",
        *_codes(),
    ]
    for layer, said in LAYERS.items():
        lines += ["", f"## {layer.capitalize()}", "", said]
        for table in declared_tables():
            if table.layer == layer:
                lines += ["", *_table(table)]
    return "\n".join(lines) + "\n"


def covariates_of(table: Table) -> list[str]:
    """Columns of silver.spells or silver.cases that may be covariates."""
    return [name for name in table.columns if name not in NO_COVARIATES]


def kind_of(table: Table, name: str) -> str:
    """What the key ``kind`` of a covariate is for a column."""
    if table.columns[name] == "string":
        return "category"
    return "indicator" if describe_column(table, name).startswith("1 where") else "number"


def _covariates(table: Table) -> list[str]:
    rows = [
        f"| `{name}` | {kind_of(table, name)} | {_levels(table, name)} |"
        f" {describe_column(table, name)} |"
        for name in covariates_of(table)
    ]
    return ["| column | kind | levels | meaning |", "|---|---|---|---|", *rows]


def _levels(table: Table, name: str) -> str:
    if kind_of(table, name) != "category":
        return ""
    codes = codes_of_column(table, name)
    return ", ".join(f"`{code}`" for code in codes) if codes else 'a year, as text: `"2012"`'


def _codes() -> list[str]:
    rows = []
    for column, codes in column_codes().items():
        listed = (f"`{code}`: {said}" if said else f"`{code}`" for code, said in codes.items())
        rows.append(f"| `{column}` | {'; '.join(listed)} |")
    return rows


def _table(table: Table) -> list[str]:
    """Heading, grain, key and columns of one table."""
    key = ", ".join(f"`{name}`" for name in table.key)
    rows = []
    for name, kind in table.columns.items():
        see = " ([codes](#codes))" if codes_of_column(table, name) else ""
        rows.append(f"| `{name}` | {kind} | {describe_column(table, name)}{see} |")
    return [
        f"### {table.qualified_name}",
        "",
        f"A row is {table.grain}. Key: {key}.",
        "",
        "| column | type | meaning |",
        "|---|---|---|",
        *rows,
    ]


if __name__ == "__main__":
    print(tables_page(), end="")
