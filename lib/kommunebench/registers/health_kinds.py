"""What registers of health tell, by kind, and the registers that tell it year by year."""

from collections.abc import Collection

from kommunebench.registers.catalogue import (
    LMDB,
    LPR_A_DIAGNOSE,
    LPR_A_KONTAKT,
    LPR_ADM,
    LPR_DIAG,
    PSYK_ADM,
    PSYK_DIAG,
    SSKO,
    SSSY,
    Register,
)
from kommunebench.registers.needs import CARE, DRUGS, HOSPITAL

# By kind: the registers of each group stand for one another, as where one replaced another; a year
# is delivered when every group has it. The third edition of the patient register replaced the
# second one, and psychiatric hospitals' own registers.
HEALTH_REGISTERS: dict[str, tuple[tuple[Register, ...], ...]] = {
    "hospital": ((LPR_ADM, LPR_A_KONTAKT), (LPR_DIAG, LPR_A_DIAGNOSE)),
    "psychiatry": ((PSYK_ADM, LPR_A_KONTAKT), (PSYK_DIAG, LPR_A_DIAGNOSE)),
    "care": ((SSSY, SSKO),),
    "drugs": ((LMDB,),),
}
_COVARIATES = {
    "hospital": HOSPITAL,
    "psychiatry": {"mental_illness"},
    "care": CARE,
    "drugs": DRUGS,
}


def kinds_of_health(columns: Collection[str]) -> tuple[str, ...]:
    """The kinds, in the order of HEALTH_REGISTERS, that any of these covariates is measured from;
    ``columns``: names of a person's own covariates."""
    return tuple(kind for kind in HEALTH_REGISTERS if _COVARIATES[kind] & set(columns))
