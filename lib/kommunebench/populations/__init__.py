"""Populations of the analyses of shares, behind one interface: who is looked at, who is a case and
with which outcome. Immigrants in a spell, whose analyses are of spells, have modules of their own
here (immigrants, immigrant_spells, immigrant_flow).

A population of shares is a function of registers and settings that returns rows of
silver.case_candidates (one row per person looked at; ``lost`` says why somebody is no case), and
the names of its rules. Everything after it is the same for all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from kommunebench.errors import ConfigError
from kommunebench.populations.case_registers import CaseRegisters
from kommunebench.populations.flow import count_case_flow, count_without_marks
from kommunebench.populations.measures import measure_cases
from kommunebench.populations.pupils import NO_MARKS, TOO_FEW_MARKS, select_pupils
from kommunebench.populations.pupils import REASONS as PUPIL_REASONS
from kommunebench.populations.residents import REASONS as RESIDENT_REASONS
from kommunebench.populations.residents import select_residents
from kommunebench.settings import AnalysisSettings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True, slots=True)
class CasePopulation:
    """A kind of population. ``start``: name of everyone looked at, in gold.population_flow;
    ``reasons``: names of the rules that keep a person out, in order."""

    select: "Callable[[CaseRegisters, AnalysisSettings], DataFrame]"
    start: str
    reasons: tuple[str, ...]


PUPILS = CasePopulation(select_pupils, "in_ninth_grade_exams", PUPIL_REASONS)
RESIDENTS = CasePopulation(select_residents, "residents_of_the_age", RESIDENT_REASONS)


def case_population(settings: AnalysisSettings) -> CasePopulation:
    """The kind of population an analysis of shares is about. Raises ConfigError for an analysis of
    spells."""
    if settings.pupils is not None:
        return PUPILS
    if settings.residents is not None:
        return RESIDENTS
    if settings.population_module is not None:
        return _of_module(settings.population_module.module)
    raise ConfigError(f"{settings.name}: give the section pupils or residents.")


def _of_module(name: str) -> CasePopulation:
    """The population a module of the user's defines."""
    try:
        module = import_module(name)
    except ImportError as error:
        raise ConfigError(
            f"population_module.module: {name} cannot be imported ({error}); put its folder into"
            " PYTHONPATH."
        ) from error
    population = getattr(module, "POPULATION", None)
    if not isinstance(population, CasePopulation):
        raise ConfigError(f"population_module.module: {name} has no CasePopulation POPULATION.")
    return population


__all__ = [
    "NO_MARKS",
    "TOO_FEW_MARKS",
    "CasePopulation",
    "CaseRegisters",
    "case_population",
    "count_case_flow",
    "count_without_marks",
    "measure_cases",
]
