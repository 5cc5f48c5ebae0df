"""The bronze frames that analyses of shares work on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kommunebench.spells.registers import NamedFrames

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRegisters(NamedFrames):
    """One DataFrame per bronze table, under the table's name; None where the analysis needs none.

    ``care_years``: the years for which health care outside hospital was delivered; None where the
    files do not say.
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
    care_years: frozenset[int] | None = None
