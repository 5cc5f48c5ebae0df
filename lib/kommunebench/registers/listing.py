"""Names in a message: the first ones, and how many more there are."""

from collections.abc import Sequence


def first_names(names: Sequence[str], shown: int) -> str:
    """The first names with commas between them, and the count of the others: ``a, b and 3 more``;
    empty for none."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return f"{', '.join(names[:shown])}{more}"
