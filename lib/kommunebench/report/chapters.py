"""The chapters of the page: which figures, tables and paragraphs stand where."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kommunebench.report import summary
from kommunebench.report.edition import Edition
from kommunebench.report.figures.caterpillar import ordered_units
from kommunebench.report.tables.accounts import account_tables
from kommunebench.report.tables.benchmark import (
    appendix_5_1,
    quintile_table,
    units_table,
    variance_table,
)
from kommunebench.report.tables.coefficients import coefficient_table, proportionality_table
from kommunebench.report.tables.comparison import comparison_table
from kommunebench.report.tables.cost_need import cost_need_tables, cost_units_table
from kommunebench.report.tables.cost_notes import (
    cost_error_table,
    cost_intro,
    efficiency_notes,
    exclusion_table,
    influence_table,
    sensitivity_table,
    ten_best_table,
)
from kommunebench.report.tables.efficiency import (
    chance_p_value,
    efficiency_tables,
    no_inefficiency_sides,
)
from kommunebench.report.tables.model import HtmlTable
from kommunebench.report.tables.run import flow_table, rejected_table, run_table, suppressed_table
from kommunebench.report.tables.spells import spell_tables


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure of the page: its name among the drawn figures, title and explanation."""

    name: str
    title: str
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading with paragraphs, warning, figures and tables, in this order; ``notes`` are titled
    paragraphs."""

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    warning: str = ""
    pictures: tuple[Picture, ...] = ()
    tables: tuple[HtmlTable, ...] = ()
    notes: tuple[tuple[str, str], ...] = field(default=())

    @property
    def empty(self) -> bool:
        """Whether there is nothing under the heading."""
        return not (self.paragraphs or self.warning or self.pictures or self.tables or self.notes)


def chapters(edition: Edition, drawn: Mapping[str, str]) -> list[Chapter]:
    """Chapters that have something to show; ``drawn`` holds the SVG of each figure by name."""
    everything = [
        _benchmark(edition), _durations(edition), _robust(edition), _spells(edition), _costs(edition), _need(edition),
        _efficiency(edition), _units(edition), _model(edition), _comparison(edition), _method(edition), _data(edition),
    ]  # fmt: skip
    kept = []
    for chapter in everything:
        pictures = tuple(picture for picture in chapter.pictures if picture.name in drawn)
        tables = tuple(table for table in chapter.tables if not table.empty)
        shown = replace(chapter, pictures=pictures, tables=tables)
        if not shown.empty:
            kept.append(shown)
    return kept


def _benchmark(edition: Edition) -> Chapter:
    words = edition.words
    verdict = edition.verdict_word
    shown = set(ordered_units(edition)["municipality_code"])
    left_out = [
        name
        for code, name in edition.compared[["municipality_code", "municipality"]].to_numpy()
        if code not in shown
    ]
    left_out_text = words("cap_left_out", names=", ".join(left_out)) if left_out else ""
    pictures = (
        Picture("map_fifths", words("fig_map_fifths"), words("cap_map_fifths")),
        Picture(
            "map_assessment",
            words("fig_map_assessment"),
            words("cap_map_assessment", verdict=verdict),
        ),
        Picture(
            "caterpillar",
            words("fig_caterpillar"),
            words("cap_caterpillar", verdict=verdict) + left_out_text,
        ),
        Picture("funnel", words("fig_funnel"), words("cap_funnel")),
    )
    return Chapter("benchmark", words("h_benchmark"), (words("reading"),), "", pictures)


def _durations(edition: Edition) -> Chapter:
    words = edition.words
    area = edition.fmt.number(edition.summary["pooled_observed_duration"], 1)
    pictures = (Picture("survival", words("fig_survival"), words("cap_survival", area=area)),)
    tables = (variance_table(edition), quintile_table(edition))
    return Chapter("durations", words("h_durations"), _published(edition), "", pictures, tables)


def _published(edition: Edition) -> tuple[str, ...]:
    """How to read the published columns, once, where the first of them stand."""
    if not edition.settings.published_comparison:
        return ()
    words, run = edition.words, edition.data.run
    return (
        words("published_intro"),
        *((words("published_simulated", scale=edition.scale),) if run.simulated else ()),
    )


def _robust(edition: Edition) -> Chapter:
    words = edition.words
    pictures = (Picture("plain_robust", words("fig_robust"), words("cap_robust")),)
    return Chapter("robust", words("h_robust"), (summary.robust_note(edition),), "", pictures)


def _spells(edition: Edition) -> Chapter:
    return Chapter("spells", edition.words("h_spells"), tables=tuple(spell_tables(edition)))


def _costs(edition: Edition) -> Chapter:
    words = edition.words
    pictures = (
        Picture("figure_4_1", words("figure_4_1")),
        Picture("figure_4_2", words("figure_4_2"), words("cap_figure_4_2")),
    )
    return Chapter(
        "costs", words("h_costs"), cost_intro(edition), "", pictures, tuple(account_tables(edition))
    )


def _need(edition: Edition) -> Chapter:
    behind = (cost_error_table(edition), sensitivity_table(edition), exclusion_table(edition))
    tables = (*cost_need_tables(edition), *(table for table in behind if table is not None))
    return Chapter("need", edition.words("h_need"), tables=tables)


def _efficiency(edition: Edition) -> Chapter:
    words = edition.words
    names = ("figure_5_1", "figure_5_2", "figure_5_3", "figure_5_4")
    pictures = tuple(Picture(name, words(name), _explained(edition, name)) for name in names)
    texts = (
        summary.cost_potential(edition),
        summary.both_in_error(edition),
        *efficiency_notes(edition),
    )
    behind = (influence_table(edition), ten_best_table(edition))
    tables = (*efficiency_tables(edition), *(table for table in behind if table is not None))
    return Chapter(
        "efficiency",
        words("h_efficiency"),
        tuple(text for text in texts if text),
        "",
        pictures,
        tables,
    )


def _explained(edition: Edition, name: str) -> str:
    """How to read a figure of results and costs; on a frontier, whether there was any inefficiency
    to find."""
    words = edition.words
    side = {"figure_5_3": "production", "figure_5_4": "cost"}.get(name)
    parameters = edition.data.frontier_parameters
    if side is None or parameters is None:
        return (
            words("cap_verdict", verdict=edition.verdict_word)
            if name == "figure_5_1"
            else words("cap_figure_5_2")
        )
    if side in no_inefficiency_sides(parameters):
        return words("note_no_inefficiency", side=words.code("side", side))
    p_value = chance_p_value(parameters, side)
    chance = (
        ""
        if p_value is None
        else words("note_chance_inefficiency", p=edition.fmt.number(p_value, 2))
    )
    return words("cap_frontier") + chance


def _units(edition: Edition) -> Chapter:
    tables = (units_table(edition), appendix_5_1(edition), cost_units_table(edition))
    return Chapter(
        "units",
        edition.words("h_units"),
        tables=tuple(table for table in tables if table is not None),
    )


def _model(edition: Edition) -> Chapter:
    warning = summary.match_group_note(edition)
    tables = (coefficient_table(edition), proportionality_table(edition))
    return Chapter(
        "model",
        edition.words("h_model"),
        warning=warning,
        tables=tuple(t for t in tables if t is not None),
    )


def _comparison(edition: Edition) -> Chapter:
    """The published tables beside the run's; nothing where the analysis does not ask for the
    comparison."""
    table = comparison_table(edition)
    words = edition.words
    if table is None:
        return Chapter("comparison", words("h_comparison"))
    simulated = edition.data.run.simulated
    warning = words("comparison_simulated", scale=edition.scale) if simulated else ""
    paragraphs = (
        words("comparison_reading"),
        *((words("comparison_conflicts"),) if simulated else ()),
    )
    return Chapter("comparison", words("h_comparison"), paragraphs, warning, tables=(table,))


def _method(edition: Edition) -> Chapter:
    return Chapter("method", edition.words("h_method"), notes=tuple(summary.method_notes(edition)))


def _data(edition: Edition) -> Chapter:
    words = edition.words
    tables = (
        flow_table(edition),
        rejected_table(edition),
        suppressed_table(edition),
        run_table(edition),
    )
    lines = []
    if edition.from_registers and tables[1] is None:
        lines.append(words("nothing_rejected"))
    if tables[2] is None:
        lines.append(words("nothing_suppressed"))
    if not edition.from_registers:
        lines.append(words("registers_only_flow"))
    sign = "missing_sign" if edition.settings.published_comparison else "missing_sign_only"
    return Chapter(
        "data",
        words("h_data"),
        (*lines, words(sign)),
        tables=tuple(t for t in tables if t is not None),
    )
