"""The rules of sections 1 to 4 once more, week by week in plain Python: a second opinion on the
Spark code, for any person.

Written from the rules, not from the code: dates instead of arrays, one loop instead of windows.
"""

from datetime import date, timedelta

from register_rows import Person

WEEK = timedelta(days=7)
LAST_WEEK = date(2016, 8, 22)
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

    def __init__(self, person: Person) -> None:
        self.person = person
        arrival = min(day for _, event, day in person.migrations if event == "immigration")
        permit = min(row[4] for row in person.permits)
        self.origin = to_monday(arrival) + WEEK if permit < arrival else to_monday(permit)
        self.arrival = arrival
        self.followed = min(156, (LAST_WEEK - self.origin).days // 7 - 12)
        self.hours = self._hours()
        self.abroad = self._abroad()
        dead = [day for _, day in person.deaths] or [
            week for week, code in person.codes.items() if code == "999"
        ]
        self.death = to_monday(min(dead)) if dead else None

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

    def success(self, week: date) -> bool:
        weeks = [week + n * WEEK for n in range(13)]
        enough = sum(self.hours.get(w, 0.0) for w in weeks) / 13 >= 20 - 0.25 - 1e-6
        return (
            weeks[-1] <= LAST_WEEK
            and all(map(self.free, weeks))
            and self.hours.get(week, 0.0) > 0
            and enough
        )

    def employment_end(self, week: date) -> date:
        week += 13 * WEEK
        while week <= LAST_WEEK and self.free(week):
            run = [week + n * WEEK for n in range(4)]
            if run[-1] <= LAST_WEEK and all(self.idle(w) for w in run):
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
        limit = to_monday(date(self.person.born.year + 64, 1, 1))
        return coded or ("age_limit" if week >= limit else None)


def spells_of(person: Person) -> str:
    """start-end reason municipality of every spell of the analysis, in order."""
    life = Life(person)
    told = []
    week, end = life.origin, life.origin + life.followed * WEEK
    while week < end and week <= date(2015, 12, 31):
        if life.success(week):
            week = life.employment_end(week)
        elif life.state(week):
            week += WEEK
        else:
            stop, reason = _end(life, week, end)
            numbers = [(day - life.origin).days // 7 for day in (week, stop)]
            told.append(f"{numbers[0]}-{numbers[1]} {reason} {life.municipality(week)}")
            if reason != "success":
                break
            week = life.employment_end(stop)
    return "; ".join(told)


def _end(life: Life, start: date, last: date) -> tuple[date, str]:
    week = start
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
        if week == last:
            return week, "end_of_follow_up" if life.followed == 156 else "end_of_data"
