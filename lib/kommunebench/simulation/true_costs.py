"""What the simulated municipalities spend: cost need of table 5.1, lasting inefficiency and local
difference, yearly noise."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kommunebench.reference import read_reference
from kommunebench.simulation.country import Country


def published_terms() -> dict[str, float]:
    """Coefficients of table 5.1's third model, DKK of 2015 per full-year person for a share from 0
    to 1; references are left out."""
    table = read_reference("table_5_1_cost_model").query("model == '3' and is_reference == 'false'")
    return dict(zip(table["term"], pd.to_numeric(table["coefficient"]), strict=True))


@dataclass(frozen=True, slots=True)
class TrueCosts:
    """The true cost model. ``terms``: as table 5.1's third model, constant included; the mean
    inefficiency is taken from it.

    ``inefficiency_sd``: scale of the half-normal lasting inefficiency, DKK; ``local_sd``: standard
    deviation of what costs more or less in a place for reasons that are neither composition nor
    waste (prices, distances, bookkeeping), DKK; ``noise``: standard deviation of the yearly noise
    by year as a share of the cost of a municipality with ``noise_persons`` full-year persons,
    falling with their square root.
    """

    terms: dict[str, float] = field(default_factory=published_terms)
    inefficiency_sd: float = 22_000.0
    local_sd: float = 9_500.0
    noise: tuple[tuple[int, float], ...] = (
        (2011, 0.27),
        (2012, 0.27),
        (2013, 0.08),
        (2014, 0.08),
        (2015, 0.08),
    )
    noise_persons: float = 100.0

    @property
    def mean_inefficiency(self) -> float:
        """Mean of the half-normal distribution, DKK."""
        return self.inefficiency_sd * float(np.sqrt(2 / np.pi))


# Where no municipality differs everybody wastes the mean, which is in the constant.
NO_DIFFERENCES = TrueCosts(inefficiency_sd=0.0, local_sd=0.0)


def draw_lasting(country: Country, true: TrueCosts, rng: np.random.Generator) -> pd.DataFrame:
    """What lasts, by municipality code, DKK: inefficiency (half-normal) and local_difference
    (normal).

    Their sum is handed out by the fifths of table 5.2, within them rather to the small;
    municipalities outside the table stand anywhere.
    """
    fifth = (
        read_reference("table_5_2_cost_quintiles")
        .set_index("municipality_code")["quintile"]
        .astype(float)
        .reindex(country.code)
    )
    place = fifth.to_numpy() + 0.999 * _ranks(
        rng.random(len(country.code)) - 0.1 * np.log(country.spells)
    )
    place = np.where(np.isnan(place), rng.uniform(1.0, 6.0, len(place)), place)
    wasted = np.abs(rng.normal(0.0, true.inefficiency_sd, len(country.code)))
    local = rng.normal(0.0, true.local_sd, len(country.code))
    order = np.argsort(wasted + local)[np.argsort(np.argsort(place))]
    return pd.DataFrame(
        {"inefficiency": wasted[order], "local_difference": local[order]}, country.code
    )


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks between 0 and 1."""
    return np.argsort(np.argsort(values)) / len(values)


def draw_costs(country: Country, persons: pd.DataFrame, seed: int, true: TrueCosts) -> pd.DataFrame:
    """``persons`` (municipality_code, year, full_year_persons, shares) with cost_need,
    inefficiency, local_difference, unit_cost, DKK.

    Need without a municipality's own inefficiency: it is drawn once for each, the noise for each
    year.
    """
    rng = np.random.default_rng([seed, 4])
    lasting = draw_lasting(country, true, rng)
    noise = {
        year: pd.Series(rng.normal(size=len(country.code)), country.code) for year, _ in true.noise
    }
    rows = persons[persons["full_year_persons"] > 0].sort_values(
        ["municipality_code", "year"], ignore_index=True
    )
    need = np.full(len(rows), true.terms["constant"] - true.mean_inefficiency)
    for term, coefficient in true.terms.items():
        if term.startswith("year_"):
            need += coefficient * (rows["year"].astype(str) == term.removeprefix("year_")).to_numpy(
                float
            )
        elif term != "constant":
            need += coefficient * rows[term].to_numpy(float)
    of_municipality = lasting.loc[rows["municipality_code"]].reset_index(drop=True)
    drawn = np.array(
        [
            noise[year][code]
            for code, year in zip(rows["municipality_code"], rows["year"], strict=True)
        ]
    )
    size = np.sqrt(
        true.noise_persons / np.clip(rows["full_year_persons"].to_numpy(float), 25.0, 400.0)
    )
    spread = rows["year"].map(dict(true.noise)).to_numpy(float) * size
    # A lognormal factor of mean one: the expected cost stays the linear model, and no municipality
    # is paid for its newcomers.
    factor = np.exp(spread * drawn - spread**2 / 2)
    cost = np.maximum(need + of_municipality.sum(axis=1).to_numpy(), 8_000.0) * factor
    return pd.concat([rows.assign(cost_need=need), of_municipality], axis=1).assign(unit_cost=cost)


def cost_model_table(true: TrueCosts) -> pd.DataFrame:
    """The true model as it is written beside the registers: term, coefficient; inefficiency and
    noise among them."""
    extra = {
        name: getattr(true, name) for name in ("inefficiency_sd", "mean_inefficiency", "local_sd")
    }
    noise = {f"noise_{year}": spread for year, spread in true.noise}
    return pd.DataFrame(
        list({**true.terms, **extra, **noise}.items()), columns=["term", "coefficient"]
    )
