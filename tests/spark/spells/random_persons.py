"""Persons drawn with a fixed seed, dense in what is rare: short stretches of work and benefits,
corrections, moves, departures."""

import random
from datetime import date, timedelta

from register_rows import FIRST_MONDAY, WEEKS, Person, to_month_end

CODES = (
    "710",
    "710",
    "710",
    None,
    None,
    None,
    "121",
    "124",
    "881",
    "651",
    "716",
    "997",
    "890",
    "783",
)


def draw(number: int) -> Person:
    """The person with this number: the same in every run."""
    rng = random.Random(f"person {number}")
    day = date(2008, 1, 1) + timedelta(days=rng.randrange(2922))
    person = Person(
        f"random{number}", born=date(rng.choice((1947, 1950, 1980, 1990)), rng.randint(1, 12), 15)
    )
    arrival = min(
        max(date(2008, 1, 1), day + timedelta(days=rng.choice((-40, -3, 0, 0, 0, 4, 9)))),
        date(2015, 12, 31),
    )
    person.permits.append((person.name, 1, 901, 0, day, None))
    person.migrations.append((person.name, "immigration", arrival))
    if rng.random() < 0.25:
        out = arrival + timedelta(days=rng.randrange(1100))
        person.migrations.append((person.name, "emigration", out))
        if rng.random() < 0.7:
            person.migrations.append(
                (person.name, "immigration", out + timedelta(days=rng.choice((0, 1, 3, 8, 60))))
            )
    if rng.random() < 0.08:
        person.deaths.append((person.name, arrival + timedelta(days=rng.randrange(1100))))
    _live(person, rng, arrival)
    if rng.random() < 0.95:
        _draw_benefits(person, rng, day)
    _work(person, rng, max(day, arrival))
    return person


def _live(person: Person, rng: random.Random, first: date) -> None:
    """One or a few addresses with gaps; the first may start after the origin's Monday."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        last = first + timedelta(days=rng.randrange(30, 900))
        person.addresses.append((person.name, first, last, rng.choice(("101", "147", "751"))))
        first = last + timedelta(days=rng.choice((1, 1, 20)))


def _draw_benefits(person: Person, rng: random.Random, around: date) -> None:
    index = max(0, (around - FIRST_MONDAY).days // 7 - 2)
    while index < WEEKS:
        length, code = rng.choice((1, 2, 5, 13, 14, 30, 60)), rng.choice(CODES)
        if code is not None:
            for n in range(index, min(index + length, WEEKS)):
                person.codes[FIRST_MONDAY + timedelta(weeks=n)] = code
        index += length


def _work(person: Person, rng: random.Random, first: date) -> None:
    """Jobs of many lengths, by month, with corrections now and then."""
    day = first - timedelta(days=rng.randrange(200))
    while day < date(2016, 8, 31):
        end = min(day + timedelta(days=rng.choice((20, 90, 120, 400))), date(2016, 8, 31))
        weekly = rng.choice((8, 19.7, 20, 30, 37))
        while day <= end:
            stop = min(to_month_end(day), end)
            hours = weekly * ((stop - day).days + 1) / 7
            person.pays.append((person.name, day, stop, hours, None))
            if rng.random() < 0.03:
                person.pays.append((person.name, day, stop, -hours, None))
            day = stop + timedelta(days=1)
        day = end + timedelta(days=rng.choice((1, 20, 27, 28, 29, 35, 200)))
