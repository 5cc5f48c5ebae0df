"""Failures of the place where a store is, recognised by the text of Java's and Python's errors."""

import errno

# What the operating system says, in Java's exceptions as in Python's.
_FULL = (
    "No space left on device",
    "Disk quota exceeded",
    "not enough space on the disk",
    "database or disk is full",
)
_REFUSED = (
    "Read-only file system",
    "Permission denied",
    "Mkdirs failed to create",
    "readonly database",
    "unable to open database file",
)
_FULL_NUMBERS = (errno.ENOSPC, errno.EDQUOT)
_REFUSED_NUMBERS = (errno.EROFS, errno.EACCES, errno.EPERM)


def explain_failure(error: BaseException, location: str) -> str | None:
    """What to do about a disk that is full or a place that may not be written to; None for every
    other failure.

    The error's own text is not quoted: it may hold data.
    """
    numbers, text = [], ""
    cause: BaseException | None = error
    while cause is not None:
        numbers.append(cause.errno if isinstance(cause, OSError) else None)
        text += str(cause)
        cause = cause.__cause__
    if any(n in _FULL_NUMBERS for n in numbers) or any(words in text for words in _FULL):
        return (
            f"no space is left on the disk of the store {location} or of Spark's temporary files"
            " (spark.local.dir in the environment file, /tmp where it names none). Free space, or"
            " name other places, and run again: tables already written are whole, and the run goes"
            " on from them."
        )
    if any(n in _REFUSED_NUMBERS for n in numbers) or any(words in text for words in _REFUSED):
        return (
            f"the store {location} cannot be written to: the place is read-only, or this user has"
            " no right to write there. Name another --store, or have the rights given."
        )
    return None
