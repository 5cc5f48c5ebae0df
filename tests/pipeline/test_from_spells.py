"""An analysis that starts from spells, from the command line to the report: the dialysis centres,
results known from R."""

import json
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

from kommunebench.cli import main

pytestmark = pytest.mark.delta
ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-8  # durations and indicators, absolute; the golden case's README


@pytest.fixture(scope="module")
def store(tmp_path_factory, spark) -> Path:
    folder = tmp_path_factory.mktemp("dialysis") / "Mit lager æøå"
    spells = ROOT / "examples" / "dialysis_centres.csv"
    arguments = [
        "run",
        "dialysis_centres",
        "--spells",
        str(spells),
        "--store",
        str(folder),
        "--quiet",
    ]
    assert main([*arguments, "--set", "uncertainty.replicates=128"]) == 0
    return folder


def test_units_are_those_of_r(store):
    golden = json.loads(
        (ROOT / "tests/reference/data/benchmark_dialysis/expected.json").read_text()
    )
    expected = (
        pd.DataFrame(golden["units"])
        .assign(municipality_code=lambda d: d["unit"].astype(str))
        .set_index("municipality_code")
    )
    found = (
        DeltaTable(str(store / "gold/benchmark_indicators"))
        .to_pandas()
        .set_index("municipality_code")
        .loc[expected.index]
    )
    pairs = {
        "observed_duration": "observed",
        "observed_se": "observed_se",
        "expected_duration": "expected",
        "difference": "difference",
        "indicator": "indicator",
    }
    for ours, theirs in pairs.items():
        assert (found[ours] - expected[theirs]).abs().max() < TOLERANCE, ours
    assert (found["tail_extended"] == expected["tail_extended"]).all()
    assert (found["quintile"].fillna(0) == expected["quintile"].fillna(0)).all()


def test_tables_3_1_and_3_2_are_those_of_r(store):
    golden = json.loads(
        (ROOT / "tests/reference/data/benchmark_dialysis/expected.json").read_text()
    )
    reduction = (
        DeltaTable(str(store / "gold/variance_reduction")).to_pandas().set_index("component")
    )
    assert reduction.loc["observed", "variance"] == pytest.approx(
        golden["variance"]["observed_variance"], abs=TOLERANCE
    )
    assert reduction.loc["unexplained", "variance_reduction"] == pytest.approx(
        golden["variance"]["reduction"], abs=TOLERANCE
    )
    fifths = DeltaTable(str(store / "gold/quintile_means")).to_pandas().set_index("quintile")
    for number, row in golden["quintiles"].items():
        assert fifths.loc[int(number), "indicator"] == pytest.approx(
            row["indicator"], abs=TOLERANCE
        )


def test_the_report_speaks_of_centres_and_months(store):
    page = next((store / "reports").rglob("report_en.html")).read_text(encoding="utf-8")
    assert "Dialysis centres" in page
    assert "months" in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("pid,time,event,age,disease,begin\n1,3,1,40,hypert,2\n", "missing columns ['center']"),
        (
            "center,pid,time,event,age,disease,begin\n5,1,0,2,140,,3000000000\n",
            "column time is not a whole number from 1 to 2147483647: 1 of 1 rows (row 1);"
            " column event is neither 0 nor 1: 1 of 1 rows (row 1);"
            " column begin is beyond 1073741823: 1 of 1 rows (row 1);"
            " covariate age lies outside its bins [0.0, 30.0, 45.0, 60.0, 75.0, 121.0]: 1 of 1"
            " rows (row 1); covariate disease is empty: 1 of 1 rows (row 1)",
        ),
    ],
)
def test_a_bad_file_of_spells_is_explained(tmp_path, capsys, spark, content, said):
    file = tmp_path / "spells.csv"
    file.write_text(content, encoding="utf-8")
    assert (
        main(
            [
                "run",
                "dialysis_centres",
                "--spells",
                str(file),
                "--store",
                str(tmp_path / "s"),
                "--quiet",
            ]
        )
        == 1
    )
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
