"""The rules of sections 1 to 4 once more, week by week in plain Python, and those of the fact
sheet's analyses 3 to 5: a second opinion on the Spark code, for any person.

Written from the rules, not from the code: dates instead of arrays, one loop instead of windows.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from register_rows import Person

WEEK = timedelta(days=7)
EDUCATION = ("651", "652", "661")


@dataclass(frozen=True)
class Rules:
    """What differs between analyses: the last week of the data, the last day a spell may start,
    whether education is a success; of immigrants (3 and 4) the day their window opens, and whether
    those of more than ten years count."""

    last_week: date = date(2016, 8, 22)
    last_start: date = date(2015, 12, 31)
    education_counts: bool = False
    opens: date | None = None
    over_ten_years: bool = False
    age_limit_year: int = 64


MAIN = Rules()
INTEGRATION_ACT = Rules(date(2012, 12, 24), date(2012, 12, 31), education_counts=True)
CODED_REASONS = {
    "621": "early_retirement",
    "783": "disability_pension",
    "781": "disability_pension",
    "611": "transitional_allowance",
    "622": "other_pension",
    "998": "other_pension",
    "651": "education",
    "652": "education",
    "661": "education",
    "881": "maternity",
}


def to_monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


class Life:
    """One person's weeks by Monday."""

    def __init__(self, person: Person, rules: Rules = MAIN) -> None:
        self.person, self.rules = person, rules
        arrival = min(day for _, event, day in person.migrations if event == "immigration")
        self.arrival = arrival
        self.origin = self._origin()
        self.followed = (rules.last_week - self.origin).days // 7 - 12
        if rules.opens is None:
            self.followed = min(156, self.followed)
        self.hours = self._hours()
        self.abroad = self._abroad()
        dead = [day for _, day in person.deaths] or [
            week for week, code in person.codes.items() if code == "999"
        ]
        self.death = to_monday(min(dead)) if dead else None

    def _origin(self) -> date:
        """Week 0: of the permit, or after the arrival; of immigrants the week the window opens, or
        that of the arrival."""
        if self.rules.opens is not None:
            return to_monday(max(self.rules.opens, self.arrival))
        permit = min(row[4] for row in self.person.permits)
        return to_monday(self.arrival) + WEEK if permit < self.arrival else to_monday(permit)

    def _hours(self) -> dict[date, float]:
        by_month: dict[tuple[int, int], list[tuple]] = {}
        for row in self.person.pays:
            by_month.setdefault((row[2].year, row[2].month), []).append(row)
        days: dict[date, float] = {}
        for rows in by_month.values():
            if sum(row[3] for row in rows) <= 1e-9:
                continue
            for _, first, last, hours, _ in rows:
                first = max(first, last.replace(day=1))
                length = (last - first).days + 1
                for n in range(length):
                    day = first + timedelta(days=n)
                    days[day] = days.get(day, 0.0) + hours / length
        weeks: dict[date, float] = {}
        for day, hours in days.items():
            weeks[to_monday(day)] = weeks.get(to_monday(day), 0.0) + hours
        return {week: hours for week, hours in weeks.items() if hours > 1e-6}

    def _abroad(self) -> set[date]:
        events = sorted(
            {
                (day, event == "immigration")
                for _, event, day in self.person.migrations
                if day >= self.arrival
            }
        )
        away: set[date] = set()
        left: date | None = None
        for day, comes_in in [*events, (date(2017, 1, 2), True)]:
            if comes_in and left is not None:
                week = to_monday(left)
                while week < to_monday(day):
                    away.add(week)
                    week += WEEK
                left = None
            elif not comes_in and left is None:
                left = day
        return away

    def free(self, week: date) -> bool:
        code = self.person.codes.get(week)
        after_death = self.death is not None and week > self.death
        return code in (None, "121", "122", "123") and not after_death and week not in self.abroad

    def municipality(self, week: date) -> str:
        stays = [(a, b or date.max, place) for _, a, b, place in self.person.addresses]
        now = [stay for stay in stays if stay[0] <= week <= stay[1]]
        if now:
            return max(now)[2]
        before = [(b, a, place) for a, b, place in stays if b < week]
        return max(before)[2] if before else min(stays)[2]

    def studies(self, week: date) -> bool:
        """In education, where that is a success."""
        return (
            self.rules.education_counts
            and self.person.codes.get(week) in EDUCATION
            and week not in self.abroad
            and (self.death is None or week < self.death)
        )

    def success(self, week: date) -> bool:
        """Work or, where it counts, education begins or goes on."""
        return self.works(week) or self.studies(week)

    def works(self, week: date) -> bool:
        weeks = [week + n * WEEK for n in range(13)]
        enough = sum(self.hours.get(w, 0.0) for w in weeks) / 13 >= 20 - 0.25 - 1e-6
        return (
            weeks[-1] <= self.rules.last_week
            and all(map(self.free, weeks))
            and self.hours.get(week, 0.0) > 0
            and enough
        )

    def success_end(self, week: date) -> date:
        """The first week after the work, or the education, that a week is a success by."""
        if not self.works(week):
            return week + WEEK
        week += 13 * WEEK
        while week <= self.rules.last_week and self.free(week):
            run = [week + n * WEEK for n in range(4)]
            if run[-1] <= self.rules.last_week and all(self.idle(w) for w in run):
                return week
            week += WEEK
        return week

    def idle(self, week: date) -> bool:
        return self.hours.get(week, 0.0) == 0 and self.person.codes.get(week) not in (
            "121",
            "122",
            "123",
        )

    def state(self, week: date) -> str | None:
        if self.death is not None and week >= self.death:
            return "death"
        if week in self.abroad:
            return "emigration"
        coded = CODED_REASONS.get(self.person.codes.get(week, ""))
        if coded == "education" and self.rules.education_counts:
            coded = None
        limit = to_monday(date(self.person.born.year + self.rules.age_limit_year, 1, 1))
        return coded or ("age_limit" if week >= limit else None)


