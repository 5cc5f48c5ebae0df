"""What all settings have in common."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Base: immutable, unknown keys refused, defaults validated."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


def refuse_weeks_out_of_order(name: str, weeks: tuple[int, ...]) -> None:
    """Raise ValueError naming the setting unless its weeks are positive and rising."""
    if list(weeks) != sorted({week for week in weeks if week > 0}):
        raise ValueError(f"{name} {list(weeks)}: weeks must be positive and rising")
