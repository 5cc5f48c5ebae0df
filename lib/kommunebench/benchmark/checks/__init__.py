"""Checks of the national model: how well it fits, and how far verdicts depend on its choices."""
