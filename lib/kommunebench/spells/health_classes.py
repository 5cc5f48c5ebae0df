"""Contacts and days in hospital as the classes of table 6.1."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column


def yearly_contacts() -> "Column":
    """Contacts (gp_total in health_months) scaled to twelve months, in whole contacts; who had any
    has at least one."""
    total = F.coalesce(F.col("gp_total"), F.lit(0))
    scaled = F.round(total * 12 / F.col("health_months"))
    return F.when(total > 0, F.greatest(scaled, F.lit(1.0))).otherwise(F.lit(0.0))


def contact_class(contacts: "Column") -> "Column":
    """Class of contacts a year, in table 6.1's names."""
    return (
        F.when(contacts <= 0, F.lit("0"))
        .when(contacts <= 4, F.lit("1_4"))
        .when(contacts <= 8, F.lit("5_8"))
        .when(contacts <= 12, F.lit("9_12"))
        .otherwise(F.lit("13_plus"))
    )


def day_class(days: "Column") -> "Column":
    """Class of days in hospital, in table 6.1's names."""
    return (
        F.when(days <= 0, F.lit("0")).when(days <= 3, F.lit("1_3")).when(days > 3, F.lit("4_plus"))
    )
