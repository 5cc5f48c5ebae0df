"""Finished runs as the tracking server holds them, for `compare`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kommunebench.errors import ConfigError
from kommunebench.storage import Store
from kommunebench.tracking.server import Server, connect

if TYPE_CHECKING:
    import pandas as pd

_RUNS_A_PAGE = 1000


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A finished run as the tracking server holds it; ``indicators`` with the cost and efficiency
    columns it has."""

    mlflow_run_id: str
    name: str
    params: dict[str, str]
    metrics: dict[str, float]
    indicators: "pd.DataFrame"


def read_run(store: Store, run: str) -> RecordedRun:
    """A finished run by MLflow id, run id or name, the newest of several. Raises ConfigError when
    there is none."""
    server = connect(store)
    for candidate in _finished_runs(server):
        info, data = candidate.info, candidate.data
        if run in (info.run_id, info.run_name, data.tags.get("run_id")):
            return RecordedRun(
                mlflow_run_id=info.run_id,
                name=info.run_name,
                params=dict(data.params),
                metrics=dict(data.metrics),
                indicators=_indicators(server.client, info.run_id),
            )
    raise ConfigError(
        f"Run '{run}' is not among the finished runs in the tracking of {store.location}: give an"
        " MLflow run id, a run id, or ANALYSIS-RUN, as `kommunebench run` printed them."
    )


def _finished_runs(server: Server) -> Iterator[Any]:
    """The finished runs of an experiment, newest first; what a process that died left running, or
    what failed, is none. MLflow's filter language has no OR: they are looked through instead."""
    token: str | None = None
    while True:
        page = server.client.search_runs(
            [server.experiment],
            filter_string="attributes.status = 'FINISHED'",
            max_results=_RUNS_A_PAGE,
            order_by=["attributes.start_time DESC"],
            page_token=token,
        )
        yield from page
        token = page.token
        if not token:
            return


def _indicators(client: Any, mlflow_run_id: str) -> "pd.DataFrame":
    """The benchmark's table of a run, with the columns of costs and efficiency it has."""
    import pandas as pd

    kept = {item.path for item in client.list_artifacts(mlflow_run_id, "gold")}
    shares = "gold/share_indicators.json" in kept
    table = "share_indicators" if shares else "benchmark_indicators"
    indicators = _table(client, mlflow_run_id, table)
    if "gold/cost_indicators.json" in kept:
        costs = _table(client, mlflow_run_id, "cost_indicators").set_index("municipality_code")
        costs = costs[["cost_indicator", "assessment", "quintile"]]
        costs.columns = pd.Index(["cost_indicator", "cost_assessment", "cost_quintile"])
        indicators = indicators.join(costs, on="municipality_code")
    if "gold/frontier_scores.json" in kept:
        scores = _table(client, mlflow_run_id, "frontier_scores").pivot(
            index="municipality_code", columns="side", values="efficiency"
        )
        indicators = indicators.join(scores.add_prefix("efficiency_"), on="municipality_code")
    return indicators


def _table(client: Any, mlflow_run_id: str, name: str) -> "pd.DataFrame":
    import pandas as pd

    path = Path(client.download_artifacts(mlflow_run_id, f"gold/{name}.json"))
    content = json.loads(path.read_text(encoding="utf-8"))
    return pd.DataFrame(content["data"], columns=content["columns"])
