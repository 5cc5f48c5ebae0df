"""What happens to newcomers week by week: spells, jobs, moves, absences, benefits; drawn in arrays."""

from dataclasses import dataclass

import numpy as np

from kommunebench.simulation.country import Country, Floats
from kommunebench.simulation.people import AGE_GROUPS, Days, Flags, Newcomers, child_counts, draw_newcomers

HORIZON = 156
MAX_SPELLS = 3
WINDOW = 13
LAST_MONDAY = np.datetime64("2016-08-22")
_NEVER = 10_000


@dataclass(frozen=True, slots=True)
class Lives:
    """Per person (n,): Monday of week 0; weeks of events since it (a large number: never); jobs (n, 4): first day, last day, weekly hours.

    ``success``, ``start`` (n, 3): true end and start of up to three spells; ``event`` whether a success was reached in time.
    """

    origin_monday: Days
    job_start: Days
    job_end: Days
    job_hours: Floats
    spell_start: np.ndarray
    spell_end: np.ndarray
    spell_event: np.ndarray
    move_week: np.ndarray
    place_weeks: np.ndarray
    death_week: np.ndarray
    left_week: np.ndarray
    back_week: np.ndarray
    study_week: np.ndarray
    maternity_week: np.ndarray
    pension_week: np.ndarray
    on_benefit: Flags


def origin_mondays(people: Newcomers) -> Days:
    """Monday of the week that holds the origin: the permit, or the Monday after an arrival later than it."""
    after = monday_of(people.arrival) + np.timedelta64(7, "D")
    return monday_of(np.where(people.permit < people.arrival, after, people.permit))


def monday_of(days: Days) -> Days:
    """Monday of the ISO week of each day (1970-01-01 was a Thursday)."""
    number = days.astype("datetime64[D]").astype(np.int64)
    return (number - (number + 3) % 7).astype("datetime64[D]")


def fixed_predictor(people: Newcomers, country: Country) -> Floats:
    """Log hazard ratio of each person from what does not change between spells (appendix 6.1, by sex) and the municipality's effect."""
    total, children = country.effect[people.place].copy(), child_counts(people)
    permit_year = np.maximum(people.permit.astype("datetime64[Y]").astype(int) + 1970, 2008)
    for number, sex in ((1, "men"), (2, "women")):
        beta, own = country.coefficients[sex], people.sex == number
        total[own] += (
            _look_up(beta, "permit_", permit_year[own].astype(str))
            + _look_up(beta, "age_", np.array(AGE_GROUPS)[people.age_group[own]])
            + _look_up(beta, "match_", people.match_group[own])
            + _look_up(beta, "danish_", people.danish_course[own])
            + _look_up(beta, "basis_", people.basis[own])
            + _look_up(beta, "origin_", people.origin[own])
            + _look_up(beta, "", people.family_type[own])
            + _look_up(beta, "gp_", people.gp_class[own])
            + beta["danish_partner"] * people.danish_partner[own]
            + beta["local_unemployment_percent"] * country.unemployment[people.place[own]]
            + beta["local_jobs_per_18_64"] * country.jobs[people.place[own]]
            + beta["local_jobs_skilled"] * country.skilled[people.place[own]]
        )
        for name, value in {**people.flags, **children}.items():
            total[own] += beta[name] * value[own]
    return total


def _look_up(beta: dict[str, float], prefix: str, values: np.ndarray) -> Floats:
    names, position = np.unique(values, return_inverse=True)
    return np.array([beta.get(f"{prefix}{name}", 0.0) for name in names])[position]


def start_predictor(people: Newcomers, country: Country, start_monday: Days, start_week: np.ndarray) -> Floats:
    """What changes with the start of a spell: its year and the weeks since the permit."""
    year = np.clip(start_monday.astype("datetime64[Y]").astype(int) + 1970, 2008, 2015).astype(str)
    total = np.zeros(len(year))
    for number, sex in ((1, "men"), (2, "women")):
        own, beta = people.sex == number, country.coefficients[sex]
        total[own] = _look_up(beta, "start_", year[own]) + beta["weeks_since_permit"] * start_week[own]
    return total


def baseline_hazard(level: float) -> Floats:
    """Cumulative baseline hazard after 0 … 600 weeks: low at first, full after two years: successes take 61 weeks on average."""
    week = np.arange(1, 601)
    return np.concatenate([[0.0], np.cumsum(level * (0.13 + 0.87 * np.minimum(week / 105.0, 1.0)))])


def weeks_to_success(cumulative: Floats, predictor: Floats, rng: np.random.Generator) -> np.ndarray:
    """Whole weeks to the first success, 1 or more, from the cumulative baseline hazard; a large number where it never comes."""
    target = rng.exponential(size=len(predictor)) * np.exp(-predictor)
    week = np.searchsorted(cumulative, target, side="left")
    return np.where(week >= len(cumulative), _NEVER, np.maximum(week, 1))


