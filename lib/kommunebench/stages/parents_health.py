"""For which years the registers of health behind the parents' covariates were delivered, and what
to say of those that were not."""

from collections.abc import Iterable, Mapping

import pyarrow as pa

from kommunebench.settings import AnalysisSettings
from kommunebench.stages.bronze_writes import delivered_years

_TOLD = {
    "hospital": "contacts with hospitals",
    "psychiatry": "contacts with psychiatric hospitals",
    "care": "health care outside hospital",
    "drugs": "prescriptions",
}


def parents_health_years(
    delivered_files: pa.Table, settings: AnalysisSettings
) -> dict[str, frozenset[int]]:
    """By kind of health that a parent's covariate is measured from: the years for which all its
    registers were delivered. A kind with a file that names no period, and one of which nothing was
    delivered, is left out."""
    from kommunebench.registers.health_kinds import HEALTH_REGISTERS, kinds_of_health
    from kommunebench.registers.needs import parents_columns

    years = {}
    for kind in kinds_of_health(parents_columns(settings)):
        groups = (
            delivered_years(delivered_files, *(register.name for register in group))
            for group in HEALTH_REGISTERS[kind]
        )
        told = [of_group for of_group in groups if of_group is not None]
        if told:
            years[kind] = frozenset.intersection(*told)
    return years


def note_of_undelivered_years(
    health_years: Mapping[str, frozenset[int]], settings: AnalysisSettings
) -> str:
    """A sentence that names the years of the parents in which a kind of health was not delivered;
    empty where all were. How many persons it is of stands in the flow."""
    from kommunebench.registers.years import parents_years

    told = []
    for kind, delivered in health_years.items():
        if absent := [year for year in parents_years(settings) if year not in delivered]:
            told.append(f"{_TOLD[kind]} {_spans(absent)}")
    if not told:
        return ""
    return f"parents' health not delivered ({'; '.join(told)}): its indicators are 0 there"


def _spans(years: Iterable[int]) -> str:
    """Years in order, those that follow one another as a span: 1997–2005, 2007."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(str(low) if low == high else f"{low}–{high}" for low, high in spans)
