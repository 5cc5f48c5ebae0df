"""One small simulated country and one run over it, shared by the tests of the whole job."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conftest import INTERPRETED

from kommunebench.cli import main

# A thousand spells cannot carry the eighty terms of the main analysis.
COVARIATES = """[
  {column: residence_basis, kind: category, prefix: basis, reference: refugee_convention},
  {column: gp_contacts, kind: category, prefix: gp, reference: "0"},
  {column: danish_partner, kind: indicator},
  {column: specialist, kind: indicator},
  {column: mental_illness, kind: indicator},
  {column: weeks_since_permit, kind: number},
]"""


@pytest.fixture(scope="package", autouse=True)
def plans_with_code(spark) -> Iterator[None]:
    """The whole job computes some hundred thousand person-weeks: code made for its plans is repaid
    (interpreted, these tests took half as long again)."""
    for name in INTERPRETED:
        spark.conf.unset(name)
    yield
    for name, value in INTERPRETED.items():
        spark.conf.set(name, value)


@dataclass(frozen=True)
class SmallRun:
    """Folder of the simulated registers, the store of one run, and what the command printed."""

    registers: Path
    store: Path
    arguments: list[str]


@pytest.fixture(scope="session")
def small_run(
    tmp_path_factory: pytest.TempPathFactory, spark
) -> SmallRun:  # the command finds the session already there
    folder = tmp_path_factory.mktemp("country")
    assert (
        main(
            [
                "simulate",
                "--out",
                str(folder),
                "--scale",
                "0.03",
                "--background",
                "0.001",
                "--quiet",
            ]
        )
        == 0
    )
    arguments = [
        "run",
        "integration_employment",
        "--registers",
        str(folder / "registers"),
        "--store",
        str(folder / "store"),
        "--quiet",
        "--set",
        "cost.min_full_year_persons=5",
        "--set",
        "efficiency.simex_draws=50",
        "--set",
        "model.min_spells=12",
        "--set",
        "uncertainty.replicates=64",
        "--set",
        f"model.covariates={COVARIATES}",
    ]
    assert main(arguments) == 0
    return SmallRun(folder / "registers", folder / "store", arguments)
