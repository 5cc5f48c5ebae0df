"""Analyses that start from spells: files with one row a spell, read as registers are, their columns
named by the settings."""

from kommunebench.spell_files.reading import IMPORTED_SPELLS, read_spells

__all__ = ["IMPORTED_SPELLS", "read_spells"]
