"""Which registers an analysis cannot do without, with which columns and years, and which it reads
where they are delivered."""

from collections.abc import Collection
from dataclasses import dataclass, replace

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
    EDUCATION_LEVELS,
    FLYT,
    JOBS,
    KOTRE,
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
    UDDA,
    UDFK,
    URBAN_SHARE,
    VNDS,
    VNDS_HIST,
    VNDS_IND,
    VNDS_UD,
    Register,
)
from kommunebench.settings import AnalysisSettings

# Covariates measured from contacts with hospitals, from care outside them, from prescriptions.
HOSPITAL = {
    "hospital_days",
    "hospital_4_days_plus",
    "mental_illness",
    "musculoskeletal",
    "cardiovascular",
    "nervous_system",
    "nutritional",
    "eye",
}
CARE = {"gp_contacts", "specialist", "dentist", "mental_illness", "pain", "eye"}
DRUGS = {"mental_illness", "musculoskeletal", "cardiovascular", "nutritional", "pain"}
PARENTS = ("mother_", "father_")
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
    """What an analysis cannot do without: its population always, the rest by its covariates and
    its unit cost."""
    if settings.starts_from_cases:
        return (*_needs_of_cases(settings), *_needs_of_health(settings))
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
    if "education" in columns:
        needs += [Need(((register,),), "the covariate education") for register in _EDUCATION]
    needs += _needs_of_health(settings)
    if columns & _LABOUR_MARKET:
        needs += [
            Need(((register,),), "the local labour market")
            for register in (AUL01, JOBS, COMMUTING_AREAS)
        ]
    if settings.cost is not None:
        needs += [Need(((register,),), "the unit cost") for register in (REGK100, PRICE_INDEX)]
    return tuple(needs)


def _needs_of_health(settings: AnalysisSettings) -> list[Need]:
    """Registers of health behind the covariates, the parents' among them."""
    columns = {_own_name(name) for name in settings.covariate_columns}
    needs = []
    if columns & HOSPITAL:
        # The third edition holds psychiatric hospitals as well.
        psychiatric = (PSYK_ADM, PSYK_DIAG) if "mental_illness" in columns else ()
        older, newer = (LPR_ADM, LPR_DIAG, *psychiatric), (LPR_A_KONTAKT, LPR_A_DIAGNOSE)
        needs.append(Need((older, newer), "covariates of hospital contacts"))
    if columns & CARE:
        needs.append(Need(((SSSY,), (SSKO,)), "covariates of health care outside hospital"))
    if columns & DRUGS:
        needs.append(Need(((LMDB,),), "covariates of prescriptions"))
    return needs


def _needs_of_cases(settings: AnalysisSettings) -> list[Need]:
    """Registers behind pupils with exams, or residents of an age, and their outcomes."""
    columns = set(settings.covariate_columns)
    if settings.population_module is not None:
        needs = [
            Need(((register,),), "the population")
            for register in ALL_REGISTERS
            if register.name in settings.population_module.registers
        ]
    else:
        needs = [
            Need(((BEF,),), "the population"),
            Need(((VNDS,), (VNDS_IND, VNDS_UD)), "the age at the first immigration"),
        ]
    if settings.pupils is not None:
        needs.append(Need(((UDFK,),), "the marks of the exams"))
    if settings.residents is not None:
        needs += [Need(((register,),), "completed education") for register in _EDUCATION]
    elif columns & PARENTS_EDUCATION:
        needs += [Need(((register,),), "the parents' education") for register in _EDUCATION]
    if "urban_share" in columns:
        needs.append(Need(((URBAN_SHARE,),), "the covariate urban_share"))
    return needs


_EDUCATION = (UDDA, EDUCATION_LEVELS)
PARENTS_EDUCATION = {"mother_education", "father_education"}


def parents_columns(settings: AnalysisSettings) -> set[str]:
    """The covariates that are of a parent, each under the name it has as a person's own."""
    names = settings.covariate_columns
    return {_own_name(name) for name in names if name.startswith(PARENTS)}


def _own_name(column: str) -> str:
    """The name of a covariate without whose of the parents it is."""
    for parent in PARENTS:
        column = column.removeprefix(parent)
    return column


def as_needed(register: Register, settings: AnalysisSettings) -> Register:
    """The register with the optional columns an analysis cannot do without required."""
    if register.name != BEF.name or not settings.starts_from_cases:
        return register
    wanted = ("mother_id", "father_id")
    columns = tuple(
        replace(column, required=True) if column.name in wanted else column
        for column in register.columns
    )
    return replace(register, columns=columns)


# Read where they are delivered; the residence has three sources in falling order.
OPTIONAL = (VNDS_HIST, BEFBOP, BEFADR, FLYT)
PACKAGED = (COUNTRIES, RESIDENCE_BASIS_CODES)
# Who of the minors is in education; where neither is delivered, immigrants count from 18 years on.
SCHOOLING = (KOTRE, UDDA)


def registers_of(settings: AnalysisSettings) -> tuple[Register, ...]:
    """Every register an analysis reads where it is delivered, in a fixed order."""
    wanted = {r.name for need in needs_of(settings) for choice in need.alternatives for r in choice}
    further = (VNDS_HIST, COUNTRIES) if settings.starts_from_cases else (*OPTIONAL, *PACKAGED)
    if settings.immigrants is not None:
        further = (*further, *SCHOOLING)
    wanted |= {register.name for register in further}
    return tuple(register for register in ALL_REGISTERS if register.name in wanted)
