"""The stages benchmark and uncertainty give the same gold tables whichever engine runs them."""

import numpy as np
import pandas as pd
import pytest
from deltalake import DeltaTable

from kommunebench.cli import main

pytestmark = pytest.mark.delta
TABLES = {
    "cox_coefficients": ["group", "term"], "cox_baseline": ["group", "week"], "expected_durations": ["spell_id"],
    "variance_reduction": ["component"], "quintile_means": ["quintile"], "benchmark_indicators": ["municipality_code"],
    "benchmark_summary": [],
}  # fmt: skip
# Replicates stop at a gain of 1e-9 of the log-likelihood, and shares of ranks move by draws at their edges: not to 1e-8.
LOOSE = {"se_bootstrap": 1e-3, "se_bootstrap_robust": 1e-3, "median_bootstrap_ratio": 1e-3}


@pytest.fixture(scope="module")
def spark_run(small_run):
    before = DeltaTable(str(small_run.store / "gold/benchmark_summary")).to_pandas()["run_id"].unique()
    overrides = small_run.arguments[small_run.arguments.index("--quiet") :]
    arguments = ["uncertainty", "integration_employment", "--store", str(small_run.store), *overrides, "--set", "model.engine=spark"]
    assert main(arguments) == 0
    after = DeltaTable(str(small_run.store / "gold/benchmark_summary")).to_pandas()["run_id"].unique()
    assert len(before) == 1 and len(after) == 2
    return before[0], next(run for run in after if run != before[0])


@pytest.mark.parametrize("name", TABLES)
def test_gold_tables_of_both_engines_are_equal(small_run, spark_run, name):
    table = DeltaTable(str(small_run.store / "gold" / name)).to_pandas()
    one, other = (table[table["run_id"] == run].sort_values(TABLES[name], ignore_index=True) for run in spark_run)
    assert len(one) == len(other) > 0
    for column in one.columns.drop("run_id"):
        if pd.api.types.is_float_dtype(one[column].dtype):
            np.testing.assert_allclose(other[column], one[column], rtol=LOOSE.get(column, 1e-7), atol=1e-9, err_msg=column)
        else:
            pd.testing.assert_series_equal(other[column], one[column])
