"""The local labour market of a commuting area and year (method, section 6)."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.ages import completed_years
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MARKET_COLUMNS = ("local_unemployment_percent", "local_jobs_per_18_64", "local_jobs_skilled")
# Skilled jobs are counted in tens of thousands, so that a coefficient is not of the order of 1e-6.
SKILLED_JOBS_UNIT = 10_000
_FIGURES = ("residents", "full_time_unemployed", "jobs", "jobs_skilled")


def local_labour_market(
    registers: RegisterFrames, settings: AnalysisSettings
) -> "DataFrame | None":
    """One row per municipality and year, None where a table it needs was not delivered.

    municipality_code, year, local_unemployment_percent (full-time unemployed per hundred residents
    aged 18-64 in December), local_jobs_per_18_64, local_jobs_skilled (ten thousands), all of the
    municipality's commuting area. A figure a year lacks is that of the nearest earlier year, else
    of the first later one; figures_carried counts the row's figures of another year.
    """
    by_area = _figures_by_area(registers)
    if by_area is None:
        return None
    filled = _every_year(
        by_area, settings.population.window_start.year, settings.population.window_end.year
    )
    order = Window.partitionBy("commuting_area").orderBy("year")
    earlier = order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    later = order.rowsBetween(Window.currentRow, Window.unboundedFollowing)
    carried = sum((F.col(name).isNull().cast("int") for name in _FIGURES), F.lit(0))
    values = {
        name: F.coalesce(
            F.last(name, ignorenulls=True).over(earlier),
            F.first(name, ignorenulls=True).over(later),
        )
        for name in _FIGURES
    }
    filled = filled.withColumns({"figures_carried": carried, **values})
    areas = registers.need("commuting_areas", "the local labour market")
    ratios = filled.select(
        "commuting_area",
        "year",
        (F.lit(100.0) * F.try_divide("full_time_unemployed", "residents")).alias(
            "local_unemployment_percent"
        ),
        F.try_divide("jobs", "residents").alias("local_jobs_per_18_64"),
        (F.col("jobs_skilled") / SKILLED_JOBS_UNIT).alias("local_jobs_skilled"),
        "figures_carried",
    )
    return areas.join(ratios, "commuting_area", "inner").drop("commuting_area")


def _every_year(by_area: "DataFrame", first: int, last: int) -> "DataFrame":
    """Every area in every year that any area has figures of or that lies between ``first`` and
    ``last``; the figures of a year an area lacks are null.

    The some hundred rows of ``by_area`` are brought into one row for it, so that what they are
    summed from is read once.
    """
    all_figures = by_area.agg(
        F.collect_list(F.struct("commuting_area", "year", *_FIGURES)).alias("figures")
    )
    areas = F.array_distinct(F.col("figures.commuting_area"))
    years = F.array_union(F.col("figures.year"), F.sequence(F.lit(first), F.lit(last)))
    listed = all_figures.select("figures", F.explode(areas).alias("commuting_area"))
    listed = listed.select("figures", "commuting_area", F.explode(years).alias("year"))
    of_area_and_year = F.filter(
        "figures",
        lambda row: (
            (row["commuting_area"] == F.col("commuting_area")) & (row["year"] == F.col("year"))
        ),
    )
    figures = F.get(of_area_and_year, F.lit(0))
    return listed.select(
        "commuting_area", "year", *(figures[name].alias(name) for name in _FIGURES)
    )


def _figures_by_area(registers: RegisterFrames) -> "DataFrame | None":
    """commuting_area, year and the sums of the area's municipalities; a municipality without an
    area is in none."""
    unemployment, jobs, areas = registers.unemployment, registers.jobs, registers.commuting_areas
    if unemployment is None or jobs is None or areas is None:
        return None
    keys = ["municipality_code", "year"]
    figures = (
        _residents(registers.population_snapshots)
        .join(unemployment, keys, "full")
        .join(jobs, keys, "full")
    )
    by_area = figures.join(areas, "municipality_code", "inner").groupBy("commuting_area", "year")
    return by_area.agg(*(F.sum(name).alias(name) for name in _FIGURES))


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
