"""Settings that an analysis would not use: written down, they are refused instead of ignored."""

from typing import TYPE_CHECKING

from kommunebench.settings.checks import ONLY_OF_CASES, checks_of_cases

if TYPE_CHECKING:
    from kommunebench.settings.analysis import AnalysisSettings

# What a share of persons has no use for: they have no durations.
_OF_DURATIONS = {
    "model": ("ties", "baseline", "piecewise_cuts", "proportionality_test"),
    "checks": ("split_at", "least_events"),
}


def refuse_unused(settings: "AnalysisSettings") -> None:
    """Raise ValueError naming the settings that are written in an analysis whose stages do not look
    at them, and what to do."""
    written = [
        *_without_costs(settings),
        *_of_cases(settings),
        *_unlike_replicates(settings),
        *_unlike_piecewise(settings),
        *_of_the_robust_indicator(settings),
    ]
    if written:
        raise ValueError("; ".join(written))


def _without_costs(settings: "AnalysisSettings") -> list[str]:
    """Costs are of the persons of the Integration Act, who are counted week by week."""
    if settings.starts_from == "spells":
        kind = "that starts from spells"
    elif settings.starts_from_cases or settings.immigrants is not None:
        kind = "of this population"
    else:
        return []
    sections = [name for name in ("cost", "efficiency") if getattr(settings, name) is not None]
    if not sections:
        return []
    return [f"{' and '.join(sections)}: an analysis {kind} has no such stage; leave it out"]


def _of_cases(settings: "AnalysisSettings") -> list[str]:
    if not settings.starts_from_cases:
        return _checks_of_cases_only(settings)
    names = [
        f"{section}.{name}"
        for section, of_section in _OF_DURATIONS.items()
        for name in of_section
        if name in getattr(settings, section).model_fields_set
    ]
    said = [f"{', '.join(names)}: persons with an outcome have no durations; leave it out"]
    known = checks_of_cases(settings)
    checks = [name for name in settings.checks.run if name not in known]
    if checks and "run" in settings.checks.model_fields_set:
        said.append(
            f"checks.run: {', '.join(checks)} cannot be made of these persons with an outcome, who"
            f" have only {', '.join(known)}"
        )
    if "least_age" in settings.checks.model_fields_set and "older_ages" not in known:
        said.append("checks.least_age: only residents have the check older_ages; leave it out")
    return said if names else said[1:]


def _checks_of_cases_only(settings: "AnalysisSettings") -> list[str]:
    """What is written of checks that need persons with an outcome."""
    written = settings.checks.model_fields_set
    checks = [name for name in settings.checks.run if name in ONLY_OF_CASES and "run" in written]
    said = [f"checks.run: {name}: only residents have this check; leave it out" for name in checks]
    if "least_age" in written:
        said.append("checks.least_age: only residents have the check older_ages; leave it out")
    return said


def _of_the_robust_indicator(settings: "AnalysisSettings") -> list[str]:
    """The check of weeks seen is a second estimate of what only the robust indicator has."""
    written = "run" in settings.checks.model_fields_set and "weeks_seen" in settings.checks.run
    if settings.verdict_indicator == "robust" or settings.starts_from_cases or not written:
        return []
    return [
        "checks.run: weeks_seen is a second estimate of the robust indicator, and the plain one"
        " carries the verdicts; leave it out, or write uncertainty.verdict_indicator: robust"
    ]


def _unlike_replicates(settings: "AnalysisSettings") -> list[str]:
    """The bootstrap fits its replicates with Breslow's ties, and would check another model."""
    if settings.model.ties != "efron" or settings.uncertainty.replicates == 0:
        return []
    return [
        "model.ties: efron: the replicates of the bootstrap are fitted with Breslow's ties; write"
        " uncertainty.replicates: 0 beside it, or leave ties out"
    ]


def _unlike_piecewise(settings: "AnalysisSettings") -> list[str]:
    """A hazard that is constant within intervals has no tied events and no Schoenfeld residuals;
    without it nothing has intervals."""
    model, said = settings.model, []
    if model.baseline == "piecewise":
        if model.ties == "efron":
            said.append(
                "model.ties: efron: with model.baseline: piecewise no events are tied; leave ties"
                " out"
            )
        if model.proportionality_test:
            said.append(
                "model.proportionality_test: the test is of a Cox model; leave it out, or write"
                " another model.baseline"
            )
    if "piecewise_cuts" not in model.model_fields_set:
        return said
    if model.baseline != "piecewise" and "piecewise" not in settings.checks.run:
        said.append(
            "model.piecewise_cuts: neither model.baseline nor checks.run is piecewise; leave it out"
        )
    horizon = settings.observation.horizon_weeks
    if model.piecewise_cuts and min(model.piecewise_cuts) >= horizon:
        said.append(
            f"model.piecewise_cuts: no week of it lies within the horizon ({horizon} weeks); leave"
            " it out, or write [] for a hazard that is the same in all weeks"
        )
    return said
