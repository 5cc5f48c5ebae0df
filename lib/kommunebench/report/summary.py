"""The sentences under the headline, from the run's summary."""

from collections.abc import Callable

import numpy as np

from kommunebench.report import check_sentences
from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing
from kommunebench.report.headline import chance, few_verdicts
from kommunebench.report.published import figures_by
from kommunebench.report.tables.lists import lists_differ

_RESULTS = {"better": "better", "worse": "worse", "expected": "as_expected"}


def sentences(edition: Edition) -> list[str]:
    """What chance gives, how far units differ with and without it, how many tiers, what goes with
    circumstances, and what the checks of the model say."""
    makers: tuple[Callable[[Edition], str], ...] = (
        _published,
        chance,
        few_verdicts,
        _spread,
        _shrunk,
        _tiers,
        _potential,
        _circumstances,
        check_sentences.thin_data,
        check_sentences.model_changes,
        check_sentences.calibration,
        check_sentences.sensitivity,
        check_sentences.stability,
    )
    return [text for text in (make(edition) for make in makers) if text]


def _published(edition: Edition) -> str:
    if not edition.compares("indicators"):
        return ""
    counts = figures_by(
        "table_5_3_cost_by_result", ("cost_class", "result_class"), "corrected_municipalities"
    )
    printed = {name: edition.fmt.number(counts("total", code)) for name, code in _RESULTS.items()}
    return edition.words("headline_published", **printed)


def own_fifth_probability(edition: Edition) -> float | None:
    """Mean posterior probability of the fifth a unit is shown in; None where there are no
    probabilities."""
    rows = edition.compared
    rows = rows[rows["quintile"].notna()]
    probabilities = [row[f"p_quintile_{int(row['quintile'])}"] for _, row in rows.iterrows()]
    known = [value for value in probabilities if not is_missing(value)]
    return float(np.mean(known)) if known else None


def _spread(edition: Edition) -> str:
    row, fmt = edition.summary, edition.fmt
    if is_missing(row["tau"]):
        return ""
    if round(100 * row["tau"], 1) == 0:
        return edition.words("headline_spread_none", tau_high=fmt.percent(row["tau_high"], 1))
    return edition.words(
        "headline_spread",
        tau=fmt.percent(row["tau"], 1),
        tau_low=fmt.number(100 * row["tau_low"], 1),
        tau_high=fmt.percent(row["tau_high"], 1),
        chance_share=fmt.percent(row["chance_share"]),
    )


def _shrunk(edition: Edition) -> str:
    """What taking chance out does to the indicators of this run."""
    every, scale = edition.compared, edition.scale
    rows = every[every["indicator_shrunk"].notna() & every["verdict"].notna()]
    if len(rows) < 2:
        return ""
    raw, shrunk = rows["verdict"].to_numpy(float), rows["indicator_shrunk"].to_numpy(float)
    moved = np.abs(scale.position(raw) - scale.position(shrunk))
    most = int(np.argmax(np.nan_to_num(moved, nan=-1.0)))
    values = {
        "low": shrunk.min(),
        "high": shrunk.max(),
        "raw_low": raw.min(),
        "raw_high": raw.max(),
        "before": raw[most],
        "after": shrunk[most],
    }
    figures = {name: _in_sentence(edition, float(value)) for name, value in values.items()}
    in_unit = "" if scale.logarithmic else f" {edition.words.places['difference_in']}"
    name = str(rows["municipality"].iloc[most])
    some = edition.words("of_judged") if len(rows) < len(every) else ""
    return edition.words("headline_shrunk", name=name, in_unit=in_unit, of_judged=some, **figures)


def _in_sentence(edition: Edition, indicator: float) -> str:
    if edition.scale.logarithmic:
        return edition.fmt.number(indicator, 2)
    return edition.fmt.signed(indicator, 1)


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


def _potential(edition: Edition) -> str:
    rows = edition.data.potentials
    if rows is None:
        return ""
    by_basis = rows.set_index("basis")["potential"].dropna()
    if not {"raw", "shrunk"} <= set(by_basis.index):
        return ""
    return edition.words(
        "headline_potential",
        basis=edition.words("potential_plain") if lists_differ(edition) else "",
        **{basis: edition.fmt.number(by_basis[basis], 1) for basis in ("raw", "shrunk")},
    )


def _circumstances(edition: Edition) -> str:
    share = variance_reduction(edition)
    if share is None:
        return ""
    if share <= 0:
        return edition.words("headline_no_circumstances")
    return edition.words("headline_circumstances", share=edition.fmt.percent(share))


def variance_reduction(edition: Edition) -> float | None:
    """Share of the variance between units that goes with what was expected (table 3.1)."""
    shares = edition.data.variance_reduction["variance_reduction"].dropna()
    return None if shares.empty else float(shares.iloc[0])
