"""The local labour market of a commuting area and year (method, section 6)."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Skilled jobs are counted in tens of thousands, so that a coefficient is not of the order of 1e-6.
SKILLED_JOBS_UNIT = 10_000


def local_labour_market(registers: RegisterFrames) -> "DataFrame | None":
    """One row per municipality and year, None where the tables of the municipalities were not delivered.

    municipality_code, year, local_unemployment_percent (full-time unemployed per hundred residents aged 18-64),
    local_jobs_per_18_64, local_jobs_skilled (ten thousands), all of the municipality's commuting area. A year without figures
    takes those of the nearest earlier year, else of the first later one.
    """
    tables = (registers.unemployment, registers.jobs, registers.commuting_areas)
    if any(table is None for table in tables):
        return None
    unemployment, jobs, areas = tables
    assert unemployment is not None and jobs is not None and areas is not None
    by_municipality = (
        _residents(registers.population_snapshots)
        .join(unemployment, ["municipality_code", "year"], "full")
        .join(jobs, ["municipality_code", "year"], "full")
    )
    by_area = (
        by_municipality.join(areas, "municipality_code", "inner")
        .groupBy("commuting_area", "year")
        .agg(*(F.sum(name).alias(name) for name in ("residents", "full_time_unemployed", "jobs", "jobs_skilled")))
    )
    years = areas.select("commuting_area").distinct().crossJoin(by_area.select("year").distinct())
    filled = years.join(by_area, ["commuting_area", "year"], "left")
    earlier = Window.partitionBy("commuting_area").orderBy("year").rowsBetween(Window.unboundedPreceding, Window.currentRow)
    later = Window.partitionBy("commuting_area").orderBy("year").rowsBetween(Window.currentRow, Window.unboundedFollowing)
    for name in ("residents", "full_time_unemployed", "jobs", "jobs_skilled"):
        value = F.coalesce(F.last(name, ignorenulls=True).over(earlier), F.first(name, ignorenulls=True).over(later))
        filled = filled.withColumn(name, value)
    ratios = filled.select(
        "commuting_area",
        "year",
        (F.lit(100.0) * F.try_divide("full_time_unemployed", "residents")).alias("local_unemployment_percent"),
        F.try_divide("jobs", "residents").alias("local_jobs_per_18_64"),
        (F.col("jobs_skilled") / SKILLED_JOBS_UNIT).alias("local_jobs_skilled"),
    )
    return areas.join(ratios, "commuting_area", "inner").drop("commuting_area")


def _residents(snapshots: "DataFrame") -> "DataFrame":
    """Residents aged 18-64 in December, by municipality and year."""
    december = snapshots.where(F.month("snapshot_date") == 12)
    age = F.floor(F.months_between("snapshot_date", "birth_date") / 12)
    adults = december.where(age.between(18, 64) & F.col("municipality_code").isNotNull())
    return adults.groupBy("municipality_code", F.year("snapshot_date").alias("year")).agg(F.count(F.lit(1)).alias("residents"))
