"""Captions of the benchmark's figures: what is drawn is explained, and nothing else."""

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.figures.caterpillar import caterpillar_limits, ordered_units
from kommunebench.report.figures.funnel import (
    MOST_NAMES,
    funnel_axis,
    indicator_spread,
    outside_of_chance,
    with_verdict,
)
from kommunebench.report.summary import own_fifth_probability
from kommunebench.report.tables.units import in_danish_order


def assessment_caption(edition: Edition) -> str:
    """Which interval decides, and on which side of the centre."""
    return edition.words(
        "cap_map_assessment",
        verdict=edition.verdict_word,
        better=edition.assessment("better"),
        worse=edition.assessment("worse"),
    )


def fifths_caption(edition: Edition) -> str:
    """What fifth 1 is; and that a fifth is no verdict, with how probable it is, where known."""
    words, share = edition.words, own_fifth_probability(edition)
    fifths = "cap_map_fifths" if edition.sooner_is_better else "cap_map_fifths_unwanted"
    printed = edition.compares("indicators")
    said = words(fifths) + words("cap_fifths_printed" if printed else "cap_fifths_own")
    right = "" if share is None else words("cap_fifths_right", share=edition.fmt.percent(share))
    return f"{said}{right}."


def caterpillar_caption(edition: Edition) -> str:
    """How to read the rows; of ranks and tiers only where the run has them."""
    words, rows = edition.words, ordered_units(edition)
    shown = set(rows["municipality_code"])
    compared = edition.compared
    left_out = _by_reason(edition, compared[~compared["municipality_code"].isin(shown)])
    cut = len(rows) > 0 and caterpillar_limits(edition).cuts
    return (
        words("cap_caterpillar", verdict=edition.verdict_word)
        + (words("cap_caterpillar_ranked") if edition.ranked else "")
        + (words("cap_cut") if cut else "")
        + (words("cap_left_out", names="; ".join(left_out)) if left_out else "")
    )


def _by_reason(edition: Edition, rows: pd.DataFrame) -> list[str]:
    """Names of units in alphabetical order, those without a verdict for the same reason together
    with it."""
    words, ordered = edition.words, in_danish_order(rows)
    reasons = ordered["no_verdict_reason"]
    listed = []
    for code in words.in_order("no_verdict", reasons.dropna()):
        names = ", ".join(ordered.loc[reasons == code, "municipality"].astype(str))
        listed.append(words("left_out_reason", names=names, reason=words.code("no_verdict", code)))
    others = ", ".join(ordered.loc[reasons.isna(), "municipality"].astype(str))
    return [*listed, others] if others else listed


def funnel_caption(edition: Edition) -> str:
    """How to read the funnel: of curves, colours and names only those that are drawn."""
    words, fmt, rows = edition.words, edition.fmt, with_verdict(edition)
    blue, orange = ("better", "worse") if edition.sooner_is_better else ("worse", "better")
    looks = {"blue": blue, "orange": orange, "grey": "as_expected"}
    said = words(
        "cap_funnel", **{look: edition.short_assessment(code) for look, code in looks.items()}
    )
    if indicator_spread(edition) > 0:
        said += words("cap_funnel_spread")
    beyond = len(outside_of_chance(edition))
    if beyond > MOST_NAMES:
        outside = fmt.number(beyond)
        said += words("cap_funnel_furthest", n=fmt.number(MOST_NAMES), outside=outside)
    elif beyond:
        said += words.counted("cap_funnel_named", beyond, n=fmt.number(beyond))
    cut = len(rows) > 0 and funnel_axis(edition).cuts_points(rows["verdict"])
    return said + words("cap_funnel_levels") + (words("cap_edge") if cut else "")
