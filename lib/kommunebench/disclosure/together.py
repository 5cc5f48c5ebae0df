"""The tables of a run as they may leave together: what one of them hides, the others do not give
away."""

from collections.abc import Mapping

import pandas as pd

from kommunebench.benchmark.comparison.fifths import fifth_means
from kommunebench.benchmark.comparison.potential import RAW
from kommunebench.benchmark.comparison.variance_reduction import variance_reduction
from kommunebench.disclosure.hidden import Hidden
from kommunebench.disclosure.rules import INDICATOR_TABLES, Published, publish
from kommunebench.settings.analysis import DisclosureSettings
from kommunebench.tables import Table

_FIFTHS, _VARIANCES, _POTENTIALS = "quintile_means", "variance_reduction", "potentials"


def publish_together(
    tables: Mapping[Table, pd.DataFrame], rules: DisclosureSettings
) -> dict[str, Published]:
    """The tables of a run as they may leave, by name, those of which rows are left: the indicators
    first, because the others follow what they hide. Means over municipalities of which some are
    hidden are those of the others, since a mean of all would give a single hidden one away."""
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
        published[table.name] = publish(table, rows, rules, hidden)
    return {name: one for name, one in published.items() if len(one.rows)}


def of_shown(table_name: str, rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of means over municipalities (tables 3.1 and 3.2, the raw potential),
    computed from the ``indicators`` that are shown; of any other table as they are."""
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
