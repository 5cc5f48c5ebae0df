"""Tables 4.1 and 4.2: expenditure by line of the accounts and by account group."""

import pandas as pd

from kommunebench.cost_rules import AccountKinds


def expenditure_lines(rows: pd.DataFrame, kinds: AccountKinds) -> pd.DataFrame:
    operation = rows[rows["dranst"] == kinds.operation]
    refund = rows[rows["dranst"] == kinds.state_refund]
    # Some deliveries give refunds by direction, others only their net.
    by_direction = refund["kind"].isin([kinds.gross, kinds.income])
    refund = refund[by_direction] if by_direction.any() else refund[refund["kind"] == kinds.net]
    years = sorted(rows["year"].unique())

    def yearly(chosen: pd.DataFrame) -> pd.Series:
        return chosen.groupby("year")["dkk"].sum().reindex(years, fill_value=0.0)

    tables = []
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
        tables += [_long(values, block=block, line=line) for line, values in lines.items()]
    return pd.concat(tables, ignore_index=True)[["block", "line", "year", "million_dkk_2015"]]


def expenditure_by_group(net: pd.DataFrame) -> pd.DataFrame:
    groups = [
        _long(rows.groupby("year")["dkk"].sum(), account_group=str(group))
        for group, rows in net.groupby("account_group")
    ]
    tables = [*groups, _long(net.groupby("year")["dkk"].sum(), account_group="total")]
    return pd.concat(tables, ignore_index=True)[["account_group", "year", "million_dkk_2015"]]


def _long(values: pd.Series, **labels: str) -> pd.DataFrame:
    frame = (values / 1e6).rename("million_dkk_2015").rename_axis("year").reset_index()
    return frame.assign(**labels)
