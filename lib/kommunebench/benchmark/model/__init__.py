"""The national hazard model of each group: its fit in memory and in blocks, priors, hazards, the
second stage of its effects of units, and its tables."""
