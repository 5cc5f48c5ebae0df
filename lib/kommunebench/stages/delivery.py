"""The stage delivery: what a run was made from, kept with the run, because the store may hold
another delivery by the time its results are shown."""

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from kommunebench.bronze import DELIVERED_FILES
from kommunebench.gold import RUN_DELIVERY, RUN_REJECTED_ROWS
from kommunebench.settings import AnalysisSettings
from kommunebench.silver import REJECTED_ROWS
from kommunebench.stages.bronze_writes import SIMULATION
from kommunebench.stages.stage import Stage, StageInputs, StageOutput, small_rows_of_run
from kommunebench.storage import Store, read_rows, table_exists


@dataclass(frozen=True, slots=True)
class RunDelivery:
    """What a run was made from: how its registers were simulated (None: they were not), and the
    rows of them that could not be used, with what became of them (None: nothing was ingested).

    ``is_of_the_run``: kept with the run; otherwise the run is one of an earlier version, and this
    is what the store holds now.
    """

    simulated: str | None
    rejected: pd.DataFrame | None
    is_of_the_run: bool


def _delivery(inputs: StageInputs) -> StageOutput:
    files = inputs.rows(DELIVERED_FILES)
    rejected = _of_registers(inputs.rows(REJECTED_ROWS).to_pandas(), inputs.settings)
    run = pd.DataFrame({"simulation": [_simulation(files)]}, dtype=object)
    return StageOutput(
        {
            RUN_DELIVERY: inputs.frame(RUN_DELIVERY, run),
            RUN_REJECTED_ROWS: inputs.frame(RUN_REJECTED_ROWS, rejected),
        }
    )


# Of the verb after which a run has its verdicts: no run is shown without it.
DELIVERY_STAGE = Stage(
    name="delivery",
    verb="uncertainty",
    reads=(DELIVERED_FILES, REJECTED_ROWS),
    writes=(RUN_DELIVERY, RUN_REJECTED_ROWS),
    sections=("name",),
    build=_delivery,
)


def delivery_of_run(store: Store, settings: AnalysisSettings, run_id: str) -> RunDelivery:
    """What a run was made from; of a run without a record of it, which an earlier version made,
    what the store holds now."""
    if table_exists(store, RUN_DELIVERY):
        kept = small_rows_of_run(store, RUN_DELIVERY, settings.name, run_id)
        if kept.num_rows:
            rejected = small_rows_of_run(store, RUN_REJECTED_ROWS, settings.name, run_id)
            simulation = kept["simulation"][0].as_py()
            return RunDelivery(simulation, _with_consequence(rejected.to_pandas()), True)
    simulation, rows = None, None
    if table_exists(store, DELIVERED_FILES):
        simulation = _simulation(read_rows(store, DELIVERED_FILES, {"register": SIMULATION}))
    if table_exists(store, REJECTED_ROWS):
        now = read_rows(store, REJECTED_ROWS).to_pandas()
        rows = _with_consequence(_of_registers(now, settings))
    return RunDelivery(simulation, rows, False)


def _simulation(delivered_files: pa.Table) -> str | None:
    """How the registers were simulated, by the record of their files; None where they were not."""
    for row in delivered_files.select(["register", "period"]).to_pylist():
        if row["register"] == SIMULATION:
            return str(row["period"])
    return None


def _of_registers(rejected: pd.DataFrame, settings: AnalysisSettings) -> pd.DataFrame:
    """The rejected rows of the registers an analysis reads."""
    from kommunebench.registers.needs import registers_of

    names = [register.name for register in registers_of(settings)]
    return rejected[rejected["register"].isin(names)]


def _with_consequence(rejected: pd.DataFrame) -> pd.DataFrame:
    """Rejected rows, in the order of their key, with what became of them."""
    from kommunebench.registers.findings import consequence_of

    key = ["register", "column_name", "reason", "set_aside"]
    rows = rejected.sort_values(key, ignore_index=True)
    of_each = zip(rows["register"], rows["reason"], rows["set_aside"], strict=True)
    return rows.assign(consequence=[consequence_of(*row) for row in of_each])