def spells_of(person: Person, rules: Rules = MAIN) -> str:
    """start-end reason municipality of every spell of the analysis, in order."""
    life = Life(person, rules)
    told = []
    week, last = life.origin, life.origin + life.followed * WEEK
    while week < last and week <= rules.last_start:
        if life.success(week):
            week = life.success_end(week)
        elif life.state(week):
            week += WEEK
        else:
            stop, reason = _end(life, week, last)
            numbers = [(day - life.origin).days // 7 for day in (week, stop)]
            if counts(life, week):
                told.append(f"{numbers[0]}-{numbers[1]} {reason} {life.municipality(week)}")
            if reason != "success":
                break
            week = life.success_end(stop)
    return "; ".join(told)


def counts(life: Life, start: date) -> bool:
    """Whether a spell is one of the analysis: all are, but of immigrants only those whose start is
    known, at 16 to 64 years, and with the right number of years in Denmark."""
    opens = life.rules.opens
    if opens is None:
        return True
    if life.arrival < opens:
        before = [life.origin + n * WEEK for n in range((start - life.origin).days // 7)]
        if not any(life.success(week) or life.state(week) == "emigration" for week in before):
            return False
    day = max(start, opens, life.arrival) if start == life.origin else start
    years = completed(life.arrival, day)
    return (
        16 <= completed(life.person.born, day) <= 64 and (years > 10) == life.rules.over_ten_years
    )


def completed(since: date, day: date) -> int:
    """Completed years from a date to a day."""
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def _end(life: Life, start: date, last: date) -> tuple[date, str]:
    week = start
    of_immigrant = life.rules.opens is not None
    horizon = start + 156 * WEEK if of_immigrant else life.origin + 156 * WEEK
    while True:
        week += WEEK
        state = life.state(week)
        if life.success(week):
            return week, "success"
        if state in ("death", "emigration"):
            return week, state
        if life.municipality(week) != life.municipality(start):
            return week, "moved_municipality"
        if state:
            return week, state
        if week == horizon:
            return week, "end_of_follow_up"
        if week == last:
            return week, "end_of_data"
