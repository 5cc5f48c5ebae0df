"""Full-year persons and their composition, by municipality and year (method, sections 8.1, 8.2)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Table 5.1's terms that are a country, or two taken together, by origin as the countries' list
# names it.
_COUNTRY_TERMS = {
    "syria": ("syria",),
    "thailand_philippines": ("thailand", "philippines"),
    "turkey": ("turkey",),
    "iran_afghanistan": ("iran", "afghanistan"),
}
# Its continents hold their countries, also those with a term of their own.
_CONTINENT_TERMS = {
    "europe_non_eu28": "europe",
    "africa": "africa",
    "south_central_america": "south_central_america",
    "asia": "asia",
}


def count_full_year_persons(
    panel: "DataFrame", population: "DataFrame", settings: AnalysisSettings
) -> "DataFrame":
    """municipality_code, year (ISO), person_weeks, full_year_persons and the shares (0-1) of table
    5.1's terms.

    Everybody of the population counts, with or without a spell, working or not, in the weeks before
    the horizon in which they live in Denmark, where they live; full_year_persons are person-weeks
    over the weeks of the ISO year. A share is of the cell's person-weeks. Weeks without a known
    municipality are in no cell.
    """
    lived = panel.where(lives_in_denmark(settings) & F.col("municipality_code").isNotNull())
    year = F.substring("iso_week", 1, 4).cast("int")
    by_person = lived.groupBy("person_id", "municipality_code", year.alias("year")).agg(
        F.count(F.lit(1)).alias("weeks")
    )
    composition = population.select(
        "person_id", *(holds.cast("int").alias(name) for name, holds in _terms().items())
    )
    cells = by_person.join(composition, "person_id", "inner").groupBy("municipality_code", "year")
    weighted = (F.sum(F.col(name) * F.col("weeks")).alias(name) for name in _terms())
    counted = cells.agg(F.sum("weeks").alias("person_weeks"), *weighted)
    shares = ((F.col(name) / F.col("person_weeks")).alias(name) for name in _terms())
    persons = F.col("person_weeks") / weeks_of_iso_year(F.col("year"))
    return counted.select(
        "municipality_code", "year", "person_weeks", persons.alias("full_year_persons"), *shares
    )


def lives_in_denmark(settings: AnalysisSettings) -> "Column":
    """Whether a week of the panel counts for full-year persons: before the horizon, alive and in
    the country."""
    return (
        F.col("week").between(0, settings.observation.horizon_weeks - 1) & F.col("absence").isNull()
    )


def weeks_of_iso_year(year: "Column") -> "Column":
    """52 or 53: the number of the week that holds 28 December."""
    return F.weekofyear(F.make_date(year, F.lit(12), F.lit(28)))


def _terms() -> "dict[str, Column]":
    """What each term of the cost model says of a person, as measured for the spells."""
    terms = {
        f"danish_{value}": F.col("danish_education") == value
        for value in ("unknown", "1", "2", "3")
    }
    terms["under_25"] = F.col("age_group").isin("18_19", "20_24")
    terms["refugee"] = ~F.col("residence_basis").startswith("family")
    terms |= {name: F.col("continent") == continent for name, continent in _CONTINENT_TERMS.items()}
    return terms | {
        name: F.col("origin").isin(*origins) for name, origins in _COUNTRY_TERMS.items()
    }
