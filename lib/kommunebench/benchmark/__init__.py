"""The benchmark: observed against expected duration or share per unit, with its uncertainty. Arrays
and pandas, neither Spark nor settings."""

from kommunebench.benchmark.cases import benchmark_cases
from kommunebench.benchmark.spells import Benchmark, benchmark_spells

__all__ = ["Benchmark", "benchmark_cases", "benchmark_spells"]
