"""Population flow, rejected rows, what was suppressed, and the run itself."""

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, plain_rows, text_column

_MILESTONES = (
    "with_permit",
    "immigrants_seen",
    "in_ninth_grade_exams",
    "residents_of_the_age",
    "in_population",
    "with_spells",
    "in_comparison",
)


def flow_table(edition: Edition) -> HtmlTable | None:
    """From permits to spells in the comparison: every rule with whom it left out."""
    rows = edition.data.population_flow
    if rows is None:
        return None
    words = edition.words
    columns = [text_column(words("rule")), Column(words("persons"))]
    # Persons with an outcome have no spells to count.
    columns += [] if edition.of_cases else [Column(words("spells"))]
    fmt = edition.fmt
    lines = []
    for _, row in rows.sort_values("step", kind="stable").iterrows():
        # Spells do not exist yet in the first steps; a row that is suppressed has lost both counts.
        spells = (
            ""
            if is_missing(row["spells"]) and not is_missing(row["persons"])
            else fmt.number(row["spells"])
        )
        style = "total" if row["reason"] in _MILESTONES else ""
        cells = (words.code("flow", row["reason"]), fmt.number(row["persons"]), spells)
        lines.append(Row(cells[: len(columns)], style))
    notes = (words("note_flow"), *_lost_spells_note(edition, rows), words("note_missing_short"))
    return HtmlTable(
        key="population_flow",
        caption=words(_flow_caption(edition)),
        columns=tuple(columns),
        blocks=(Block(tuple(lines)),),
        notes=notes,
    )


def _lost_spells_note(edition: Edition, rows: pd.DataFrame) -> tuple[str, ...]:
    """That the spells that are lost were never counted among the persons' spells."""
    spells = rows.set_index("reason")["spells"]
    counted = spells.get("with_spells")
    lost = spells[[str(reason).startswith("lost_") for reason in spells.index]]
    if counted is None or is_missing(float(counted)) or lost.empty:
        return ()
    return (edition.words("note_lost_spells", n=edition.fmt.number(counted)),)


def _flow_caption(edition: Edition) -> str:
    return "population_flow" if edition.settings.immigrants is None else "flow_of_immigrants"


def rejected_table(edition: Edition) -> HtmlTable | None:
    """Rows and values of the delivery that could not be used; None where the registers are not part
    of the analysis."""
    rows = edition.data.rejected_rows
    if rows is None or rows.empty:
        return None
    words = edition.words
    columns = (
        text_column(words("register")),
        text_column(words("column")),
        text_column(words("reason")),
        Column(words("rows")),
        text_column(words("consequence")),
    )
    lines = [
        (
            str(row["register"]),
            str(row["column_name"]),
            words.code("rejected", row["reason"]),
            edition.fmt.number(row["rows"]),
            words(str(row["consequence"])),
        )
        for _, row in rows.sort_values(["register", "column_name"]).iterrows()
    ]
    return HtmlTable(
        key="rejected_rows",
        caption=words("rejected_rows"),
        columns=columns,
        blocks=plain_rows(lines),
    )


def suppressed_table(edition: Edition) -> HtmlTable | None:
    """Rows that lost their figures to the disclosure rules, by table; None when there are none."""
    counts = {name: count for name, count in edition.data.suppressed.items() if count}
    if not counts:
        return None
    words = edition.words
    columns = (text_column(words("table")), Column(words("rows_suppressed")))
    lines = [
        (words.code("table", name), edition.fmt.number(count)) for name, count in counts.items()
    ]
    return HtmlTable(
        key="suppressed",
        caption=words("suppressed_table"),
        columns=columns,
        blocks=plain_rows(lines),
        notes=(words("note_means_of_shown"),),
    )


def run_table(edition: Edition) -> HtmlTable:
    """Identity of the run and the seconds of its stages."""
    run = edition.data.run
    words = edition.words
    fmt = edition.fmt
    lines = [
        (words("analysis"), edition.title),
        (words("run_id"), run.run_id),
        (words("code_version"), run.code_version),
        (words("created"), fmt.day(run.created)),
        (words("data"), _origin(edition)),
    ]
    if run.mlflow_run_id:
        lines.append((words("mlflow_run_id"), run.mlflow_run_id))
    lines += [
        (words("stage_seconds", stage=words.code("stage", stage)), f"{fmt.number(seconds, 1)} s")
        for stage, seconds in run.stage_seconds.items()
    ]
    columns = (text_column(words("what")), text_column(words("value")))
    return HtmlTable(
        key="run", caption=words("run_table"), columns=columns, blocks=plain_rows(lines)
    )


def _origin(edition: Edition) -> str:
    run = edition.data.run
    if not run.simulated:
        return edition.words("data_registers" if edition.from_registers else "data_spells")
    return edition.words("data_simulated", scale=edition.simulation_scale)
