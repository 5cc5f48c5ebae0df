"""The chapters on expenditure, cost need, and expenditure against results."""

from kommunebench.report import cost_sentences
from kommunebench.report.chapter import Chapter, Picture
from kommunebench.report.edition import Edition
from kommunebench.report.figures.efficiency import outside
from kommunebench.report.frontiers import (
    chance_p_value,
    no_inefficiency_sides,
    tested_p_value,
    wide_ranks,
)
from kommunebench.report.tables.accounts import account_tables
from kommunebench.report.tables.cost_need import cost_need_tables
from kommunebench.report.tables.cost_notes import (
    cost_error_table,
    cost_intro,
    exclusion_table,
    sensitivity_table,
)
from kommunebench.report.tables.efficiency import efficiency_tables
from kommunebench.report.tables.efficiency_notes import (
    efficiency_notes,
    influence_table,
    ten_best_table,
)
from kommunebench.report.tables.residual_order import residual_order_table

_FIGURES = ("figure_5_1", "figure_5_2", "figure_5_3", "figure_5_4")


def cost_chapters(edition: Edition) -> list[Chapter]:
    """The three chapters; what the run has no tables for stays empty."""
    return [_costs(edition), _need(edition), _efficiency(edition)]


def _costs(edition: Edition) -> Chapter:
    words = edition.words
    pictures = (
        Picture("figure_4_1", words("figure_4_1")),
        Picture("figure_4_2", words("figure_4_2"), words("cap_figure_4_2")),
    )
    return Chapter(
        key="costs",
        heading=words("h_costs"),
        paragraphs=cost_intro(edition),
        pictures=pictures,
        tables=tuple(account_tables(edition)),
    )


def _need(edition: Edition) -> Chapter:
    behind = (cost_error_table(edition), sensitivity_table(edition), exclusion_table(edition))
    tables = (*cost_need_tables(edition), *(table for table in behind if table is not None))
    return Chapter(key="need", heading=edition.words("h_need"), tables=tables)


def _efficiency(edition: Edition) -> Chapter:
    words = edition.words
    pictures = tuple(Picture(name, words(name), figure_caption(edition, name)) for name in _FIGURES)
    texts = (
        cost_sentences.cost_potential(edition),
        cost_sentences.both_in_error(edition),
        *efficiency_notes(edition),
    )
    behind = (influence_table(edition), ten_best_table(edition), residual_order_table(edition))
    return Chapter(
        key="efficiency",
        heading=words("h_efficiency"),
        paragraphs=tuple(text for text in texts if text),
        pictures=pictures,
        tables=(*efficiency_tables(edition), *(table for table in behind if table is not None)),
    )


def figure_caption(edition: Edition, name: str) -> str:
    """How to read a figure of results and costs; on a frontier, whether there was any inefficiency
    to find and whether its order is a ranking."""
    words = edition.words
    if edition.data.cost_indicators is None:
        return ""
    side = {"figure_5_3": "production", "figure_5_4": "cost"}.get(name)
    beyond = outside(edition)
    cut = words("cap_outside", n=edition.fmt.number(beyond)) if beyond else ""
    if side is not None:
        return _frontier_caption(edition, side) + cut
    if name == "figure_5_1":
        return words("cap_verdict", verdict=edition.verdict_word) + cut
    return words("cap_figure_5_2") + cut


def _frontier_caption(edition: Edition, side: str) -> str:
    words, fmt = edition.words, edition.fmt
    parameters, scores = edition.data.frontier_parameters, edition.data.frontier_scores
    if parameters is None:
        return ""
    if side in no_inefficiency_sides(parameters):
        told = words("note_no_inefficiency", side=words.code("side", side))
        return told if scores is None else told + words(f"cap_residual_{side}")
    if tested_p_value(parameters, side) is None:
        return words("cap_frontier") + words("note_untested_inefficiency")
    p_value = chance_p_value(parameters, side, edition.level)
    if p_value is not None:
        chance = words("note_chance_inefficiency", p=fmt.p_value(p_value))
        return words("cap_frontier") + chance
    span = None if scores is None else wide_ranks(scores, side)
    wide = "" if span is None else words("note_wide_ranks", share=fmt.percent(span))
    return words("cap_frontier") + wide
