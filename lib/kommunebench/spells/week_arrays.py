"""Arrays with one place a week of a person."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column


def once(value: "Column", use: "Callable[[Column], Column]") -> "Column":
    """``use`` of a value that is worked out once, however often it is named there."""
    return F.get(F.transform(F.array(value), use), F.lit(0))


def stepwise(value: "Callable[[Column], Column]", changes: "Column", length: "Column") -> "Column":
    """A value in each of the weeks 0 to length - 1, which is asked for only in week 0 and in the
    weeks ``changes``, an array of ints in any order: between two of them it is the same."""
    inside = F.filter(changes, lambda week: (week > 0) & (week < length))
    first = F.array(F.lit(0)).cast("array<int>")
    starts = F.array_sort(F.array_distinct(F.concat(first, inside)))

    def stretches(weeks: "Column") -> "Column":
        def stretch(week: "Column", index: "Column") -> "Column":
            until = F.coalesce(F.get(weeks, index + 1), length)
            return F.array_repeat(value(week), until - week)

        return F.flatten(F.transform(weeks, stretch))

    return once(starts, stretches)


def from_week_0(values: "Column", offset: "Column", length: "Column") -> "Column":
    """Values of weeks 0 to length - 1 from an array whose place ``offset`` is week 0; null before
    its first."""
    padded = F.concat(F.array_repeat(F.lit(None).cast("string"), -offset), values)
    return F.when(offset < 0, F.slice(padded, F.lit(1), length)).otherwise(
        F.slice(values, offset + 1, length)
    )
