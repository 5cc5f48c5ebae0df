"""The headline sentences, from the run's summary."""

import math
from collections.abc import Callable

import numpy as np

from kommunebench.report import check_sentences
from kommunebench.report.edition import Edition
from kommunebench.report.figures.funnel import indicator_spread, with_verdict
from kommunebench.report.formats import is_missing
from kommunebench.report.published import figures_by

_RESULTS = {"better": "better", "worse": "worse", "expected": "as_expected"}


def headline(edition: Edition) -> str:
    """How many are above, below and as expected; why nobody is compared, or none has a verdict."""
    words, fmt, row = edition.words, edition.fmt, edition.summary
    if not row["units_compared"]:
        return words("headline_none_compared", least=fmt.number(edition.settings.model.min_spells))
    if not row["units_with_verdict"]:
        reasons = edition.compared["no_verdict_reason"].dropna()
        named = [words.code("no_verdict", r) for r in words.in_order("no_verdict", reasons)]
        said = f" ({', '.join(named)})" if named else ""
        return words("headline_none_judged", n=fmt.number(row["units_compared"]), reasons=said)
    text = words(
        "headline_verdicts" if edition.sooner_is_better else "headline_unwanted",
        n=fmt.number(row["units_compared"]),
        better=fmt.number(row["better"]),
        worse=fmt.number(row["worse"]),
        expected=fmt.number(row["as_expected"]),
    )
    missing = row["units_compared"] - row["units_with_verdict"]
    return text + (" " + words("headline_no_verdict", n=fmt.number(missing)) if missing > 0 else "")


def sentences(edition: Edition) -> list[str]:
    """What chance gives, how far units differ with and without it, how many tiers, what goes with
    circumstances, and what the checks of the model say."""
    makers: tuple[Callable[[Edition], str], ...] = (
        _published,
        _chance,
        _few_verdicts,
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


def expected_by_chance(edition: Edition) -> float:
    """Verdicts other than *as expected* that chance alone would give: the intervals' error rate
    times verdicts."""
    return float((1 - edition.level) * edition.summary["units_with_verdict"])


def _few_verdicts(edition: Edition) -> str:
    least, judged = edition.settings.uncertainty.min_verdicts, edition.summary["units_with_verdict"]
    if not 0 < judged < least:
        return ""
    return edition.words(
        "headline_few_verdicts", n=edition.fmt.number(judged), least=edition.fmt.number(least)
    )


def _chance(edition: Edition) -> str:
    row, fmt = edition.summary, edition.fmt
    if not row["units_with_verdict"]:
        return ""
    chance = expected_by_chance(edition)
    return edition.words(
        "headline_chance",
        chance=fmt.number(chance, 0 if chance >= 1.5 else 1),
        n=fmt.number(row["units_with_verdict"]),
        halves=edition.words("halves") if half_each_way(edition) else "",
        fdr=fmt.percent(edition.settings.uncertainty.fdr_level),
        better_fdr=fmt.number(row["better_fdr"]),
        worse_fdr=fmt.number(row["worse_fdr"]),
        better_word=edition.assessment("better"),
        worse_word=edition.assessment("worse"),
    )


def half_each_way(edition: Edition) -> bool:
    """Whether chance would put as many units on one side as on the other: at least one on each,
    and the mean of the indicators not told apart from the centre.

    Units that differ in nothing then lie around the centre, and their equal-tailed intervals miss
    it as often on either side.
    """
    rows = with_verdict(edition)
    if expected_by_chance(edition) < 1.5 or len(rows) < 2:
        return False
    weight = 1.0 / (rows["verdict_se"] ** 2 + indicator_spread(edition) ** 2)
    mean = float((weight * edition.scale.position(rows["verdict"])).sum() / weight.sum())
    return abs(mean) <= 2.0 / math.sqrt(float(weight.sum()))


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
