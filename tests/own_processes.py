"""What tests share that start the command in processes of its own: an environment in which it
starts quickly, a small country, and comparing whole stores."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from deltalake import DeltaTable
from tests.pipeline.conftest import COVARIATES

ROOT = Path(__file__).resolve().parents[1]
COUNTRY = ("--scale", "0.03", "--background", "0.001")
SETTINGS = (
    "cost.min_full_year_persons=5",
    "efficiency.simex_draws=20",
    "model.min_spells=12",
    "uncertainty.replicates=16",
    f"model.covariates={COVARIATES}",
)
# A process that lives for half a minute does not repay Java's second compiler.
_JAVA = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"


def written_environment(path: Path, **changes: Any) -> Path:
    """The local environment for tables that are tiny, with these values changed or added
    (``spark``: Spark's settings), as a file."""
    content = yaml.safe_load((ROOT / "conf" / "env" / "local.yaml").read_text(encoding="utf-8"))
    spark = content.pop("spark") | {"spark.sql.shuffle.partitions": "2"} | changes.pop("spark", {})
    content |= {"master": "local[2]", "driver_memory": "1g", "java_options": _JAVA}
    path.write_text(yaml.safe_dump({**content, **changes, "spark": spark}), encoding="utf-8")
    return path


def variables() -> dict[str, str]:
    """The environment of a process that runs the command from this clone."""
    return os.environ | {"PYTHONPATH": str(ROOT / "lib"), "OPENBLAS_NUM_THREADS": "1"}


def succeeds(*words: str) -> str:
    """Python with these arguments in a process of its own, which must end well; what it says on
    standard error."""
    done = subprocess.run(
        [sys.executable, *words],
        env=variables(), capture_output=True, text=True, timeout=1800, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def set_options(*settings: str) -> list[str]:
    """Settings as options of the command."""
    return [word for value in settings for word in ("--set", value)]


def rows_of(
    store: Path, layers: tuple[str, ...], names: set[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Every table of these layers, or those of these names, its rows in a fixed order."""
    folders = sorted(p for layer in layers for p in (store / layer).glob("*"))
    named = {f"{folder.parent.name}.{folder.name}": folder for folder in folders}
    return {
        name: rows_of_table(folder)
        for name, folder in named.items()
        if names is None or name in names
    }


def rows_of_table(folder: Path) -> pd.DataFrame:
    """A table's rows in a fixed order, bytes as text."""
    rows = DeltaTable(str(folder)).to_pandas()
    for name in rows.columns[rows.map(lambda value: isinstance(value, bytes)).any()]:
        rows[name] = [value if value is None else value.hex() for value in rows[name]]
    order = rows.astype(str).sort_values(list(rows.columns)).index
    return rows.loc[order].reset_index(drop=True)


def assert_same_rows(
    found: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame], names: set[str] | None = None
) -> None:
    """The tables hold the same rows; sums may differ in their last digits with the order of
    tasks."""
    names = set(expected) if names is None else names
    assert names <= set(found)
    for name in sorted(names):
        pd.testing.assert_frame_equal(
            found[name], expected[name], check_exact=False, rtol=1e-10, atol=1e-12, obj=name
        )
