"""The overview page over several analyses of one store (fact sheet; contract, overview)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kommunebench import __version__
from kommunebench.report.chapter import Chapter
from kommunebench.report.data import ReportData, tidy
from kommunebench.report.edition import Edition
from kommunebench.report.method_notes import data_end
from kommunebench.report.page import templates
from kommunebench.report.published import printed_table
from kommunebench.report.tables.lists import lists_differ
from kommunebench.report.tables.overview import (
    best_table,
    matrix_table,
    published_table,
    runs_table,
    several_table,
    shared_by_chance,
)
from kommunebench.report.tables.overview_numbers import correlation_table, spread_table
from kommunebench.settings.analysis import AnalysisSettings

# The analyses of the fact sheet, in its order: the set conf/analyses/factsheet.yaml.
FACTSHEET = (
    "school_exams",
    "upper_secondary",
    "immigrants_up_to_10_years",
    "immigrants_over_10_years",
    "integration_act_work_or_education",
)


@dataclass(frozen=True, slots=True)
class AnalysisShown:
    """One analysis of the overview: its newest run's published tables, and its settings."""

    data: ReportData
    settings: AnalysisSettings


def build_overview(analyses: Sequence[AnalysisShown], *, language: Literal["da", "en"]) -> str:
    """The overview as one HTML page: inline style, no script, nothing fetched.

    ``analyses``: at least one. Raises InputError as build_report.
    """
    editions = [Edition(tidy(one.data), one.settings, language) for one in analyses]
    words = editions[0].words
    return (
        templates()
        .get_template("overview.html.j2")
        .render(
            language=language,
            words=words,
            subtitle=words("o_subtitle", n=editions[0].fmt.number(len(editions))),
            simulated=any(edition.data.run.simulated for edition in editions),
            chapters=[chapter for chapter in _chapters(editions) if not chapter.empty],
            version=__version__,
        )
    )


def _chapters(editions: list[Edition]) -> list[Chapter]:
    words = editions[0].words
    pairs = correlation_table(editions)
    # The fact sheet's own table, which other analyses of the same persons would fill with units in
    # several lists.
    listed = [one for one in editions if one.settings.name in FACTSHEET] or editions
    return [
        Chapter(
            key="lists",
            heading=words("o_lists"),
            paragraphs=(_lists_reading(listed, others=len(editions) - len(listed)),),
            warning=words("o_warning", ends=_ends(editions)),
            tables=_shown(best_table(listed), several_table(listed)),
        ),
        Chapter(key="spread", heading=words("o_spread"), tables=(spread_table(editions),)),
        Chapter(
            key="verdicts",
            heading=words("o_verdicts"),
            paragraphs=(words("o_verdicts_reading"),),
            tables=(matrix_table(editions),),
        ),
        Chapter(key="correlation", heading=words("o_correlation"), tables=_shown(pairs)),
        _published(editions),
        Chapter(key="runs", heading=words("o_runs"), tables=(runs_table(editions),)),
    ]


def _lists_reading(editions: list[Edition], others: int) -> str:
    """What the lists go by; that it is not the verdicts' figure, where it is not; and that there
    are ``others`` without a list."""
    words = editions[0].words
    durations = any(edition.scale.measure == "restricted_mean" for edition in editions)
    return (
        words("o_lists_reading")
        + (words("o_lists_durations") if durations else "")
        + (words("o_lists_other") if any(map(lists_differ, editions)) else "")
        + (words.counted("o_lists_without", others, n=str(others)) if others else "")
    )


def _ends(editions: list[Edition]) -> str:
    """When the data of each analysis end, those with one date together."""
    titles: dict[str, list[str]] = {}
    for edition in editions:
        titles.setdefault(edition.fmt.day(data_end(edition.settings)), []).append(edition.title)
    if len(titles) == 1:
        return next(iter(titles))
    return "; ".join(f"{day} ({', '.join(names)})" for day, names in titles.items())


def _shown(*tables):  # type: ignore[no-untyped-def]  # tables with rows
    return tuple(table for table in tables if not table.empty)


def _published(editions: list[Edition]) -> Chapter:
    words = editions[0].words
    table = published_table(editions, [factsheet_number(e.settings.name) for e in editions])
    if table is None:
        return Chapter(key="published", heading=words("o_published"))
    simulated = any(edition.data.run.simulated for edition in editions)
    chance = shared_by_chance([e for e in editions if factsheet_number(e.settings.name)])
    return Chapter(
        key="published",
        heading=words("o_published"),
        paragraphs=(words("o_published_reading", chance=editions[0].fmt.number(chance, 1)),),
        warning=words("o_published_simulated") if simulated else "",
        tables=(table,),
    )


def factsheet_number(analysis: str) -> str | None:
    """Which of the fact sheet's analyses this is, as its reference tables number them; None where
    it is none."""
    if analysis not in FACTSHEET:
        return None
    return str(printed_table("factsheet_analyses")["analysis"].iloc[FACTSHEET.index(analysis)])
