"""Programme expenditure from the municipal accounts: tables 4.1 and 4.2, and one amount a
municipality and year."""

from dataclasses import dataclass

import pandas as pd

from kommunebench.cost_rules import AccountSettings
from kommunebench.costs.account_rows import (
    PROBLEM_COLUMNS,
    count_problems,
    deflators,
    prepare_rows,
    with_negative_income,
)
from kommunebench.costs.account_tables import expenditure_by_group, expenditure_lines
from kommunebench.costs.named_columns import frame_with_columns, with_years
from kommunebench.errors import InputError

_NEEDED = (
    "municipality_code",
    "account_function",
    "account_group",
    "dranst",
    "kind",
    "year",
    "amount_thousand_dkk",
)


@dataclass(frozen=True, slots=True)
class Expenditure:
    """What was spent, in prices of the price year.

    ``lines`` (table 4.1): block (programme, other_groups, total), line, year, million_dkk_2015;
    income and refunds are negative. ``by_group`` (table 4.2): account_group (with ``total``), year,
    million_dkk_2015, gross less payments from municipalities. ``cells``: municipality_code, year,
    programme_expenditure (DKK). ``problems``: account rows that could not be used or were turned in
    sign, by municipality_code, year, account_group, reason, rows.
    """

    lines: pd.DataFrame
    by_group: pd.DataFrame
    cells: pd.DataFrame
    problems: pd.DataFrame


def build_expenditure(
    accounts: pd.DataFrame, price_index: pd.DataFrame, settings: AccountSettings | None = None
) -> Expenditure:
    """Gross operating expenditure less payments from other municipalities (7.7), deflated.

    ``accounts``: long rows municipality_code, account_function, account_group, dranst, kind, year,
    amount_thousand_dkk in current prices; ``price_index``: year, index. Raises InputError for
    missing columns, years and amounts that are no numbers, accounts without any gross operating
    expenditure of the groups, or a price year without index; rows that cannot be used, those
    without a year among them, are in ``problems`` and the rest goes on.
    """
    settings = settings or AccountSettings()
    kinds = settings.kinds
    accounts = with_years("accounts", frame_with_columns("accounts", accounts, _NEEDED))
    price_index = frame_with_columns("price_index", price_index, ("year", "index"))
    # A row without a year may belong to any of them: it is a problem, not another year's.
    in_years = accounts["year"].between(settings.first_year, settings.last_year).fillna(True)
    of_function = accounts["account_function"].astype(str) == settings.function
    rows = prepare_rows(
        accounts[in_years & of_function], deflators(price_index, settings.price_year), settings
    )
    usable = rows[rows["reason"] == ""].astype({"year": "int64"})
    problems = count_problems(rows[rows["reason"] != ""])
    usable, turned = with_negative_income(usable, kinds)
    programme = usable[usable["block"] == "programme"]
    net = programme[
        (programme["dranst"] == kinds.operation)
        & programme["kind"].isin([kinds.gross, kinds.payments])
    ]
    if not (net["kind"] == kinds.gross).any():
        raise InputError(_nothing_spent(rows, settings))
    cells = (
        net.groupby(["municipality_code", "year"])["dkk"]
        .sum()
        .rename("programme_expenditure")
        .reset_index()
    )
    return Expenditure(
        lines=expenditure_lines(usable, kinds),
        by_group=expenditure_by_group(net),
        cells=cells,
        problems=pd.DataFrame([*problems, *turned], columns=PROBLEM_COLUMNS),
    )


def _nothing_spent(rows: pd.DataFrame, settings: AccountSettings) -> str:
    """Why there is no expenditure at all: rows refused and their reasons, or the codes that were
    found instead."""
    refused = rows.loc[rows["reason"] != "", "reason"].value_counts()
    reasons = "; ".join(f"{reason}: {count} rows" for reason, count in refused.items())
    codes = {
        name: sorted(rows[name].dropna().unique())[:10]
        for name in ("account_group", "dranst", "kind")
    }
    return (
        f"accounts: function {settings.function} has no usable row of gross operating expenditure"
        f" (dranst {settings.kinds.operation}, kind {settings.kinds.gross}) in the groups asked"
        f" for, {settings.first_year}-{settings.last_year}. {reasons or f'Found instead: {codes}'}."
        " Check the delivery and the section cost of the analysis."
    )
