"""Chapters that only the analyses of the fact sheet have."""

from kommunebench.report.chapter import Chapter
from kommunebench.report.edition import Edition
from kommunebench.report.tables.lists import (
    lists_table,
    potential_table,
    without_marks_tables,
)


def lists_chapter(edition: Edition) -> Chapter:
    """The fact sheet's own tables; nothing where the analysis does not compare shares by their
    difference."""
    tables = (lists_table(edition), potential_table(edition))
    return Chapter(
        key="lists",
        heading=edition.words("h_lists"),
        tables=tuple(table for table in tables if table is not None),
    )


def without_marks_chapter(edition: Edition) -> Chapter:
    """Pupils without marks by reason and unit; nothing where the analysis is not about marks."""
    tables = tuple(without_marks_tables(edition))
    pupils = edition.settings.pupils
    paragraphs: tuple[str, ...] = ()
    if tables and pupils is not None:
        left_out = pupils.without_marks == "left_out"
        reading = "without_marks_reading" if left_out else "without_marks_counted"
        paragraphs = (edition.words(reading),)
    return Chapter(
        key="without_marks",
        heading=edition.words("h_without_marks"),
        paragraphs=paragraphs,
        tables=tables,
    )
