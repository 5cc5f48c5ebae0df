"""Reading a run's gold tables for publication: every table through the disclosure rules, and the
run's own facts."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from kommunebench import __version__
from kommunebench.bronze import DELIVERED_FILES
from kommunebench.disclosure import Published, publish
from kommunebench.gold import EXPECTED_DURATIONS, GOLD_TABLES
from kommunebench.report import ReportData, RunInformation
from kommunebench.settings import AnalysisSettings
from kommunebench.silver import REJECTED_ROWS
from kommunebench.stages.stage import rows_of_run
from kommunebench.storage import Store, read_table, table_exists
from kommunebench.tables import Table


@dataclass(frozen=True, slots=True)
class PublishedResults:
    """A run's gold tables as they may leave, rejected rows by reason, rows suppressed by table, how
    the registers were simulated."""

    tables: dict[str, pd.DataFrame]
    rejected: pd.DataFrame | None
    suppressed: dict[str, int]
    simulated: str | None

    def report_data(self, run: RunInformation) -> ReportData:
        """What the report is made from."""
        return ReportData(
            run=run, **self.tables, rejected_rows=self.rejected, suppressed=self.suppressed
        )

    def national_survival(self) -> dict[int, float]:
        """Survival by week over all units."""
        curves = self.tables["km_curves"]
        national = curves[curves["municipality_code"].isna()]
        return dict(
            zip(national["week"].astype(int), national["survival"].astype(float), strict=True)
        )

    def headline_metrics(self) -> dict[str, float]:
        """Numbers of the one-row summary, as metrics."""
        summary = self.tables["benchmark_summary"]
        row = pd.to_numeric(
            summary.iloc[0].drop(["analysis", "run_id"], errors="ignore"), errors="coerce"
        ).dropna()
        return {str(name): float(value) for name, value in row.items()}

    def cox_model(self, settings: AnalysisSettings) -> dict[str, Any] | None:
        """Coefficients and baselines as the logged model keeps them."""
        coefficients, baseline = self.tables["cox_coefficients"], self.tables["cox_baseline"]
        groups = {}
        for name, own in coefficients[~coefficients["is_reference"].astype(bool)].groupby("group"):
            values = {
                term: (None if b == float("-inf") else float(b))
                for term, b in zip(own["term"], own["coefficient"], strict=True)
            }
            curve = (
                baseline[baseline["group"] == name]
                .sort_values("week")["baseline_survival"]
                .astype(float)
                .tolist()
            )
            groups[str(name)] = {"coefficients": values, "baseline_survival": curve}
        covariates = [
            {
                "column": c.column,
                "kind": c.kind,
                "prefix": _prefix(c.column if c.prefix is None else c.prefix),
            }
            for c in settings.model.covariates
        ]
        return {
            "group": settings.model.group,
            "horizon": settings.observation.horizon_weeks,
            "covariates": covariates,
            "groups": groups,
        }


def _prefix(prefix: str) -> str:
    return f"{prefix}_" if prefix else ""


def read_published(store: Store, settings: AnalysisSettings, run_id: str) -> PublishedResults:
    """All gold tables of a run that exist, through the disclosure rules; tables are read side by
    side."""
    wanted = [
        table
        for table in GOLD_TABLES
        if table is not EXPECTED_DURATIONS and table_exists(store, table)
    ]
    with ThreadPoolExecutor(max_workers=4) as pool:
        read = list(pool.map(lambda table: _publish(store, settings, run_id, table), wanted))
    found = {
        table.name: published
        for table, published in zip(wanted, read, strict=True)
        if len(published.rows)
    }
    rejected = (
        read_table(store, REJECTED_ROWS).toPandas() if table_exists(store, REJECTED_ROWS) else None
    )
    return PublishedResults(
        {name: published.rows for name, published in found.items()},
        rejected if settings.starts_from == "registers" else None,
        {name: published.suppressed for name, published in found.items() if published.suppressed},
        simulation_of(store) if settings.starts_from == "registers" else None,
    )


def _publish(store: Store, settings: AnalysisSettings, run_id: str, table: Table) -> Published:
    rows = rows_of_run(store, table, settings.name, run_id).toPandas()
    keys = [name for name in table.key if name in rows]
    ordered = rows.sort_values(keys, ignore_index=True, na_position="first") if keys else rows
    return publish(table, ordered, settings.disclosure)


def simulation_of(store: Store) -> str | None:
    """How the registers in the store were simulated, None where they were not."""
    if not table_exists(store, DELIVERED_FILES):
        return None
    row = read_table(store, DELIVERED_FILES, "register = 'simulation'").select("period").first()
    return None if row is None else str(row[0])


def run_information(
    run_id: str, metrics: Mapping[str, float], simulation: str | None, mlflow_run_id: str
) -> RunInformation:
    """Identity of a run for its report: how its registers were simulated (None: they were not), and
    the seconds of its stages."""
    parts = dict(part.split("=", 1) for part in simulation.split()) if simulation else {}
    seconds = {
        name.removeprefix("seconds_"): value
        for name, value in metrics.items()
        if name.startswith("seconds_")
    }
    return RunInformation(
        run_id,
        __version__,
        datetime.now(UTC).date(),
        simulation is not None,
        float(parts["scale"]) if "scale" in parts else None,
        simulation,
        mlflow_run_id,
        seconds,
    )
