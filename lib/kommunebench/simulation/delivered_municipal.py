"""Tables of the municipalities: accounts, unemployment, jobs, prices; in proportion to the
simulated residents."""

from pathlib import Path

import numpy as np
import pandas as pd

from kommunebench.reference import read_reference
from kommunebench.simulation.country import Country
from kommunebench.simulation.labour_markets import MARKET_YEARS
from kommunebench.simulation.true_costs import TrueCosts, draw_costs

# Spread of the logarithm of a municipality's jobs, or unemployed, per resident within its area.
_UNEVEN = 0.25
YEARS = tuple(range(2007, 2017))
# Invented index of municipal prices and wages; the true one is an input of the user's.
PRICE_INDEX = {year: round(100 * 1.017 ** (year - 2007), 2) for year in YEARS}


def write_municipal(
    folder: Path,
    country: Country,
    residents: pd.DataFrame,
    persons: pd.DataFrame,
    *,
    seed: int,
    true: TrueCosts,
) -> pd.DataFrame:
    """Write the CSV files. ``residents``: municipality_code, year, residents 18-64; ``persons``:
    municipality_code, year, full_year_persons, shares of table 5.1. Returns the true unit costs."""
    folder.mkdir(parents=True, exist_ok=True)
    _labour_market(folder, country, residents, seed)
    index = pd.DataFrame({"year": list(PRICE_INDEX), "index": list(PRICE_INDEX.values())})
    index.to_csv(folder / "price_index.csv", index=False)
    areas = pd.DataFrame({"municipality_code": country.code, "commuting_area": country.area})
    areas.to_csv(folder / "commuting_areas.csv", index=False)
    truth = draw_costs(country, persons, seed, true)
    _accounts(truth).to_csv(
        folder / "regk100.csv", index=False, sep=";", decimal=",", encoding="windows-1252"
    )
    return truth


def _labour_market(folder: Path, country: Country, residents: pd.DataFrame, seed: int) -> None:
    """Unemployed and jobs by municipality and year. A commuting area has what its newcomers are
    drawn for; within it unemployment and jobs are unevenly spread over the municipalities."""
    rows = residents[residents["year"] >= MARKET_YEARS[0]]
    position = pd.Series(np.arange(len(country.code)), country.code)
    place = position[rows["municipality_code"]].to_numpy()
    figures = {
        figure: country.market(figure, rows["year"].to_numpy(int), place)
        for figure in ("unemployment", "jobs", "skilled")
    }
    rows = rows.assign(area=country.area[place], **figures)
    in_area = rows.groupby(["area", "year"])["residents"].transform("sum")
    spread = {
        name: _uneven(len(country.code), np.random.default_rng([seed, 18, stream]))[place]
        for stream, name in enumerate(("unemployed", "jobs"))
    }
    for name, factor in spread.items():
        weighted = rows["residents"] * factor
        total = weighted.groupby([rows["area"], rows["year"]]).transform("sum")
        rows = rows.assign(**{f"{name}_weight": weighted * in_area / total})
    aul = pd.DataFrame(
        {
            "OMRÅDE": rows["municipality_code"],
            "YDELSESTYPE": "TOT",
            "AKASSE": "TOT",
            "ALDER": "TOT",
            "KØN": "TOT",
            "TID": rows["year"],
            "INDHOLD": (rows["unemployed_weight"] * rows["unemployment"] / 100).round(4),
        }
    )
    one_benefit = aul.assign(YDELSESTYPE="LDP", INDHOLD=(aul["INDHOLD"] * 0.7).round(4))
    pd.concat([aul, one_benefit]).to_csv(
        folder / "aul01.csv", index=False, sep=";", decimal=",", encoding="utf-8"
    )
    jobs = pd.DataFrame(
        {
            "municipality_code": rows["municipality_code"],
            "year": rows["year"],
            "jobs": (rows["jobs_weight"] * rows["jobs"]).round(4),
            "jobs_skilled": (rows["skilled"] * 10_000 * rows["jobs_weight"] / in_area).round(4),
        }
    )
    jobs.to_csv(folder / "jobs.csv", index=False)


def _uneven(count: int, rng: np.random.Generator) -> np.ndarray:
    """How much more or less than its share a municipality (by position) has of its area's jobs or
    unemployed."""
    factors: np.ndarray = np.exp(rng.normal(0.0, _UNEVEN, count))
    return factors


# A group of the function that is not programme expenditure: housing, benefits' administration and
# the like in one.
_OTHER_GROUP = "099"


def _accounts(truth: pd.DataFrame) -> pd.DataFrame:
    """StatBank rows, thousand DKK in current prices: gross and 7.7 by group, income, state refund,
    and groups outside the programme.

    The true unit cost is gross less 7.7 of the programme; everything else stands to it as in table
    4.1 of the same year.
    """
    published = read_reference("table_4_2_expenditure_by_group")
    published = published[published["group_code"].str.match(r"5\.60\.\d{3}$")]
    amounts = published.assign(
        amount=pd.to_numeric(published["million_dkk_2015"]), year=published["year"].astype(int)
    )
    by_year = amounts.pivot(index="year", columns="group_code", values="amount").fillna(0.0)
    shares = by_year.div(by_year.sum(axis=1), axis=0)
    deflator = truth["year"].map(PRICE_INDEX) / PRICE_INDEX[2015]
    total = truth["unit_cost"] * truth["full_year_persons"] * deflator / 1000
    lines = _lines_of_table_4_1()

    def part(block: str, line: str) -> pd.Series:
        amount: pd.Series = total * truth["year"].map(lines[(block, line)])
        return amount

    frames = []
    for group in shares:
        share = truth["year"].map(shares[group])
        for kind, line in (("UE", "gross"), ("77", "payments_from_municipalities")):
            frames.append(_rows(truth, str(group)[-3:], "1", kind, part("programme", line) * share))
    frames += [
        _rows(truth, _OTHER_GROUP, "1", "UE", part("other_groups", "gross")),
        _rows(truth, _OTHER_GROUP, "1", "77", part("other_groups", "payments_from_municipalities")),
        # 7.7 is one of the kinds of income.
        _rows(
            truth,
            "004",
            "1",
            "I",
            part("total", "other_income") + part("total", "payments_from_municipalities"),
        ),
        _rows(truth, "004", "2", "TOT", part("total", "state_refund")),
    ]
    return pd.concat(frames, ignore_index=True)


def _lines_of_table_4_1() -> dict[tuple[str, str], dict[int, float]]:
    """Each line of table 4.1 by year, as a share of the programme's gross less payments."""
    table = read_reference("table_4_1_expenditure")
    table = table.assign(
        amount=pd.to_numeric(table["million_dkk_2015"]), year=table["year"].astype(int)
    )
    amounts = {
        (str(b), str(n)): rows.set_index("year")["amount"]
        for (b, n), rows in table.groupby(["block", "line"])
    }
    base = amounts[("programme", "gross_less_payments")]
    return {
        key: {int(str(year)): float(v) for year, v in (rows / base).items()}
        for key, rows in amounts.items()
    }


def _rows(
    truth: pd.DataFrame, group: str, dranst: str, kind: str, amount: pd.Series
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "OMRÅDE": truth["municipality_code"],
            "FUNKTION": "54660",
            "GRUPPERING": group,
            "EJER": "1",
            "DRANST": dranst,
            "ART": kind,
            "TID": truth["year"],
            "INDHOLD": amount.round(3),
        }
    )
