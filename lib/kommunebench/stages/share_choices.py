"""Other choices in an analysis of persons with an outcome: what each does to the indicators of a
run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Blocks
from kommunebench.benchmark.checks.facts import FactBlocks
from kommunebench.benchmark.checks.halves import by_half, halves_by
from kommunebench.benchmark.checks.redesign import Recode
from kommunebench.benchmark.checks.sensitivity import RunResults, of_other_cases
from kommunebench.benchmark.comparison.models import WITHIN
from kommunebench.benchmark.comparison.verdicts import no_verdict_reason
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.shares.chain import PERIODS, estimate_shares
from kommunebench.benchmark.shares.influence import share_pace_scale
from kommunebench.benchmark.shares.model import ShareModel
from kommunebench.benchmark.shares.recoded import (
    from_code,
    in_unit_of,
    shares_of_recoded,
)
from kommunebench.errors import InputError
from kommunebench.settings import AnalysisSettings
from kommunebench.stages.choices import rows_of_halves, stability_row
from kommunebench.stages.estimates import verdict_rules
from kommunebench.stages.estimation import PackedSpells
from kommunebench.stages.model_cases import CURRENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareChecking:
    """What the checks of a run work on, and what they have found. ``blocks``: the cases with
    their facts, ``cases_alone``: without; ``models``: those that carry the verdicts, ``chain``:
    their shares; ``labels``: values of the facts, by fact. ``left_out``: checks that could not be
    made, with the reason."""

    settings: AnalysisSettings
    cases: PackedSpells
    blocks: FactBlocks
    cases_alone: Blocks
    labels: dict[str, list[str]]
    models: tuple[ShareModel, ...]
    chain: ChainEstimate
    run: RunResults
    sensitivity: list[pd.DataFrame] = field(default_factory=list)
    stability: list[dict[str, float]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def fit_anew(self, check: str, recode: Recode) -> None:
        """Keep a check that fits the model to other cases, with verdicts by its own errors."""
        settings, rules = self.settings, verdict_rules(self.settings)
        shares = shares_of_recoded(
            self.blocks,
            recode,
            self.cases.layout,
            self.cases.indicator,
            unit_effects=settings.verdict_model == WITHIN,
        )
        units = pd.DataFrame(
            {
                "included": shares.n_cases >= settings.model.min_spells,
                "spells": shares.n_cases,
                "events": shares.n_events,
                "support_week": 0,
                "tail_extended": False,
            }
        )
        reason = no_verdict_reason(
            units, shares.se, indicator=self.cases.indicator, horizon=PERIODS, rules=rules
        )
        self.sensitivity.append(
            of_other_cases(
                self.run,
                check,
                shares.performance,
                se=shares.se,
                n_events=shares.n_events,
                judged=np.asarray(reason == ""),
            )
        )


def _older_ages(checking: ShareChecking) -> None:
    """Those of an age that fewer are still in education at."""
    least, ages = checking.settings.checks.least_age, checking.labels.get("age", [])
    places = [place for place, age in enumerate(ages) if int(age) >= least]
    if not places or len(places) == len(ages):
        many = "all" if places else "none"
        raise InputError(f"{many} of the persons are {least} years or older (checks.least_age).")
    checking.fit_anew("older_ages", partial(from_code, fact="age", first=places[0]))


def _current_residence(checking: ShareChecking) -> None:
    """The same persons where they live now."""
    if CURRENT not in checking.labels:
        raise InputError("the cases do not say where the persons live now.")
    checking.fit_anew("current_residence", partial(in_unit_of, fact=CURRENT))


def _stability(checking: ShareChecking) -> None:
    """The first and the second half of the exam years; of an odd number of years the one in the
    middle belongs to the first half."""
    pupils, seen = checking.settings.pupils, checking.labels.get("exam_year", [])
    asked_for = sorted(pupils.exam_years) if pupils is not None else []
    first_half = asked_for[: (len(asked_for) + 1) // 2]
    second_from = sum(int(year) in first_half for year in seen)
    if not 0 < second_from < len(seen):
        raise InputError("the persons are not of both halves of the exam years.")
    run, models = checking.run, checking.models
    halves = halves_by(
        checking.blocks,
        partial(by_half, fact="exam_year", second_from=second_from),
        partial(estimate_shares, models=models),
        n_units=len(run.codes),
        indicator=checking.cases.indicator,
    )
    checking.sensitivity.extend(rows_of_halves(run, halves))
    scale = share_pace_scale(checking.cases_alone, models, checking.chain, checking.cases.indicator)
    checking.stability.append(stability_row(run, halves, scale, checking.settings))


SHARE_CHOICES: dict[str, Callable[[ShareChecking], None]] = {
    "stability": _stability,
    "older_ages": _older_ages,
    "current_residence": _current_residence,
}
