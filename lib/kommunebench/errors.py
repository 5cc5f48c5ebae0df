"""One short family of errors; each class says when it is raised and which exit status the command
ends with."""

from collections.abc import Iterator
from contextlib import contextmanager


class KommunebenchError(Exception):
    """Base of every error that is meant to be read by the person who must act."""

    exit_status = 1


class ConfigError(KommunebenchError):
    """A setting, an option or a file of settings is wrong; nothing has been read or written."""

    exit_status = 2


class PlatformError(KommunebenchError):
    """Java, Spark, Delta or the tracking server is missing or of a version that cannot work."""

    exit_status = 2


class StoreError(KommunebenchError):
    """The store cannot be written to now: another run holds it, the disk is full, or the place is
    read-only."""

    exit_status = 2


class RegisterError(KommunebenchError):
    """A delivered register cannot be used: names register, file, column, count and what to do."""


class TableError(KommunebenchError):
    """A table of the store is missing or does not have its declared columns."""


class InputError(KommunebenchError, ValueError):
    """An argument of a library function cannot be used: names argument, column and first rows."""


class ConvergenceError(InputError):
    """An estimator has no finite or no unique solution on these data: names the terms to blame."""


@contextmanager
def in_model_of(group: str) -> Iterator[None]:
    """Put the name of the group whose model it is in front of what an error of its spells or of its
    fit says."""
    try:
        yield
    except ValueError as error:
        raise type(error)(f"model of group {group}: {error}") from error
