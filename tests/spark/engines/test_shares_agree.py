"""The stages of a share model give the tables of benchmark_cases, in memory and in Spark tasks."""

import numpy as np
import pandas as pd
import pytest
from tests.spark.small_runs import run_of

from kommunebench.benchmark import benchmark_cases
from kommunebench.gold import (
    BENCHMARK_SUMMARY,
    CALIBRATION,
    EXPECTED_DURATIONS,
    LOGIT_COEFFICIENTS,
    MODEL_VERDICTS,
    POTENTIALS,
    SECOND_STAGE,
    SHARE_INDICATORS,
    TEN_BEST,
)
from kommunebench.pipeline import run_stages
from kommunebench.silver import CASES
from kommunebench.stages.model_cases import MODEL_CASES_STAGE
from kommunebench.stages.share_checks import share_checks_stage
from kommunebench.stages.share_estimates import share_benchmark_stage, share_uncertainty_stage
from kommunebench.stages.stage import rows_of_run
from kommunebench.storage import write_tables
from kommunebench.storage.writing import TableWrite

ANALYSIS = """
name: simulated_cases
labels: {title_da: x, title_en: x}
pupils: {min_marks: 4}
model:
  group: null
  min_spells: 20
  covariates:
    - {column: sex, kind: category, prefix: sex, reference: men}
    - {column: origin, kind: category, prefix: origin, reference: turkey}
    - {column: urban_share, kind: number}
    - {column: mother_specialist, kind: indicator}
    - {column: continent, kind: category, prefix: coast, reference: east}
uncertainty: {replicates: 4, seed: 7}
"""
# Replicates stop where a billionth of the log-likelihood is left.
LOOSE = dict.fromkeys(
    (
        "se_bootstrap", "se_bootstrap_plain", "bootstrap_ratio", "median_bootstrap_ratio",
        "smallest_bootstrap_ratio", "largest_bootstrap_ratio",
    ),
    1e-3,
)  # fmt: skip


