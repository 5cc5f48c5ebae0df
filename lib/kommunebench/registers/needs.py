"""Which registers an analysis cannot do without, and which it reads where they are delivered."""

from collections.abc import Collection
from dataclasses import dataclass

from kommunebench.registers.catalogue import (
    ALL_REGISTERS,
    AUL01,
    BEF,
    BEFADR,
    BEFBOP,
    BFL,
    COMMUTING_AREAS,
    COUNTRIES,
    DANSKUDD,
    DOD,
    DREAM,
    FLYT,
    JOBS,
    LMDB,
    LPR_A_DIAGNOSE,
    LPR_A_KONTAKT,
    LPR_ADM,
    LPR_DIAG,
    OPHG,
    PRICE_INDEX,
    PSYK_ADM,
    PSYK_DIAG,
    REGK100,
    RESIDENCE_BASIS_CODES,
    SSKO,
    SSSY,
    VNDS,
    VNDS_HIST,
    VNDS_IND,
    VNDS_UD,
    Register,
)
from kommunebench.settings import AnalysisSettings

_HOSPITAL = {
    "hospital_days",
    "hospital_4_days_plus",
    "mental_illness",
    "musculoskeletal",
    "cardiovascular",
    "nervous_system",
    "nutritional",
    "eye",
}
_CARE = {"gp_contacts", "specialist", "dentist", "mental_illness", "pain", "eye"}
_DRUGS = {"mental_illness", "musculoskeletal", "cardiovascular", "nutritional", "pain"}
_LABOUR_MARKET = {"local_unemployment_percent", "local_jobs_per_18_64", "local_jobs_skilled"}


@dataclass(frozen=True, slots=True)
class Need:
    """Registers that serve together, or others that can stand for them, and what for."""

    alternatives: tuple[tuple[Register, ...], ...]
    purpose: str

    def missing(self, delivered: Collection[str]) -> str:
        """Names of the registers to deliver, '' where nothing is missing. The alternative that was
        begun is the one to complete."""
        if any(all(r.name in delivered for r in choice) for choice in self.alternatives):
            return ""
        begun = [choice for choice in self.alternatives if any(r.name in delivered for r in choice)]
        if begun:
            return ", ".join(r.name for r in begun[0] if r.name not in delivered)
        return " or ".join(" with ".join(r.name for r in choice) for choice in self.alternatives)


def needs_of(settings: AnalysisSettings) -> tuple[Need, ...]:
    """What an analysis cannot do without: population and spells always, the rest by its covariates
    and its unit cost."""
    columns = set(settings.covariate_columns)
    needs = [
        Need(((OPHG,),), "the population"),
        Need(((BEF,),), "the population"),
        Need(((VNDS,), (VNDS_IND, VNDS_UD)), "arrival and emigration"),
        Need(((DOD,),), "deaths"),
        Need(((DREAM,),), "the weekly state"),
        Need(((BFL,),), "hours worked"),
    ]
    if "danish_education" in columns:
        needs.append(Need(((DANSKUDD,),), "the covariate danish_education"))
    elif settings.cost is not None:
        needs.append(Need(((DANSKUDD,),), "the composition in the cost model"))
    if columns & _HOSPITAL:
        # The third edition holds psychiatric hospitals as well.
        psychiatric = (PSYK_ADM, PSYK_DIAG) if "mental_illness" in columns else ()
        older, newer = (LPR_ADM, LPR_DIAG, *psychiatric), (LPR_A_KONTAKT, LPR_A_DIAGNOSE)
        needs.append(Need((older, newer), "covariates of hospital contacts"))
    if columns & _CARE:
        needs.append(Need(((SSSY,), (SSKO,)), "covariates of health care outside hospital"))
    if columns & _DRUGS:
        needs.append(Need(((LMDB,),), "covariates of prescriptions"))
    if columns & _LABOUR_MARKET:
        needs += [
            Need(((register,),), "the local labour market")
            for register in (AUL01, JOBS, COMMUTING_AREAS)
        ]
    if settings.cost is not None:
        needs += [Need(((register,),), "the unit cost") for register in (REGK100, PRICE_INDEX)]
    return tuple(needs)


# Read where they are delivered; the residence has three sources in falling order.
OPTIONAL = (VNDS_HIST, BEFBOP, BEFADR, FLYT)
PACKAGED = (COUNTRIES, RESIDENCE_BASIS_CODES)


def registers_of(settings: AnalysisSettings) -> tuple[Register, ...]:
    """Every register an analysis reads where it is delivered, in a fixed order."""
    wanted = {r.name for need in needs_of(settings) for choice in need.alternatives for r in choice}
    wanted |= {register.name for register in (*OPTIONAL, *PACKAGED)}
    return tuple(register for register in ALL_REGISTERS if register.name in wanted)
