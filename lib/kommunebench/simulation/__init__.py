"""Registers drawn from the published effects, in the delivered layout, with the truth written
aside."""
