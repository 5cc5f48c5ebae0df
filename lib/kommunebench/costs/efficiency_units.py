"""The municipalities that have both indicators, and those that have only one of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.benchmark.comparison.indicator import Indicator

NOTE_COLUMNS = ["part", "municipality_code", "reason"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkColumns:
    """Where a table of benchmark indicators holds what efficiency rests on.

    ``indicator`` holds what ``form`` says, of the model that carries the verdicts; ``observed`` is
    the observed measure in it; ``indicator_se`` is the standard error of its log, or of itself
    where it is a difference.
    """

    observed: str
    indicator: str
    indicator_se: str
    form: Indicator


def benchmark_as_ratio(benchmark: pd.DataFrame, columns: BenchmarkColumns) -> pd.DataFrame:
    """The benchmark as the efficiency functions take it: a ratio, above 1 better than expected.

    Frontiers in levels need a result above zero that grows with success, so an inverse is turned
    and a difference replaced by the ratio of what it is the difference of. The expected measure is
    that of the indicator's model, not the pooled one of the table. ``benchmark``:
    municipality_code, persons, assessment and the columns named. Gives municipality_code,
    indicator, indicator_se (of the ratio itself, to first order; missing for a difference),
    persons, result_assessment, one row a municipality with a ratio above zero.
    """
    value = pd.Series(
        columns.form.as_ratio(
            benchmark[columns.indicator].to_numpy(float),
            benchmark[columns.observed].to_numpy(float),
        ),
        benchmark.index,
    )
    se = benchmark[columns.indicator_se].astype(float)
    if not columns.form.is_logarithmic:
        se = se * np.nan
    # Delta method: d exp(x) = exp(x) dx.
    ratios = pd.DataFrame(
        {
            "municipality_code": benchmark["municipality_code"],
            "indicator": value,
            "indicator_se": value * se,
            "persons": benchmark["persons"].astype(float),
            "result_assessment": benchmark["assessment"],
        }
    )
    return ratios[np.isfinite(value) & (value > 0.0)]


def both_indicators(
    benchmark: pd.DataFrame, costs: pd.DataFrame, error_variance: pd.Series
) -> pd.DataFrame:
    """One row a municipality that has a benchmark and a cost indicator, with the columns that
    assess_efficiency needs.

    ``benchmark``: as benchmark_as_ratio gives it; ``costs``: municipality_code, cost_indicator,
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
    *,
    withheld: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """Rows of gold.efficiency_notes: part, municipality_code, reason.

    Municipalities with one indicator only; those that table 5.3 and figure 5.2 cannot place for
    want of a verdict; those ``withheld`` (codes of municipalities compared that are not in
    ``benchmark``, because their figures may not be published); models that could not be fitted;
    outliers of the settings that are not there.
    """

    def missing_from(codes: pd.Series, other: pd.Series) -> pd.Series:
        return codes[~codes.isin(other)]

    reasons: dict[str, Iterable[str]] = {
        "no_cost_indicator": missing_from(
            benchmark["municipality_code"], costs["municipality_code"]
        ),
        "no_benchmark": [
            code
            for code in missing_from(costs["municipality_code"], benchmark["municipality_code"])
            if code not in withheld
        ],
        "figures_withheld": sorted(withheld),
        "no_verdict": units.loc[units["result_assessment"].isna(), "municipality_code"],
    }
    rows: list[tuple[object, ...]] = [
        ("units", code, reason) for reason, codes in reasons.items() for code in codes
    ]
    rows += [
        (model_name, None, reason)
        for model_name, reason in not_fitted[["part", "reason"]].to_numpy()
    ]
    absent = np.setdiff1d(np.array(outliers, dtype=object), units["municipality_code"].to_numpy())
    rows += [("outliers", code, "outlier_not_among_units") for code in absent]
    return pd.DataFrame(rows, columns=NOTE_COLUMNS, dtype=object)
