"""The confidence level of an interval: what it must be, its tails, its multiple of an error."""

from scipy.stats import t as student_t

from kommunebench.errors import InputError
from kommunebench.survival.arguments import as_positive_number


def check_confidence_level(argument: str, level: float) -> float:
    """The level as a number. Raises InputError unless it lies between 0 and 1."""
    value = as_positive_number(argument, level)
    if value >= 1.0:
        raise InputError(f"{argument}: must lie between 0 and 1, got {value}.")
    return value


def tails(level: float) -> tuple[float, float]:
    """Lower and upper probability that an interval of this level leaves out."""
    tail = (1.0 - level) / 2.0
    return tail, 1.0 - tail


def t_multiple(level: float, degrees_of_freedom: int) -> float:
    """How many standard errors a t-interval of this level reaches to each side."""
    return float(student_t.ppf(tails(level)[1], degrees_of_freedom))
