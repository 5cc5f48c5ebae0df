"""Reading a run's gold tables for publication: every table through the disclosure rules, and the
run's own facts."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from kommunebench import __version__
from kommunebench.benchmark.comparison.models import POOLED
from kommunebench.disclosure import publish_together
from kommunebench.gold import EXPECTED_DURATIONS, GOLD_TABLES, NATIONAL_MODELS
from kommunebench.report import REPORT_TABLES, ReportData, RunInformation
from kommunebench.settings import AnalysisSettings
from kommunebench.stages.delivery import RunDelivery, delivery_of_run
from kommunebench.stages.logged_models import hazard_model, share_model
from kommunebench.stages.stage import small_rows_of_run
from kommunebench.storage import Store, table_exists
from kommunebench.tables import Table

# Rows of single spells, and what the stages hand on to each other, stay inside.
_NOT_PUBLISHED = (EXPECTED_DURATIONS, NATIONAL_MODELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedResults:
    """A run's gold tables as they may leave, rows suppressed by table, the delivery the run was
    made from (None: it was made from no registers), and its pooled models; ``ranked_anew``: ranks
    are counted without municipalities that have a verdict and are hidden."""

    tables: dict[str, pd.DataFrame]
    suppressed: dict[str, int] = field(default_factory=dict)
    delivery: RunDelivery | None = None
    models: pd.DataFrame | None = None
    ranked_anew: bool = False

    @property
    def simulated(self) -> str | None:
        """How the registers were simulated, None where they were not."""
        return self.delivery.simulated if self.delivery else None

    @property
    def rejected(self) -> pd.DataFrame | None:
        """Rows of registers that could not be used, by reason."""
        return self.delivery.rejected if self.delivery else None

    def report_data(self, run: RunInformation) -> ReportData:
        """What the report is made from."""
        shown = {name: rows for name, rows in self.tables.items() if name in REPORT_TABLES}
        return ReportData(
            run=run,
            **shown,
            rejected_rows=self.rejected,
            suppressed=self.suppressed,
            ranked_anew=self.ranked_anew,
        )

    def national_survival(self) -> dict[int, float]:
        """Survival by week over all units; empty where the run has no curves."""
        curves = self.tables.get("km_curves")
        if curves is None:
            return {}
        national = curves[curves["municipality_code"].isna()]
        return dict(
            zip(national["week"].astype(int), national["survival"].astype(float), strict=True)
        )

    def national_model(self, settings: AnalysisSettings) -> dict[str, Any] | None:
        """What the logged model keeps as JSON; None where no part of the model may leave."""
        if settings.starts_from_cases:
            return share_model(settings, self.tables)
        return hazard_model(settings, self.tables, self.models)


def read_published(store: Store, settings: AnalysisSettings, run_id: str) -> PublishedResults:
    """All gold tables of a run that exist, through the disclosure rules; tables are read side by
    side."""
    wanted = [
        table for table in GOLD_TABLES if table not in _NOT_PUBLISHED and table_exists(store, table)
    ]
    with ThreadPoolExecutor(max_workers=4) as pool:
        read = list(pool.map(lambda table: _rows(store, settings, run_id, table), wanted))
    published = publish_together(dict(zip(wanted, read, strict=True)), settings.disclosure)
    from_registers = settings.starts_from == "registers"
    return PublishedResults(
        tables={name: one.rows for name, one in published.items()},
        suppressed={name: one.suppressed for name, one in published.items() if one.suppressed},
        delivery=delivery_of_run(store, settings, run_id) if from_registers else None,
        models=_models(store, settings, run_id),
        ranked_anew=any(one.hidden.some_judged for one in published.values()),
    )


def _models(store: Store, settings: AnalysisSettings, run_id: str) -> pd.DataFrame | None:
    """The pooled models of the run as they were fitted; None where it has none. What of them is
    logged as a model that predicts follows gold.cox_baseline."""
    if not table_exists(store, NATIONAL_MODELS):
        return None
    rows = small_rows_of_run(store, NATIONAL_MODELS, settings.name, run_id).to_pandas()
    pooled = rows[rows["model"] == POOLED]
    return pooled if len(pooled) else None


def _rows(store: Store, settings: AnalysisSettings, run_id: str, table: Table) -> pd.DataFrame:
    rows = small_rows_of_run(store, table, settings.name, run_id).to_pandas()
    keys = [name for name in table.key if name in rows]
    return rows.sort_values(keys, ignore_index=True, na_position="first") if keys else rows


def run_information(
    run_id: str, metrics: Mapping[str, float], simulation: str | None, mlflow_run_id: str
) -> RunInformation:
    """Identity of a run for its report: how its registers were simulated (None: they were not), and
    the seconds of its stages."""
    described = dict(word.split("=", 1) for word in simulation.split()) if simulation else {}
    seconds = {
        name.removeprefix("seconds_"): value
        for name, value in metrics.items()
        if name.startswith("seconds_")
    }
    return RunInformation(
        run_id=run_id,
        code_version=__version__,
        created=datetime.now(UTC).date(),
        simulated=simulation is not None,
        scale=float(described["scale"]) if "scale" in described else None,
        simulation=simulation,
        mlflow_run_id=mlflow_run_id,
        stage_seconds=seconds,
    )
