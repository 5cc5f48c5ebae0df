"""The tables of a run that may be published together: what is hidden in one of them cannot be
computed from the others."""

from collections.abc import Mapping

import pandas as pd

from kommunebench.benchmark.comparison.fifths import fifth_means
from kommunebench.benchmark.comparison.potential import RAW, ten_best
from kommunebench.benchmark.comparison.variance_reduction import variance_reduction
from kommunebench.disclosure.hidden import Hidden
from kommunebench.disclosure.judged import summary_of_shown
from kommunebench.disclosure.rules import (
    COEFFICIENT_TABLES,
    INDICATOR_TABLES,
    Published,
    publish,
)
from kommunebench.disclosure.thin_terms import of_terms, terms_of_few, without_tests
from kommunebench.settings.analysis import DisclosureSettings
from kommunebench.tables import Table

_FIFTHS, _VARIANCES, _POTENTIALS = "quintile_means", "variance_reduction", "potentials"
_LISTS = "ten_best"
_OF_EFFICIENCY = (
    "efficiency_regressions",
    "efficiency_influence",
    "frontier_parameters",
    "frontier_scores",
    "cost_by_result",
)


def publish_together(
    tables: Mapping[Table, pd.DataFrame], rules: DisclosureSettings
) -> dict[str, Published]:
    """The tables of a run that may be published, by name, without tables that have no rows left.
    The indicators come first, because the other tables hide what they hide.

    Means over municipalities of which some are hidden are computed from the municipalities that are
    shown, because from a mean of all a single hidden one could be computed. The tables of
    efficiency are estimated without the municipalities that were hidden at the time; where one took
    part that is hidden now, they are not published.
    """
    with_rows = {table: rows for table, rows in tables.items() if len(rows)}
    published = {
        table.name: publish(table, rows, rules)
        for table, rows in with_rows.items()
        if table.name in INDICATOR_TABLES
    }
    hidden = Hidden.union(one.hidden for one in published.values())
    if not hidden.indicators.isdisjoint(_set_against_costs(with_rows)):
        with_rows = {t: rows for t, rows in with_rows.items() if t.name not in _OF_EFFICIENCY}
    shown = [one.rows for one in published.values()]
    for table, rows in with_rows.items():
        if table.name in published:
            continue
        if hidden.some_compared and len(shown) == 1:
            rows = of_shown(table.name, rows, shown[0])
        if table.name == "proportionality":
            few = of_terms(rows, _terms_of_few(with_rows, rules.min_persons))
            published[table.name] = Published(without_tests(rows, few), int(few.sum()))
            continue
        if hidden.some_judged and table.name == "benchmark_summary" and len(shown) == 1:
            rows = summary_of_shown(rows, shown[0])
        if hidden.some_judged and table.name == "stability":
            # It counts and correlates all that have a verdict.
            continue
        published[table.name] = publish(table, rows, rules, hidden)
    return {name: one for name, one in published.items() if len(one.rows)}


def _terms_of_few(tables: Mapping[Table, pd.DataFrame], minimum: int) -> pd.DataFrame:
    """Group and term of the terms that rest on few events."""
    few = [
        rows.loc[terms_of_few(rows, minimum), ["group", "term"]]
        for table, rows in tables.items()
        if table.name in COEFFICIENT_TABLES
    ]
    return pd.concat([pd.DataFrame(columns=["group", "term"]), *few])


def _set_against_costs(tables: Mapping[Table, pd.DataFrame]) -> set[str]:
    """Codes of the municipalities that the tables of efficiency are made of."""
    return {
        str(code)
        for table, rows in tables.items()
        if table.name in ("efficiency_influence", "frontier_scores")
        for code in rows["municipality_code"]
    }


def of_shown(table_name: str, rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of means over municipalities (tables 3.1 and 3.2, the raw potential), or
    of the ten best and worst, computed from the ``indicators`` that are shown; any other table
    unchanged."""
    if table_name == _LISTS:
        return _listed(rows, indicators)
    if table_name not in (_FIFTHS, _VARIANCES, _POTENTIALS):
        return rows
    compared = _compared(indicators)
    measured = "share" if "observed_share" in compared else "duration"
    observed, expected = f"observed_{measured}", f"expected_{measured}"
    means = fifth_means(compared, ["indicator", observed, expected, "difference"])
    if table_name == _FIFTHS:
        return _replaced(rows, means, "quintile")
    if table_name == _VARIANCES:
        variances = variance_reduction(
            compared[observed].to_numpy(float),
            compared[expected].to_numpy(float),
            "share" if measured == "share" else "weeks",
        )
        return _replaced(rows, variances, "component")
    by_fifth = means.set_index("quintile")["difference"]
    best, worst = (float(by_fifth.get(fifth, float("nan"))) for fifth in (1, 5))
    is_raw = rows["basis"] == RAW
    half = (rows["ci_high"] - rows["ci_low"]) / 2
    return rows.assign(
        best_fifth=rows["best_fifth"].where(~is_raw, best),
        worst_fifth=rows["worst_fifth"].where(~is_raw, worst),
        potential=rows["potential"].where(~is_raw, best - worst),
        ci_low=rows["ci_low"].where(~is_raw, best - worst - half),
        ci_high=rows["ci_high"].where(~is_raw, best - worst + half),
    )


def _listed(rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """The lists of best and worst over the municipalities that are shown: a list with fewer than
    ten would reveal a hidden one."""
    compared = _compared(indicators)
    names = indicators.loc[compared.index, ["municipality_code", "municipality"]]
    listed = ten_best(
        compared["difference"].to_numpy(float),
        compared["quintile"].to_numpy(float),
        list(names["municipality_code"]),
    )
    listed = listed.merge(names, on="municipality_code")
    of_run = {str(name): rows[name].iloc[0] for name in rows if name not in listed}
    return listed.assign(**of_run)[list(rows.columns)]


def _compared(indicators: pd.DataFrame) -> pd.DataFrame:
    """Municipalities compared that are shown, with the pooled model's plain figures."""
    is_share = "observed_share" in indicators
    measured, plain = ("share", "_plain") if is_share else ("duration", "")
    kept = indicators["included"].astype(bool) & indicators["quintile"].notna()
    columns = {
        "quintile": "quintile",
        f"observed_{measured}": f"observed_{measured}",
        f"expected_{measured}": f"expected_{measured}",
        "indicator": f"indicator{plain}",
        "difference": f"difference{plain}",
    }
    compared = pd.DataFrame(
        {name: pd.to_numeric(indicators.loc[kept, source]) for name, source in columns.items()}
    )
    return compared.assign(included=True)


def _replaced(rows: pd.DataFrame, computed: pd.DataFrame, key: str) -> pd.DataFrame:
    """The rows with the computed columns in place of their own."""
    others = [name for name in rows if name == key or name not in computed]
    return rows[others].merge(computed, on=key)[list(rows.columns)]
