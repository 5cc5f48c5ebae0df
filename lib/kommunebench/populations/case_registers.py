"""The bronze frames that analyses of shares work on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kommunebench.errors import RegisterError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRegisters:
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

    def need(self, name: str, purpose: str) -> "DataFrame":
        """A frame that a rule cannot do without. Raises RegisterError naming the table and what
        needs it."""
        frame: DataFrame | None = getattr(self, name)
        if frame is None:
            raise RegisterError(
                f"bronze.{name} is not in the store, and {purpose} needs it: deliver the register"
                " and ingest again."
            )
        return frame
