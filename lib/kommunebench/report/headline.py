"""The headline: how many units are above and below what was expected, and what chance gives."""

import math

from kommunebench.report.edition import Edition
from kommunebench.report.figures.funnel import indicator_spread, with_verdict


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
    text = _none_flagged(edition) if _without_flags(edition) else _verdicts(edition)
    missing = row["units_compared"] - row["units_with_verdict"]
    if missing <= 0:
        return text
    return f"{text} {words.counted('headline_no_verdict', missing, n=fmt.number(missing))}"


def _verdicts(edition: Edition) -> str:
    fmt, row = edition.fmt, edition.summary
    figures = {
        "n": fmt.number(row["units_compared"]),
        "better": fmt.number(row["better"]),
        "worse": fmt.number(row["worse"]),
        "expected": fmt.number(row["as_expected"]),
    }
    if not edition.sooner_is_better:
        return edition.words("headline_unwanted", **figures)
    return edition.words.counted("headline_verdicts", row["better"], **figures)


def _without_flags(edition: Edition) -> bool:
    """Whether there are verdicts, and none is other than as expected once all comparisons are
    counted."""
    flagged = [edition.summary[name] for name in ("better_fdr", "worse_fdr")]
    return edition.summary["units_with_verdict"] > 0 and flagged == [0, 0]


def _none_flagged(edition: Edition) -> str:
    """That nobody can be told from what was expected, with how many single intervals say else."""
    fmt, row = edition.fmt, edition.summary
    outside, judged = row["better"] + row["worse"], fmt.number(row["units_with_verdict"])
    if outside == 0:
        return edition.words("headline_all_expected", judged=judged)
    return edition.words.counted(
        "headline_no_flag",
        outside,
        outside=fmt.number(outside),
        judged=judged,
        fdr=fmt.percent(edition.settings.uncertainty.fdr_level),
        better=fmt.number(row["better"]),
        worse=fmt.number(row["worse"]),
        better_word=edition.short_assessment("better"),
        worse_word=edition.short_assessment("worse"),
        **_by_chance(edition),
    )


def few_verdicts(edition: Edition) -> str:
    """That there is no spread, where the verdicts are too few for one."""
    least, judged = edition.settings.uncertainty.min_verdicts, edition.summary["units_with_verdict"]
    if not 0 < judged < least:
        return ""
    return edition.words.counted(
        "headline_few_verdicts",
        judged,
        n=edition.fmt.number(judged),
        least=edition.fmt.number(least),
    )


def chance(edition: Edition) -> str:
    """How many chance alone would put outside, and how many stand under control for the many
    comparisons; nothing where the headline says so itself."""
    row, fmt = edition.summary, edition.fmt
    if not row["units_with_verdict"] or _without_flags(edition):
        return ""
    return edition.words.counted(
        "headline_chance",
        row["better_fdr"],
        n=fmt.number(row["units_with_verdict"]),
        fdr=fmt.percent(edition.settings.uncertainty.fdr_level),
        better_fdr=fmt.number(row["better_fdr"]),
        worse_fdr=fmt.number(row["worse_fdr"]),
        better_word=edition.assessment("better"),
        worse_word=edition.assessment("worse"),
        **_by_chance(edition),
    )


def _by_chance(edition: Edition) -> dict[str, str]:
    """How many units chance alone would put outside what was expected, and on which sides."""
    outside = expected_by_chance(edition)
    return {
        "chance": edition.fmt.number(outside, 0 if outside >= 1.5 else 1),
        "halves": edition.words("halves") if half_each_way(edition) else "",
    }


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


def expected_by_chance(edition: Edition) -> float:
    """Verdicts other than *as expected* that chance alone would give: the intervals' error rate
    times verdicts."""
    return float((1 - edition.level) * edition.summary["units_with_verdict"])
