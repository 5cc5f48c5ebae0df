"""The country newcomers are drawn for: municipalities with sizes and true effects, local labour markets, published coefficients."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kommunebench.reference import read_reference

Floats = NDArray[np.float64]
Effects = Literal["report", "none"]

# Appendix table 5.1 lacks these two; together they hold what is missing to table 2.1's totals (published/README, A03).
_MISSING = {"580": (481, 0.277), "851": (1150, 0.277)}
_REFUGEE_SUCCESS, _FAMILY_SUCCESS = 0.10, 0.61
_EFFECT_SD = 0.12
POPULATION_18_64 = 3_400_000


@dataclass(frozen=True, slots=True)
class Country:
    """Per municipality (K,): code, share of the newcomers, share of refugees among them, true log-hazard effect (mean zero weighted by
    newcomers), commuting area's unemployment percent, jobs per resident 18-64, skilled jobs (ten thousands); and coefficients by sex."""

    code: NDArray[np.str_]
    weight: Floats
    refugee_share: Floats
    effect: Floats
    area: NDArray[np.str_]
    unemployment: Floats
    jobs: Floats
    skilled: Floats
    coefficients: dict[str, dict[str, float]]
    spells: int


def build_country(effects: Effects, seed: int) -> Country:
    """The 98 municipalities. Effects ``report``: drawn once, spread of 0.12 in the log hazard; ``none``: no municipality differs."""
    table = _municipalities()
    generator = np.random.default_rng([seed, 98])
    spells = table["spells"].to_numpy(float)
    weight = spells / spells.sum()
    success = table["success"].to_numpy(float)
    refugees = np.clip((_FAMILY_SUCCESS - success) / (_FAMILY_SUCCESS - _REFUGEE_SUCCESS), 0.05, 0.97)
    drawn = generator.normal(0.0, _EFFECT_SD, len(table)) if effects == "report" else np.zeros(len(table))
    areas = read_reference("commuting_areas").set_index("code")["area_id"].reindex(table.index).to_numpy(str)
    names = sorted(set(areas))
    place = np.array([names.index(area) for area in areas])
    unemployment = np.round(generator.uniform(4.0, 8.0, len(names)), 1)
    jobs = np.round(generator.uniform(0.70, 0.95, len(names)), 2)
    skilled = np.round(generator.uniform(0.18, 0.32, len(names)), 3)
    return Country(
        table.index.to_numpy(str),
        weight,
        refugees,
        drawn - weight @ drawn,
        areas,
        unemployment[place],
        jobs[place],
        skilled[place],
        _coefficients(),
        int(spells.sum()),
    )


def _municipalities() -> pd.DataFrame:
    """Spells and share of success by municipality code, from appendix table 5.1 (corrected columns)."""
    codes = read_reference("municipalities")["municipality_code"]
    published = read_reference("appendix_5_1_municipalities").set_index("municipality_code")
    spells = pd.to_numeric(published["corrected_spells"])
    table = pd.DataFrame({"spells": spells, "success": pd.to_numeric(published["corrected_successes"]) / spells})
    for code, (number, share) in _MISSING.items():
        table.loc[code] = [number, share]
    return table.reindex(sorted(codes))


def _coefficients() -> dict[str, dict[str, float]]:
    """Coefficients of appendix table 6.1 by sex and term; reference terms are 0."""
    table = read_reference("appendix_6_1_cox_coefficients")
    value = pd.to_numeric(table["coefficient"], errors="coerce").fillna(0.0)
    return {str(sex): dict(zip(own["term_en"], value[own.index], strict=True)) for sex, own in table.groupby("sex")}
