"""Other choices in the national model: what each does to the indicators of a run."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kommunebench.benchmark.checks.facts import FactBlocks
from kommunebench.benchmark.checks.groups import KIND, chain_of_more_groups
from kommunebench.benchmark.checks.halves import HALF, estimate_halves, scale_of_run
from kommunebench.benchmark.checks.moves import (
    MOVED,
    MOVED_TO,
    at_destination,
    measures_after_moves,
)
from kommunebench.benchmark.checks.piecewise import chain_of_piecewise_hazard
from kommunebench.benchmark.checks.sensitivity import RunResults, under_choice
from kommunebench.benchmark.checks.split import measures_of_periods, periods_of
from kommunebench.benchmark.checks.weeks_seen import FOLLOW_UP, measures_of_weeks_seen
from kommunebench.benchmark.comparison.models import WITHIN
from kommunebench.benchmark.durations.chain import ChainEstimate, estimate_chain
from kommunebench.benchmark.model.national import NationalModel
from kommunebench.errors import InputError
from kommunebench.settings import AnalysisSettings
from kommunebench.stages.choices import rows_of_halves, stability_row
from kommunebench.stages.estimation import PackedSpells
from kommunebench.stages.stage import StageInputs
from kommunebench.verdict_rules import VerdictIndicator

# What the spells say where they hold a fact.
_SAID_BY = {
    HALF: "when they began",
    FOLLOW_UP: "how long they could be followed",
    KIND: "who is a refugee and who family-reunified",
    MOVED: "whether they ended in a move",
    MOVED_TO: "where movers went",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """What the checks of a run work on, and what they have found. ``chain``: of the model that
    carries the verdicts; ``pooled_models``: without effects of the units. ``left_out``: checks that
    could not be made, with the reason."""

    inputs: StageInputs
    spells: PackedSpells
    blocks: FactBlocks
    labels: dict[str, list[str]]
    chain: ChainEstimate
    pooled_models: tuple[NationalModel, ...]
    run: RunResults
    sensitivity: list[pd.DataFrame] = field(default_factory=list)
    stability: list[dict[str, float]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> AnalysisSettings:
        """The settings of the analysis."""
        return self.inputs.settings

    @property
    def within(self) -> bool:
        """Whether the models that carry the verdicts have effects of the units."""
        return self.settings.verdict_model == WITHIN

    def performance(self, expected: np.ndarray, observed: np.ndarray) -> np.ndarray:
        """The performance (K,) of measures (K,)."""
        return self.spells.indicator.performance(expected, observed)

    @property
    def verdict_indicator(self) -> VerdictIndicator:
        """Which indicator carries the verdicts, and is checked."""
        return self.settings.verdict_indicator

    def choice(self, check: str, expected: np.ndarray, observed: np.ndarray) -> None:
        """Keep a check that gives other measures of all units than the run's chain; ``observed``:
        that of the indicator that carries the verdicts."""
        here = self.performance(
            self.chain.expected, self.chain.observed_side(self.verdict_indicator)
        )
        change = self.performance(expected, observed) - here
        self.sensitivity.append(under_choice(self.run, check, change))

    def model_choice(self, check: str, expected: np.ndarray, robust: np.ndarray) -> None:
        """Keep a check whose measures are those of another model of the same spells, under which
        Kaplan-Meier's observed measure is the run's."""
        is_plain = self.verdict_indicator == "plain"
        self.choice(check, expected, self.chain.observed.value if is_plain else robust)

    def needs(self, *facts: str) -> None:
        """Raise InputError where the spells lack a fact."""
        missing = [_SAID_BY[fact] for fact in facts if fact not in self.labels]
        if missing:
            raise InputError(f"the spells do not say {', '.join(missing)}.")


def _groups(checking: Checking) -> None:
    """Groups of the model times refugees and family-reunified."""
    checking.needs(KIND)
    refugees, family = checking.labels[KIND]
    chain = chain_of_more_groups(
        checking.blocks,
        checking.spells.layout,
        checking.spells.choice,
        checking.chain.measure,
        kinds=(refugees, family),
        least_events=checking.settings.checks.least_events,
        unit_effects=checking.within,
    )
    checking.model_choice("groups", chain.expected, chain.robust)


def _split_hazards(checking: Checking) -> None:
    """Coefficients of their own in every period."""
    layout = checking.spells.layout
    periods = periods_of(checking.settings.checks.split_at, layout.horizon)
    if len(periods) == 1:
        raise InputError("no week of checks.split_at lies within the horizon.")
    measures = measures_of_periods(
        checking.blocks,
        layout,
        checking.spells.choice,
        checking.chain.measure,
        periods,
        least_events=checking.settings.checks.least_events,
        unit_effects=checking.within,
    )
    checking.model_choice("split_hazards", *measures)


def _piecewise(checking: Checking) -> None:
    """A hazard that is constant within intervals, of the spells up to the horizon."""
    spells = checking.spells
    if spells.choice.baseline == "piecewise":
        raise InputError("it is the model of the run (model.baseline).")
    chain = chain_of_piecewise_hazard(
        checking.blocks,
        spells.layout,
        spells.choice,
        checking.chain.measure,
        least_events=checking.settings.checks.least_events,
        unit_effects=checking.within,
    )
    checking.model_choice("piecewise", chain.expected, chain.robust)


def _weeks_seen(checking: Checking) -> None:
    """The robust observed side from the weeks seen of each spell."""
    if checking.verdict_indicator == "plain":
        raise InputError(
            "it is a second estimate of the robust measure, and the plain indicator carries the"
            " verdicts (uncertainty.verdict_indicator)."
        )
    checking.needs(FOLLOW_UP)
    robust = measures_of_weeks_seen(checking.blocks, checking.chain)
    checking.choice("weeks_seen", checking.chain.expected, robust)


def _moves(checking: Checking) -> None:
    """Half and twice the hazard after a move."""
    checking.needs(MOVED)
    for check, factor in (("moves_half", 0.5), ("moves_double", 2.0)):
        measures = measures_after_moves(
            checking.blocks, checking.chain, factor, checking.verdict_indicator
        )
        checking.choice(check, *measures)


def _movers_to_target(checking: Checking) -> None:
    """Spells of movers where they moved to."""
    checking.needs(MOVED_TO)
    moved = checking.blocks.recoded(at_destination)
    chain = estimate_chain(moved, checking.chain.models, checking.chain.measure)
    observed = chain.observed_side(checking.verdict_indicator)
    checking.choice("movers_to_target", chain.expected, observed)


def _stability(checking: Checking) -> None:
    """The first and the second half of the window."""
    checking.needs(HALF)
    run, indicator = checking.run, checking.spells.indicator
    halves = estimate_halves(checking.blocks, checking.chain, indicator, checking.verdict_indicator)
    checking.sensitivity.extend(rows_of_halves(run, halves))
    scale = scale_of_run(checking.blocks, checking.chain, indicator)
    checking.stability.append(stability_row(run, halves, scale, checking.settings))


CHOICES: dict[str, Callable[[Checking], None]] = {
    "groups": _groups,
    "split_hazards": _split_hazards,
    "piecewise": _piecewise,
    "weeks_seen": _weeks_seen,
    "moves": _moves,
    "movers_to_target": _movers_to_target,
    "stability": _stability,
}
