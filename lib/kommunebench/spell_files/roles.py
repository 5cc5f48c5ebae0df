"""What the settings say a file of spells holds, as the declaration of a register: one column for
each role, so that such files are read and checked as registers are."""

from collections.abc import Iterable
from typing import Any

from kommunebench.registers.layout import Kind, Register, RegisterColumn
from kommunebench.settings import AnalysisSettings
from kommunebench.settings.analysis import Covariate, SpellsFileSettings

UNIT, DURATION, EVENT, PERSON, GROUP = "unit", "duration", "event", "person", "group"
FOLLOW_UP = "follow_up"


def spell_register(settings: AnalysisSettings) -> Register:
    """The columns of the settings by role. A delivered column may have several roles."""
    named = named_columns(settings)
    columns = [
        _column(UNIT, named.unit, "code"),
        _column(DURATION, named.duration, "int", sign="positive"),
        _column(EVENT, named.event, "int", allowed=("0", "1")),
    ]
    if named.person:
        columns.append(_column(PERSON, named.person, "id"))
    if named.group:
        columns.append(_column(GROUP, named.group, "text"))
    if follow_up := follow_up_column(named):
        columns.append(_column(FOLLOW_UP, follow_up, "double"))
    for covariate in settings.model.covariates:
        kind: Kind = "double" if is_number(covariate) else "text"
        columns.append(_column(covariate_role(covariate), covariate.column, kind))
    return Register(name="spells", stems=(), period="once", columns=tuple(columns))


def _column(role: str, delivered: str, kind: Kind, **more: Any) -> RegisterColumn:
    names = _names(delivered)
    return RegisterColumn(name=role, delivered=names, kind=kind, needed=True, **more)


def named_columns(settings: AnalysisSettings) -> SpellsFileSettings:
    """The section of the settings that names the columns."""
    assert settings.spells_file is not None
    return settings.spells_file


def follow_up_column(named: SpellsFileSettings) -> str | None:
    """The column that tells the longest possible duration, or that it is reckoned from."""
    return named.potential_follow_up or named.potential_follow_up_from


def covariate_role(covariate: Covariate) -> str:
    """Name of the role of a covariate's column."""
    return f"covariate {covariate.column}"


def is_number(covariate: Covariate) -> bool:
    """Whether a covariate's values are numbers in the file: also those cut into classes."""
    return covariate.kind != "category" or covariate.bins is not None


def roles_by_column(register: Register) -> dict[str, str]:
    """The first role of each delivered column (lower case)."""
    roles: dict[str, str] = {}
    for column in register.columns:
        roles.setdefault(column.delivered[0], column.name)
    return roles


def missing_columns(settings: AnalysisSettings, delivered: Iterable[str]) -> list[str]:
    """Columns the settings name that are not among the delivered ones, whatever their case."""
    named = named_columns(settings)
    wanted = (
        named.unit,
        named.duration,
        named.event,
        named.person,
        named.group,
        follow_up_column(named),
        *settings.covariate_columns,
    )
    known = {name.lower() for name in delivered}
    return [name for name in dict.fromkeys(wanted) if name and name.lower() not in known]


def _names(delivered: str) -> tuple[str, ...]:
    return (delivered.lower(),)
