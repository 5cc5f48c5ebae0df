"""The bronze frames that analyses of shares work on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kommunebench.spells.registers import NamedFrames

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Kinds of health whose registers are delivered by the year; registers.health_kinds names these.
HEALTH_KINDS = ("hospital", "psychiatry", "care", "drugs")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRegisters(NamedFrames):
    """One DataFrame per bronze table, under the table's name; None where the analysis needs none.

    ``health_years``: by one of HEALTH_KINDS that a parent's covariate is measured from, the years
    for which it was delivered; a kind whose files do not say is left out.
    """

    population_snapshots: "DataFrame"
    migrations: "DataFrame"
    countries: "DataFrame"
    school_marks: "DataFrame | None" = None
    educations: "DataFrame | None" = None
    education_levels: "DataFrame | None" = None
    urban_shares: "DataFrame | None" = None
    hospital_contacts: "DataFrame | None" = None
    hospital_diagnoses: "DataFrame | None" = None
    health_services: "DataFrame | None" = None
    prescriptions: "DataFrame | None" = None
    health_years: Mapping[str, frozenset[int]] = field(default_factory=dict)
