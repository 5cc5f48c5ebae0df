"""The other choices of a share model in the stages are the models of tables that hold those cases
only."""

import numpy as np
import pandas as pd
import pytest
from tests.spark.engines.test_shares_agree import ANALYSIS, simulate
from tests.spark.small_runs import run_of

from kommunebench.benchmark import benchmark_cases
from kommunebench.gold import CALIBRATION, SENSITIVITY, SHARE_INDICATORS, STABILITY
from kommunebench.pipeline import run_stages
from kommunebench.silver import CASES
from kommunebench.stages.model_cases import MODEL_CASES_STAGE
from kommunebench.stages.share_checks import share_checks_stage
from kommunebench.stages.share_estimates import share_benchmark_stage, share_uncertainty_stage
from kommunebench.stages.stage import rows_of_run
from kommunebench.storage import write_tables
from kommunebench.storage.writing import TableWrite

COVARIATES = ["sex", "origin", "urban_share", "mother_specialist", "continent"]
TABLES = (SENSITIVITY, STABILITY, CALIBRATION, SHARE_INDICATORS)


def run_checks(store, spark, tmp_path, cases: pd.DataFrame, population: str, *overrides: str):
    """The tables of a run over these cases."""
    text = ANALYSIS.replace("pupils: {min_marks: 4}", population).replace(
        "replicates: 4", "replicates: 0"
    )
    (tmp_path / "simulated_cases.yaml").write_text(text, encoding="utf-8")
    rows = cases.assign(analysis="simulated_cases").reindex(columns=list(CASES.columns))
    records = rows.astype(object).where(rows.notna(), None)
    frame = spark.createDataFrame(list(records.itertuples(index=False, name=None)), CASES.schema)
    write_tables(store, [TableWrite(CASES, frame)], {})
    run = run_of(store, *overrides, analysis=str(tmp_path / "simulated_cases.yaml"))
    settings = run.settings
    stages = (share_benchmark_stage, share_uncertainty_stage, share_checks_stage)
    run_stages(run, (MODEL_CASES_STAGE, *(stage(settings) for stage in stages)))
    return {
        table.name: rows_of_run(store, table, settings.name, run.run_id).toPandas()
        for table in TABLES
    }


def alone(cases: pd.DataFrame) -> pd.DataFrame:
    """Indicators by municipality of a benchmark of these cases."""
    origin = pd.Categorical(cases["origin"], ["turkey", "iraq", "never"]).remove_unused_categories()
    found = benchmark_cases(
        cases.assign(origin=origin),
        unit="municipality_code",
        outcome="outcome",
        covariates=COVARIATES,
        cluster="cluster_id",
        min_cases=20,
    )
    return found.indicators.set_index("municipality_code")


def same(rows: pd.DataFrame, check: str, wanted: pd.DataFrame) -> None:
    of_check = rows[rows["check"] == check].set_index("municipality_code")
    assert len(of_check) == 8
    wanted = wanted.reindex(of_check.index)
    np.testing.assert_allclose(
        of_check["log_indicator"].astype(float), wanted["indicator_robust"].astype(float), rtol=1e-5
    )
    verdicts = (table["assessment"] for table in (of_check, wanted))
    one, other = (column.where(column.notna(), None).tolist() for column in verdicts)
    assert one == other


@pytest.mark.delta
@pytest.mark.long
@pytest.mark.parametrize("engine", ["arrays", "spark"])
def test_ages_and_residence_are_models_of_their_cases(store, spark, tmp_path, engine) -> None:
    cases = simulate(1500)
    draw = np.random.default_rng(4)
    cases["age"] = draw.integers(20, 30, len(cases)).astype(str)
    elsewhere = draw.choice(sorted(cases["municipality_code"].unique()), len(cases))
    stayed = draw.random(len(cases)) < 0.7
    cases["current_municipality_code"] = cases["municipality_code"].where(stayed, elsewhere)
    # Somebody lives in a municipality that nobody came from.
    cases.loc[3, "current_municipality_code"] = "860"
    tables = run_checks(
        store, spark, tmp_path, cases, "residents: {age_min: 20}", f"model.engine={engine}"
    )
    rows = tables["sensitivity"]
    assert set(rows["check"]) == {
        "older_ages",
        "current_residence",
        "pooled",
        "without_area_adjustment",
    }
    same(rows, "older_ages", alone(cases[cases["age"].astype(int) >= 23]))
    now = cases.assign(municipality_code=cases["current_municipality_code"]).drop(index=3)
    same(rows, "current_residence", alone(now))
    assert set(tables["calibration"]["breakdown"]) == {"age", "province", "risk_tenth"}
    assert tables["stability"].empty


@pytest.mark.delta
@pytest.mark.long
def test_halves_of_pupils_are_those_of_the_exam_years(store, spark, tmp_path) -> None:
    cases = simulate(1500)
    cases["exam_year"] = np.random.default_rng(5).integers(2008, 2013, len(cases)).astype(str)
    tables = run_checks(
        store, spark, tmp_path, cases, "pupils: {min_marks: 4}", "uncertainty.min_verdicts=5"
    )
    rows = tables["sensitivity"]
    assert {"first_half", "second_half"} < set(rows["check"])
    assert "older_ages" not in set(rows["check"])
    by_code = rows.pivot(index="municipality_code", columns="check", values="log_indicator")
    early = cases["exam_year"].isin(["2008", "2009", "2010"])
    n_cases = cases.groupby(["municipality_code", early]).size().unstack().loc[by_code.index]
    whole = (
        by_code["first_half"].astype(float) * n_cases[True]
        + by_code["second_half"].astype(float) * n_cases[False]
    ) / n_cases.sum(axis=1)
    run_itself = tables["share_indicators"].set_index("municipality_code")["difference"]
    np.testing.assert_allclose(whole, run_itself.loc[by_code.index].astype(float), rtol=1e-6)
    assert tables["stability"]["units"].tolist() == [8]
