"""The bronze frames an analysis works on; those of registers it does not need are absent."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kommunebench.errors import RegisterError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class NamedFrames:
    """Frames held under the names of their bronze tables; None where a table is not at hand."""

    __slots__ = ()

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFrames(NamedFrames):
    """One DataFrame per bronze table, under the table's name."""

    permits: "DataFrame"
    population_snapshots: "DataFrame"
    migrations: "DataFrame"
    deaths: "DataFrame"
    countries: "DataFrame"
    residence_basis_codes: "DataFrame"
    employment_months: "DataFrame | None" = None
    benefit_weeks: "DataFrame | None" = None
    address_spells: "DataFrame | None" = None
    addresses: "DataFrame | None" = None
    moves: "DataFrame | None" = None
    danish_courses: "DataFrame | None" = None
    hospital_contacts: "DataFrame | None" = None
    hospital_diagnoses: "DataFrame | None" = None
    health_services: "DataFrame | None" = None
    prescriptions: "DataFrame | None" = None
    municipal_accounts: "DataFrame | None" = None
    unemployment: "DataFrame | None" = None
    jobs: "DataFrame | None" = None
    price_index: "DataFrame | None" = None
    commuting_areas: "DataFrame | None" = None
    educations: "DataFrame | None" = None
    education_spells: "DataFrame | None" = None
    education_levels: "DataFrame | None" = None
