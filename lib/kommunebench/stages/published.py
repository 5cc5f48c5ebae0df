"""Reading a run's gold tables for publication: every table through the disclosure rules, and the
run's own facts."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from kommunebench import __version__
from kommunebench.benchmark.comparison.models import POOLED
from kommunebench.disclosure import publish_together
from kommunebench.gold import EXPECTED_DURATIONS, GOLD_TABLES, NATIONAL_MODELS
from kommunebench.report import REPORT_TABLES, ReportData, RunInformation
from kommunebench.settings import AnalysisSettings
from kommunebench.stages.delivery import RunDelivery, delivery_of_run
from kommunebench.stages.stage import small_rows_of_run
from kommunebench.storage import Store, table_exists
from kommunebench.survival.curves import Floats
from kommunebench.tables import Table

# Rows of single spells, and what the stages hand on to each other, stay inside.
_NOT_PUBLISHED = (EXPECTED_DURATIONS, NATIONAL_MODELS)
# JSON has no infinity: a survival of exp(-1e6) is 0.
_CURVE_ENDS = -1e6


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

    def cox_model(self, settings: AnalysisSettings) -> dict[str, Any] | None:
        """Coefficients and baselines as the logged model keeps them, of the groups whose baseline
        may leave; None where there are none."""
        coefficients, baselines = (
            self.tables.get(name) for name in ("cox_coefficients", "cox_baseline")
        )
        if coefficients is None or baselines is None or self.models is None:
            return None
        estimated = coefficients[~coefficients["is_reference"].astype(bool)]
        groups = {}
        for _, model in self.models.iterrows():
            terms = estimated[estimated["group"] == model["group"]]
            weeks = baselines.loc[baselines["group"] == model["group"], "week"].to_numpy(float)
            if not len(weeks):
                continue
            log_survival = _between_shown(np.array(model["log_factors"], float), weeks)
            groups[str(model["group"])] = {
                "coefficients": {
                    term: (None if b == float("-inf") else float(b))
                    for term, b in zip(terms["term"], terms["coefficient"], strict=True)
                },
                "centres": dict(zip(model["terms"], map(float, model["centre"]), strict=True)),
                "log_survival": log_survival.tolist(),
            }
        covariates = [
            {
                "column": c.column,
                "kind": c.kind,
                "prefix": _prefix(c.column if c.prefix is None else c.prefix),
            }
            for c in settings.model.covariates
        ]
        if not groups:
            return None
        return {
            "group": settings.model.group,
            "horizon": settings.observation.horizon_weeks,
            "measure": settings.measure,
            "covariates": covariates,
            "groups": groups,
        }


def _between_shown(log_factors: Floats, shown_weeks: Floats) -> Floats:
    """Log survival after every week, with a straight line of survival between the weeks shown, the
    last of which is the last of all: the weeks between do not tell when single persons had the
    event."""
    # A week in which all of the group at risk have the event ends its curve.
    survival = np.exp(np.cumsum(np.maximum(log_factors, _CURVE_ENDS)))
    weeks = np.arange(1.0, len(survival) + 1)
    shown = np.sort(shown_weeks)
    at_shown = survival[shown.astype(int) - 1]
    straight = np.interp(weeks, np.append(0.0, shown), np.append(1.0, at_shown))
    with np.errstate(divide="ignore"):
        between: Floats = np.maximum(np.log(straight), _CURVE_ENDS)
    return between


def _prefix(prefix: str) -> str:
    return f"{prefix}_" if prefix else ""


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
