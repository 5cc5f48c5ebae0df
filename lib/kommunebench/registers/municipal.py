"""Tables of the municipalities and code lists: delivered rows to bronze columns."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.registers.checks import one_of_each, usable_rows
from kommunebench.registers.reading import UNIT, RegisterRows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_TOTAL = ("TOT", "TOTAL", "I ALT")


def prepare_regk100(rows: RegisterRows) -> "DataFrame":
    """bronze.municipal_accounts: every cell as it stands; owners have no total and are summed where
    they are used."""
    return one_of_each(usable_rows(rows).drop("period"), rows, rows.register.key)


def prepare_aul01(rows: RegisterRows) -> "DataFrame":
    """bronze.unemployment: all benefits together, over funds, ages and sexes, mean over the periods
    of a year."""
    cells = one_of_each(usable_rows(rows), rows, rows.register.key)
    return unemployed_by_year(cells).withColumn(UNIT, F.lit(rows.files[0].unit))


def unemployed_by_year(cells: "DataFrame") -> "DataFrame":
    """municipality_code, year, full_time_unemployed from the cells of AUL01 (municipality_code,
    time, benefit, fund, age, sex, full_time_unemployed).

    Where a municipality has a total of a dimension in a period that one is taken, else the
    dimension's values are summed.
    """
    frame = cells.where(F.upper("benefit").isin(*_TOTAL))
    cell = Window.partitionBy("municipality_code", "time")
    for name in ("fund", "age", "sex"):
        frame = frame.withColumn(
            "is_total", F.coalesce(F.upper(F.col(name)).isin(*_TOTAL), F.lit(False))
        )
        frame = frame.withColumn("any_total", F.max("is_total").over(cell)).where(
            F.col("is_total") | ~F.col("any_total")
        )
    by_period = frame.groupBy("municipality_code", "time").agg(
        F.sum("full_time_unemployed").alias("n")
    )
    year = F.substring("time", 1, 4).try_cast("int")
    return by_period.groupBy("municipality_code", year.alias("year")).agg(
        F.avg("n").alias("full_time_unemployed")
    )


def prepare_plain(rows: RegisterRows) -> "DataFrame":
    """Tables that are delivered in our columns: jobs, price_index, commuting_areas."""
    return one_of_each(usable_rows(rows).drop("period"), rows, rows.register.key)


def prepare_countries(rows: RegisterRows) -> "DataFrame":
    """bronze.countries; ``origin`` is the term of table 6.1 without its prefix."""
    frame = usable_rows(rows)
    western = F.lower("western").isin("true", "1")
    origin = F.regexp_replace("origin", "^origin_", "")
    selected = frame.select(
        "country_code",
        "country",
        "continent",
        western.alias("western"),
        origin.alias("origin"),
        UNIT,
    )
    return one_of_each(selected, rows, rows.register.key)


def prepare_residence_basis_codes(rows: RegisterRows) -> "DataFrame":
    """bronze.residence_basis_codes; a blank basis is outside the population."""
    return one_of_each(usable_rows(rows).drop("period"), rows, rows.register.key)