def simulate(count: int = 900) -> pd.DataFrame:
    """Cases in eight municipalities; nobody of one origin succeeds."""
    draw = np.random.default_rng(3)
    cases = pd.DataFrame(
        {
            "person_id": [f"p{i:04d}" for i in range(count)],
            "cluster_id": [f"m{i}" for i in draw.integers(0, count * 2 // 3, count)],
            "municipality_code": draw.choice(
                ["101", "147", "751", "851", "461", "561", "265", "621", "825"],
                count,
                p=[*[0.124] * 8, 0.008],
            ),
            "sex": draw.choice(["men", "women"], count),
            "origin": draw.choice(["turkey", "iraq", "never"], count, p=[0.6, 0.38, 0.02]),
            "urban_share": draw.uniform(0.4, 1.0, count),
            "mother_specialist": draw.integers(0, 2, count),
        }
    )
    cases["age"] = draw.choice(["16", "17_plus"], count)
    # Constant within municipalities: it goes to the second stage.
    cases["continent"] = np.where(cases["municipality_code"] < "500", "east", "west")
    odds = np.exp(0.5 + 0.4 * (cases["sex"] == "women") - cases["urban_share"])
    cases["outcome"] = (draw.random(count) < odds / (1 + odds)).astype(int)
    cases.loc[cases["origin"] == "never", "outcome"] = 0
    return cases


@pytest.mark.delta
@pytest.mark.parametrize("engine", ["arrays", pytest.param("spark", marks=pytest.mark.long)])
def test_the_stages_write_what_the_library_returns(store, spark, tmp_path, engine) -> None:
    cases = simulate()
    wanted = benchmark_cases(
        cases.assign(origin=pd.Categorical(cases["origin"], ["turkey", "iraq", "never"])),
        unit="municipality_code",
        outcome="outcome",
        covariates=["sex", "origin", "urban_share", "mother_specialist", "continent"],
        cluster="cluster_id",
        min_cases=20,
        replicates=4,
        seed=7,
    )
    run, tables = _run(store, spark, tmp_path, f"model.engine={engine}")
    _same(
        tables[SHARE_INDICATORS].set_index("municipality_code"),
        wanted.indicators.set_index("municipality_code"),
    )
    coefficients = wanted.coefficients.assign(
        term=wanted.coefficients["term"].str.replace("continent", "coast")
    )
    _same(tables[LOGIT_COEFFICIENTS].set_index("term"), coefficients.set_index("term"))
    assert tables[SECOND_STAGE]["term"].tolist() == ["coast_west"]
    for column in ("coefficient", "se", "unit_sd", "units"):
        np.testing.assert_allclose(
            tables[SECOND_STAGE][column], wanted.second_stage[column], rtol=1e-7
        )
    keys = ["model", "municipality_code"]
    _same(tables[MODEL_VERDICTS].set_index(keys), wanted.model_verdicts.set_index(keys))
    assert set(tables[MODEL_VERDICTS]["model"]) == {
        "pooled",
        "within",
        "without_area_adjustment",
    }
    expected = tables[EXPECTED_DURATIONS].set_index("spell_id")["expected_share"]
    np.testing.assert_allclose(expected[cases["person_id"]], wanted.expected, rtol=1e-9)
    summary = tables[BENCHMARK_SUMMARY].iloc[0]
    assert summary["tau"] == pytest.approx(wanted.summary["tau"], rel=1e-6)
    by_age = tables[CALIBRATION].query("breakdown == 'age'").set_index("value")
    counted = cases.assign(expected=wanted.expected).groupby("age")[["outcome", "expected"]]
    np.testing.assert_allclose(
        by_age[["observed_events", "expected_events"]].astype(float), counted.sum(), rtol=1e-9
    )
    tenths = tables[CALIBRATION].query("breakdown == 'risk_tenth'")
    assert tenths["observed_events"].sum() == cases["outcome"].sum()
    assert {"province", "age", "risk_tenth"} == set(tables[CALIBRATION]["breakdown"])
    assert set(tables[POTENTIALS]["basis"]) == {"raw", "shrunk"}
    assert len(tables[TEN_BEST]) == 8 and tables[TEN_BEST]["municipality"].notna().all()
    assert run.metrics["cases"] == len(cases)


@pytest.mark.delta
@pytest.mark.long
@pytest.mark.parametrize("engine", ["arrays", "spark"])
def test_the_model_within_stands_beside_the_pooled_one_that_carries(
    store, spark, tmp_path, engine
) -> None:
    pooled = ("model.verdict_model=pooled", "uncertainty.replicates=0")
    _, tables = _run(store, spark, tmp_path, f"model.engine={engine}", *pooled)
    verdicts, rows = tables[MODEL_VERDICTS], tables[SHARE_INDICATORS]
    assert set(verdicts["model"]) == {"pooled", "within"} and SECOND_STAGE not in tables
    carrying = verdicts[verdicts["carries_verdicts"]].set_index("municipality_code")
    assert (carrying["model"] == "pooled").all()
    compared = rows[rows["included"]].set_index("municipality_code").loc[carrying.index]
    np.testing.assert_array_equal(carrying["indicator_robust"], compared["indicator"])


def _run(store, spark, tmp_path, *overrides):
    """A run of the stages on simulated cases in the store, and the tables they write."""
    (tmp_path / "simulated_cases.yaml").write_text(ANALYSIS, encoding="utf-8")
    rows = simulate().assign(analysis="simulated_cases").reindex(columns=list(CASES.columns))
    records = rows.astype(object).where(rows.notna(), None)
    frame = spark.createDataFrame(list(records.itertuples(index=False, name=None)), CASES.schema)
    write_tables(store, [TableWrite(CASES, frame)], {})
    run = run_of(store, *overrides, analysis=str(tmp_path / "simulated_cases.yaml"))
    stages = (
        MODEL_CASES_STAGE,
        share_benchmark_stage(run.settings),
        share_uncertainty_stage(run.settings),
        share_checks_stage(run.settings),
    )
    run_stages(run, stages)
    tables = {
        table: rows_of_run(store, table, run.settings.name, run.run_id).toPandas()
        for stage in stages[1:]
        for table in stage.writes
    }
    return run, tables


def _same(stored: pd.DataFrame, wanted: pd.DataFrame) -> None:
    shared = [column for column in wanted if column in stored]
    assert {"coefficient", "difference", "indicator_robust"} & set(shared)
    for column in shared:
        one, other = stored[column].reindex(wanted.index), wanted[column]
        if pd.api.types.is_numeric_dtype(other.dtype) and other.dtype != bool:
            np.testing.assert_allclose(
                one.astype(float),
                other.astype(float),
                rtol=LOOSE.get(column, 1e-7),
                atol=1e-9,
                err_msg=column,
            )
        else:
            assert (
                one.where(one.notna(), None).tolist() == other.where(other.notna(), None).tolist()
            ), column
