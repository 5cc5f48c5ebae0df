"""What the registers were drawn from, written beside them: no other verb reads it."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from pyspark.sql import functions as F

from kommunebench.places import local_uri
from kommunebench.simulation.latent import TRUE_COLUMNS
from kommunebench.simulation.lives import BASELINE, baseline_hazard
from kommunebench.simulation.other_truth import draw_other_effects, true_terms
from kommunebench.simulation.plan import SimulationPlan
from kommunebench.simulation.true_costs import TrueCosts, cost_model_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_WITH_SPELLS = ("settled", "earlier")
_OTHER_ROLES = (*_WITH_SPELLS, "youth")


def write_truth(
    persons: "DataFrame",
    folder: Path,
    plan: SimulationPlan,
    true: TrueCosts,
    unit_costs: pd.DataFrame,
) -> None:
    """Files of OUT/truth: coefficients, baseline, municipality_effects, spells; cost_model,
    unit_costs, inefficiency; and of the other populations other_coefficients, other_effects,
    other_persons."""
    folder.mkdir(parents=True, exist_ok=True)
    country = plan.country
    coefficients = [
        (sex, term, value)
        for sex, terms in country.coefficients.items()
        for term, value in terms.items()
    ]
    _csv(
        folder, "coefficients", pd.DataFrame(coefficients, columns=["group", "term", "coefficient"])
    )
    effects = {
        "municipality_code": country.code,
        "effect": country.effect,
        "refugee_share": country.refugee_share,
    }
    _csv(folder, "municipality_effects", pd.DataFrame(effects))
    _csv(folder, "baseline", _baseline())
    _csv(folder, "cost_model", cost_model_table(true))
    _csv(folder, "unit_costs", unit_costs)
    inefficiency = unit_costs[
        ["municipality_code", "inefficiency", "local_difference"]
    ].drop_duplicates()
    _csv(folder, "inefficiency", inefficiency)
    _csv(folder, "other_coefficients", true_terms())
    other = draw_other_effects(plan).by_analysis
    rows = [
        pd.DataFrame({"analysis": n, "municipality_code": country.code, "effect": e})
        for n, e in other.items()
    ]
    _csv(folder, "other_effects", pd.concat(rows))
    place = F.when(F.col("place_until").isNotNull(), F.col("first_place")).otherwise(F.col("place"))
    spells = persons.where((F.col("role") == "newcomer") & (F.col("true_start1") >= 0))
    _parquet(
        spells.select("person_id", place.alias("municipality_code"), *TRUE_COLUMNS),
        folder / "spells.parquet",
    )
    others = persons.where(F.col("role").isin(*_OTHER_ROLES)).select(
        "person_id",
        F.col("role").alias("population"),
        F.col("place").alias("municipality_code"),
        F.when(F.col("role").isin(*_WITH_SPELLS), F.col("origin_monday")).alias("first_monday"),
        *(
            F.when(F.col("role").isin(*_WITH_SPELLS), F.col(name)).alias(name.removeprefix("true_"))
            for name in TRUE_COLUMNS
        ),
        F.when(F.col("role") == "youth", F.col("true_event1")).alias("passed_exams"),
        F.when(F.col("role") == "youth", F.col("true_event2")).alias("upper_secondary"),
    )
    _parquet(others, folder / "other_persons.parquet")


def _baseline() -> pd.DataFrame:
    """Weekly baseline hazard of each sex over the horizon: group, week, hazard, cumulative_hazard,
    and the numbers it comes from."""
    parts = []
    for sex, (level, first, ramp) in BASELINE.items():
        cumulative = baseline_hazard(level, first, ramp)[:157]
        weekly = {
            "week": range(1, 157),
            "hazard": cumulative[1:] - cumulative[:-1],
            "cumulative_hazard": cumulative[1:],
        }
        parts.append(
            pd.DataFrame(
                {
                    "group": sex,
                    **weekly,
                    "hazard_level": level,
                    "first_week_share": first,
                    "ramp_weeks": ramp,
                }
            )
        )
    return pd.concat(parts)


def _csv(folder: Path, name: str, table: pd.DataFrame) -> None:
    table.to_csv(folder / f"{name}.csv", index=False)


def _parquet(frame: "DataFrame", path: Path) -> None:
    frame.coalesce(2).write.mode("overwrite").parquet(local_uri(path))
