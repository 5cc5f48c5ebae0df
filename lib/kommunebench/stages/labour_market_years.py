"""What to say of the local labour market: figures its tables lack, which are those of another
year."""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from kommunebench import bronze
from kommunebench.registers.listing import first_names
from kommunebench.stages.bronze_writes import delivered_tables
from kommunebench.stages.stage import StageInputs

_NAMED = 3
_FIGURE_OF = {bronze.UNEMPLOYMENT: "full_time_unemployed", bronze.JOBS: "jobs"}


def note_of_carried_figures(inputs: StageInputs) -> str:
    """What carried_figures says of the tables of an analysis; empty where the local labour market
    is not measured."""
    delivered = delivered_tables(inputs.rows(bronze.DELIVERED_FILES))
    if not delivered >= {bronze.COMMUTING_AREAS.name, *(table.name for table in _FIGURE_OF)}:
        return ""
    window = inputs.settings.population
    return carried_figures(
        {table.name: _known(inputs.rows(table), figure) for table, figure in _FIGURE_OF.items()},
        inputs.rows(bronze.COMMUTING_AREAS)["municipality_code"].to_pylist(),
        range(window.window_start.year, window.window_end.year + 1),
    )


def carried_figures(
    known: Mapping[str, set[tuple[str, int]]], municipalities: Iterable[str], years: Sequence[int]
) -> str:
    """A sentence that names the years and municipalities whose commuting area has the figures of
    another year, and the municipalities without any; empty where there are none.

    ``known``: by table the municipalities and years it has figures of; ``municipalities``: those of
    the commuting areas.
    """
    codes = sorted(set(municipalities))
    told = [f"{name} {text}" for name, has in known.items() if (text := _gaps(has, codes, years))]
    return f"commuting areas without figures of their year: {'; '.join(told)}" if told else ""


def _gaps(known: set[tuple[str, int]], codes: Sequence[str], years: Sequence[int]) -> str:
    """The years with the municipalities that lack a figure, and those that have none at all."""
    ever = {code for code, _ in known}
    measured = [code for code in codes if code in ever]
    told = []
    for year in years:
        lacking = [code for code in measured if (code, year) not in known]
        if lacking:
            named = "all" if len(lacking) == len(measured) else first_names(lacking, _NAMED)
            told.append(f"{year} ({named})")
    never = [code for code in codes if code not in ever]
    return ", ".join(told + ([f"in no year ({first_names(never, _NAMED)})"] if never else []))


def _known(rows: pa.Table, figure: str) -> set[tuple[str, int]]:
    """The municipalities and years a table has a figure of."""
    columns = (rows[name].to_pylist() for name in ("municipality_code", "year", figure))
    return {(code, year) for code, year, value in zip(*columns, strict=True) if value is not None}
