"""The years of each register an analysis cannot do without, and those a delivery lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kommunebench.registers.catalogue import (
    BEF,
    BEFADR,
    BEFBOP,
    BFL,
    FLYT,
    OPHG,
    UDDA,
    VNDS,
    VNDS_IND,
    VNDS_UD,
    Register,
)
from kommunebench.registers.conversion import last_day as last_day_of
from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.health_kinds import HEALTH_REGISTERS, kinds_of_health
from kommunebench.registers.needs import PARENTS_EDUCATION
from kommunebench.settings import AnalysisSettings
from kommunebench.settings.spells import JOBS_REPORTED_SINCE

# Permits are delivered by the year of the immigration; no delivery can hold earlier years.
PERMITS_SINCE = 1997
_OCTOBER = 10
_YEAR_BEFORE = "health in the year before"


@dataclass(frozen=True, slots=True)
class YearsNeeded:
    """Years that must be delivered, and what for. ``registers``: each year may be in any of them,
    as where one register replaced another; ``last_day``: how far into its last year a register has
    to reach; ``instead``: registers that, all delivered, stand for these."""

    registers: tuple[Register, ...]
    years: tuple[int, ...]
    purpose: str
    last_day: date = date.max
    instead: tuple[Register, ...] = ()


def years_needed(settings: AnalysisSettings) -> tuple[YearsNeeded, ...]:
    """The years an analysis needs of every register that is delivered by the year. Whether a
    register has to be there at all is said by needs_of."""
    if settings.pupils is not None:
        return _years_of_pupils(settings)
    if settings.residents is not None:
        return _years_of_residents(settings)
    if settings.starts_from_cases:
        return ()
    return _years_of_spells(settings)


def absent_years(
    files: Mapping[str, Sequence[DeliveredFile]], folder: object, settings: AnalysisSettings
) -> list[str]:
    """One sentence for each register that has files of other years than those an analysis needs;
    ``files``: those of a delivery in ``folder``, by register."""
    problems = []
    for needed in years_needed(settings):
        there = [r for r in needed.registers if r.name in files]
        replaced = needed.instead and all(r.name in files for r in needed.instead)
        periods = [file.period for register in there for file in files[register.name]]
        # A file without a period may hold any year.
        if not periods or "" in periods or replaced:
            continue
        ends = sorted(last_day_of(period) or date.min for period in periods)
        absent = [
            _shown(year, ends, needed)
            for year in needed.years
            if not _is_there(year, ends, needed.last_day)
        ]
        if absent:
            it = "it" if len(absent) == 1 else "them"
            problems.append(
                f"register {' or '.join(r.name for r in there)}: no file of {', '.join(absent)} in"
                f" {folder}; {needed.purpose} needs {it}. Deliver {it}, or change the settings."
            )
    return problems


def _is_there(year: int, ends: Sequence[date], last_day: date) -> bool:
    """Whether a period of a year reaches to its end, or to the last day needed."""
    return any(end.year == year and end >= min(date(year, 12, 31), last_day) for end in ends)


def _shown(year: int, ends: Sequence[date], needed: YearsNeeded) -> str:
    """A year that is absent; of one that is there in part, up to when it is needed."""
    in_part = any(end.year == year for end in ends)
    return f"{year} up to {min(date(year, 12, 31), needed.last_day)}" if in_part else str(year)


def parents_years(settings: AnalysisSettings) -> tuple[int, ...]:
    """The years in which an analysis of pupils or residents looks at the parents, in order; none
    for other analyses."""
    if settings.pupils is not None:
        return tuple(sorted(year - 1 for year in settings.pupils.exam_years))
    residents = settings.residents
    if residents is None:
        return ()
    now = residents.reference_date.year
    youngest, oldest = now - residents.age_min, now - residents.age_max - 1
    return _years(oldest + residents.residence_age, youngest + residents.residence_age)


def _years_of_pupils(settings: AnalysisSettings) -> tuple[YearsNeeded, ...]:
    before = parents_years(settings)
    years = [YearsNeeded((BEF,), before, "the pupils' residence")]
    if set(settings.covariate_columns) & PARENTS_EDUCATION:
        years.append(YearsNeeded((UDDA,), before, "the parents' education"))
    return *years, *_years_of_health(settings, before, _YEAR_BEFORE)


def _years_of_residents(settings: AnalysisSettings) -> tuple[YearsNeeded, ...]:
    residents = settings.residents
    assert residents is not None
    now, then = residents.reference_date.year, parents_years(settings)
    at_age = then if residents.residence == "at_age" else ()
    parents = then if set(settings.covariate_columns) & PARENTS_EDUCATION else ()
    return (
        YearsNeeded((BEF,), (*at_age, now), "residence"),
        YearsNeeded((UDDA,), (*parents, now), "completed education"),
        *_years_of_health(settings, (now - 1,), _YEAR_BEFORE),
    )


def _years_of_spells(settings: AnalysisSettings) -> tuple[YearsNeeded, ...]:
    """Jobs and moves of all weeks; permits and residents of the window, of immigrants in a spell
    the permits of all arrivals; health of the windows it is measured in."""
    first, last = settings.population.window_start, settings.population.window_end
    end = settings.observation.observation_end
    observed = _years(first.year, end.year)
    jobs = _years(max(first.year, JOBS_REPORTED_SINCE.year), end.year)
    selected = _years(first.year, last.year)
    years = [
        YearsNeeded((BFL,), jobs, "hours worked", end),
        _years_of_permits(settings),
        YearsNeeded((VNDS_IND,), observed, "arrival and emigration", end, (VNDS,)),
        YearsNeeded((VNDS_UD,), observed, "arrival and emigration", end, (VNDS,)),
        YearsNeeded((FLYT,), observed, "the municipality by week", end, (BEFBOP, BEFADR)),
    ]
    if settings.immigrants is None:
        # The family is that of December of the selection year.
        years.append(YearsNeeded((BEF,), selected, "the population"))
        first_year = settings.measurement.health_window == "first_year"
        seen_to = _end_of_first_year(last) if first_year else date(last.year, 12, 31)
        touched = _years(first.year, seen_to.year)
        return *years, *_years_of_health(settings, touched, "health after the arrival", seen_to)
    # Residents are those of the snapshots from the December before the window to its end.
    before = first.year - 1
    seen = _years(before, (last + timedelta(days=1)).year - 1)
    years.append(YearsNeeded((BEF,), seen, "the population"))
    start = min(last, settings.spells.last_start_date)
    if "education" in settings.covariate_columns:
        counts = _years(_count_before(first), _count_before(start))
        years.append(YearsNeeded((UDDA,), counts, "the covariate education"))
    health = _years(before, start.year - 1)
    return *years, *_years_of_health(settings, health, _YEAR_BEFORE)


def _years_of_permits(settings: AnalysisSettings) -> YearsNeeded:
    """Newcomers have their permits in the window. Immigrants in a spell may have come long before
    it: where a file is missing, those who came in its year would count as without a permit, that
    is, as having come before there were any files."""
    first, last = settings.population.window_start, settings.population.window_end
    if settings.immigrants is None:
        return YearsNeeded((OPHG,), _years(first.year, last.year), "the population", last)
    return YearsNeeded((OPHG,), _years(PERMITS_SINCE, last.year), "the residence basis", last)


def _end_of_first_year(arrival: date) -> date:
    """The last day of the first year, as health is measured: the day before the anniversary, which
    of a 29 February is 1 March."""
    return date(arrival.year + 1, arrival.month, 1) + timedelta(days=arrival.day - 2)


def _count_before(day: date) -> int:
    """The year of the last count of educations (1 October) on or before a day."""
    return day.year - (day.month < _OCTOBER)


def _years_of_health(
    settings: AnalysisSettings, years: tuple[int, ...], purpose: str, last_day: date = date.max
) -> tuple[YearsNeeded, ...]:
    """The same years of every register of health that a covariate is measured from. Covariates of
    parents ask for none: their years may lie before a register begins. What is not delivered is a
    category of its own where a covariate has categories, and is said in the run's note."""
    kinds = kinds_of_health(settings.covariate_columns)
    groups = [group for kind in kinds for group in HEALTH_REGISTERS[kind]]
    return tuple(YearsNeeded(group, years, purpose, last_day) for group in groups)


def _years(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))
