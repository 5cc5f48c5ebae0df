"""Numbers cut into the classes of a covariate."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings.model import Covariate

if TYPE_CHECKING:
    from pyspark.sql import Column


def class_of_number(value: "Column", covariate: Covariate) -> "Column":
    """The label of the class [b0, b1), [b1, b2), … that a number lies in; null for a number that
    lies in none of the covariate's bins, and for none."""
    assert covariate.bins is not None and covariate.bin_labels is not None
    label = F.lit(None).cast("string")
    for upper, name in zip(
        reversed(covariate.bins[1:]), reversed(covariate.bin_labels), strict=True
    ):
        label = F.when(value < upper, F.lit(name)).otherwise(label)
    return F.when(value >= covariate.bins[0], label)
