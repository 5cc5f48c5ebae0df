"""The country newcomers are drawn for: municipalities with sizes and true effects, local labour
markets, published coefficients."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kommunebench.errors import ConfigError
from kommunebench.reference import read_reference
from kommunebench.simulation.labour_markets import draw_moves, market_row

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
Effects = Literal["report", "none"] | Path

# Appendix table 5.1 lacks these two; together they hold what is missing to table 2.1's totals
# (published/README, A03).
_MISSING = {"580": (481, 0.277), "851": (1150, 0.277)}
# Report-like effects: spread of the true log hazard, chance taken out, and its correlation with the
# share of successes. Table 3.2's most successful fifth has by far the shortest durations: whoever
# received easier newcomers also did better with them.
EFFECT_SD, EFFECT_WITH_SUCCESS = 0.16, 0.65
LARGEST_EFFECT = 3.0
# Means over newcomers of the local labour market, the same for every seed: the levels of the
# hazards do not depend on them.
_UNEMPLOYMENT, _JOBS, _SKILLED = 5.5, 0.82, 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """Per municipality (K,): code, share of the newcomers, share of refugees among them, true
    log-hazard effect, commuting area and the level of its labour market: unemployment percent, jobs
    per resident 18-64, skilled jobs (ten thousands).

    ``moves``: by figure (years of MARKET_YEARS, K), how far a year is from the level; zero on
    average over the newcomers. ``coefficients``: by sex and term. ``spells`` at scale 1 and
    ``success``, the published share of successes, are what the municipality is drawn for.
    """

    code: Texts
    weight: Floats
    refugee_share: Floats
    effect: Floats
    area: Texts
    unemployment: Floats
    jobs: Floats
    skilled: Floats
    moves: dict[str, Floats]
    coefficients: dict[str, dict[str, float]]
    spells: Floats
    success: Floats

    def with_mix(self, weight: Floats, refugee_share: Floats, effect: Floats) -> "Country":
        """The same country with other shares and effects."""
        return replace(self, weight=weight, refugee_share=refugee_share, effect=effect)

    @property
    def refugee_family_share(self) -> Floats:
        """Share of refugees' families among the family-reunified (K,): few where few refugees
        live."""
        return refugee_families(self.refugee_share)

    def market_predictor(self, sex: str) -> Floats:
        """Log hazard ratio (K,) of each local labour market for men or women."""
        beta = self.coefficients[sex]
        return (
            beta["local_unemployment_percent"] * self.unemployment
            + beta["local_jobs_per_18_64"] * self.jobs
            + beta["local_jobs_skilled"] * self.skilled
        )

    def market_moves_predictor(self, sex: str) -> Floats:
        """Log hazard ratio (years, K) of what moves the local labour markets in each year."""
        beta = self.coefficients[sex]
        total: Floats = (
            beta["local_unemployment_percent"] * self.moves["unemployment"]
            + beta["local_jobs_per_18_64"] * self.moves["jobs"]
            + beta["local_jobs_skilled"] * self.moves["skilled"]
        )
        return total

    def market(self, figure: str, year: NDArray[np.intp], place: NDArray[np.intp]) -> Floats:
        """A figure of the local labour market, ``unemployment``, ``jobs`` or ``skilled``, in a year
        and a municipality (by position)."""
        level: Floats = getattr(self, figure)
        values: Floats = level[place] + self.moves[figure][market_row(year), place]
        return values


def refugee_families(refugee_share: Floats) -> Floats:
    """Share of refugees' families among the family-reunified of a municipality with that share of
    refugees."""
    return 0.31 * np.minimum(refugee_share / 0.40, 1.0)


def build_country(effects: Effects, seed: int) -> Country:
    """The 98 municipalities with sizes of appendix table 5.1 (corrected columns); the mix of
    newcomers is not set yet.

    Effects ``report``: drawn once, centred; ``none``: no municipality differs; a path: as the file
    says, which is read and checked. Raises ConfigError for a file that is not usable.
    """
    table = _municipalities()
    generator = np.random.default_rng([seed, 98])
    spells = table["spells"].to_numpy(float)
    weight = spells / spells.sum()
    drawn = _report_like(table["success"].to_numpy(float), generator)
    codes = table.index.to_numpy(str)
    if isinstance(effects, Path):
        effect = read_effects(effects, codes)
    else:
        effect = drawn - weight @ drawn if effects == "report" else np.zeros(len(table))
    areas = (
        read_reference("commuting_areas")
        .set_index("code")["area_id"]
        .reindex(table.index)
        .to_numpy(str)
    )
    place = np.unique(areas, return_inverse=True)[1]

    def local(low: float, high: float, mean: float) -> Floats:
        values = generator.uniform(low, high, place.max() + 1)[place]
        return np.round(values + mean - weight @ values, 3)

    return Country(
        code=codes,
        weight=weight,
        refugee_share=np.full(len(table), 0.55),
        effect=effect,
        area=areas,
        unemployment=local(4.0, 8.0, _UNEMPLOYMENT),
        jobs=local(0.75, 0.90, _JOBS),
        skilled=local(0.18, 0.32, _SKILLED),
        moves=draw_moves(place, weight, np.random.default_rng([seed, 2006])),
        coefficients=_coefficients(),
        spells=spells,
        success=table["success"].to_numpy(float),
    )


def _report_like(success: Floats, generator: np.random.Generator) -> Floats:
    """Effects (K,) that go with the published share of successes, on the log odds, as far as
    ``EFFECT_WITH_SUCCESS`` says."""
    odds = np.log(success / (1.0 - success))
    standard = (odds - odds.mean()) / odds.std()
    independent = generator.normal(size=len(success))
    effects: Floats = EFFECT_SD * (
        EFFECT_WITH_SUCCESS * standard + np.sqrt(1.0 - EFFECT_WITH_SUCCESS**2) * independent
    )
    # Where few succeed the hazard must differ more for durations to differ as much.
    return effects * np.sqrt(success.mean() / success)


def _municipalities() -> pd.DataFrame:
    """Spells and share of success by municipality code, from appendix table 5.1 (corrected
    columns)."""
    codes = read_reference("municipalities")["municipality_code"]
    published = read_reference("appendix_5_1_municipalities").set_index("municipality_code")
    spells = pd.to_numeric(published["corrected_spells"])
    table = pd.DataFrame(
        {"spells": spells, "success": pd.to_numeric(published["corrected_successes"]) / spells}
    )
    for code, (n_spells, share) in _MISSING.items():
        table.loc[code] = [n_spells, share]
    return table.reindex(sorted(codes))


def _coefficients() -> dict[str, dict[str, float]]:
    """Coefficients of appendix table 6.1 by sex and term; reference terms are 0, and so is
    protection given for a time (from 2015)."""
    table = read_reference("appendix_6_1_cox_coefficients")
    value = pd.to_numeric(table["coefficient"], errors="coerce").fillna(0.0)
    by_sex = {
        str(sex): dict(zip(rows["term_en"], value[rows.index], strict=True))
        for sex, rows in table.groupby("sex")
    }
    return {sex: {**terms, "basis_refugee_temporary": 0.0} for sex, terms in by_sex.items()}


def read_effects(path: Path, codes: Texts) -> Floats:
    """True log-hazard effects (K,) in the order of the codes, from a CSV with municipality_code and
    effect; 0 where it has no row.

    Raises ConfigError naming the file, the column and the first values that cannot be used.
    """
    if not path.is_file():
        raise ConfigError(
            f"--effects {path}: no such file; give none, report, or a CSV with the columns"
            " municipality_code, effect."
        )
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"--effects {path}: not a readable CSV ({type(error).__name__})."
        ) from error
    missing = [name for name in ("municipality_code", "effect") if name not in rows]
    if missing:
        raise ConfigError(
            f"--effects {path}: column {', '.join(missing)} missing; found"
            f" {', '.join(map(str, rows.columns))}."
        )
    code, value = (
        rows["municipality_code"].str.strip(),
        pd.to_numeric(rows["effect"], errors="coerce"),
    )
    for wrong, what in (
        (~code.isin(codes), "no municipality"),
        (code.duplicated(), "listed twice"),
        (~(value.abs() <= LARGEST_EFFECT), f"effect is no number within ±{LARGEST_EFFECT:g}"),
    ):
        if wrong.any():
            shown = ", ".join(
                f"{c} ({e})"
                for c, e in zip(code[wrong][:5], rows["effect"][wrong][:5], strict=True)
            )
            raise ConfigError(
                f"--effects {path}: {what} in {int(wrong.sum())} of {len(rows)} rows: {shown}."
            )
    return pd.Series(value.to_numpy(), code).reindex(codes).fillna(0.0).to_numpy(float)
