"""The chapters of the page: which figures, tables and paragraphs stand where."""

from collections.abc import Mapping
from dataclasses import replace

from kommunebench.benchmark.comparison.normal import two_sided_z
from kommunebench.report import method_notes
from kommunebench.report.calibration import calibration_rows
from kommunebench.report.captions import (
    assessment_caption,
    caterpillar_caption,
    fifths_caption,
    funnel_caption,
)
from kommunebench.report.chapter import Chapter, Picture
from kommunebench.report.cost_chapters import cost_chapters
from kommunebench.report.edition import Edition
from kommunebench.report.factsheet_chapters import lists_chapter, without_marks_chapter
from kommunebench.report.figures.calibration import calibration_limits
from kommunebench.report.figures.funnel import with_verdict
from kommunebench.report.figures.robust import robust_limits
from kommunebench.report.tables.benchmark import quintile_table, variance_table
from kommunebench.report.tables.checks import check_tables
from kommunebench.report.tables.coefficients import (
    coefficient_table,
    proportionality_table,
    second_stage_table,
)
from kommunebench.report.tables.comparison import comparison_table
from kommunebench.report.tables.cost_need import cost_units_table
from kommunebench.report.tables.precision import precision_table
from kommunebench.report.tables.run import flow_table, rejected_table, run_table, suppressed_table
from kommunebench.report.tables.spells import spell_tables
from kommunebench.report.tables.units import appendix_5_1, units_table


def chapters(edition: Edition, drawn: Mapping[str, str]) -> list[Chapter]:
    """Chapters that have something to show; ``drawn`` holds the SVG of each figure by name."""
    everything = [
        _benchmark(edition),
        lists_chapter(edition),
        _durations(edition),
        _robust(edition),
        _checks(edition),
        _spells(edition),
        without_marks_chapter(edition),
        *cost_chapters(edition),
        _units(edition),
        _model(edition),
        _comparison(edition),
        _method(edition),
        _data(edition),
    ]
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
    pictures = (
        # The verdicts come first: a fifth may contradict them.
        Picture("map_assessment", words("fig_map_assessment"), assessment_caption(edition)),
        Picture("map_fifths", words("fig_map_fifths"), fifths_caption(edition)),
        Picture("caterpillar", words("fig_caterpillar"), caterpillar_caption(edition)),
        Picture("funnel", words("fig_funnel"), funnel_caption(edition)),
    )
    return Chapter(
        key="benchmark",
        heading=words("h_benchmark"),
        introduces=True,
        paragraphs=(edition.of_scale("reading"),),
        warning=method_notes.warning_of_results(edition),
        pictures=pictures,
    )


def _durations(edition: Edition) -> Chapter:
    caption = edition.of_measure(
        "cap_survival",
        value=edition.measured(edition.pooled("observed")),
        horizon=edition.horizon,
        everybody=edition.words("cap_everybody") if edition.pools_everybody else "",
    )
    return Chapter(
        key="durations",
        heading=edition.of_measure("h_durations"),
        paragraphs=_published(edition),
        pictures=(Picture("survival", edition.words("fig_survival"), caption),),
        tables=(variance_table(edition), quintile_table(edition)) if len(edition.compared) else (),
    )


def _published(edition: Edition) -> tuple[str, ...]:
    """How to read the published columns, once, where the first of them stand."""
    if not edition.settings.published_comparison:
        return ()
    words, run = edition.words, edition.data.run
    return (
        words("published_intro"),
        *((words("published_simulated", scale=edition.simulation_scale),) if run.simulated else ()),
    )


def _robust(edition: Edition) -> Chapter:
    words = edition.words
    if not edition.has_robust:
        return Chapter(key="robust", heading=words("h_robust"))
    z = edition.fmt.number(two_sided_z(edition.level), 2)
    cut = len(with_verdict(edition)) > 0 and robust_limits(edition).cuts
    caption = words("cap_robust", z=z) + method_notes.pooled_both(edition)
    caption += words("cap_edge") if cut else ""
    return Chapter(
        key="robust",
        heading=words("h_robust"),
        paragraphs=(method_notes.robust_note(edition),),
        pictures=(Picture("plain_robust", words("fig_robust"), caption),),
    )


def _checks(edition: Edition) -> Chapter:
    """What the run knows about its national model; nothing where it has no checks."""
    words = edition.words
    tables = tuple(check_tables(edition))
    names = ("calibration", "cumulative_incidence")
    pictures = tuple(
        Picture(name, words(f"fig_{name}"), words(f"cap_{name}") + _cut(edition, name))
        for name in names
        if getattr(edition.data, name) is not None
    )
    return Chapter(
        key="checks",
        heading=words("h_checks"),
        introduces=True,
        paragraphs=(words("checks_reading"),),
        pictures=pictures,
        tables=tables,
    )


def _cut(edition: Edition, name: str) -> str:
    """That some of the ratios lie beyond the edge, where they do."""
    known = name == "calibration" and bool(calibration_rows(edition)["ratio"].notna().any())
    cut = known and calibration_limits(edition).cuts
    return edition.words("cap_cut") if cut else ""


def _spells(edition: Edition) -> Chapter:
    return Chapter(
        key="spells", heading=edition.words("h_spells"), tables=tuple(spell_tables(edition))
    )


def _units(edition: Edition) -> Chapter:
    tables = (
        units_table(edition),
        precision_table(edition),
        appendix_5_1(edition),
        cost_units_table(edition),
    )
    return Chapter(
        key="units",
        heading=edition.words("h_units"),
        tables=tuple(table for table in tables if table is not None),
    )


def _model(edition: Edition) -> Chapter:
    warning = method_notes.match_group_note(edition)
    tables = (
        coefficient_table(edition),
        second_stage_table(edition),
        proportionality_table(edition),
    )
    both = edition.settings.verdict_model != "pooled"
    return Chapter(
        key="model",
        heading=edition.words("h_model_pooled" if both else "h_model"),
        warning=warning,
        tables=tuple(t for t in tables if t is not None),
    )


def _comparison(edition: Edition) -> Chapter:
    """The published tables beside the run's; nothing where the analysis does not ask for the
    comparison."""
    table = comparison_table(edition)
    words = edition.words
    if table is None:
        return Chapter(key="comparison", heading=words("h_comparison"))
    simulated = edition.data.run.simulated
    warning = words("comparison_simulated", scale=edition.simulation_scale) if simulated else ""
    paragraphs = (
        words("comparison_reading"),
        *((words("comparison_conflicts"),) if simulated else ()),
    )
    return Chapter(
        key="comparison",
        heading=words("h_comparison"),
        paragraphs=paragraphs,
        warning=warning,
        tables=(table,),
    )


def _method(edition: Edition) -> Chapter:
    return Chapter(
        key="method",
        heading=edition.words("h_method"),
        notes=tuple(method_notes.method_notes(edition)),
    )


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
        key="data",
        heading=words("h_data"),
        paragraphs=(*lines, words(sign)),
        tables=tuple(t for t in tables if t is not None),
    )
