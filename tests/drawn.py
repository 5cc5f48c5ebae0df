"""How many examples a test with drawn values tries, the same ones every time."""

from hypothesis import HealthCheck, settings


def examples(number: int) -> settings:
    """Settings of a test whose examples may be slow, because they write files or use Spark."""
    return settings(
        max_examples=number,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
