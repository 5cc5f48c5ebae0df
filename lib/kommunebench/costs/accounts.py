"""Programme expenditure from the municipal accounts: tables 4.1 and 4.2, and one amount a
municipality and year."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.errors import InputError
from kommunebench.reference import read_reference

PROBLEM_COLUMNS = ["municipality_code", "year", "account_group", "reason", "rows"]
Problem = tuple[str | None, int | None, str | None, str, int]
_NEEDED = (
    "municipality_code", "account_function", "account_group", "dranst", "kind", "year", "amount_thousand_dkk",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccountKinds:
    """Codes of REGK100's DRANST and ART: operation and its gross, income, net and 7.7 (payments
    from municipalities), state refund."""

    operation: str = "1"
    state_refund: str = "2"
    gross: str = "UE"
    income: str = "I"
    net: str = "TOT"
    payments: str = "77"


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """Which account rows are programme expenditure (method, section 8.1). Groups are three digits.

    ``other_groups``: the further groups of operation on the function, shown beside the programme; a
    code in neither is unknown (None: every three-digit code is known).
    """

    function: str = "54660"
    groups: tuple[str, ...] = tuple(f"{group:03d}" for group in (*range(1, 12), 14, 15, 16))
    other_groups: tuple[str, ...] | None = None
    kinds: AccountKinds = AccountKinds()
    first_year: int = 2011
    last_year: int = 2015
    price_year: int = 2015


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
    missing columns, accounts without any gross operating expenditure of the groups, or a price year
    without index; rows that cannot be used are in ``problems`` and the rest goes on.
    """
    settings = settings or AccountSettings()
    kinds = settings.kinds
    missing = [column for column in _NEEDED if column not in accounts.columns]
    if missing:
        raise InputError(f"accounts lacks the columns {', '.join(missing)}.")
    in_years = accounts["year"].between(settings.first_year, settings.last_year)
    of_function = accounts["account_function"].astype(str) == settings.function
    rows = _prepare_rows(
        accounts[in_years & of_function], deflators(price_index, settings.price_year), settings
    )
    usable, problems = rows[rows["reason"] == ""], _count_problems(rows[rows["reason"] != ""])
    usable, turned = _with_negative_income(usable, kinds)
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
        lines=_lines(usable, kinds),
        by_group=_by_group(net),
        cells=cells,
        problems=pd.DataFrame([*problems, *turned], columns=PROBLEM_COLUMNS),
    )


def deflators(price_index: pd.DataFrame, price_year: int) -> pd.Series:
    """Factor by year that turns current prices into those of the price year; years without a usable
    index are absent.

    Raises InputError if the price year has none, or a year occurs twice.
    """
    usable = price_index[
        np.isfinite(price_index["index"].astype(float)) & (price_index["index"] > 0.0)
    ]
    index = usable.set_index("year")["index"].astype(float)
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


def _prepare_rows(
    accounts: pd.DataFrame, factors: pd.Series, settings: AccountSettings
) -> pd.DataFrame:
    """Rows with block, amount in DKK of the price year, and the reason why a row cannot be used
    (empty if it can)."""
    known = set(read_reference("municipalities")["municipality_code"])
    group = accounts["account_group"].astype("string").str.extract(r"(\d{3})$", expand=False)
    is_programme = group.isin(settings.groups)
    is_other = group.notna() if settings.other_groups is None else group.isin(settings.other_groups)
    # State refunds have groups of their own; all of them enter one line.
    is_refund = accounts["dranst"].astype(str) == settings.kinds.state_refund
    amount = pd.to_numeric(accounts["amount_thousand_dkk"], errors="coerce")
    rows = pd.DataFrame(
        {
            "municipality_code": accounts["municipality_code"],
            "year": accounts["year"],
            "account_group": group.fillna(accounts["account_group"].astype("string")),
            "dranst": accounts["dranst"].astype(str),
            "kind": accounts["kind"].astype(str).str.replace(".", "", regex=False),
            "block": np.where(is_programme, "programme", "other_groups"),
            "dkk": 1000.0 * amount * accounts["year"].map(factors),
        }
    )
    tests = {
        "not_a_municipality": ~accounts["municipality_code"].astype("string").isin(known),
        "unknown_group": ~(is_programme | is_other | is_refund),
        "missing_amount": amount.isna(),
        "year_without_price_index": ~accounts["year"].isin(factors.index),
    }
    rows["reason"] = ""
    for reason, applies in tests.items():
        rows["reason"] = rows["reason"].mask(applies.fillna(True) & (rows["reason"] == ""), reason)
    return rows


