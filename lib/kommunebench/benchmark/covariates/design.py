"""The columns of a group's model: dummy coding, references, centres, levels with hardly any
event."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from kommunebench.benchmark.covariates.counts import CovariateCounts, LevelCounts, NumberCounts
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.errors import InputError
from kommunebench.verdict_rules import EVENTS_PER_COLUMN

# A level with this many events or fewer has a normal prior on its coefficient, with mean 0 and this
# standard deviation (method, section 6).
MOST_EVENTS_WITH_PRIOR = 4
PRIOR_SD = 2.5


@dataclass(frozen=True, slots=True)
class DesignColumn:
    """One column of a model: ``level`` of a category (1 where the spell has it), or a number less
    ``centre`` (level None). ``prior_sd``: standard deviation of the normal prior on the
    coefficient of a level with few events, else None."""

    term: str
    column: str
    level: str | None
    centre: float = 0.0
    prior_sd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignPlan:
    """The columns of one group's model, decided before any spell is coded.

    ``references``: terms of the reference levels; ``no_events``: terms of levels without events,
    whose hazard is 0, the limit of the likelihood; ``no_information``: terms of levels that nobody
    at risk at any event has, and of numbers that are the same in all spells, left out with
    coefficient 0; ``event_free_levels``: (column, level) of ``no_events`` and ``all_events``;
    ``exchanged``: references without events, with the level that took their place;
    ``all_events``: terms of levels in which everybody has the event (share models only);
    ``scarce``: events are few for the number of columns, and every level has the prior.
    """

    columns: tuple[DesignColumn, ...] = ()
    references: tuple[str, ...] = ()
    no_events: tuple[str, ...] = ()
    no_information: tuple[str, ...] = ()
    event_free_levels: tuple[tuple[str, str], ...] = ()
    exchanged: tuple[tuple[str, str], ...] = ()
    all_events: tuple[str, ...] = ()
    scarce: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.term for column in self.columns)

    @property
    def centre(self) -> np.ndarray:
        """What is subtracted from each column (p,): 0 for levels."""
        return np.array([column.centre for column in self.columns])

    @property
    def priors(self) -> dict[str, float]:
        """Prior standard deviation by term, for the terms that have one."""
        return {c.term: c.prior_sd for c in self.columns if c.prior_sd is not None}


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A plan in the making; ``levels``: the columns that hold 0 and 1."""

    columns: list[DesignColumn] = field(default_factory=list)
    levels: list[DesignColumn] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    no_events: list[str] = field(default_factory=list)
    no_information: list[str] = field(default_factory=list)
    event_free_levels: list[tuple[str, str]] = field(default_factory=list)
    exchanged: list[tuple[str, str]] = field(default_factory=list)

    def finished(self, n_events: int, events_per_column: float) -> DesignPlan:
        without_column = (*self.references, *self.no_events, *self.no_information)
        names = [*(c.term for c in self.columns), *without_column]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(
                f"covariates: the terms {twice} are made by two covariates; "
                "give one of them another prefix."
            )
        scarce = too_few_events(n_events, len(self.columns), events_per_column)
        if scarce:
            self.columns = [
                replace(column, prior_sd=PRIOR_SD) if column in self.levels else column
                for column in self.columns
            ]
        return DesignPlan(
            columns=tuple(self.columns),
            references=tuple(self.references),
            no_events=tuple(self.no_events),
            no_information=tuple(self.no_information),
            event_free_levels=tuple(self.event_free_levels),
            exchanged=tuple(self.exchanged),
            scarce=scarce,
        )


