"""From registers to spells: population, weekly panel, employment, spells, covariates. Spark column
expressions, no statistics."""

from kommunebench.spells.panel import build_weekly_panel
from kommunebench.spells.population import (
    build_population,
    count_drops,
    find_permit_holders,
    select_population,
)
from kommunebench.spells.registers import RegisterFrames
from kommunebench.spells.spell_candidates import find_spell_candidates
from kommunebench.spells.spell_table import build_spells

__all__ = [
    "RegisterFrames",
    "build_population",
    "build_spells",
    "build_weekly_panel",
    "count_drops",
    "find_permit_holders",
    "find_spell_candidates",
    "select_population",
]