def _count_problems(rows: pd.DataFrame) -> list[Problem]:
    """Refused rows by municipality, year, group and reason; a year without index, which touches
    all, by year alone."""
    whole_year = rows["reason"] == "year_without_price_index"
    by = ["municipality_code", "year", "account_group", "reason"]
    counts = rows[~whole_year].groupby(by, dropna=False).size().rename("rows").reset_index()
    named: list[Problem] = list(counts[PROBLEM_COLUMNS].itertuples(index=False, name=None))
    years = rows[whole_year].groupby("year").size()
    return named + [
        (None, int(str(year)), None, "year_without_price_index", int(n))
        for year, n in years.items()
    ]


def _nothing_spent(rows: pd.DataFrame, settings: AccountSettings) -> str:
    """Why there is no expenditure at all: rows refused and their reasons, or the codes that were
    found instead."""
    refused = rows.loc[rows["reason"] != "", "reason"].value_counts()
    reasons = "; ".join(f"{reason}: {count} rows" for reason, count in refused.items())
    found = {
        name: sorted(rows[name].dropna().unique())[:10]
        for name in ("account_group", "dranst", "kind")
    }
    return (
        f"accounts: function {settings.function} has no usable row of gross operating expenditure"
        f" (dranst {settings.kinds.operation}, kind {settings.kinds.gross}) in the groups asked"
        f" for, {settings.first_year}-{settings.last_year}. {reasons or f'Found instead: {found}'}."
        " Check the delivery and the section cost of the analysis."
    )


def _with_negative_income(
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


def _lines(rows: pd.DataFrame, kinds: AccountKinds) -> pd.DataFrame:
    operation = rows[rows["dranst"] == kinds.operation]
    refund = rows[rows["dranst"] == kinds.state_refund]
    # Some deliveries give refunds by direction, others only their net.
    by_direction = refund["kind"].isin([kinds.gross, kinds.income])
    refund = refund[by_direction] if by_direction.any() else refund[refund["kind"] == kinds.net]
    years = sorted(rows["year"].unique())

    def yearly(chosen: pd.DataFrame) -> pd.Series:
        return chosen.groupby("year")["dkk"].sum().reindex(years, fill_value=0.0)

    parts = []
    blocks = {
        block: operation[operation["block"] == block] for block in ("programme", "other_groups")
    }
    for block, chosen in {**blocks, "total": operation}.items():
        gross, payments = (
            yearly(chosen[chosen["kind"] == kind]) for kind in (kinds.gross, kinds.payments)
        )
        lines = {
            "gross": gross,
            "payments_from_municipalities": payments,
            "gross_less_payments": gross + payments,
        }
        if block == "total":
            lines["state_refund"] = yearly(refund)
            income = yearly(chosen[chosen["kind"] == kinds.income])
            # 7.7 is one of the kinds of income and already has a line; a delivery whose income is
            # the smaller keeps it apart.
            lines["other_income"] = income - payments if income.sum() <= payments.sum() else income
            lines["net"] = (
                lines["gross_less_payments"] + lines["state_refund"] + lines["other_income"]
            )
        parts += [_long(values, block=block, line=line) for line, values in lines.items()]
    return pd.concat(parts, ignore_index=True)[["block", "line", "year", "million_dkk_2015"]]


def _by_group(net: pd.DataFrame) -> pd.DataFrame:
    groups = [
        _long(rows.groupby("year")["dkk"].sum(), account_group=str(group))
        for group, rows in net.groupby("account_group")
    ]
    parts = [*groups, _long(net.groupby("year")["dkk"].sum(), account_group="total")]
    return pd.concat(parts, ignore_index=True)[["account_group", "year", "million_dkk_2015"]]


def _long(values: pd.Series, **labels: str) -> pd.DataFrame:
    frame = (values / 1e6).rename("million_dkk_2015").rename_axis("year").reset_index()
    return frame.assign(**labels)
