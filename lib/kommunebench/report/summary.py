"""The headline sentences and key figures, from the run's summary."""

import math
from dataclasses import dataclass

import numpy as np

from kommunebench.report.edition import Edition
from kommunebench.report.figures.robust import differing
from kommunebench.report.formats import is_missing
from kommunebench.report.published import figures_by


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure and what it counts."""

    value: str
    label: str


def headline(edition: Edition) -> str:
    """How many are above, below and as expected."""
    words, fmt, row = edition.words, edition.fmt, edition.summary
    text = words(
        "headline_verdicts" if edition.sooner_is_better else "headline_unwanted",
        n=fmt.number(row["units_compared"]),
        better=fmt.number(row["better"]),
        worse=fmt.number(row["worse"]),
        expected=fmt.number(row["as_expected"]),
    )
    return text + _without_verdict(edition)


def _without_verdict(edition: Edition) -> str:
    missing = edition.summary["units_compared"] - edition.summary["units_with_verdict"]
    return (
        " " + edition.words("headline_no_verdict", n=edition.fmt.number(missing))
        if missing > 0
        else ""
    )


def sentences(edition: Edition) -> list[str]:
    """What chance gives, how far units differ with and without it, how many tiers, what
    circumstances explain."""
    return [
        text
        for text in (
            _published(edition),
            _chance(edition),
            _spread(edition),
            _shrunk(edition),
            _tiers(edition),
            _circumstances(edition),
        )
        if text
    ]


def _published(edition: Edition) -> str:
    if not edition.settings.published_comparison:
        return ""
    counted = figures_by(
        "table_5_3_cost_by_result", ("cost_class", "result_class"), "corrected_municipalities"
    )
    counts = {name: edition.fmt.number(counted("total", code)) for name, code in _RESULTS.items()}
    return edition.words("headline_published", **counts)


_RESULTS = {"better": "better", "worse": "worse", "expected": "as_expected"}


def own_fifth_probability(edition: Edition) -> float | None:
    """Mean posterior probability of the fifth a unit is shown in; None where there are no
    probabilities."""
    rows = edition.compared
    rows = rows[rows["quintile"].notna()]
    own = [row[f"p_quintile_{int(row['quintile'])}"] for _, row in rows.iterrows()]
    known = [value for value in own if not is_missing(value)]
    return float(np.mean(known)) if known else None


def expected_by_chance(edition: Edition) -> float:
    """Verdicts other than *as expected* that chance alone would give: the intervals' error rate
    times verdicts."""
    return float(
        (1 - edition.settings.uncertainty.confidence_level) * edition.summary["units_with_verdict"]
    )


def _chance(edition: Edition) -> str:
    row, fmt = edition.summary, edition.fmt
    chance = expected_by_chance(edition)
    return edition.words(
        "headline_chance",
        chance=fmt.number(chance, 0 if chance >= 1.5 else 1),
        n=fmt.number(row["units_with_verdict"]),
        fdr=fmt.percent(edition.settings.uncertainty.fdr_level),
        better_fdr=fmt.number(row["better_fdr"]),
        worse_fdr=fmt.number(row["worse_fdr"]),
    )


def _spread(edition: Edition) -> str:
    row, fmt = edition.summary, edition.fmt
    if is_missing(row["tau"]):
        return ""
    return edition.words(
        "headline_spread",
        tau=fmt.percent(row["tau"], 1),
        tau_low=fmt.number(100 * row["tau_low"], 1),
        tau_high=fmt.percent(row["tau_high"], 1),
        chance_share=fmt.percent(row["chance_share"]),
    )


def _shrunk(edition: Edition) -> str:
    """What taking chance out does to the indicators of this run."""
    rows, fmt = edition.compared, edition.fmt
    rows = rows[rows["indicator_shrunk"].notna() & rows["verdict"].notna()]
    if len(rows) < 2:
        return ""
    raw, shrunk = rows["verdict"].to_numpy(float), rows["indicator_shrunk"].to_numpy(float)
    most = int(np.argmax(np.abs(np.log(raw / shrunk))))
    values = {
        "low": shrunk.min(),
        "high": shrunk.max(),
        "raw_low": raw.min(),
        "raw_high": raw.max(),
        "before": raw[most],
        "after": shrunk[most],
    }
    figures = {name: fmt.number(float(value), 2) for name, value in values.items()}
    return edition.words("headline_shrunk", name=str(rows["municipality"].iloc[most]), **figures)


def _tiers(edition: Edition) -> str:
    row, fmt = edition.summary, edition.fmt
    if is_missing(row["tiers"]):
        return ""
    if row["tiers"] <= 1:
        return edition.words("headline_tiers_one")
    return edition.words(
        "headline_tiers",
        tiers=fmt.number(row["tiers"]),
        error=fmt.percent(row["tier_error_rate"], 0),
        apart=fmt.percent(row["share_pairs_apart"]),
    )


def _circumstances(edition: Edition) -> str:
    share = variance_reduction(edition)
    if share is not None and share <= 0:
        return edition.words("headline_no_circumstances")
    return (
        ""
        if share is None
        else edition.words("headline_circumstances", share=edition.fmt.percent(share))
    )


def variance_reduction(edition: Edition) -> float | None:
    """Share of the variance between units that expected duration takes away (table 3.1)."""
    found = edition.data.variance_reduction["variance_reduction"].dropna()
    return None if found.empty else float(found.iloc[0])


def key_figures(edition: Edition) -> list[KeyFigure]:
    """Counts, durations, and what of the variation is circumstances and what chance."""
    words, fmt, row, rows = edition.words, edition.fmt, edition.summary, edition.compared
    known = rows["spells"].notna() & rows["events"].notna()
    success = (
        rows.loc[known, "events"].sum() / rows.loc[known, "spells"].sum()
        if known.any()
        else math.nan
    )
    reduction = variance_reduction(edition)
    tiers = "key_tier" if row["tiers"] == 1 else "key_tiers"
    figures = [
        KeyFigure(fmt.number(rows["spells"].sum()), words("key_spells")),
        KeyFigure(fmt.percent(float(success)), words("key_success")),
        KeyFigure(
            fmt.number(row["pooled_observed_duration"], 1),
            words("key_observed", horizon=edition.horizon),
        ),
        KeyFigure(fmt.number(row["pooled_expected_duration"], 1), words("key_expected")),
        KeyFigure(
            fmt.percent(reduction if reduction is None or reduction > 0 else None),
            words("key_reduction"),
        ),
        KeyFigure(fmt.percent(row["chance_share"]), words("key_chance")),
        KeyFigure(fmt.number(row["tiers"]), words(tiers)),
    ]
    return [figure for figure in figures if figure.value != "·"]


def robust_note(edition: Edition) -> str:
    """Why there is a robust indicator, and as far as known how much it matters in this run."""
    words, fmt, row, rows = edition.words, edition.fmt, edition.summary, edition.compared
    parts = [words("m_robust")]
    known = rows["share_short_follow_up"].notna() & rows["spells"].notna()
    if known.any():
        share = float(
            np.average(rows.loc[known, "share_short_follow_up"], weights=rows.loc[known, "spells"])
        )
        parts.append(words("m_robust_share", share=fmt.percent(share), horizon=edition.horizon))
    shift = row["mean_log_plain_to_robust"]
    if not is_missing(shift):
        direction = words("higher" if shift >= 0 else "lower")
        error = fmt.percent(row["mean_log_plain_to_robust_se"], 1)
        parts.append(
            words(
                "m_robust_shift",
                shift=fmt.percent(abs(shift), 1),
                direction=direction,
                shift_se=error,
                differ=differing(edition),
            )
        )
    return " ".join(parts)


def method_notes(edition: Edition) -> list[tuple[str, str]]:
    """Headings and short paragraphs on the method of this run."""
    words, settings = edition.words, edition.settings
    error = edition.fmt.percent(settings.uncertainty.tiers.error_rate)
    values = {
        "horizon": edition.horizon,
        "covariates": len(settings.model.covariates),
        "error": error,
        "min_events": settings.uncertainty.min_events,
    }
    names = ("observed", "expected", "uncertainty", "ranks", "causal")
    notes = [(words(f"m_{name}_t"), words(f"m_{name}", **values)) for name in names]
    return [
        (title, text + (_bootstrap(edition) if title == words("m_uncertainty_t") else ""))
        for title, text in notes
    ]


def _bootstrap(edition: Edition) -> str:
    row, fmt = edition.summary, edition.fmt
    if (
        is_missing(row["replicates"])
        or row["replicates"] == 0
        or is_missing(row["median_bootstrap_ratio"])
    ):
        return ""
    return edition.words(
        "m_bootstrap",
        replicates=fmt.number(row["replicates"]),
        ratio=fmt.number(row["median_bootstrap_ratio"], 2),
    )


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


def both_in_error(edition: Edition) -> str:
    """What the slope of result on cost is when the error in the cost indicator is taken out; empty
    without the estimates."""
    rows = edition.data.efficiency_regressions
    if rows is None:
        return ""
    slopes = rows.set_index(["specification", "term"])["coefficient"]
    wanted = [
        ("errors_in_variables", "reliability"),
        ("errors_in_variables", "cost_indicator"),
        ("simex", "cost_indicator"),
    ]
    if any(key not in slopes.index for key in wanted):
        return ""
    fmt = edition.fmt
    reliability, moment, simex = (slopes[key] for key in wanted)
    if is_missing(float(moment)):
        return edition.words("note_not_identified", reliability=fmt.number(reliability, 2))
    values = {"moment": moment, "simex": simex, "plain": slopes[("linear", "cost_indicator")]}
    return edition.words(
        "note_both_in_error",
        reliability=fmt.number(reliability, 2),
        **{name: fmt.number(value, 3) for name, value in values.items()},
    )


def cost_potential(edition: Edition) -> str:
    """What separates dear from cheap municipalities among those with an expected result; empty
    where a class is."""
    rows = edition.data.cost_by_result
    if rows is None:
        return ""
    expected = rows[(rows["result_class"] == "as_expected") & rows["mean_unit_cost"].notna()]
    cells = {row["cost_class"]: row for _, row in expected.iterrows()}
    if not {"above", "below"} <= set(cells):
        return ""
    fmt = edition.fmt
    above, below = cells["above"], cells["below"]
    return edition.words(
        "cost_potential",
        above=fmt.number(above["mean_unit_cost"]),
        below=fmt.number(below["mean_unit_cost"]),
        # Of the two figures as printed.
        gap=fmt.number(round(above["mean_unit_cost"]) - round(below["mean_unit_cost"])),
        n_above=fmt.number(above["units"]),
        n_below=fmt.number(below["units"]),
    )
