"""Paragraphs on the method of a run, and warnings beside its tables."""

from datetime import date
from itertools import pairwise

import numpy as np

from kommunebench.benchmark.comparison.table import BOOTSTRAP_RATIOS
from kommunebench.report.edition import Edition
from kommunebench.report.figures.robust import differing
from kommunebench.report.formats import is_missing
from kommunebench.settings.analysis import AnalysisSettings
from kommunebench.settings.spells import JOBS_REPORTED_SINCE


def robust_note(edition: Edition) -> str:
    """Why there is a robust indicator, and as far as known how much it matters in this run."""
    words, fmt, row, rows = edition.words, edition.fmt, edition.summary, edition.compared
    sentences = [edition.of_measure("robust")]
    known = rows[rows["share_short_follow_up"].notna() & rows["cases"].notna()]
    if len(known):
        share = float(np.average(known["share_short_follow_up"], weights=known["cases"]))
        sentences.append(words("m_robust_share", share=fmt.percent(share), horizon=edition.horizon))
    # The table holds it with sooner as positive.
    shift = edition.scale.sign * row["mean_log_plain_to_robust"]
    if not is_missing(shift):
        sentences.append(
            words(
                "m_robust_shift",
                shift=edition.departure(abs(shift)),
                direction=words("higher" if shift >= 0 else "lower"),
                shift_se=edition.departure(row["mean_log_plain_to_robust_se"]),
                differ=fmt.number(differing(edition)),
            )
        )
    return " ".join(sentences) + pooled_both(edition)


def pooled_both(edition: Edition) -> str:
    """That both indicators compared are the pooled model's, where another carries the verdicts."""
    within = edition.settings.verdict_model == "within"
    return edition.words("cap_robust_pooled") if within else ""


def method_notes(edition: Edition) -> list[tuple[str, str]]:
    """Headings and short paragraphs on the method of this run."""
    words, settings = edition.words, edition.settings
    covariates, horizon = len(settings.model.covariates), edition.horizon
    error = edition.fmt.percent(settings.uncertainty.tiers.error_rate)
    uncertainty = words(
        "m_uncertainty",
        error_of=edition.of_error("m_error_of"),
        few=edition.of_measure(
            "m_few",
            n=settings.uncertainty.min_events,
            without=settings.uncertainty.min_non_events,
        ),
    )
    return [
        (edition.of_measure("m_observed_t"), edition.of_measure("observed", horizon=horizon)),
        (
            edition.of_measure("m_expected_t"),
            edition.of_measure(
                "expected", covariates=covariates, model=_kind(edition), baseline=_baseline(edition)
            ),
        ),
        *_model(edition),
        (words("m_uncertainty_t"), uncertainty + _bootstrap(edition)),
        *(((words("m_ranks_t"), words("m_ranks", error=error)),) if edition.ranked else ()),
        (words("m_causal_t"), words("m_causal")),
    ]


def _kind(edition: Edition) -> str:
    """What kind of model the national one is."""
    piecewise = edition.settings.model.baseline == "piecewise"
    return edition.words("model_piecewise" if piecewise else "model_cox")


def _baseline(edition: Edition) -> str:
    """Which baseline it has."""
    model = edition.settings.model
    edges = [0, *(cut for cut in model.piecewise_cuts if cut < edition.horizon), edition.horizon]
    intervals = ", ".join(f"{start + 1}–{end}" for start, end in pairwise(edges))
    return edition.words(f"baseline_{model.baseline}", intervals=intervals)


def _model(edition: Edition) -> list[tuple[str, str]]:
    """Which model carries the verdicts, where it is not the one of the tables."""
    if edition.settings.verdict_model == "pooled":
        return []
    return [(edition.words("m_model_t"), edition.words("m_model"))]


def _bootstrap(edition: Edition) -> str:
    row, fmt = edition.summary, edition.fmt
    if (
        is_missing(row["replicates"])
        or row["replicates"] == 0
        or is_missing(row["median_bootstrap_ratio"])
    ):
        return ""
    least, most = BOOTSTRAP_RATIOS
    text = edition.words(
        "m_bootstrap",
        replicates=fmt.number(row["replicates"]),
        ratio=fmt.number(row["median_bootstrap_ratio"], 2),
        smallest=fmt.number(row["smallest_bootstrap_ratio"], 2),
        largest=fmt.number(row["largest_bootstrap_ratio"], 2),
        outside=fmt.number(row["bootstrap_ratios_outside"]),
        judged=fmt.number(row["units_with_verdict"]),
        least=fmt.number(least, 1),
        most=fmt.number(most, 1),
    )
    asked = edition.settings.uncertainty.replicates
    if row["replicates"] >= asked:
        return text
    lost = fmt.number(asked - row["replicates"])
    return text + edition.words("m_bootstrap_lost", lost=lost, asked=fmt.number(asked))


def match_group_note(edition: Edition) -> str:
    """The warning beside the coefficients, where the match group is in the model."""
    if not any(
        covariate.column == "match_group" for covariate in edition.settings.model.covariates
    ):
        return ""
    weeks = edition.settings.measurement.match_group_weeks
    limit = (
        edition.words("match_group_all_weeks")
        if weeks is None
        else edition.words("match_group_weeks", weeks=weeks)
    )
    return edition.words("note_match_group", limit=limit)


def warning_of_results(edition: Edition) -> str:
    """What must be known before any result is read: of shares compared by their difference the
    warnings of the fact sheet (section 1), and of every analysis of work the years in which nobody
    is seen to work. Empty where nothing of it holds."""
    return " ".join([*_factsheet_warnings(edition), *_unseen_work(edition)])


def _factsheet_warnings(edition: Edition) -> list[str]:
    settings, words = edition.settings, edition.words
    compared = (settings.starts_from, settings.measure, settings.indicator)
    if compared != ("registers", "share", "difference"):
        return []
    sentences = [words("warning_not_why")]
    if _schools_take_part(settings):
        sentences.append(words("warning_schools"))
    # When the data of somebody's own population end is known to its module alone.
    if settings.population_module is None:
        sentences.append(words("warning_data_end", end=edition.fmt.day(data_end(settings))))
    return sentences


def _schools_take_part(settings: AnalysisSettings) -> bool:
    """Whether exams or education are part of the outcome."""
    if settings.pupils is not None or settings.residents is not None:
        return True
    return settings.follows_work and settings.employment.education_counts


def _unseen_work(edition: Edition) -> list[str]:
    settings, fmt = edition.settings, edition.fmt
    if not settings.opens_before_jobs:
        return []
    opens, since = fmt.day(settings.population.window_start), fmt.day(JOBS_REPORTED_SINCE)
    return [edition.words("warning_unseen_work", opens=opens, since=since)]


def data_end(settings: AnalysisSettings) -> date:
    """The last day of the registers an analysis looks at."""
    if settings.pupils is not None:
        return date(max(settings.pupils.exam_years), 12, 31)
    if settings.residents is not None:
        return date(settings.residents.reference_date.year, 12, 31)
    return settings.observation.observation_end
