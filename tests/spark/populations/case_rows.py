"""Register rows of made-up pupils, residents and their parents from a short text.

born 1995-05-01 | woman | type 2 | country 5152           BEF; who has no line: a man born
                                                          1995-05-01, type 3, from Turkey
mother M | father F                                       MOR_ID, FAR_ID
in 1999-08-02 | first 1999-08-02                          VNDS; FOERSTE_INDVANDRING
home 2010 101 | homes 2001 2010 101                       BEF in December of a year, of years
exam 2011 2 4 7 B 10                                      marks, or reasons, of as many
                                                          compulsory subjects of grade 09
drawn 2011 7 | teacher 2011 12 | grade10 2011 7 7         other forms; grade 10
row 2011 09 FSA dansk laesning 1 7                        one row: form and mark as they stand
udda 2010 4080 2008-06-30 15                              education, completed, source
visit 2010-03-01 80 2 | drug 2010-05-05 N06 | stay 2010-06-01 5 DF329
"""

from dataclasses import dataclass, field
from datetime import date

from kommunebench import bronze
from kommunebench.populations import CaseRegisters
from kommunebench.reference import read_reference

TURKEY, SYRIA, GERMANY = 5172, 5486, 5180
FORMS = {"exam": "Bundne prøvefag", "drawn": "Prøvefag til udtræk", "teacher": "Standpunkt"}
SUBJECTS = ("Dansk", "Dansk", "Dansk", "Matematik", "Matematik", "Engelsk", "Fysik", "Biologi")
# Education and its level of DISCED-15; 9999 stands in no list.
LEVELS = {
    "0900": 10,
    "0590": 15,
    "1199": 20,
    "2999": 29,
    "4080": 30,
    "5199": 35,
    "5290": 50,
    "7390": 70,
}


@dataclass
class Person:
    """Rows of one person in every register."""

    name: str
    born: date = date(1995, 5, 1)
    sex: str = "men"
    origin_type: int | None = 3
    country: int = TURKEY
    mother: str | None = None
    father: str | None = None
    first: date | None = None
    arrivals: list[date] = field(default_factory=list)
    homes: dict[int, str | None] = field(default_factory=dict)
    marks: list[tuple] = field(default_factory=list)
    educations: dict[int, tuple] = field(default_factory=dict)
    visits: list[tuple] = field(default_factory=list)
    drugs: list[tuple] = field(default_factory=list)
    stays: list[tuple] = field(default_factory=list)


def person(name: str, text: str) -> Person:
    """A person from the lines described above."""
    result = Person(name)
    for line in text.replace("|", "\n").strip().splitlines():
        words = line.split("#")[0].split()
        if words:
            _LINES[words[0]](result, *words[1:])
    return result


def _marks(form: str, grade: str = "09"):
    def take(p: Person, year: str, *given: str) -> None:
        for number, word in enumerate(given):
            mark, reason = _mark_or_reason(word)
            row = (
                int(year),
                grade,
                "FSA",
                SUBJECTS[number],
                f"d{number}",
                FORMS[form],
                mark,
                reason,
            )
            p.marks.append((p.name, *row))

    return take


def _mark_or_reason(word: str) -> tuple[int | None, str | None]:
    is_mark = word.lstrip("-").isdigit()
    return (int(word), None) if is_mark else (None, None if word == "." else word)


def _row(
    p: Person,
    year: str,
    grade: str,
    level: str,
    subject: str,
    discipline: str,
    form: str,
    word: str,
) -> None:
    written = form if form.isdigit() else FORMS[form]
    p.marks.append(
        (p.name, int(year), grade, level, subject, discipline, written, *_mark_or_reason(word))
    )


def _udda(p: Person, year: str, code: str, completed: str = "", source: str = "15") -> None:
    day = date.fromisoformat(completed) if completed not in ("", ".") else None
    p.educations[int(year)] = (None if code == "." else code, day, source)


def _homes(p: Person, first: str, last: str, place: str) -> None:
    for year in range(int(first), int(last) + 1):
        p.homes[year] = place


