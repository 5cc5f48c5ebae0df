"""What happens to newcomers week by week, drawn in arrays: spells, jobs, moves, absences,
benefits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kommunebench.simulation.calendar_days import Days, year_of
from kommunebench.simulation.country import Country, Floats
from kommunebench.simulation.labour_markets import market_row
from kommunebench.simulation.people import AGE_GROUPS, Newcomers, child_counts
from kommunebench.simulation.side_jobs import Jobs, Weeks, job_table

HORIZON = 156
MAX_SPELLS = 3
WINDOW = 13
LAST_MONDAY = np.datetime64("2016-08-22")
NEVER = 10_000
# Newcomers a week who begin an education.
STUDY_RATE = 0.00006
SEXES = ((1, "men"), (2, "women"))
# Baseline hazard a week, by sex: level after the ramp, share of it in the first week, weeks of the
# ramp. Set so that table 2.1's shares (30 and 36 percent) and weeks of the successes (58 and 64)
# come out: `python -m benchmarks.calibration`.
BASELINE = {"men": (0.170, 0.198, 100.0), "women": (0.0069, 0.012, 135.0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """Per person (n,): Monday of week 0 and the origin; weeks of events since it (NEVER where they
    never come); jobs.

    ``spell_start``, ``spell_end``, ``spell_event`` (n, 3): true weeks of up to three spells (-1:
    none), and whether a success was reached in time. ``place_weeks``: weeks in the municipality of
    the asylum centre, 0 for most.
    """

    origin_date: Days
    origin_monday: Days
    jobs: Jobs
    spell_start: Weeks
    spell_end: Weeks
    spell_event: np.ndarray
    move_week: Weeks
    place_weeks: Weeks
    death_week: Weeks
    left_week: Weeks
    back_week: Weeks
    study_week: Weeks
    maternity_week: Weeks
    pension_week: Weeks


def origin_dates(people: Newcomers) -> Days:
    """The permit, or the Monday after an arrival later than it."""
    after = monday_of(people.arrival) + np.timedelta64(7, "D")
    return np.where(people.permit < people.arrival, after, people.permit)


def monday_of(days: Days) -> Days:
    """Monday of the ISO week of each day (1970-01-01 was a Thursday)."""
    day_number = days.astype("datetime64[D]").astype(np.int64)
    return (day_number - (day_number + 3) % 7).astype("datetime64[D]")


def last_followed_week(origin_monday: Days) -> Weeks:
    """Last week since the origin in which a success can be established before the observation
    ends."""
    return (LAST_MONDAY - origin_monday).astype(int) // 7 - (WINDOW - 1)


def start_monday(lives: Lives) -> Days:
    """Monday of the week each spell begins in (n, 3)."""
    return lives.origin_monday[:, None] + (7 * np.maximum(lives.spell_start, 0)).astype(
        "timedelta64[D]"
    )


def fixed_predictor(people: Newcomers, country: Country) -> Floats:
    """Log hazard ratio of each person from what does not change between spells (appendix 6.1, by
    sex) and the municipality's effect."""
    total, children = country.effect[people.place].copy(), child_counts(people)
    permit_year = np.maximum(year_of(people.permit), 2008)
    for code, sex in SEXES:
        beta, of_sex = country.coefficients[sex], people.sex == code
        moves = country.market_moves_predictor(sex)
        total[of_sex] += (
            country.market_predictor(sex)[people.place[of_sex]]
            + moves[market_row(year_of(people.selection[of_sex])), people.place[of_sex]]
            + _look_up(beta, "permit_", permit_year[of_sex].astype(str))
            + _look_up(beta, "age_", np.array(AGE_GROUPS)[people.age_group[of_sex]])
            + _look_up(beta, "match_", people.match_group[of_sex])
            + _look_up(beta, "danish_", people.danish_course[of_sex])
            + _look_up(beta, "basis_", people.basis[of_sex])
            + _look_up(beta, "origin_", people.origin[of_sex])
            + _look_up(beta, "", people.family_type[of_sex])
            + _look_up(beta, "gp_", people.gp_class[of_sex])
            + beta["danish_partner"] * people.danish_partner[of_sex]
        )
        for name, value in {**people.flags, **children}.items():
            total[of_sex] += beta[name] * value[of_sex]
    return total


def _look_up(beta: dict[str, float], prefix: str, values: np.ndarray) -> Floats:
    names, position = np.unique(values, return_inverse=True)
    return np.array([beta[f"{prefix}{name}"] for name in names])[position]


def start_predictor(
    sexes: NDArray[np.int8], country: Country, start_day: Days, start_week: Weeks
) -> Floats:
    """What changes with the start of a spell: its year and the weeks since the permit."""
    year = np.clip(year_of(start_day), 2008, 2015).astype(str)
    total = np.zeros(len(year))
    for code, sex in SEXES:
        of_sex, beta = sexes == code, country.coefficients[sex]
        total[of_sex] = (
            _look_up(beta, "start_", year[of_sex]) + beta["weeks_since_permit"] * start_week[of_sex]
        )
    return total


def baseline_hazard(level: float, first: float, ramp: float) -> Floats:
    """Cumulative baseline hazard after 0 … 600 weeks: ``first`` of the level at the start, the
    level itself after ``ramp`` weeks."""
    week = np.arange(1, 601)
    return np.concatenate(
        [[0.0], np.cumsum(level * (first + (1.0 - first) * np.minimum(week / ramp, 1.0)))]
    )


