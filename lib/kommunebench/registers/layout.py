"""What a delivered register is: stems of its file names, its columns with their delivered names and
types."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "code", "int", "double", "date", "week"]
PeriodKind = Literal["yearly", "snapshot", "cumulative", "once"]
PERSON_ID = ("pnr", "pnr12", "v_cpr", "cpr")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterColumn:
    """One column. ``delivered``: the names it may have, in lower case; the first one found counts.

    ``width``: codes are left-padded with zeros to this length. ``needed``: a row without a value
    cannot be used. ``required``: the file must have the column. ``open_ended``: a date after 2100
    means still open. ``from_period``: where the column is absent or empty, the value is the last
    day of the period in the file's name. ``sign``: numbers that may not be negative, may not be
    zero either, or are shares between 0 and 1.
    """

    name: str
    delivered: tuple[str, ...]
    kind: Kind
    required: bool = True
    needed: bool = False
    width: int = 0
    allowed: tuple[str, ...] = ()
    open_ended: bool = False
    from_period: bool = False
    sign: Literal["any", "not_negative", "positive", "share"] = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One register, or one layout of it. ``stems``: beginnings of its file names, in lower case.

    ``key``: our columns that identify a row, where any do; ``key_in_all_periods``: files of several
    periods may hold one key, so that none of them can be read without the others.
    ``period_in_rows``: a row takes something from the period in its file's name. ``earliest``: of
    several rows with one key the one with the earliest such date counts; where it is empty, none of
    them counts.
    """

    name: str
    stems: tuple[str, ...]
    period: PeriodKind
    columns: tuple[RegisterColumn, ...]
    key: tuple[str, ...] = ()
    key_in_all_periods: bool = False
    folder: str = ""
    period_in_rows: bool = False
    earliest: str = ""


def column(name: str, delivered: str, kind: Kind = "text", **more: object) -> RegisterColumn:
    """A column; ``delivered``: its names in one text, with spaces between them."""
    names = tuple(delivered.split())
    return RegisterColumn(name=name, delivered=names, kind=kind, **more)  # type: ignore[arg-type]


def person_column() -> RegisterColumn:
    """The identity of the person a row is about."""
    return RegisterColumn(name="person_id", delivered=PERSON_ID, kind="id", needed=True)
