"""The tables of a run that may be published together: what is hidden in one of them cannot be
computed from the others."""

from collections.abc import Mapping

import pandas as pd

from kommunebench.benchmark.comparison.fifths import fifth_means
from kommunebench.benchmark.comparison.potential import RAW, ten_best
from kommunebench.benchmark.comparison.variance_reduction import variance_reduction
from kommunebench.disclosure.cost_cells import without_hidden_units
from kommunebench.disclosure.hidden import Hidden
from kommunebench.disclosure.rules import INDICATOR_TABLES, Published, publish
from kommunebench.settings.analysis import DisclosureSettings
from kommunebench.tables import Table

_FIFTHS, _VARIANCES, _POTENTIALS = "quintile_means", "variance_reduction", "potentials"
_LISTS = "ten_best"


def publish_together(
    tables: Mapping[Table, pd.DataFrame], rules: DisclosureSettings
) -> dict[str, Published]:
    """The tables of a run that may be published, by name, without tables that have no rows left.
    The indicators come first, because the other tables hide what they hide.

    Means over municipalities of which some are hidden are computed from the municipalities that are
    shown, because from a mean of all a single hidden one could be computed.
    """
    with_rows = {table: rows for table, rows in tables.items() if len(rows)}
    published = {
        table.name: publish(table, rows, rules)
        for table, rows in with_rows.items()
        if table.name in INDICATOR_TABLES
    }
    hidden = Hidden.union(one.hidden for one in published.values())
    shown = [one.rows for one in published.values()]
    for table, rows in with_rows.items():
        if table.name in published:
            continue
        if hidden.some_compared and len(shown) == 1:
            rows = of_shown(table.name, rows, shown[0])
        if table.name == "cost_by_result":
            rows = _of_shown_costs(rows, with_rows, hidden, rules.min_persons)
        published[table.name] = publish(table, rows, rules, hidden)
    return {name: one for name, one in published.items() if len(one.rows)}


def _of_shown_costs(
    cells: pd.DataFrame, tables: Mapping[Table, pd.DataFrame], hidden: Hidden, minimum: int
) -> pd.DataFrame:
    """Table 5.3 without the means that include a hidden municipality; unchanged if the tables that
    say which ones it includes are missing."""
    by_name = {table.name: rows for table, rows in tables.items()}
    indicators = [by_name[name] for name in INDICATOR_TABLES if name in by_name]
    if len(indicators) != 1 or "cost_indicators" not in by_name:
        return cells
    return without_hidden_units(cells, indicators[0], by_name["cost_indicators"], hidden, minimum)


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
