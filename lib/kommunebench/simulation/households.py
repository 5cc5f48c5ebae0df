"""Partners and children of newcomers: they live where the newcomer lives, and stand in the
population file."""

from typing import Any

import numpy as np
import pandas as pd

from kommunebench.simulation.calendar_days import Days
from kommunebench.simulation.identities import CHILD_SLOT, person_ids
from kommunebench.simulation.people import MAX_CHILDREN
from kommunebench.simulation.residents import add_working_life

_NAT = np.datetime64("NaT")
_SHARED = (
    "birth_date",
    "country_code",
    "family_id",
    "family_code",
    "first_place",
    "place_until",
    "place",
    "move_date",
    "moved_to",
    "left_date",
    "back_date",
    "selection_date",
    "permit_date",
    "in_bef",
)
_CHILD_PERMIT = {"category": 5, "ground": 952, "explanation": 1}


def _members(frame: pd.DataFrame, identifiers: np.ndarray, **columns: Any) -> pd.DataFrame:
    """Household members of the given persons, without what is the person's own."""
    members = frame[list(_SHARED)].assign(
        person_id=identifiers, outside="", on_benefit=False, in_dream=False, gp_contacts=0
    )
    return members.assign(**columns)


def draw_partners(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The partners the newcomers name: of Danish origin, or in Denmark since before the permit
    files begin. They work like others."""
    with_partner = frame[frame["partner_id"].notna()]
    danish = with_partner["danish_partner"].to_numpy(bool)
    birth = with_partner["birth_date"].to_numpy().astype("datetime64[D]")
    birth = birth + rng.integers(-5 * 365, 5 * 365, len(with_partner)).astype("timedelta64[D]")
    # Adult at the newcomer's permit, whatever the newcomer's age.
    birth = np.minimum(
        birth,
        with_partner["selection_date"].to_numpy().astype("datetime64[D]")
        - np.timedelta64(19 * 365, "D"),
    )
    arrival = np.datetime64("1998-01-01") + rng.integers(0, 9 * 365, len(with_partner)).astype(
        "timedelta64[D]"
    )
    partners = _members(
        with_partner,
        with_partner["partner_id"].to_numpy(),
        role="partner",
        sex=3 - with_partner["sex"].to_numpy(),
        birth_date=birth,
        family_position=2,
        country_code=np.where(danish, 5100, with_partner["country_code"]),
        ie_type=np.where(danish, 1, 2),
        partner_id=with_partner["person_id"].to_numpy(),
        arrival=np.where(danish, _NAT, np.maximum(arrival, birth)),
        permit_date=_NAT,
    )
    # Who came from abroad keeps the job: the spells of immigrants without work are drawn elsewhere.
    return add_working_life(partners, rng, may_change_job=danish)


def draw_children(
    frame: pd.DataFrame, births: Days, numbers: np.ndarray, seed: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Children (n, 5 dates of birth): those born before the newcomer's arrival came along with a
    permit, the others were born here."""
    parts = []
    minor = frame["outside"].isin(["young", "child"]).to_numpy()
    for k in range(MAX_CHILDREN):
        rows = np.flatnonzero(~np.isnat(births[:, k]) & ~minor)
        parents = frame.iloc[rows]
        arrival = parents["arrival"].to_numpy().astype("datetime64[D]")
        came = births[rows, k] < arrival
        parts.append(
            _members(
                parents,
                person_ids(numbers[rows] + CHILD_SLOT + k, seed),
                role="child",
                sex=rng.integers(1, 3, len(rows)),
                birth_date=births[rows, k],
                family_position=3,
                ie_type=np.where(came, 2, 3),
                arrival=np.where(came, arrival, _NAT),
                **{name: np.where(came, code, np.nan) for name, code in _CHILD_PERMIT.items()},
                permit_date=np.where(
                    came,
                    np.maximum(
                        parents["permit_date"].to_numpy().astype("datetime64[D]"), births[rows, k]
                    ),
                    _NAT,
                ),
            )
        )
    return pd.concat(parts, ignore_index=True)
