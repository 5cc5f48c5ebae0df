"""DREAM in the delivered layout: one wide row per person ever on a benefit. Codes are laid over one
another in arrays, a batch of persons at a time: 453 weeks of a rule with a dozen cases are too much
for an expression evaluated week by week."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kommunebench.simulation.side_jobs import JOB_SLOTS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FIRST_MONDAY, LAST_MONDAY = date(2007, 1, 1), date(2016, 8, 29)
INTEGRATION_BENEFIT_FROM = date(2015, 9, 1)
WEEKS_OF_MATERNITY = 28
_MONDAYS = [
    date.fromordinal(d) for d in range(FIRST_MONDAY.toordinal(), LAST_MONDAY.toordinal() + 1, 7)
]
_QUARTERS = [
    (year, quarter)
    for year in range(2008, 2017)
    for quarter in range(1, 5)
    if (year, quarter) <= (2016, 3)
]
WEEK_COLUMNS = [f"Y_{m.isocalendar().year % 100:02d}{m.isocalendar().week:02d}" for m in _MONDAYS]
_MATCH_COLUMNS = [f"MATCH_{quarter}KV{year}" for year, quarter in _QUARTERS]
_DATES = (
    "birth_date",
    "death_date",
    "left_date",
    "back_date",
    "origin_monday",
    "study_from",
    "study_until",
    "maternity_from",
    "pension_from",
    *(f"job{k}_{end}" for k in range(1, JOB_SLOTS + 1) for end in ("start", "end")),
)
_USED = ("person_id", "benefit", "match_group", "on_benefit", "job4_subsidised", *_DATES)
_SCHEMA = pa.schema(
    [("PNR", pa.string()), *((name, pa.string()) for name in (*WEEK_COLUMNS, *_MATCH_COLUMNS))]
)
_NEVER = 10**6
# Digits of the activity: passive, guidance, placement at a private or public employer; with their
# percent of months.
_ACTIVITIES = (("0", 45), ("3", 30), ("7", 18), ("8", 7))
_UNEMPLOYED = (("111", 60), ("211", 30), ("124", 6), ("217", 4))
_FAMILIES = {"social_assistance": "73", "sick": "89"}
_VOCABULARY = (
    None,
    "999",
    "997",
    "998",
    "783",
    "651",
    "881",
    "121",
    "444",
    "705",
    "715",
    *(
        f"{family}{digit}"
        for family in ("70", "71", *_FAMILIES.values())
        for digit, _ in _ACTIVITIES
    ),
    *(code for code, _ in _UNEMPLOYED),
)
_NUMBER = {code: position for position, code in enumerate(_VOCABULARY)}

Codes = NDArray[np.int8]


def dream(persons: "DataFrame") -> "DataFrame":
    """Weekly codes with week 53 of 2009 and 2015, and quarterly match groups."""
    columns = ", ".join(f"{field.name} string" for field in _SCHEMA)
    return persons.where("in_dream").select(*_USED).mapInArrow(_rows, columns)


def _rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    words = pa.array(_VOCABULARY, pa.string())
    for batch in batches:
        weeks = [words.take(pa.array(codes)) for codes in np.ascontiguousarray(week_codes(batch).T)]
        yield pa.RecordBatch.from_arrays(
            [batch.column("person_id"), *weeks, *_match_groups(batch)], schema=_SCHEMA
        )


def code_texts(batch: pa.RecordBatch) -> NDArray[np.object_]:
    """The codes (persons, weeks) as text, None for a blank."""
    texts: NDArray[np.object_] = np.array(_VOCABULARY, dtype=object)[week_codes(batch)]
    return texts


def week_codes(batch: pa.RecordBatch) -> Codes:
    """Each person's code in each week, as its number in the vocabulary. On one day of the week is
    enough, and a rank decides: what is laid later lies above."""
    days = {name: _days(batch, name) for name in _DATES}
    on_benefit, subsidised = _flags(batch, "on_benefit"), _flags(batch, "job4_subsidised")
    identity = np.array(batch.column("person_id").to_pylist(), dtype=np.uint64)
    monday = np.array([(m - date(1970, 1, 1)).days for m in _MONDAYS], np.int32)
    sunday, week = monday + 6, np.array([m.isocalendar().week for m in _MONDAYS])

    def during(first: NDArray[np.int32], last: NDArray[np.int32]) -> NDArray[np.bool_]:
        return (first[:, None] <= sunday) & (last[:, None] >= monday)

    def from_week(day: NDArray[np.int32]) -> NDArray[np.bool_]:
        return day[:, None] <= monday

    working = np.zeros((batch.num_rows, len(monday)), bool)
    for k in range(1, JOB_SLOTS + 1):
        working |= during(
            days[f"job{k}_start"],
            np.where(days[f"job{k}_end"] == _NEVER, -_NEVER, days[f"job{k}_end"]),
        )
    idle = ~working & (days["origin_monday"][:, None] - 7 <= monday)
    adult, old = (
        days["birth_date"][:, None] + round(years * 365.2425) <= monday for years in (18, 65)
    )
    years, year = np.unique([m.year for m in _MONDAYS], return_inverse=True)
    codes = np.zeros(working.shape, np.int8)

    def lay(code: str | None, where: NDArray[np.bool_]) -> None:
        codes[where] = _NUMBER[code]

    # One week of a few persons has a code outside the list.
    unlisted = (_mixed(identity, np.array([3]))[:, 0] % np.uint64(20_000)).astype(np.int64)
    lay("444", idle & (unlisted[:, None] == np.arange(len(monday))))
    # A stay abroad the migrations do not know; below, deaths that are not coded.
    phantom = _mixed(identity, np.array([7]))[:, 0] % np.uint64(200) == 0
    lay("997", idle & phantom[:, None] & ((week >= 30) & (week <= 33)))
    waiting = idle & on_benefit[:, None]
    benefit = _benefit(batch, identity)
    codes[waiting] = benefit[waiting]
    takes_holiday = _mixed(identity, np.array([11]))[:, 0] % np.uint64(5) == 0
    holiday = (_mixed(identity, years) % np.uint64(52)).astype(np.int64)[:, year]
    lay("121", working & takes_holiday[:, None] & (holiday == week))
    in_subsidy = subsidised[:, None] & during(
        days["job4_start"], np.where(subsidised, days["job4_end"], -_NEVER)
    )
    lay("715", in_subsidy)
    lay("705", in_subsidy & _after_reform())
    maternity = days["maternity_from"]
    lay(
        "881",
        during(
            maternity, np.where(maternity == _NEVER, -_NEVER, maternity + 7 * WEEKS_OF_MATERNITY)
        ),
    )
    lay("651", during(days["study_from"], days["study_until"]) & adult & ~working)
    lay("783", from_week(days["pension_from"]))
    lay("998", old & ~working)
    lay("997", (days["left_date"][:, None] <= sunday) & (days["back_date"][:, None] > monday))
    dead = days["death_date"][:, None] < monday
    uncoded = _mixed(identity, np.array([5]))[:, 0] % np.uint64(10) == 0
    lay("999", dead & ~uncoded[:, None])
    lay(None, dead & uncoded[:, None])
    return codes


def _benefit(batch: pa.RecordBatch, identity: NDArray[np.uint64]) -> Codes:
    """The code of a benefit in each week without work, the same within a month (persons, weeks)."""
    months, month = np.unique([m.year * 12 + m.month for m in _MONDAYS], return_inverse=True)
    percent = (_mixed(identity, months) % np.uint64(100)).astype(np.int8)
    kind = np.array(batch.column("benefit").to_pylist(), dtype=object)[:, None]

    def drawn(shares: Sequence[tuple[str, int]]) -> Codes:
        """One of the codes, by their shares in percent, for each person and month."""
        of_percent = [_NUMBER[code] for code, share in shares for _ in range(share)]
        return np.array(of_percent, np.int8)[percent]

    def family(first: str) -> Codes:
        return drawn([(f"{first}{digit}", share) for digit, share in _ACTIVITIES])

    reform = INTEGRATION_BENEFIT_FROM.year * 12 + INTEGRATION_BENEFIT_FROM.month
    integration = np.where(months >= reform, family("70"), family("71"))
    result = np.where(kind == "integration", integration, np.int8(0))
    for name, first in _FAMILIES.items():
        result = np.where(kind == name, family(first), result)
    result = np.where(kind == "unemployment", drawn(_UNEMPLOYED), result)
    return np.where(kind == "disability_pension", np.int8(_NUMBER["783"]), result)[:, month]


def _after_reform() -> NDArray[np.bool_]:
    """Whether integration benefit has begun, by week."""
    return np.array([m >= INTEGRATION_BENEFIT_FROM for m in _MONDAYS])


def _match_groups(batch: pa.RecordBatch) -> list[pa.Array]:
    """Match groups from the quarter the person's time begins in."""
    begins = _days(batch, "origin_monday")
    group = np.array(batch.column("match_group").to_pylist(), dtype=object)
    ends = [(date(year, 3 * quarter, 28) - date(1970, 1, 1)).days for year, quarter in _QUARTERS]
    groups, none = pa.array(group, pa.string()), pa.scalar(None, pa.string())
    return [pc.if_else(pa.array(end >= begins), groups, none) for end in ends]


def _days(batch: pa.RecordBatch, name: str) -> NDArray[np.int32]:
    """Days since 1970, far in the future where there is none."""
    filled: NDArray[np.int32] = (
        batch.column(name).cast(pa.int32()).fill_null(_NEVER).to_numpy(zero_copy_only=False)
    )
    return filled


def _flags(batch: pa.RecordBatch, name: str) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = batch.column(name).fill_null(False).to_numpy(zero_copy_only=False)
    return flags


def _mixed(identity: NDArray[np.uint64], numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A hash (persons, numbers) of each identity with each number (the finaliser of splitmix64,
    Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        z = identity[:, None] * np.uint64(0x9E3779B97F4A7C15) + numbers.astype(np.uint64)[
            None, :
        ] * np.uint64(0xD1B54A32D192ED03)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return mixed