def plan_design(
    counts: CovariateCounts,
    specs: Sequence[CovariateSpec],
    events_per_column: float = EVENTS_PER_COLUMN,
) -> DesignPlan:
    """The columns of one group's model. A level that no spell has gives no column, and neither does
    one that all have; a number that all have is a term without information. With fewer events than
    ``events_per_column`` for each column every level has the prior; 0: never.

    Raises InputError naming column and count for missing values and for terms of the same name.
    """
    draft = _Draft()
    for spec in specs:
        missing = counts.missing.get(spec.column, 0)
        if missing:
            raise InputError(
                f"covariate {spec.column}: missing in {missing} of {counts.spells} spells; give "
                "unknown a category of its own."
            )
        if spec.kind == "category":
            _add_category(draft, spec, counts.levels[spec.column], counts.first_event)
        else:
            _add_number(draft, spec, counts.numbers[spec.column], counts.first_event)
    return draft.finished(counts.events, events_per_column)


def _add_category(
    draft: _Draft, spec: CovariateSpec, levels: dict[str, LevelCounts], first_event: int | None
) -> None:
    reference = _reference(draft, spec, levels)
    draft.references.append(spec.term(reference))
    for level in sorted(levels):
        if level == reference:
            continue
        column = DesignColumn(
            spec.term(level), spec.column, level, prior_sd=_prior_sd(levels[level])
        )
        _add_level(draft, column, level, levels[level], first_event)


def _reference(draft: _Draft, spec: CovariateSpec, levels: dict[str, LevelCounts]) -> str:
    """The reference asked for where it has events, else the most frequent level that has; a group
    without any event keeps the most frequent level, and its fit says what is wrong."""
    asked = spec.reference if spec.reference in levels else None
    if asked is not None and levels[asked].events:
        return asked
    with_events = [level for level in levels if levels[level].events] or list(levels)
    chosen = max(with_events, key=lambda level: (levels[level].spells, level))
    if asked is not None and chosen != asked:
        draft.exchanged.append((spec.term(asked), spec.term(chosen)))
    return chosen


def _add_number(
    draft: _Draft, spec: CovariateSpec, counts: NumberCounts, first_event: int | None
) -> None:
    if counts.high == counts.low:
        draft.no_information.append(spec.column)
        return
    if not (counts.is_binary and counts.zero is not None and counts.one is not None):
        centre = counts.total / counts.spells
        draft.columns.append(DesignColumn(spec.column, spec.column, None, centre))
    elif counts.zero.events:
        column = DesignColumn(spec.column, spec.column, None, prior_sd=_prior_sd(counts.one))
        _add_level(draft, column, "1", counts.one, first_event)
    else:
        # Without events at 0 the spells with 1 are the reference, whose term has no column.
        draft.references.append(spec.column)
        zero = DesignColumn(f"{spec.column}{spec.separator}0", spec.column, None)
        if counts.one.events:
            draft.exchanged.append((zero.term, spec.column))
        _add_level(draft, zero, "0", counts.zero, first_event)


def _add_level(
    draft: _Draft,
    column: DesignColumn,
    level: str,
    counts: LevelCounts,
    first_event: int | None,
) -> None:
    if counts.events:
        draft.columns.append(column)
        draft.levels.append(column)
    elif first_event is not None and counts.longest < first_event:
        draft.no_information.append(column.term)
    else:
        draft.no_events.append(column.term)
        draft.event_free_levels.append((column.column, level))


def too_few_events(n_events: float, n_columns: int, events_per_column: float) -> bool:
    """Whether a model has so few events (of shares: successes or failures, whichever are fewer) for
    the columns of its covariates that every level needs the prior. Effects of units are no such
    columns."""
    return n_events < events_per_column * n_columns


def _prior_sd(counts: LevelCounts) -> float | None:
    return PRIOR_SD if 0 < counts.events <= MOST_EVENTS_WITH_PRIOR else None


def spells_in_level(spells: pd.DataFrame, column: str, level: str) -> np.ndarray:
    """Spells (n,) with a level of a category (pandas category), or with the number 0 or 1."""
    values = spells[column]
    if isinstance(values.dtype, pd.CategoricalDtype):
        place = pd.Index(values.cat.categories.astype(str)).get_indexer(pd.Index([level]))[0]
        return np.asarray(values.cat.codes.to_numpy() == place) & (place >= 0)
    return np.asarray(values.to_numpy(float) == float(level))
