"""Lines of the summary on the checks of the model, each empty where the run has no such check or it
says nothing a reader needs."""

from kommunebench.benchmark.comparison.models import PairsApart
from kommunebench.report import sensitivity as checks
from kommunebench.report.calibration import (
    calibration_rows,
    clearest_group,
    not_shown_without_terms,
    without_terms,
)
from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing


def thin_data(edition: Edition) -> str:
    """How many terms the data hardly carry, and which groups' models are held by priors."""
    row, words, fmt = edition.summary, edition.words, edition.fmt
    figures = {
        "thin_prior": "terms_with_prior",
        "thin_omitted": "terms_omitted",
        "thin_limit": "levels_at_limit",
    }
    parts = [words(key, n=fmt.number(row[name])) for key, name in figures.items() if row[name]]
    said = [words("headline_thin", parts="; ".join(parts))] if parts else []
    if not is_missing(row["held_groups"]):
        pooled = edition.settings.verdict_model == "pooled"
        groups = [words.code("group", name) for name in str(row["held_groups"]).split(", ")]
        key = "headline_held_pooled" if pooled else "headline_held"
        said.append(words(key, groups=", ".join(groups)))
    return " ".join(said)


def model_changes(edition: Edition) -> str:
    """How many verdicts, and pairs told apart by tiers, would differ under the model that does not
    carry the verdicts."""
    changes = checks.model_changes(edition)
    if changes is None:
        return ""
    verdicts, pairs = int(changes["verdict_differs"].sum()), checks.tier_pairs(changes)
    if verdicts == 0 and pairs.changed == 0:
        return ""
    fmt = edition.fmt
    is_pooled = edition.settings.verdict_model == "pooled"
    return edition.words(
        "headline_model_changes_pooled" if is_pooled else "headline_model_changes",
        verdicts=fmt.number(verdicts),
        n=fmt.number(len(changes)),
        pairs=_changed_pairs(edition, pairs),
    )


def _changed_pairs(edition: Edition, pairs: PairsApart) -> str:
    """That the tiers of the two models differ in some pairs; nothing where there are no tiers."""
    if pairs.pairs == 0:
        return ""
    key = "headline_pairs" if pairs.changed else "headline_no_pairs"
    fmt = edition.fmt
    return edition.words(key, changed=fmt.number(pairs.changed), pairs=fmt.number(pairs.pairs))


def calibration(edition: Edition) -> str:
    """In how many of the groups it has no terms for the model is off, where that is more than
    chance would give."""
    rows = without_terms(edition, calibration_rows(edition))
    if rows.empty:
        return ""
    chance = (1 - edition.level) * len(rows)
    outside = int(rows["outside"].sum())
    if outside <= max(chance, 1):
        return ""
    worst, fmt = clearest_group(rows), edition.fmt
    hidden = not_shown_without_terms(edition)
    not_shown = edition.words.counted("headline_not_shown", hidden, n=fmt.number(hidden))
    group = f"{edition.words.code('calibration', worst['breakdown'])}: {worst['label']}"
    # What places achieve differs; tenths of the chance have no place.
    of_places = bool((rows["outside"] & (rows["breakdown"] == "province")).any())
    return edition.words(
        "headline_calibration",
        outside=fmt.number(outside),
        n=fmt.number(len(rows)),
        chance=fmt.number(chance, 0 if chance >= 1.5 else 1),
        worst=group,
        ratio=fmt.number(worst["ratio"], 2),
        hidden=not_shown if hidden else "",
    ) + (edition.words("headline_calibration_places") if of_places else "")


def sensitivity(edition: Edition) -> str:
    """The choice in the model that changes most verdicts, or the several that change as many; where
    one changes any."""
    results = [result for result in checks.check_results(edition) if result.check != "pooled"]
    most = max((result.verdicts_changed for result in results), default=0)
    if most == 0:
        return ""
    words, fmt = edition.words, edition.fmt
    first = [result for result in results if result.verdicts_changed == most]
    codes = [checks.label_code(edition, result.check) for result in first]
    names = [words("quoted", name=words.code("check", code)) for code in codes]
    return words(
        "headline_sensitivity_several" if len(first) > 1 else "headline_sensitivity",
        checks=words.listed(names),
        changed=fmt.number(most),
        n=fmt.number(max(result.units for result in first)),
    )


def stability(edition: Edition) -> str:
    """How many on the favourable side in the first half of the window are so in the second."""
    halves = checks.stability(edition)
    if halves is None:
        return ""
    again = halves.count(True, True)
    return edition.words(
        "headline_stability",
        n=edition.fmt.number(again + halves.count(True, False)),
        again=edition.fmt.number(again),
    )
