"""Registers in which nobody of the population is found: pseudonyms differ between projects, and
all would count as without work, benefits or illness."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.spells.registers import NamedFrames

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# So many persons are looked up. Of fewer than the second number it may be that nobody has ever had
# work, or seen a doctor.
_LOOKED_UP = 1_000
_LEAST = 200


def refuse_registers_of_others(
    persons: "DataFrame", registers: NamedFrames, names: Sequence[str]
) -> None:
    """Raise RegisterError naming the bronze tables, of those with these names that are at hand, in
    which none of the first 1,000 persons has a row. Populations of fewer than 200 are not looked
    up. Reading of a table ends with the first person found; ``persons`` should be cheap to make."""
    looked_up = persons.select("person_id").limit(_LOOKED_UP)
    n_persons = looked_up.count()
    if n_persons < _LEAST:
        return
    at_hand = {name: getattr(registers, name) for name in names}
    unknown = [
        name
        for name, register in at_hand.items()
        if register is not None and not _has_any_of(looked_up, register)
    ]
    if unknown:
        raise RegisterError(
            f"none of {n_persons:,} persons of the population has a row in bronze."
            f"{', bronze.'.join(unknown)}: the identifiers of these registers are other ones than"
            " those of the population. Pseudonyms differ between projects, and an export may have"
            " changed them. Deliver all registers with the identifiers of one project."
        )


def _has_any_of(persons: "DataFrame", register: "DataFrame") -> bool:
    # The persons are few whatever the population: the register is not moved between tasks.
    theirs = register.join(F.broadcast(persons), "person_id", "left_semi")
    return bool(theirs.select(F.lit(1)).limit(1).collect())
