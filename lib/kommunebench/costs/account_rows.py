"""Rows of the accounts in prices of one year, those that cannot be used, and the sign of income."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.columns import code_texts
from kommunebench.cost_rules import AccountKinds, AccountSettings
from kommunebench.costs.named_columns import with_numbers, with_years
from kommunebench.errors import InputError
from kommunebench.reference import read_reference

PROBLEM_COLUMNS = ["municipality_code", "year", "account_group", "reason", "rows"]
Problem = tuple[str | None, int | None, str | None, str, int]


def deflators(price_index: pd.DataFrame, price_year: int) -> pd.Series:
    """Factor by year that turns current prices into those of the price year; years without a usable
    index are absent.

    Raises InputError if the price year has none, a year occurs twice, or years or indices are no
    numbers.
    """
    price_index = with_years("price_index", with_numbers("price_index", price_index, ["index"]))
    is_usable = np.isfinite(price_index["index"]) & (price_index["index"] > 0.0)
    usable = price_index[is_usable & price_index["year"].notna()].astype({"year": "int64"})
    index = usable.set_index("year")["index"]
    if index.index.has_duplicates:
        raise InputError(
            f"price_index: year {index.index[index.index.duplicated()][0]} occurs more than once."
        )
    if price_year not in index.index:
        raise InputError(
            f"price_index has no index above zero for the price year {price_year}: add it."
        )
    factors: pd.Series = index.loc[price_year] / index
    return factors


def prepare_rows(
    accounts: pd.DataFrame, factors: pd.Series, settings: AccountSettings
) -> pd.DataFrame:
    """Rows with block, amount in DKK of the price year, and the reason why a row cannot be used
    (empty if it can). Raises InputError for amounts that are no numbers."""
    known = set(read_reference("municipalities")["municipality_code"])
    group = accounts["account_group"].astype("string").str.extract(r"(\d{3})$", expand=False)
    is_programme = group.isin(settings.groups)
    is_other = group.notna() if settings.other_groups is None else group.isin(settings.other_groups)
    # State refunds have groups of their own; all of them enter one line.
    is_refund = accounts["dranst"].astype(str) == settings.kinds.state_refund
    amount = with_numbers("accounts", accounts, ["amount_thousand_dkk"])["amount_thousand_dkk"]
    code = _codes(accounts["municipality_code"])
    rows = pd.DataFrame(
        {
            "municipality_code": code,
            "year": accounts["year"],
            "account_group": group.fillna(accounts["account_group"].astype("string")),
            "dranst": accounts["dranst"].astype(str),
            "kind": accounts["kind"].astype(str).str.replace(".", "", regex=False),
            "block": np.where(is_programme, "programme", "other_groups"),
            "dkk": 1000.0 * amount * accounts["year"].map(factors).astype(float),
        }
    )
    tests = {
        "not_a_municipality": ~code.isin(known),
        "unknown_group": ~(is_programme | is_other | is_refund),
        "missing_year": accounts["year"].isna(),
        "missing_amount": amount.isna(),
        "amount_not_finite": np.isinf(amount),
        "year_without_price_index": ~accounts["year"].isin(factors.index),
    }
    rows["reason"] = ""
    for reason, applies in tests.items():
        rows["reason"] = rows["reason"].mask(applies.fillna(True) & (rows["reason"] == ""), reason)
    return rows


def _codes(values: pd.Series) -> pd.Series:
    """Codes of municipalities as text, None where missing or blank."""
    is_there = values.notna() & (values.astype("string").str.strip() != "").fillna(False)
    texts = pd.Series(None, values.index, dtype=object)
    texts[is_there] = code_texts(values[is_there])
    return texts


def count_problems(rows: pd.DataFrame) -> list[Problem]:
    """Refused rows by municipality, year, group and reason; a year without index, which touches
    all, by year alone."""
    whole_year = rows["reason"] == "year_without_price_index"
    by = ["municipality_code", "year", "account_group", "reason"]
    counts = rows[~whole_year].groupby(by, dropna=False).size().rename("rows").reset_index()
    counts["year"] = [None if pd.isna(year) else int(year) for year in counts["year"]]
    counts = counts.astype({"year": object})
    named: list[Problem] = list(counts[PROBLEM_COLUMNS].itertuples(index=False, name=None))
    years = rows[whole_year].groupby("year").size()
    return named + [
        (None, int(str(year)), None, "year_without_price_index", int(n))
        for year, n in years.items()
    ]


def with_negative_income(
    rows: pd.DataFrame, kinds: AccountKinds
) -> tuple[pd.DataFrame, list[Problem]]:
    """Income below zero whatever the delivery's convention, told from the sign of its national
    total."""
    turned: list[Problem] = []
    rows = rows.copy()
    operation, refund = kinds.operation, kinds.state_refund
    for dranst, kind in (
        (operation, kinds.income),
        (operation, kinds.payments),
        (refund, kinds.income),
        (refund, kinds.net),
    ):
        chosen = (rows["dranst"] == dranst) & (rows["kind"] == kind)
        if rows.loc[chosen, "dkk"].sum() > 0.0:
            rows.loc[chosen, "dkk"] *= -1.0
            note = f"dranst_{dranst}_kind_{kind}_was_positive_and_is_turned"
            turned.append((None, None, None, note, int(chosen.sum())))
    return rows, turned
