"""Failures of Spark in words that quote no row."""

from kommunebench.registers.delivered_file import DeliveredFile


def is_from_spark(error: BaseException) -> bool:
    """Whether a job failed; classic Spark lets some failures through as errors of its bridge to
    Java."""
    return type(error).__module__.split(".")[0] in ("pyspark", "py4j")


def condition_of(error: BaseException) -> str:
    """Spark's name for what went wrong, else the kind of error."""
    return getattr(error, "getCondition", lambda: None)() or type(error).__name__


def damaged_file(file: DeliveredFile, error: BaseException) -> str:
    """Why Spark could not read a file to its end."""
    return (
        f"{file.path}: register {file.register.name}: could not be read to its end"
        f" ({condition_of(error)}); it is damaged. Deliver it again."
    )
