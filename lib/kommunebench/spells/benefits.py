"""DREAM codes: the state a benefit stands for, whether it is a transfer, the end reason it gives (registers, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.reference import read_reference

if TYPE_CHECKING:
    from pyspark.sql import Column

SELF_SUPPORTED = "self_supported"
UNKNOWN = "unknown"
DEAD_CODE = "999"

# End reasons by code, in the order in which a week with two of them is decided (method, section 4).
END_REASON_CODES: dict[str, tuple[str, ...]] = {
    "early_retirement": ("621",),
    "disability_pension": ("781", "783"),
    "transitional_allowance": ("611",),
    "other_pension": ("622", "998"),
    "education": ("651", "652", "661"),
    "maternity": ("881",),
}


def known_states() -> dict[str, str]:
    """State by code, from the packaged code list (three digits; blank is no code)."""
    codes = read_reference("dream_codes")
    known = codes[codes["code"] != ""]
    return dict(zip(known["code"].str.zfill(3), known["state"], strict=True))


def state_of(code: "Column") -> "Column":
    """State of a week's code: self_supported where blank, unknown where the list does not hold it."""
    pairs = [F.lit(part) for pair in sorted(known_states().items()) for part in pair]
    states = F.create_map(*pairs)
    return F.when(code.isNull(), F.lit(SELF_SUPPORTED)).otherwise(F.coalesce(F.try_element_at(states, code), F.lit(UNKNOWN)))


def is_transfer(code: "Column", holiday_codes: tuple[str, ...]) -> "Column":
    """Whether a week with this code is not transfer-free: every code but the holiday codes named (997 is no blank either)."""
    return code.isNotNull() & ~code.isin(*holiday_codes)


def end_reason_of(code: "Column", reasons: tuple[str, ...]) -> "Column":
    """The censoring reason a code stands for, null for none; only reasons the settings name."""
    reason = F.lit(None).cast("string")
    for name, codes in END_REASON_CODES.items():
        if name in reasons:
            reason = F.when(code.isin(*codes), F.lit(name)).otherwise(reason)
    return reason
