"""Units compared: indicator, verdicts, spread, shrinkage, tiers, ranks, fifths."""
