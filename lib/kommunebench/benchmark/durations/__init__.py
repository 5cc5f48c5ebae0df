"""Observed and expected durations of units: risk sets, baselines, multipliers, measures."""
