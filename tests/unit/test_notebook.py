"""The notebook over a store that holds two runs of an analysis and one of another."""

import json
from datetime import UTC, datetime
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from deltalake import write_deltalake

from kommunebench.gold import BENCHMARK_INDICATORS
from kommunebench.run_log import STAGE_LOG

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "indicators.ipynb"
ANALYSIS = "integration_employment"


def code_cells(store: Path, run: str) -> list[str]:
    """The notebook's code with another store, and another run where one is named."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert code[0].count('"../demo/store"') == code[0].count("run_id = None") == 1
    code[0] = code[0].replace('"../demo/store"', repr(str(store)))
    code[0] = code[0].replace("run_id = None", f"run_id = {run}")
    return code


@pytest.fixture
def store(tmp_path: Path) -> Path:
    records = [
        (ANALYSIS, "first", "uncertainty", "finished", 3),
        (ANALYSIS, "second", "uncertainty", "started", 6),
        (ANALYSIS, "second", "uncertainty", "finished", 7),
        (ANALYSIS, "second", "report", "finished", 8),
        (ANALYSIS, "third", "uncertainty", "started", 9),
        ("job_centres", "other", "uncertainty", "finished", 12),
    ]
    columns = ["analysis", "run_id", "stage", "state", "sequence"]
    log = pd.DataFrame(records, columns=columns).assign(recorded_at=datetime.now(UTC))
    assert set(log.columns) <= set(STAGE_LOG.columns)
    write_deltalake(str(tmp_path / "meta" / "stage_log"), log)
    rows = [
        {"analysis": analysis, "run_id": run, "municipality": place, "municipality_code": place,
         "spells": 120, "indicator_robust": value, "ci_low": value - 0.1, "ci_high": value + 0.1,
         "assessment": "as_expected", "tier": 1, "rank": rank, "rank_low": 1, "rank_high": 2,
         "no_verdict_reason": reason}
        for analysis, run, value in (
            (ANALYSIS, "first", 0.9), (ANALYSIS, "second", 1.1), ("job_centres", "other", 2.0)
        )
        for place, rank, reason in (("B", 2, None), ("A", 1, None), ("C", 3, "too_few_spells"))
    ]  # fmt: skip
    assert set(rows[0]) <= set(BENCHMARK_INDICATORS.columns)
    write_deltalake(str(tmp_path / "gold" / "benchmark_indicators"), pd.DataFrame(rows))
    return tmp_path


@pytest.mark.parametrize(("run", "value"), [("None", 1.1), ("'first'", 0.9)])
def test_the_notebook_shows_the_newest_run_with_verdicts_or_the_one_named(
    store: Path, run: str, value: float
) -> None:
    names: dict[str, object] = {}
    for code in code_cells(store, run):
        exec(code, names)
    judged = names["judged"]
    assert isinstance(judged, pd.DataFrame)
    assert list(judged["municipality"]) == ["A", "B"]
    assert set(judged["indicator_robust"]) == {value}
    plt.close("all")
