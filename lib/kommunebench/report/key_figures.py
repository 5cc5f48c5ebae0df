"""The key figures under the headline, from the run's summary."""

import math
from dataclasses import dataclass

from kommunebench.report.edition import Edition
from kommunebench.report.formats import MISSING
from kommunebench.report.summary import variance_reduction


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure and what it counts."""

    value: str
    label: str


def key_figures(edition: Edition) -> list[KeyFigure]:
    """Counts, durations or shares, and what of the variation goes with circumstances and what is
    chance."""
    words, fmt, row, rows = edition.words, edition.fmt, edition.summary, edition.compared
    known = rows[rows["cases"].notna() & rows["events"].notna()]
    success = known["events"].sum() / known["cases"].sum() if len(known) else math.nan
    reduction, shares = variance_reduction(edition), edition.scale.measure == "share"
    tiers = "key_tier" if row["tiers"] == 1 else "key_tiers"
    observed, expected = (
        KeyFigure(
            edition.measured(edition.pooled(side)),
            edition.of_measure(f"key_{side}", horizon=edition.horizon, **_whose(edition)),
        )
        for side in ("observed", "expected")
    )
    figures = [
        *([KeyFigure(fmt.number(rows["cases"].sum()), words("key_spells"))] if len(rows) else []),
        # Beside an observed share the plain share of spells would only confuse.
        *([] if shares else [KeyFigure(fmt.percent(float(success)), words("key_success"))]),
        observed,
        expected,
        KeyFigure(
            fmt.percent(reduction if reduction is None or reduction > 0 else None),
            words("key_reduction"),
        ),
        KeyFigure(fmt.percent(row["chance_share"]), words("key_chance")),
        KeyFigure(fmt.number(row["tiers"]), words(tiers)),
    ]
    return [figure for figure in figures if figure.value != MISSING]


def _whose(edition: Edition) -> dict[str, str]:
    """Which spells and which model the observed and the expected figure of the nation are of."""
    words = edition.words
    everybody = words("key_everybody") if edition.pools_everybody else ""
    if edition.has_robust:
        return {"everybody": everybody, "model": words("key_pooled_see", chapter=words("h_robust"))}
    both = edition.settings.verdict_model != "pooled"
    return {"everybody": everybody, "model": words("key_pooled") if both else ""}
