"""The columns of a share model: levels in which all or none succeed are set apart, the others are
dummy coded as for durations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kommunebench.benchmark.covariates.counts import CovariateCounts, LevelCounts
from kommunebench.benchmark.covariates.design import (
    MOST_EVENTS_WITH_PRIOR,
    PRIOR_SD,
    DesignColumn,
    DesignPlan,
    plan_design,
    too_few_events,
)
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.errors import InputError
from kommunebench.verdict_rules import EVENTS_PER_COLUMN

# A column and one of its levels; of a number that is only ever 0 or 1, the level is "0" or "1".
Level = tuple[str, str]
# Counted like a covariate beside the covariates: how many succeed.
OUTCOME = CovariateSpec("outcome of the case", "number", "outcome of the case")


@dataclass(frozen=True, slots=True)
class _Limit:
    """A level in which nobody succeeds, or everybody."""

    level: Level
    term: str
    all_succeed: bool


def plan_cases(
    count: Callable[[Sequence[Level]], CovariateCounts],
    specs: Sequence[CovariateSpec],
    events_per_column: float = EVENTS_PER_COLUMN,
) -> DesignPlan:
    """The columns of a share model. ``count`` gives the counts of the cases that are in none of the
    given levels, of the covariates and of OUTCOME; it is asked again as long as levels without
    successes, or without failures, turn up among the cases that are left.

    The plan's ``no_events`` and ``all_events`` name the terms of those levels, whose probability is
    the limit of the likelihood, 0 or 1; ``event_free_levels`` lists both. A number that is the same
    in all cases that are left is in ``no_information``. A level with four successes or fewer, or
    four failures or fewer, has the prior of ``plan_design``; with fewer successes, or fewer
    failures, than ``events_per_column`` for each column every level has it. Raises InputError
    where the outcome is the same in all cases, or in all that are left, and as plan_design.
    """
    limits: list[_Limit] = []
    counts = count(())
    _refuse_missing(counts, specs)
    _refuse_constant_outcome(counts, limits)
    while new := _at_limits(counts, specs):
        limits += new
        counts = count([limit.level for limit in limits])
        _refuse_constant_outcome(counts, limits)
    plan = plan_design(counts, specs)
    fewest = min(counts.events, counts.spells - counts.events)
    scarce = too_few_events(fewest, len(plan.columns), events_per_column)
    numbers = _decided_numbers(specs, limits)
    return replace(
        plan,
        columns=tuple(_with_prior(column, counts, scarce) for column in plan.columns),
        references=(*plan.references, *(name for name, kept in numbers.items() if kept == "1")),
        no_information=tuple(term for term in plan.no_information if term not in numbers),
        no_events=tuple(limit.term for limit in limits if not limit.all_succeed),
        all_events=tuple(limit.term for limit in limits if limit.all_succeed),
        event_free_levels=tuple(limit.level for limit in limits),
        exchanged=_exchanged(plan, counts, specs, limits),
        scarce=scarce,
    )


def _refuse_missing(counts: CovariateCounts, specs: Sequence[CovariateSpec]) -> None:
    for spec in specs:
        if missing := counts.missing.get(spec.column, 0):
            raise InputError(
                f"covariate {spec.column}: missing in {missing} of {counts.spells} cases; give"
                " unknown a category of its own."
            )


def _at_limits(counts: CovariateCounts, specs: Sequence[CovariateSpec]) -> list[_Limit]:
    """Levels of these cases in which all or none succeed; those of a covariate with one level say
    nothing about it."""
    limits = []
    for spec in specs:
        levels = _levels(counts, spec)
        for level, level_counts in sorted(levels.items()):
            if len(levels) > 1 and level_counts.events in (0, level_counts.spells):
                term = spec.term(level) if spec.kind == "category" else _number_term(spec, level)
                limits.append(_Limit((spec.column, level), term, level_counts.events > 0))
    return limits


def _number_term(spec: CovariateSpec, level: str) -> str:
    return spec.column if level == "1" else f"{spec.column}{spec.separator}0"


def _decided_numbers(specs: Sequence[CovariateSpec], limits: Sequence[_Limit]) -> dict[str, str]:
    """Numbers that are only ever 0 or 1 and have one of the two at the limit, each with the other.

    They are the same number in all cases that are left, but not for want of information: their term
    is either at the limit or, as for a category with one level left, the reference.
    """
    columns = {spec.column for spec in specs if spec.kind != "category"}
    at_limit = (limit.level for limit in limits if limit.level[0] in columns)
    return {column: "0" if level == "1" else "1" for column, level in at_limit}


def _levels(counts: CovariateCounts, spec: CovariateSpec) -> dict[str, LevelCounts]:
    """Counts by level of a category, or of a number that is only ever 0 or 1."""
    if spec.kind == "category":
        return counts.levels.get(spec.column, {})
    of_number = counts.numbers.get(spec.column)
    if of_number is None or not of_number.is_binary:
        return {}
    both = {"0": of_number.zero, "1": of_number.one}
    return {level: of_level for level, of_level in both.items() if of_level is not None}


def _refuse_constant_outcome(counts: CovariateCounts, limits: Sequence[_Limit]) -> None:
    n_cases, outcome = counts.spells, counts.numbers.get(OUTCOME.column)
    if outcome is not None and outcome.low < outcome.high:
        return
    if not limits:
        raise InputError(
            "cases: no rows."
            if outcome is None
            else f"outcome: {outcome.low:.0f} in all {n_cases} cases; a share cannot be compared."
        )
    named = ", ".join(limit.term for limit in limits)
    raise InputError(
        f"covariates: outside the levels in which all or none succeed ({named}) the outcome is the"
        f" same in all {n_cases} cases that are left; merge such levels with others, or leave their"
        " covariates out."
    )


def _with_prior(column: DesignColumn, counts: CovariateCounts, scarce: bool) -> DesignColumn:
    """The column, with the prior where few succeed or few fail in its level, or in all of them
    (``scarce``)."""
    if column.level is not None:
        of_level = counts.levels[column.column][column.level]
    else:
        numbers = counts.numbers[column.column]
        if not numbers.is_binary or numbers.one is None:
            return column
        of_level = numbers.one
    fewest = min(of_level.events, of_level.spells - of_level.events)
    is_few = scarce or fewest <= MOST_EVENTS_WITH_PRIOR
    return replace(column, prior_sd=PRIOR_SD if is_few else None)


def _exchanged(
    plan: DesignPlan,
    counts: CovariateCounts,
    specs: Sequence[CovariateSpec],
    limits: Sequence[_Limit],
) -> tuple[tuple[str, str], ...]:
    """References in which all or none succeed, with the level that took their place."""
    at_limit = {limit.level for limit in limits}
    exchanged = list(plan.exchanged)
    for spec in specs:
        reference = spec.reference
        if reference is None or (spec.column, reference) not in at_limit:
            continue
        terms = (spec.term(level) for level in counts.levels[spec.column])
        exchanged += [(spec.term(reference), term) for term in terms if term in plan.references]
    return tuple(exchanged)