def weeks_to_success(cumulative: Floats, predictor: Floats, rng: np.random.Generator) -> Weeks:
    """Whole weeks to the first success, 1 or more, from the cumulative baseline hazard; NEVER where
    it does not come."""
    target = rng.exponential(size=len(predictor)) * np.exp(-predictor)
    week = np.searchsorted(cumulative, target, side="left")
    return np.where(week >= len(cumulative), NEVER, np.maximum(week, 1))


def draw_lives(people: Newcomers, country: Country, rng: np.random.Generator) -> Lives:
    """Draw what happens."""
    n = len(people.sex)
    origin = origin_dates(people)
    monday = monday_of(origin)
    cumulative = {code: baseline_hazard(*BASELINE[sex]) for code, sex in SEXES}
    fixed = fixed_predictor(people, country)
    other = _other_events(people, rng)
    limit = np.minimum(HORIZON, last_followed_week(monday))
    # Who stands in the asylum centre's municipality first leaves the analysis with the move from
    # it: nothing after it is a spell.
    place = np.where((rng.random(n) < 0.02) & people.is_refugee, rng.integers(1, 5, n), 0)
    start, open_, alive = np.zeros(n, int), np.ones(n, bool), place == 0
    spell_start, spell_end = np.full((n, MAX_SPELLS), -1), np.full((n, MAX_SPELLS), -1)
    event = np.zeros((n, MAX_SPELLS), bool)
    job_start, job_weeks = np.full((n, MAX_SPELLS), NEVER), np.zeros((n, MAX_SPELLS), int)
    for nth in range(MAX_SPELLS):
        first_day = np.maximum(monday + 7 * start.astype("timedelta64[D]"), origin)
        predictor = fixed + start_predictor(people.sex, country, first_day, start)
        weeks = np.empty(n, int)
        for sex, cumulated in cumulative.items():
            of_sex = people.sex == sex
            weeks[of_sex] = weeks_to_success(cumulated, predictor[of_sex], rng)
        success = start + weeks
        censoring = np.minimum.reduce([week for name, week in other.items() if name != "back"])
        works = open_ & (success <= censoring) & (success < NEVER)
        _postpone(other, success, works, rng)
        begun = alive & open_ & (start < limit) & (censoring > start)
        reached = begun & works & (success <= limit)
        spell_start[begun, nth] = start[begun]
        spell_end[begun, nth] = np.minimum(np.minimum(success, censoring), limit)[begun]
        event[:, nth] = reached
        length = WINDOW + np.where(rng.random(n) < 0.6, 200, rng.geometric(1 / 50.0, n) - 1)
        job_start[works, nth], job_weeks[works, nth] = success[works], length[works]
        open_, alive = works, alive & reached
        start = np.where(works, success + length, start)
    first = place > 0
    spell_start[first, 0], spell_end[first, 0] = 0, np.minimum(place, limit)[first]
    gone = np.minimum(other["death"], other["left"])
    jobs = job_table(monday, job_start, job_weeks, gone, on_benefit=people.on_benefit, rng=rng)
    return Lives(
        origin_date=origin,
        origin_monday=monday,
        jobs=jobs,
        spell_start=spell_start,
        spell_end=spell_end,
        spell_event=event,
        move_week=other["move"],
        place_weeks=place,
        death_week=other["death"],
        left_week=other["left"],
        back_week=other["back"],
        study_week=other["study"],
        maternity_week=other["maternity"],
        pension_week=other["pension"],
    )


def _other_events(people: Newcomers, rng: np.random.Generator) -> dict[str, Weeks]:
    """Weeks of the first event of each other kind, independent of the spells given the covariates;
    none after death or leaving."""
    n = len(people.sex)

    def first(rate: Floats | float) -> Weeks:
        u = rng.exponential(size=n)
        with np.errstate(divide="ignore"):
            return np.minimum(np.ceil(u / np.broadcast_to(rate, n)), NEVER).astype(int)

    women, old, refugee = (
        people.sex == 2,
        people.age_group == len(AGE_GROUPS) - 1,
        people.is_refugee,
    )
    events = {
        "move": first(np.where(refugee, 0.0013, 0.0010)),
        "death": first(0.000015),
        "left": first(np.where(refugee, 0.00014, np.where(women, 0.00014, 0.00024))),
        "study": first(STUDY_RATE),
        "maternity": first(np.where(women, 0.00004, 0.0)),
        "pension": first(np.where(old, 0.0006, np.where(refugee, 0.00004, 0.000005))),
    }
    death, left = events["death"].copy(), events["left"].copy()
    for name in ("move", "left", "study", "maternity", "pension"):
        events[name] = np.where(events[name] >= death, NEVER, events[name])
    for name in ("move", "death", "study", "maternity", "pension"):
        events[name] = np.where(events[name] >= left, NEVER, events[name])
    returns = (rng.random(n) < 0.4) & (events["left"] < NEVER)
    return {**events, "back": np.where(returns, events["left"] + rng.integers(4, 40, n), NEVER)}


def _postpone(
    other: dict[str, Weeks], success: Weeks, works: np.ndarray, rng: np.random.Generator
) -> None:
    """Events that would break the thirteen weeks of a job just begun come after them: work begun is
    work kept that long."""
    delay = WINDOW + rng.integers(1, 20, len(success))
    for name in ("death", "left", "study", "maternity", "pension"):
        near = works & (other[name] >= success) & (other[name] < success + WINDOW)
        if name == "left":
            other["back"] = np.where(
                near & (other["back"] < NEVER), other["back"] + delay, other["back"]
            )
        other[name] = np.where(near, success + delay, other[name])
