"""What the checks of spells and those of persons with an outcome do alike with the other choices
that a run tries."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import TypeVar

import pandas as pd

from kommunebench.benchmark.checks.halves import HALVES, Halves, stability
from kommunebench.benchmark.checks.sensitivity import RunResults, in_half
from kommunebench.benchmark.comparison.pace import PaceScale
from kommunebench.errors import ConvergenceError, InputError
from kommunebench.settings import AnalysisSettings

CheckingT = TypeVar("CheckingT")


def try_choices(
    choices: Mapping[str, Callable[[CheckingT], None]], wanted: Iterable[str], checking: CheckingT
) -> dict[str, str]:
    """Make those of the choices that are wanted, in the order in which they are. Returns the
    reasons of those that the data do not allow, by name; the others are made all the same."""
    left_out = {}
    for name in wanted:
        if name not in choices:
            continue
        try:
            choices[name](checking)
        except (InputError, ConvergenceError) as error:
            left_out[name] = str(error).rstrip(".")
    return left_out


def rows_of_halves(run: RunResults, halves: Halves) -> list[pd.DataFrame]:
    """Rows of gold.sensitivity, a frame for each half."""
    return [in_half(run, check, halves.performance[place]) for place, check in enumerate(HALVES)]


def stability_row(
    run: RunResults, halves: Halves, scale: PaceScale, settings: AnalysisSettings
) -> dict[str, float]:
    """The row of gold.stability; ``scale``: between the run's performances and paces. Raises
    InputError where fewer units than uncertainty.min_verdicts have a verdict and both halves."""
    least, paces = settings.uncertainty.min_verdicts, run.paces(scale)
    of_halves = paces.scale.pace(halves.performance)
    lasting = stability(of_halves, run.judged, paces.value, paces.se, least_units=least)
    if lasting is None:
        raise InputError(
            f"fewer than {least} {settings.labels.units_en} have a verdict and both halves"
            " (uncertainty.min_verdicts)."
        )
    return asdict(lasting)
