"""From registers to spells: population, weekly panel, employment, spells, covariates. Spark column
expressions, no statistics."""

from kommunebench.spells.panel import build_weekly_panel
from kommunebench.spells.population import (
    PopulationBuild,
    build_population,
    measure_population,
    select_population,
)
from kommunebench.spells.registers import RegisterFrames
from kommunebench.spells.spell_candidates import find_spell_candidates
from kommunebench.spells.spell_table import build_spells

__all__ = [
    "PopulationBuild",
    "RegisterFrames",
    "build_population",
    "build_spells",
    "build_weekly_panel",
    "find_spell_candidates",
    "measure_population",
    "select_population",
]
