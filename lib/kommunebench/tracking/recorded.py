"""Runs as the tracking server holds them, for `compare` and `runs`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kommunebench.errors import ConfigError
from kommunebench.storage import Store
from kommunebench.tracking.server import Server, calling, reading

if TYPE_CHECKING:
    import pandas as pd

_RUNS_A_PAGE = 1000
_FINISHED = "FINISHED"
# Tables whose columns stand beside the indicators, where a run has them.
_BESIDE = ("cost_indicators", "frontier_scores")


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A finished run as the tracking server holds it; ``indicators`` with the cost and efficiency
    columns it has."""

    mlflow_run_id: str
    name: str
    params: dict[str, str]
    metrics: dict[str, float]
    indicators: "pd.DataFrame"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRun:
    """A run of any state, without its tables. ``short_name`` is what `read_run` finds it by once it
    is finished; ``started_at`` is local time; ``state`` is MLflow's, in lower case (``running``
    also where the process died)."""

    short_name: str
    analysis: str
    started_at: datetime
    state: str
    is_simulated: bool
    params: dict[str, str]
    metrics: dict[str, float]


def read_run(store: Store, run: str) -> RecordedRun:
    """A finished run by MLflow id, run id or name, the newest of several; or by run id or name as
    `marked_name` has it. Raises ConfigError when there is none, and as `reading` does."""
    with reading(store) as server:
        for candidate in _search(server, f"attributes.status = '{_FINISHED}'"):
            info, data = candidate.info, candidate.data
            names = [n for n in (info.run_name, data.tags.get("run_id")) if n]
            if run in (info.run_id, *names, *(marked_name(n, info.run_id) for n in names)):
                with calling(store):
                    tables = _tables(server.client, info.run_id)
                return RecordedRun(
                    mlflow_run_id=info.run_id,
                    name=info.run_name,
                    params=dict(data.params),
                    metrics=dict(data.metrics),
                    indicators=_indicators(tables),
                )
    raise ConfigError(
        f"Run '{run}' is not among the finished runs in the tracking of {store.location}: give an"
        " MLflow run id, a run id, or ANALYSIS-RUN, as `kommunebench runs` lists them."
    )


def list_runs(store: Store) -> list[ListedRun]:
    """The runs of a store's experiment in every state, newest first; what other programs tracked
    there is left out. Raises ConfigError when there is none, and as `reading` does."""
    with reading(store) as server:
        runs = [run for run in _search(server) if {"analysis", "run_id"} <= run.data.tags.keys()]
    if not runs:
        raise ConfigError(
            f"The tracking of {store.location} has no run in the experiment"
            f" {store.environment.experiment}: `kommunebench run` tracks one, --experiment names"
            " another experiment."
        )
    named_plainly: dict[str, str] = {}
    for run in sorted(runs, key=lambda r: r.info.status != _FINISHED):
        named_plainly.setdefault(run.data.tags["run_id"], run.info.run_id)
    plain = set(named_plainly.values())
    return [_listed(run, is_plain=run.info.run_id in plain) for run in runs]


def marked_name(name: str, mlflow_run_id: str) -> str:
    """The name of a run when several runs have it: the name and the start of its MLflow id."""
    return f"{name}:{mlflow_run_id[:6]}"


def _listed(run: Any, *, is_plain: bool) -> ListedRun:
    """``is_plain``: whether its run id alone stands for this run and no other with the same id."""
    info, tags = run.info, run.data.tags
    run_id = tags["run_id"]
    return ListedRun(
        short_name=run_id if is_plain else marked_name(run_id, info.run_id),
        analysis=tags["analysis"],
        started_at=datetime.fromtimestamp(info.start_time / 1000),
        state=info.status.lower(),
        is_simulated=tags.get("simulated") == "true",
        params=dict(run.data.params),
        metrics=dict(run.data.metrics),
    )


def _search(server: Server, condition: str = "") -> Iterator[Any]:
    """The runs of an experiment that fulfil a condition, newest first, without those that failed or
    were left running by a process that died.

    MLflow's filter language has no OR: a caller that looks for one of several names has to look
    through the result.
    """
    token: str | None = None
    while True:
        page = server.client.search_runs(
            [server.experiment],
            filter_string=condition,
            max_results=_RUNS_A_PAGE,
            order_by=["attributes.start_time DESC"],
            page_token=token,
        )
        yield from page
        token = page.token
        if not token:
            return


def _tables(client: Any, mlflow_run_id: str) -> "dict[str, pd.DataFrame]":
    """The tables a run has of those that `_indicators` joins, by name."""
    kept = {item.path for item in client.list_artifacts(mlflow_run_id, "gold")}
    shares = "gold/share_indicators.json" in kept
    wanted = ["share_indicators" if shares else "benchmark_indicators"]
    wanted += [name for name in _BESIDE if f"gold/{name}.json" in kept]
    return {name: _table(client, mlflow_run_id, name) for name in wanted}


def _indicators(tables: "dict[str, pd.DataFrame]") -> "pd.DataFrame":
    """The benchmark's table of a run, the first, with the columns of costs and efficiency it
    has."""
    import pandas as pd

    indicators = next(iter(tables.values()))
    if "cost_indicators" in tables:
        costs = tables["cost_indicators"].set_index("municipality_code")
        costs = costs[["cost_indicator", "assessment", "quintile"]]
        costs.columns = pd.Index(["cost_indicator", "cost_assessment", "cost_quintile"])
        indicators = indicators.join(costs, on="municipality_code")
    if "frontier_scores" in tables:
        scores = tables["frontier_scores"].pivot(
            index="municipality_code", columns="side", values="efficiency"
        )
        indicators = indicators.join(scores.add_prefix("efficiency_"), on="municipality_code")
    return indicators


def _table(client: Any, mlflow_run_id: str, name: str) -> "pd.DataFrame":
    import pandas as pd

    path = Path(client.download_artifacts(mlflow_run_id, f"gold/{name}.json"))
    content = json.loads(path.read_text(encoding="utf-8"))
    return pd.DataFrame(content["data"], columns=content["columns"])
