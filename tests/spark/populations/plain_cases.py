"""Populations and outcomes of the two analyses of shares once more, person by person in plain
Python: a second opinion on the Spark code.

Written from the fact sheet's sections 3 and 4, not from the code.
"""

from collections import Counter
from datetime import date
from fractions import Fraction

from case_rows import FORMS, LEVELS, Person

from kommunebench.reference import read_reference

EXAM_YEARS = (2008, 2009, 2010, 2011, 2012)
REFERENCE = date(2012, 10, 1)
SUCCESS_LEVELS = (20, 30, 40, 50, 60, 70, 80)
WESTERN = {
    int(row.country_code)
    for row in read_reference("countries").itertuples()
    if row.western == "true"
}
MUNICIPALITIES = set(read_reference("municipalities")["municipality_code"])


def years_between(earlier: date, later: date) -> int:
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))


def pupil(person: Person) -> str | None:
    """'outcome municipality', or why the pupil is none; None for who is not looked at."""
    ninth = [
        row
        for row in person.marks
        if row[2] == "09" and row[3].strip().upper()[:4] in ("FSA", "FP9")
    ]
    by_year: dict[int, list[tuple]] = {}
    for row in ninth:
        if row[1] <= EXAM_YEARS[-1]:
            by_year.setdefault(row[1], []).append(row)
    if not any(year in EXAM_YEARS for year in by_year):
        return None
    marks = {year: _marks(rows) for year, rows in by_year.items()}
    with_marks = [year for year in sorted(marks) if marks[year]]
    year = with_marks[0] if with_marks else min(y for y in by_year if y in EXAM_YEARS)
    if year not in EXAM_YEARS:
        return "first_marks_in_another_year"
    if year - 1 not in person.homes:
        return "not_in_population_register"
    if reason := _origin(person):
        return reason
    if years_between(person.born, date(year, 6, 1)) < 10:
        return "exam_below_age"
    if person.homes[year - 1] not in MUNICIPALITIES:
        return "no_municipality"
    if not marks[year]:
        return f"no_exam_marks {_reason(by_year[year])}"
    if len(marks[year]) < 4:
        return "too_few_marks"
    passed = Fraction(sum(marks[year]), len(marks[year])) >= 2
    return f"{int(passed)} {person.homes[year - 1]}"


def _marks(rows: list[tuple]) -> list[int]:
    best: dict[tuple, int] = {}
    for _, _, _, _, subject, discipline, form, mark, _ in rows:
        if form == FORMS["exam"] and mark is not None:
            best[subject, discipline] = max(mark, best.get((subject, discipline), -99))
    return list(best.values())


def _reason(rows: list[tuple]) -> str:
    given = Counter()
    by_subject: dict[tuple, list[str]] = {}
    for _, _, _, _, subject, discipline, form, mark, reason in rows:
        if form == FORMS["exam"] and mark is None and reason is not None:
            by_subject.setdefault((subject, discipline), []).append(reason)
    for reasons in by_subject.values():
        given[max(reasons)] += 1
    if not given:
        return "not_given"
    most = max(given.values())
    return min(reason for reason, number in given.items() if number == most)


def _origin(person: Person) -> str | None:
    if person.origin_type is None:
        return "origin_type_unknown"
    if person.origin_type == 1:
        return "danish_origin"
    if person.country in WESTERN:
        return "western_origin"
    if person.origin_type == 3:
        return None
    arrival = min(person.arrivals) if person.arrivals else person.first
    if arrival is None:
        return "no_arrival_date"
    if arrival < person.born:
        return "arrival_before_birth"
    return "arrived_above_age" if years_between(person.born, arrival) > 12 else None


def resident(person: Person) -> str | None:
    """'outcome municipality', or why the resident is no case; None for who is not looked at."""
    if 2012 not in person.homes or not 20 <= years_between(person.born, REFERENCE) <= 29:
        return None
    if reason := _origin(person):
        return reason
    turned = person.born.year + 15
    if turned not in person.homes:
        return "not_in_population_register_at_age"
    if person.homes[turned] not in MUNICIPALITIES:
        return "no_municipality"
    code, completed, _ = person.educations.get(2012, (None, None, None))
    in_time = completed is None or person.born <= completed <= REFERENCE
    success = LEVELS.get(code) in SUCCESS_LEVELS and in_time
    return f"{int(success)} {person.homes[turned]}"