def _day(name: str):
    return lambda p, day: setattr(p, name, date.fromisoformat(day))


def _text(name: str):
    return lambda p, text: setattr(p, name, text)


def _number(name: str):
    return lambda p, text: setattr(p, name, None if text == "?" else int(text))


_LINES = {
    "born": _day("born"),
    "woman": lambda p: setattr(p, "sex", "women"),
    "type": _number("origin_type"),
    "country": _number("country"),
    "mother": _text("mother"),
    "father": _text("father"),
    "first": _day("first"),
    "in": lambda p, day: p.arrivals.append(date.fromisoformat(day)),
    "home": lambda p, year, place: p.homes.update({int(year): None if place == "." else place}),
    "homes": _homes,
    "exam": _marks("exam"),
    "drawn": _marks("drawn"),
    "teacher": _marks("teacher"),
    "grade10": _marks("exam", "10"),
    "row": _row,
    "udda": _udda,
    "visit": lambda p, day, spec, n: p.visits.append(
        (p.name, spec, int(n), date.fromisoformat(day), int(day[:4]))
    ),
    "drug": lambda p, day, group: p.drugs.append((p.name, date.fromisoformat(day), group)),
    "stay": lambda p, day, days, code: p.stays.append(
        (p.name, f"{p.name}-{day}", "lpr", "0", int(days), date.fromisoformat(day), code)
    ),
}


def _snapshots(p: Person) -> list[tuple]:
    return [
        (
            p.name,
            date(year, 12, 31),
            p.sex,
            p.born,
            p.country,
            p.origin_type,
            place,
            f"f{p.name}",
            1,
            5,
            None,
            p.first,
            None,
            p.mother,
            p.father,
        )
        for year, place in p.homes.items()
    ]


def migrations_from(first_year: int) -> list[tuple]:
    """Somebody's arrivals, one in every year that migrations were delivered for."""
    return [("nobody_here", "immigration", date(year, 7, 1)) for year in range(first_year, 2013)]


def registers_of(spark, people: list[Person], partitions: int | None = None) -> CaseRegisters:
    """The registers that hold these persons; contacts with hospitals were delivered from 2004
    on, health care outside hospital from 2006 on.

    The urban share of a municipality is its code over 1000, more by 0.01 from 2010 on.
    """
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
    places = sorted({place for p in people for place in p.homes.values() if place})
    rows = {
        bronze.POPULATION_SNAPSHOTS: [row for p in people for row in _snapshots(p)],
        bronze.MIGRATIONS: [
            *((p.name, "immigration", day) for p in people for day in p.arrivals),
            *migrations_from(1973),
        ],
        bronze.COUNTRIES: countries,
        bronze.SCHOOL_MARKS: [row for p in people for row in p.marks],
        bronze.EDUCATIONS: [
            (p.name, date(year, 10, 1), code, day, source, None, None)
            for p in people
            for year, (code, day, source) in p.educations.items()
        ],
        bronze.EDUCATION_LEVELS: list(LEVELS.items()),
        bronze.URBAN_SHARES: [
            (place, year, int(place) / 1000 + more)
            for place in places
            for year, more in ((2006, 0.0), (2010, 0.01))
        ],
        bronze.HOSPITAL_CONTACTS: [row for p in people for row in p.stays],
        bronze.HOSPITAL_DIAGNOSES: [],
        bronze.HEALTH_SERVICES: [row for p in people for row in p.visits],
        bronze.PRESCRIPTIONS: [row for p in people for row in p.drugs],
    }
    frames = {table.name: spark.createDataFrame(made, table.schema) for table, made in rows.items()}
    if partitions:
        frames = {name: frame.repartition(partitions) for name, frame in frames.items()}
    first_years = {"hospital": 2004, "care": 2006, "drugs": 1997}
    years = {kind: frozenset(range(first, 2013)) for kind, first in first_years.items()}
    return CaseRegisters(**frames, health_years=years)