def draw_lives(people: Newcomers, country: Country, levels: tuple[float, float], rng: np.random.Generator) -> Lives:
    """Draw what happens. ``levels``: baseline hazard level of men and women."""
    n = len(people.sex)
    origin = origin_mondays(people)
    cumulative = {1: baseline_hazard(levels[0]), 2: baseline_hazard(levels[1])}
    fixed = fixed_predictor(people, country)
    censor = _other_events(people, rng)
    first_censoring = np.minimum.reduce([v for name, v in censor.items() if name != "back"])
    last_seen = ((LAST_MONDAY - origin).astype(int) // 7) - (WINDOW - 1)
    limit = np.minimum(HORIZON, last_seen)
    start = np.zeros(n, int)
    spell_start, spell_end = np.full((n, MAX_SPELLS), -1), np.full((n, MAX_SPELLS), -1)
    event = np.zeros((n, MAX_SPELLS), bool)
    job_start, job_weeks = np.full((n, MAX_SPELLS), _NEVER), np.zeros((n, MAX_SPELLS), int)
    open_ = np.ones(n, bool)
    for number in range(MAX_SPELLS):
        predictor = fixed + start_predictor(people, country, origin + 7 * start.astype("timedelta64[D]"), start)
        weeks = np.empty(n, int)
        for sex in (1, 2):
            own = people.sex == sex
            weeks[own] = weeks_to_success(cumulative[sex], predictor[own], rng)
        success = start + weeks
        reached = open_ & (success <= limit) & (success <= first_censoring)
        begun = open_ & (start < limit) & (first_censoring > start)
        spell_start[begun, number] = start[begun]
        spell_end[begun, number] = np.minimum(np.minimum(success, first_censoring), limit)[begun]
        event[:, number] = reached & begun
        length = WINDOW + np.where(rng.random(n) < 0.6, 200, rng.geometric(1 / 50.0, n))
        job_start[reached, number], job_weeks[reached, number] = success[reached], length[reached]
        open_ = reached
        start = np.where(reached, success + length, start)
    hours = rng.choice([37.0, 30.0, 25.0, 20.0], (n, MAX_SPELLS), p=[0.7, 0.12, 0.08, 0.10])
    jobs = _with_short_jobs(origin, job_start, job_weeks, hours, censor, rng)
    benefit = rng.random(n) < np.where(people.is_refugee, 0.9, np.where(people.basis == "family_refugee", 0.5, 0.12))
    place = np.where((rng.random(n) < 0.04) & people.is_refugee, rng.integers(1, 5, n), 0)
    return Lives(
        origin,
        *jobs,
        spell_start,
        spell_end,
        event,
        censor["move"],
        place,
        censor["death"],
        censor["left"],
        censor["back"],
        censor["study"],
        censor["maternity"],
        censor["pension"],
        benefit,
    )


def _other_events(people: Newcomers, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Weeks of the first event of each other kind, independent of the spells given the covariates."""
    n = len(people.sex)

    def first(rate: Floats | float) -> np.ndarray:
        u = rng.exponential(size=n)
        with np.errstate(divide="ignore"):
            return np.minimum(np.ceil(u / np.broadcast_to(rate, n)), _NEVER).astype(int)

    women, old = people.sex == 2, people.age_group == len(AGE_GROUPS) - 1
    left = first(0.00012)
    return {
        "move": first(0.0014),
        "death": first(0.000015),
        "left": left,
        "back": np.where(rng.random(n) < 0.4, left + rng.integers(4, 40, n), _NEVER),
        "study": first(0.00005),
        "maternity": first(np.where(women, 0.00006, 0.0)),
        "pension": first(np.where(old, 0.0006, 0.000005)),
    }


def _with_short_jobs(
    origin: Days,
    job_start: np.ndarray,
    job_weeks: np.ndarray,
    hours: Floats,
    censor: dict[str, np.ndarray],
    rng: np.random.Generator,
) -> tuple[Days, Days, Floats]:
    """Jobs as days; a fourth column holds short or part-time jobs early in a long wait, which are no success."""
    n = len(origin)
    gone = np.minimum(np.minimum(censor["death"], censor["left"]), _NEVER)
    last_week = np.minimum(job_start + job_weeks, gone[:, None]) - 1
    wait = job_start[:, 0]
    short = (rng.random(n) < 0.15) & (wait > 40)
    part_time = rng.random(n) < 0.5
    short_start = rng.integers(2, 14, n)
    short_weeks = np.where(part_time, 10, 6)
    starts = np.column_stack([job_start, np.where(short, short_start, _NEVER)])
    ends = np.column_stack([last_week, short_start + short_weeks - 1])
    weekly = np.column_stack([hours, np.where(part_time, 12.0, 37.0)])
    exists = (starts < _NEVER) & (ends >= starts)
    first_day = origin[:, None] + (7 * np.where(exists, starts, 0)).astype("timedelta64[D]")
    last_day = origin[:, None] + (7 * np.where(exists, ends, 0) + 6).astype("timedelta64[D]")
    nat = np.datetime64("NaT")
    last_day = np.minimum(last_day, np.datetime64("2016-12-31"))
    return np.where(exists, first_day, nat), np.where(exists, last_day, nat), weekly


def calibrate(country: Country, codes: dict[str, int], seed: int) -> tuple[float, float]:
    """Hazard levels of men and women at which the simulated share of spells that end in success is table 2.1's (30 and 36 percent)."""
    rng = np.random.default_rng([seed, 777])
    people = draw_newcomers(20_000, country, codes, rng)
    levels = []
    for sex, target in ((1, 5200 / 17606), (2, 6771 / 18977)):
        low, high = 1e-5, 1.0
        for _ in range(18):
            middle = float(np.sqrt(low * high))
            lives = draw_lives(people, country, (middle, middle), np.random.default_rng([seed, 778]))
            own = people.sex == sex
            counted = (lives.spell_start[own] >= 0) & (_start_monday(lives)[own] <= np.datetime64("2015-12-31"))
            share = lives.spell_event[own][counted].mean()
            low, high = (middle, high) if share < target else (low, middle)
        levels.append(float(np.sqrt(low * high)))
    return levels[0], levels[1]


def _start_monday(lives: Lives) -> Days:
    return lives.origin_monday[:, None] + (7 * np.maximum(lives.spell_start, 0)).astype("timedelta64[D]")
