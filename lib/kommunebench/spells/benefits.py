"""DREAM codes: the state a benefit stands for, whether it is a transfer, the end reason it gives
(registers, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.reference import read_reference

if TYPE_CHECKING:
    from pyspark.sql import Column

SELF_SUPPORTED = "self_supported"
UNKNOWN = "unknown"
DEAD_CODE = "999"
HOLIDAY_FROM_WORK = ("121", "122", "123")
EDUCATION_CODES = ("651", "652", "661")

# End reasons by code, in the order in which a week with two of them is decided (method, section 4).
END_REASON_CODES: dict[str, tuple[str, ...]] = {
    "early_retirement": ("621",),
    "disability_pension": ("781", "783"),
    "transitional_allowance": ("611",),
    "other_pension": ("622", "998"),
    "education": EDUCATION_CODES,
    "maternity": ("881",),
}


def known_states() -> dict[str, str]:
    """State by three-digit code, from the packaged code list."""
    codes = read_reference("dream_codes")
    known = codes[codes["code"] != ""]
    return dict(zip(known["code"].str.zfill(3), known["state"], strict=True))


def state_of(code: "Column") -> "Column":
    """State of a week's code: self_supported where there is none, unknown where the list does not
    hold it."""
    codes_of: dict[str, list[str]] = {}
    for known, name in sorted(known_states().items()):
        codes_of.setdefault(name, []).append(known)
    # Sets of codes by state, not a map: Spark searches a map from its first entry on, in every
    # week.
    state = F.when(code.isNull(), F.lit(SELF_SUPPORTED))
    for name, codes in codes_of.items():
        state = state.when(code.isin(*codes), F.lit(name))
    return state.otherwise(F.lit(UNKNOWN))


def is_transfer(code: "Column", holiday_codes: tuple[str, ...]) -> "Column":
    """Whether a week with this code holds a public transfer.

    Every code does, also 997 and one the list does not hold, but the holiday codes named and the
    two the list gives to weeks without any benefit (000, 100).
    """
    free = {
        c for c, s in known_states().items() if s == SELF_SUPPORTED and c not in HOLIDAY_FROM_WORK
    } | set(holiday_codes)
    return code.isNotNull() & ~code.isin(*sorted(free))


def end_reason_of(code: "Column", reasons: tuple[str, ...]) -> "Column":
    """The censoring reason a code stands for, null for none; only reasons named."""
    reason = F.lit(None).cast("string")
    for name, codes in END_REASON_CODES.items():
        if name in reasons:
            reason = F.when(code.isin(*codes), F.lit(name)).otherwise(reason)
    return reason


def first_dead_monday(codes: "Column", first_monday: "Column") -> "Column":
    """Monday of the first week coded dead in a person's array of weekly codes, null if there is
    none."""
    position = F.array_position(codes, DEAD_CODE)
    return F.when(position > 0, F.date_add(first_monday, ((position - 1) * 7).cast("int")))
