"""Registers drawn from the published effects, in the delivered layout, with the truth written aside."""

from kommunebench.simulation.simulate import simulate_registers

__all__ = ["simulate_registers"]
