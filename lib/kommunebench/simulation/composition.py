"""Whom the simulated municipalities served: full-year persons and their composition, from the
latent table."""

from datetime import date

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from kommunebench.reference import read_reference

_HORIZON_DAYS = 156 * 7
_NEVER = date(2999, 1, 1)
SHARES = (
    "danish_unknown",
    "danish_1",
    "danish_2",
    "under_25",
    "refugee",
    "europe_non_eu28",
    "south_central_america",
    "asia",
    "syria",
    "thailand_philippines",
    "turkey",
    "iran_afghanistan",
)


def full_year_persons(
    persons: DataFrame, first_year: int = 2011, last_year: int = 2015
) -> DataFrame:
    """Per municipality and year: full_year_persons and the shares of table 5.1's terms among them
    (method, section 8.1).

    Days of newcomers in the 156 weeks from the origin, alive and in Denmark, in the municipality
    lived in.
    """
    years = F.explode(F.sequence(F.lit(first_year), F.lit(last_year))).alias("year")
    stays = persons.where((F.col("role") == "newcomer") & (F.col("outside") == "")).select(
        "*", F.inline(_stays())
    )
    days = _days("from", "until") - _days(*_absence())
    year_share = (days / F.dayofyear(F.make_date("year", F.lit(12), F.lit(31)))).alias("part")
    flags = [flag.cast("double").alias(name) for name, flag in _flags().items()]
    parts = (
        stays.select("*", years)
        .select("municipality_code", "year", year_share, *flags)
        .where(F.col("part") > 0)
    )
    total = F.sum("part")
    shares = [(F.sum(F.col(name) * F.col("part")) / total).alias(name) for name in SHARES]
    return parts.groupBy("municipality_code", "year").agg(total.alias("full_year_persons"), *shares)


def _stays() -> Column:
    """Where a person lives from the origin to the horizon: first placement, the municipality of the
    spells, the one moved to."""
    end = F.least(
        F.date_add("origin_monday", _HORIZON_DAYS), F.coalesce("death_date", F.lit(_NEVER))
    )
    placed = F.least(F.greatest(F.coalesce("place_until", "origin_monday"), "origin_monday"), end)
    moved = F.greatest(F.least(F.coalesce("move_date", F.lit(_NEVER)), end), placed)
    stays = (
        ("first_place", F.col("origin_monday"), placed),
        ("place", placed, moved),
        ("moved_to", moved, end),
    )
    return F.array(
        *(
            F.struct(F.col(place).alias("municipality_code"), a.alias("from"), b.alias("until"))
            for place, a, b in stays
        )
    )


def _absence() -> tuple[Column, Column]:
    gone = F.coalesce("left_date", F.lit(_NEVER))
    back = F.when(F.col("left_date").isNotNull(), F.coalesce("back_date", F.lit(_NEVER))).otherwise(
        F.lit(_NEVER)
    )
    return F.greatest("from", gone), F.least("until", back)


def _days(start: str | Column, end: str | Column) -> Column:
    """Days of an interval within the year, its end not included."""
    first = F.greatest(start, F.make_date("year", F.lit(1), F.lit(1)))
    last = F.least(end, F.make_date(F.col("year") + 1, F.lit(1), F.lit(1)))
    return F.greatest(F.datediff(last, first), F.lit(0))


def _flags() -> dict[str, Column]:
    """What each share counts, as the covariates are measured."""
    countries = read_reference("countries")
    listed = countries[countries["western"] != "true"]
    continents = {
        "europe_non_eu28": "europe",
        "south_central_america": "south_central_america",
        "asia": "asia",
    }
    flags = {f"danish_{k}": F.coalesce(F.col("course") == str(k), F.lit(False)) for k in (1, 2)}
    flags |= {
        "danish_unknown": F.col("course").isNull(),
        "refugee": F.coalesce(F.col("category") == 1, F.lit(False)),
    }
    flags["under_25"] = F.months_between("selection_date", "birth_date") < 25 * 12
    flags |= {
        name: _among(listed[listed["continent"] == continent])
        for name, continent in continents.items()
    }
    for name in ("syria", "thailand_philippines", "turkey", "iran_afghanistan"):
        flags[name] = _among(
            listed[listed["cox_term"].isin([f"origin_{country}" for country in name.split("_")])]
        )
    return flags


def _among(countries: pd.DataFrame) -> Column:
    return F.coalesce(
        F.col("country_code").isin([int(code) for code in countries["country_code"]]), F.lit(False)
    )
