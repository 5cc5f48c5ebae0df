"""The local labour market of a commuting area and year (method, section 6)."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.ages import completed_years
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

MARKET_COLUMNS = ("local_unemployment_percent", "local_jobs_per_18_64", "local_jobs_skilled")
# Skilled jobs are counted in tens of thousands, so that a coefficient is not of the order of 1e-6.
SKILLED_JOBS_UNIT = 10_000
_OF_TABLES = ("full_time_unemployed", "jobs", "jobs_skilled")
_FIGURES = ("residents", *_OF_TABLES)


def local_labour_market(
    registers: RegisterFrames, settings: AnalysisSettings
) -> "DataFrame | None":
    """One row per municipality and year, None where a table it needs was not delivered.

    municipality_code, year, local_unemployment_percent (full-time unemployed per hundred residents
    aged 18-64 in December), local_jobs_per_18_64, local_jobs_skilled (ten thousands), all of the
    municipality's commuting area. An area's figure is not known in a year in which a municipality
    with residents lacks it: then it is that of the nearest earlier year, else of the first later
    one.
    """
    by_area = _figures_by_area(
        registers, settings.population.window_start.year, settings.population.window_end.year
    )
    if by_area is None:
        return None
    order = Window.partitionBy("commuting_area").orderBy("year")
    earlier = order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    later = order.rowsBetween(Window.currentRow, Window.unboundedFollowing)
    filled = by_area.withColumns(
        {
            name: F.coalesce(
                F.last(name, ignorenulls=True).over(earlier),
                F.first(name, ignorenulls=True).over(later),
            )
            for name in _FIGURES
        }
    )
    areas = registers.need("commuting_areas", "the local labour market")
    ratios = filled.select(
        "commuting_area",
        "year",
        (F.lit(100.0) * F.try_divide("full_time_unemployed", "residents")).alias(
            "local_unemployment_percent"
        ),
        F.try_divide("jobs", "residents").alias("local_jobs_per_18_64"),
        (F.col("jobs_skilled") / SKILLED_JOBS_UNIT).alias("local_jobs_skilled"),
    )
    return areas.join(ratios, "commuting_area", "inner").drop("commuting_area")


def _figures_by_area(registers: RegisterFrames, first: int, last: int) -> "DataFrame | None":
    """commuting_area, year and the sums of the area's municipalities, null where one that ever has
    residents lacks the figure; every area in every year that any municipality has figures of or
    that lies between ``first`` and ``last``. A municipality without an area is in none."""
    unemployment, jobs, areas = registers.unemployment, registers.jobs, registers.commuting_areas
    if unemployment is None or jobs is None or areas is None:
        return None
    keys = ["municipality_code", "year"]
    figures = (
        _residents(registers.population_snapshots)
        .join(unemployment, keys, "full")
        .join(jobs, keys, "full")
    )
    in_areas = figures.join(areas, "municipality_code", "inner")
    complete = _every_year(in_areas, first, last).groupBy("commuting_area", "year")
    return complete.agg(F.sum("residents").alias("residents"), *map(_sum_of_all, _OF_TABLES))


def _sum_of_all(figure: str) -> "Column":
    """The sum of a figure over the municipalities, null where one with residents lacks it."""
    is_missing = F.col("has_residents") & F.col(figure).isNull()
    return F.when(F.count_if(is_missing) == 0, F.sum(figure)).alias(figure)


def _every_year(figures: "DataFrame", first: int, last: int) -> "DataFrame":
    """commuting_area, municipality_code, year, figures and has_residents (in any year), one row per
    municipality and year; the figures of a year a municipality lacks are null."""
    listed = figures.groupBy("commuting_area", "municipality_code").agg(
        F.collect_list(F.struct("year", *_FIGURES)).alias("figures"),
        F.max("residents").isNotNull().alias("has_residents"),
    )
    everything = Window.partitionBy(F.lit(1))  # one row per municipality
    known_years = F.flatten(F.collect_list(F.col("figures.year")).over(everything))
    years = F.array_union(known_years, F.sequence(F.lit(first), F.lit(last)))
    by_year = listed.withColumn("years", years).withColumn("year", F.explode("years"))
    of_year = F.get(F.filter("figures", lambda row: row["year"] == F.col("year")), F.lit(0))
    return by_year.select(
        "commuting_area",
        "municipality_code",
        "year",
        "has_residents",
        *(of_year[name].alias(name) for name in _FIGURES),
    )


def _residents(snapshots: "DataFrame") -> "DataFrame":
    """Residents aged 18-64 in December, by municipality and year."""
    december = snapshots.where(
        (F.month("snapshot_date") == 12) & F.col("municipality_code").isNotNull()
    )
    adults = december.where(
        completed_years(F.col("birth_date"), F.col("snapshot_date")).between(18, 64)
    )
    return adults.groupBy("municipality_code", F.year("snapshot_date").alias("year")).agg(
        F.count(F.lit(1)).alias("residents")
    )
