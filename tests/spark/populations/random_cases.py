"""Drawn persons who stand near the limits of every rule of the analyses of shares."""

import random
from datetime import date, timedelta

from case_rows import FORMS, GERMANY, LEVELS, SUBJECTS, SYRIA, TURKEY, Person

_REASONS = ("B", "D", "D15", "G", "N", "S", "U", None)
_MARKS = (-3, 0, 2, 4, 7, 10, 12)


def draw_pupil(number: int) -> Person:
    """A pupil by number: the same number gives the same pupil."""
    rng = random.Random(f"pupil {number}")
    person = _person(f"p{number}", rng, date(1991, 1, 1), 2600)
    for year in rng.choices(range(2006, 2014), k=rng.choice((1, 1, 1, 2, 3))):
        _sit(person, year, rng)
    for year in range(2005, 2013):
        if rng.random() < 0.9:
            person.homes[year] = rng.choice(
                ("101", "751", "530", "411", None) if rng.random() < 0.2 else ("101",)
            )
    return person


def draw_resident(number: int) -> Person:
    """A resident by number."""
    rng = random.Random(f"resident {number}")
    person = _person(f"r{number}", rng, date(1982, 8, 1), 3800)
    first, last = rng.choice((1990, 1997, 2002)), rng.choice((2006, 2012, 2012, 2012, 2012))
    for year in range(first, last + 1):
        if rng.random() < 0.95:
            person.homes[year] = rng.choice(("101", "751", "530", "860", "411", None))
    if rng.random() < 0.9:
        code = rng.choice((*LEVELS, "9999", None))
        day = rng.choice(
            (None, REFERENCE + timedelta(rng.randint(-3000, 30)), person.born - timedelta(1))
        )
        person.educations[rng.choice((2012, 2012, 2012, 2011))] = (
            code,
            day,
            rng.choice(("15", "17")),
        )
    return person


REFERENCE = date(2012, 10, 1)


def _person(name: str, rng: random.Random, first_birth: date, days: int) -> Person:
    born = first_birth + timedelta(rng.randint(0, days))
    if rng.random() < 0.02:
        born = date(2001, 6, rng.choice((1, 2)))
    if rng.random() < 0.05:
        born = date(1992, 2, 29)
    person = Person(
        name, born, rng.choice(("men", "women")), rng.choice((1, 2, 2, 3, 3, 3, 3, None))
    )
    person.country = rng.choice((TURKEY, TURKEY, SYRIA, GERMANY, 9998))
    near = born.replace(year=born.year + 13, day=min(born.day, 28)) + timedelta(rng.randint(-2, 2))
    for day in (near, born + timedelta(rng.randint(-5, 7000))):
        if rng.random() < 0.5:
            person.arrivals.append(day)
    if rng.random() < 0.05:
        person.arrivals.append(born - timedelta(1))
    if rng.random() < 0.5:
        person.first = born + timedelta(rng.randint(0, 6000))
    return person


def _sit(person: Person, year: int, rng: random.Random) -> None:
    grade = rng.choice(("09",) * 8 + ("10",))
    level = rng.choice(("FSA", "FSA", "fsa", "FP9", "FP10"))
    for number in range(rng.choice((1, 3, 4, 5, 8))):
        form = rng.choice(("exam",) * 6 + ("drawn", "teacher"))
        poor = rng.random() < 0.6
        mark = rng.choice(_MARKS[:3] if poor else _MARKS)
        given = (mark, None) if rng.random() < 0.85 else (None, rng.choice(_REASONS))
        discipline = f"d{rng.choice((number, 0))}"
        row = (person.name, year, grade, level, SUBJECTS[number], discipline, FORMS[form], *given)
        person.marks.append(row)
    if rng.random() < 0.2:
        person.marks = [(*row[:7], None, rng.choice(_REASONS)) for row in person.marks]
