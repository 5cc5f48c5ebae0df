"""The columns of a frame of spells, checked, as arrays of codes and numbers."""

from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Flags, Floats, Indices
from kommunebench.benchmark.blocks.person_keys import Keys, person_keys
from kommunebench.errors import InputError
from kommunebench.survival import checks

# Durations are kept in four bytes.
_LONGEST = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellColumns:
    """n spells in K units, G groups and P persons over ``horizon`` whole weeks (or the analysis'
    unit of time).

    ``person_key`` is the same number for a person in any data set. ``duration`` 1 or more;
    ``follow_up`` the longest duration that could have been seen, None where unknown; ``unit``,
    ``group`` and ``person`` are positions in ``unit_names``, ``group_names`` and 0 … P - 1.
    """

    duration: Indices
    event: Flags
    unit: Indices
    group: Indices
    person: Indices
    person_key: Keys
    unit_names: tuple[str, ...]
    group_names: tuple[str, ...]
    horizon: int
    follow_up: Indices | None = None

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.unit_names)

    def cut_at_horizon(self) -> "SpellColumns":
        """The same with no spell longer than the horizon: a hazard that is constant within
        intervals is known up to there, and later events are not seen."""
        return replace(
            self,
            duration=np.minimum(self.duration, self.horizon),
            event=self.event & (self.duration <= self.horizon),
        )


def spell_columns(
    spells: pd.DataFrame,
    *,
    unit: str,
    duration: str,
    event: str,
    horizon: int,
    person: str | None = None,
    group: str | None = None,
    follow_up: str | None = None,
) -> SpellColumns:
    """The columns of a frame. Raises InputError naming column and first rows for missing, negative
    or broken values."""
    horizon = whole_horizon(horizon)
    wanted = [
        name for name in (unit, duration, event, person, group, follow_up) if name is not None
    ]
    absent = [name for name in wanted if name not in spells]
    if absent:
        raise InputError(f"spells: columns {absent} missing; found {list(spells.columns)}.")
    time, happened, _, _ = checks.durations(spells[duration], spells[event], None, None)
    checks.refuse(str(duration), time != np.floor(time), "not whole")
    checks.refuse(str(duration), time > _LONGEST, f"larger than {_LONGEST:,}")
    return SpellColumns(
        duration=time.astype(np.intp),
        event=happened,
        horizon=horizon,
        follow_up=None if follow_up is None else _follow_up(spells[follow_up], time),
        **identities(spells, unit=unit, group=group, person=person),
    )


class Identities(TypedDict):
    """Whose rows they are, as SpellColumns holds it."""

    unit: Indices
    group: Indices
    person: Indices
    person_key: Keys
    unit_names: tuple[str, ...]
    group_names: tuple[str, ...]


def identities(
    rows: pd.DataFrame, *, unit: str, group: str | None, person: str | None
) -> Identities:
    """Units, groups and persons of the rows of a frame; without a column of groups all rows are
    one, without one of persons each row is a person of its own. Raises InputError where codes are
    missing or blank, and where codes of units differ only by leading zeros. Groups and persons may
    differ by that: identifiers of persons are often texts of any form, and a message could not name
    them."""
    unit_code, unit_names = codes_of(rows[unit])
    report_alike(str(unit), unit_names)
    everyone = np.zeros(len(rows), np.intp), ("all",)
    group_code, group_names = codes_of(rows[group]) if group is not None else everyone
    each_row = pd.Series(np.arange(len(rows)), name="row")
    person_code, persons = codes_of(each_row if person is None else rows[person])
    return Identities(
        unit=unit_code,
        group=group_code,
        person=person_code,
        person_key=person_keys(pd.Series(persons, dtype=object))[person_code],
        unit_names=unit_names,
        group_names=group_names,
    )


def whole_horizon(horizon: object) -> int:
    """The horizon as a whole number of 2 or more. Raises InputError."""
    if isinstance(horizon, float | np.floating) and float(horizon).is_integer():
        horizon = int(horizon)
    return checks.whole_number("horizon", horizon, least=2)


def codes_of(values: pd.Series) -> tuple[Indices, tuple[str, ...]]:
    """Position (n,) of each value among the names, and the names in order. Raises InputError as
    code_texts, and where values are missing."""
    checks.refuse(str(values.name), values.isna().to_numpy(), "missing")
    codes, names = pd.factorize(code_texts(values), sort=True)
    return codes.astype(np.intp), tuple(str(name) for name in names)


def code_texts(values: pd.Series) -> pd.Series:
    """Codes of units, groups or persons as text: a whole number has no decimals, a text no spaces
    around it. Raises InputError naming the column where a code is blank."""
    if pd.api.types.is_float_dtype(values.dtype):
        numeric = values.to_numpy(float, na_value=np.nan)
        texts = [str(int(v)) if np.isfinite(v) and v == np.floor(v) else str(v) for v in numeric]
        text = pd.Series(texts, values.index, dtype=object)
    else:
        text = values.astype(object).astype(str)
    text = text.str.replace("\u00a0", " ", regex=False).str.strip()
    checks.refuse(str(values.name), (text == "").to_numpy(), "blank")
    return text


def report_alike(name: str, names: tuple[str, ...]) -> None:
    """Raise InputError where codes of units differ only by leading zeros: they are likely to be one
    unit, delivered in two ways."""
    bare: dict[str, list[str]] = {}
    for code in names:
        bare.setdefault(code.lstrip("0") or "0", []).append(code)
    alike = [codes for codes in bare.values() if len(codes) > 1]
    if alike:
        raise InputError(
            f"{name}: codes {alike[:5]} differ only by leading zeros; write each unit's code in one"
            " way."
        )


def _follow_up(values: pd.Series, time: Floats) -> Indices:
    name = str(values.name)
    ceiling = checks.numbers(name, values, len(time))
    checks.refuse(name, ceiling < time, "shorter than the duration")
    return ceiling.astype(np.intp)
