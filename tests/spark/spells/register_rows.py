"""Register rows of made-up persons from a short text, one line per row or stretch of rows.

    born 1980-06-15          birthday                        sex women | country 5152 | never in bef
    permit 2010-03-01 work   date, kind (default convention) in 2010-05-05 | out 2011-01-03    VNDS
    lives 2010-05-05 2010-09-30 101                          address spell; `..` for no end code
    2010-W18 2010-W30 710                               benefit in these weeks, `..` for the last
    pay 2010-05-01 2010-05-31 86.67                          one BFL row, monthly hours job
    2010-05-10 2010-12-31 37                             BFL rows by month with these weekly hours
    dead 2012-02-01                                          DOD
    bef_in 1990-05-05                                        FOERSTE_INDVANDRING of all BEF rows

Who has no line for it: born 1980-06-15, a man from Syria, in BEF every December from 2008, lives at
101 from the first arrival.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from kommunebench import bronze
from kommunebench.spells import RegisterFrames

FIRST_MONDAY = date(2007, 12, 31)  # 2008-W01
WEEKS = 453
KINDS = {
    "convention": (1, 901, 0),
    "b_status": (1, 902, 0),
    "work": (3, 310, 1),
    "unmapped": (1, 999, 9),
    "before_1997": (9999, None, None),
}
SYRIA = 5486


@dataclass
class Person:
    """Rows of one person in every register, by register."""

    name: str
    born: date = date(1980, 6, 15)
    sex: str = "men"
    country: int = SYRIA
    in_bef: bool = True
    bef_from: date = date(2008, 12, 31)
    bef_in: date | None = None
    permits: list[tuple] = field(default_factory=list)
    migrations: list[tuple] = field(default_factory=list)
    deaths: list[tuple] = field(default_factory=list)
    addresses: list[tuple] = field(default_factory=list)
    codes: dict[date, str] = field(default_factory=dict)
    pays: list[tuple] = field(default_factory=list)


def monday(week: str) -> date:
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def person(name: str, text: str) -> Person:
    """A person from the lines described above."""
    result = Person(name)
    for line in text.strip().splitlines():
        words = line.split("#")[0].split()
        if words:
            _LINES[words[0]](result, *words[1:])
    if not result.addresses and result.migrations:
        arrivals = [day for _, event, day in result.migrations if event == "immigration"]
        result.addresses.append((name, min(arrivals or [date(2008, 1, 1)]), None, "101"))
    return result


def _permit(p: Person, day: str, kind: str = "convention", immigration: str | None = None) -> None:
    arrived = date.fromisoformat(immigration) if immigration else None
    p.permits.append(
        (p.name, *KINDS[kind], None if day == "?" else date.fromisoformat(day), arrived)
    )


def _code(p: Person, first: str, last: str, code: str) -> None:
    week, end = (
        monday(first),
        FIRST_MONDAY + timedelta(weeks=WEEKS - 1) if last == ".." else monday(last),
    )
    while week <= end:
        p.codes[week] = code
        week += timedelta(weeks=1)


def to_month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _job(p: Person, first: str, last: str, weekly: str) -> None:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        stop = min(to_month_end(day), end)
        p.pays.append((p.name, day, stop, float(weekly) * ((stop - day).days + 1) / 7, None))
        day = stop + timedelta(days=1)


def _event(kind: str):
    return lambda p, day: p.migrations.append((p.name, kind, date.fromisoformat(day)))


def _lives(p: Person, first: str, last: str, municipality: str) -> None:
    p.addresses.append(
        (
            p.name,
            date.fromisoformat(first),
            None if last == ".." else date.fromisoformat(last),
            municipality,
        )
    )


_LINES = {
    "born": lambda p, day: setattr(p, "born", date.fromisoformat(day)),
    "sex": lambda p, sex: setattr(p, "sex", sex),
    "country": lambda p, code: setattr(p, "country", int(code)),
    "never": lambda p, *_: setattr(p, "in_bef", False),
    "bef_in": lambda p, day: setattr(p, "bef_in", date.fromisoformat(day)),
    "permit": _permit,
    "in": _event("immigration"),
    "out": _event("emigration"),
    "dead": lambda p, day: p.deaths.append((p.name, date.fromisoformat(day))),
    "lives": _lives,
    "code": _code,
    "pay": lambda p, first, last, hours: p.pays.append(
        (p.name, date.fromisoformat(first), date.fromisoformat(last), float(hours), None)
    ),
    "job": _job,
}


def frame(spark, table, rows: list[tuple], partitions: int | None = None):
    """A bronze frame with its declared schema; the columns a row leaves out at its end are null."""
    width = len(table.columns)
    whole = [(*row, *[None] * (width - len(row))) for row in rows]
    made = spark.createDataFrame(whole, table.schema)
    return made.repartition(partitions) if partitions else made


def registers_of(
    spark, people: list[Person], partitions: int | None = None, **further: Any
) -> RegisterFrames:
    """The registers that hold these persons; ``further`` frames by name are added or put in their
    place."""
    from kommunebench.reference import read_reference

    countries = [
        (
            int(c.country_code),
            c.country,
            c.continent,
            c.western == "true",
            c.cox_term.removeprefix("origin_") or None,
        )
        for c in read_reference("countries").itertuples()
    ]
    bases = [
        (int(c.kategori), int(c.grundlag), int(c.forklar), c.residence_basis or None)
        for c in read_reference("residence_basis_codes").itertuples()
    ]
    rows = {
        bronze.PERMITS: [row for p in people for row in p.permits],
        bronze.POPULATION_SNAPSHOTS: [row for p in people for row in _snapshots(p)],
        bronze.MIGRATIONS: [row for p in people for row in p.migrations],
        bronze.DEATHS: [row for p in people for row in p.deaths],
        bronze.ADDRESS_SPELLS: [
            (name, f"a{place}", a, b) for p in people for name, a, b, place in p.addresses
        ],
        bronze.ADDRESSES: [
            (f"a{place}", place, date(1990, 1, 1), None)
            for place in sorted({row[3] for p in people for row in p.addresses})
        ],
        bronze.BENEFIT_WEEKS: [_benefits(p) for p in people if p.codes],
        bronze.EMPLOYMENT_MONTHS: [row for p in people for row in p.pays],
        bronze.COUNTRIES: countries,
        bronze.RESIDENCE_BASIS_CODES: bases,
    }
    frames = {table.name: frame(spark, table, made, partitions) for table, made in rows.items()}
    return RegisterFrames(**(frames | further))


def _snapshots(p: Person) -> list[tuple]:
    if not p.in_bef:
        return []
    days = [date(year, 12, 31) for year in range(2008, 2016) if date(year, 12, 31) >= p.bef_from]
    return [
        (p.name, day, p.sex, p.born, p.country, 2, "101", f"f{p.name}", 1, 5, None, p.bef_in)
        for day in days
    ]


def _benefits(p: Person) -> tuple:
    weeks = [p.codes.get(FIRST_MONDAY + timedelta(weeks=n)) for n in range(WEEKS)]
    return (p.name, FIRST_MONDAY, weeks, date(2008, 1, 1), [None] * 36)
