"""Which rows of the municipal accounts are programme expenditure, and their codes."""

from dataclasses import dataclass

PROGRAMME_GROUPS = tuple(f"{group:03d}" for group in (*range(1, 12), 14, 15, 16))
# The further authorised groups of the chart of accounts, over its editions since 2011.
OTHER_GROUPS = tuple(f"{group:03d}" for group in (12, 13, *range(17, 22), *range(90, 106)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKinds:
    """Codes of REGK100's DRANST and ART: operation and its gross, income, net and 7.7 (payments
    from municipalities), state refund."""

    operation: str = "1"
    state_refund: str = "2"
    gross: str = "UE"
    income: str = "I"
    net: str = "TOT"
    payments: str = "77"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """Which account rows are programme expenditure (method, section 8.1). Groups are three digits.

    ``other_groups``: the further groups of operation on the function, shown beside the programme; a
    code in neither is unknown (None: every three-digit code is known).
    """

    function: str = "54660"
    groups: tuple[str, ...] = PROGRAMME_GROUPS
    other_groups: tuple[str, ...] | None = OTHER_GROUPS
    kinds: AccountKinds = AccountKinds()
    first_year: int = 2011
    last_year: int = 2015
    price_year: int = 2015
