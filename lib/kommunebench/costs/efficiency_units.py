"""The municipalities that have both indicators, and those that have only one of them."""

import numpy as np
import pandas as pd

NOTE_COLUMNS = ["part", "municipality_code", "reason"]


def benchmark_in_levels(benchmark: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """The benchmark as the efficiency functions take it, one row a municipality that has it.

    ``benchmark``: municipality_code, persons, assessment, the column named ``indicator`` and
    ``<indicator>_se``, the standard error of its log. Gives municipality_code, indicator,
    indicator_se (of the indicator itself, to first order), persons, result_assessment.
    """
    rows = benchmark[benchmark[indicator].notna()]
    value = rows[indicator].astype(float)
    return pd.DataFrame(
        {
            "municipality_code": rows["municipality_code"],
            "indicator": value,
            # Delta method: d exp(x) = exp(x) dx.
            "indicator_se": value * rows[f"{indicator}_se"].astype(float),
            "persons": rows["persons"].astype(float),
            "result_assessment": rows["assessment"],
        }
    )


def both_indicators(
    benchmark: pd.DataFrame, costs: pd.DataFrame, error_variance: pd.Series
) -> pd.DataFrame:
    """One row a municipality that has a benchmark and a cost indicator, with the columns that
    assess_efficiency needs.

    ``benchmark``: as benchmark_in_levels gives it; ``costs``: municipality_code, cost_indicator,
    mean_unit_cost, assessment; ``error_variance``: of the cost indicator, by municipality_code.
    """
    costs = costs.rename(columns={"assessment": "cost_assessment"})
    joined = benchmark.merge(
        costs[["municipality_code", "cost_indicator", "mean_unit_cost", "cost_assessment"]], "inner"
    )
    return joined.assign(
        cost_error_variance=joined["municipality_code"].map(error_variance).astype(float)
    )


def efficiency_notes(
    benchmark: pd.DataFrame,
    costs: pd.DataFrame,
    units: pd.DataFrame,
    not_fitted: pd.DataFrame,
    outliers: tuple[str, ...],
) -> pd.DataFrame:
    """Rows of gold.efficiency_notes: part, municipality_code, reason.

    Municipalities with one indicator only; those that table 5.3 and figure 5.2 cannot place for
    want of a verdict; models that could not be fitted; outliers of the settings that are not there.
    """

    def missing_from(codes: pd.Series, other: pd.Series) -> pd.Series:
        return codes[~codes.isin(other)]

    reasons = {
        "no_cost_indicator": missing_from(
            benchmark["municipality_code"], costs["municipality_code"]
        ),
        "no_benchmark": missing_from(costs["municipality_code"], benchmark["municipality_code"]),
        "no_verdict": units.loc[units["result_assessment"].isna(), "municipality_code"],
    }
    rows = [("units", code, reason) for reason, codes in reasons.items() for code in codes]
    rows += [(part, None, reason) for part, reason in not_fitted[["part", "reason"]].to_numpy()]
    absent = np.setdiff1d(np.array(outliers, dtype=object), units["municipality_code"].to_numpy())
    rows += [("outliers", code, "outlier_not_among_units") for code in absent]
    return pd.DataFrame(rows, columns=NOTE_COLUMNS, dtype=object)
