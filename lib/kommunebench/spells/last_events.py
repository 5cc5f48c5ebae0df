"""Registers of events that end before the observation does: whoever died, left or moved afterwards
would count as still there."""

from datetime import date, timedelta
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# The dates of the registers that are delivered in one file for all years. Whether the years of the
# others are all there is seen from the names of their files.
_DATES = {"migrations": "event_date", "deaths": "death_date", "address_spells": "from_date"}
# A register may be a month late, and one of few events have none for longer: with ten expected,
# none would be there by chance in one case of 20,000.
_LEAST_DAYS, _LEAST_EXPECTED = 31, 10.0
_DAYS_A_YEAR = 365


def refuse_registers_that_end_early(registers: RegisterFrames, observation_end: date) -> None:
    """Raise RegisterError naming the bronze tables whose last event lies so long before the end of
    observation that ten or more were to be expected since, going by the year before it."""
    # Without the municipalities of addresses nobody's addresses are used.
    used = [name for name in _DATES if name != "address_spells" or registers.addresses is not None]
    dates = {
        name: frame.select(F.col(_DATES[name]).alias("day")).where(
            F.col("day") <= F.lit(observation_end)
        )
        for name in used
        if (frame := getattr(registers, name)) is not None
    }
    last = {
        row["name"]: row["last"]
        for row in _named(dates).groupBy("name").agg(F.max("day").alias("last")).collect()
    }
    late = {
        name: day
        for name, day in last.items()
        if observation_end - day > timedelta(days=_LEAST_DAYS)
    }
    if not late:
        return
    in_year_before = {
        name: dates[name].where(F.col("day") > F.lit(day - timedelta(days=_DAYS_A_YEAR)))
        for name, day in late.items()
    }
    counted = _named(in_year_before).groupBy("name").count().collect()
    said = [
        f"bronze.{row['name']}: the last {_DATES[row['name']]} is {late[row['name']]}, after"
        f" {row['count']:,} in the year before it"
        for row in sorted(counted, key=lambda row: str(row["name"]))
        if row["count"] * (observation_end - late[row["name"]]).days
        >= _LEAST_EXPECTED * _DAYS_A_YEAR
    ]
    if said:
        raise RegisterError(
            f"registers end before the observation does ({observation_end},"
            f" observation.observation_end): {'; '.join(said)}. Persons who died, left or moved"
            " afterwards would count as still there. Deliver extracts that reach to the end of"
            " observation, or end it earlier."
        )


def _named(frames: "dict[str, DataFrame]") -> "DataFrame":
    """The rows of all frames with the frame's name."""
    named = [frame.withColumn("name", F.lit(name)) for name, frame in frames.items()]
    return reduce(lambda a, b: a.unionByName(b), named)
