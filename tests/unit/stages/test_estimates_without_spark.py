"""The stages benchmark and uncertainty on spells in memory: the tables they write hold every
declared column in its declared type, and the models they store are read back as they were."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.in_memory import lay_out_spells
from kommunebench.benchmark.model.memory_fit import fit_in_memory
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.errors import ConvergenceError
from kommunebench.gold import (
    BENCHMARK_INDICATORS,
    BENCHMARK_SUMMARY,
    MODEL_VERDICTS,
    NATIONAL_MODELS,
    SECOND_STAGE,
)
from kommunebench.settings import load_analysis
from kommunebench.stages import estimates, estimation
from kommunebench.stages.model_spells import layout_note
from kommunebench.stages.run_metrics import run_metrics
from kommunebench.stages.stage import _plain

HORIZON = 30
SPECS = (CovariateSpec("x", "number", "x"), CovariateSpec("jobs", "number", "jobs"))


def simulate() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    count = 1500
    unit = rng.integers(101, 109, count)
    x = rng.normal(size=count)
    waited = np.ceil(rng.exponential(18 * np.exp(-0.3 * x), count))
    ceiling = rng.integers(20, HORIZON + 4, count)
    jobs = dict(zip(range(101, 109), rng.normal(0.8, 0.1, 8), strict=True))
    return pd.DataFrame(
        {
            "unit": unit.astype(str),
            "person": np.arange(count).astype(str),
            "sex": np.where(rng.random(count) < 0.5, "men", "women"),
            "duration": np.minimum(waited, ceiling).astype(int),
            "event": (waited <= ceiling).astype(int),
            "x": x,
            "jobs": [jobs[code] for code in unit],
        }
    )


class Store:
    """Tables as their rows would be written, in the declared types."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {}

    def frame(self, table, rows):
        names = [name for name in table.columns if name not in ("analysis", "run_id")]
        records = rows.reindex(columns=names).astype(object)
        self.rows[table.name] = [
            {name: _plain(value, table.columns[name]) for name, value in row.items()}
            for row in records.to_dict("records")
        ]
        return table.name

    def of_run(self, table, frame):
        return table.name

    def rows_of(self, table):
        return pa.Table.from_pylist(self.rows[table.name])


@pytest.fixture(
    scope="module",
    params=[ModelChoice(), ModelChoice(baseline="piecewise", cuts=(5, 12))],
    ids=["cox", "piecewise"],
)
def written(request):
    return written_by_stages(simulate(), request.param)


def written_by_stages(spells, choice, *overrides):
    """The tables that the stages benchmark and uncertainty write, and their notes."""
    # As the stage that packs spells cuts them for a hazard that is constant within intervals.
    spells["event"] = np.where(spells["duration"] > HORIZON, 0, spells["event"])
    spells["duration"] = np.minimum(spells["duration"], HORIZON)
    columns = spell_columns(
        spells, unit="unit", duration="duration", event="event", person="person",
        group="sex", horizon=HORIZON,
    )  # fmt: skip
    laid_out = lay_out_spells(spells, columns, SPECS, unit_effects=True)
    packed = estimation.PackedSpells(
        spark=None,
        packed=None,
        layout=laid_out.layout,
        facts=laid_out.facts,
        measure=Measure.named("restricted_mean", HORIZON),
        indicator=Indicator("ratio", "restricted_mean"),
        choice=choice,
    )
    few = ("uncertainty.replicates=0", "model.min_spells=150", "cost={}", "efficiency={}")
    settings = load_analysis("integration_employment", (*few, *overrides))
    store = Store()
    inputs = SimpleNamespace(
        settings=settings, frame=store.frame, of_run=store.of_run, rows=store.rows_of
    )
    engine = estimation.InMemory(packed, None, None, laid_out.blocks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimates, "read_packed", lambda inputs: packed)
        patch.setattr(estimates, "choose_engine", lambda inputs, spells: engine)
        patch.setattr(estimates, "expected_by_spell", lambda *some: None)
        patch.setattr(estimates, "_expected_columns", lambda inputs, expected: None)
        benchmark = estimates._benchmark(inputs)
        uncertainty = estimates._uncertainty(inputs)
    for stage, output in (
        (estimates.benchmark_stage(settings), benchmark),
        (estimates.uncertainty_stage(settings), uncertainty),
    ):
        assert set(output.frames) == set(stage.writes)
    return SimpleNamespace(
        tables={name: pd.DataFrame(rows) for name, rows in store.rows.items()},
        layout=laid_out.layout,
        choice=choice,
        note=benchmark.note,
    )


def test_both_models_are_stored_by_name_and_group(written):
    models = written.tables[NATIONAL_MODELS.name]
    assert models[["model", "group"]].to_numpy().tolist() == [
        ["pooled", "men"], ["pooled", "women"], ["within", "men"], ["within", "women"],
    ]  # fmt: skip
    assert models["terms"].map(len).tolist() == [2, 2, 9, 9]
    assert written.tables[SECOND_STAGE.name]["term"].tolist() == ["jobs", "jobs"]


def test_verdicts_of_the_stages_rest_on_the_models_they_read_back(written):
    indicators = written.tables[BENCHMARK_INDICATORS.name]
    assert indicators["assessment"].notna().all() and indicators["pace"].notna().all()
    verdicts = written.tables[MODEL_VERDICTS.name]
    carrying = verdicts[verdicts["carries_verdicts"]]
    np.testing.assert_array_equal(carrying["indicator_robust"], indicators["indicator_robust"])
    assert written.tables[BENCHMARK_SUMMARY.name]["tau"].notna().all()
    metrics = run_metrics({}, written.tables)
    assert metrics["units_with_verdict"] == len(indicators)
    assert metrics["verdicts_changed_from_pooled"] <= len(indicators)
    assert metrics["expected_duration_mean"] == pytest.approx(
        indicators["expected_duration"].mean(), rel=1e-12
    )


def test_models_are_read_back_with_their_kind_of_hazard(written):
    """The weeks of the likelihood's terms are stored, and the choice says whether they are those
    with events or all of them; so that the hazards of the intervals are in the stored baseline."""
    models = written.tables[NATIONAL_MODELS.name]
    if written.choice.baseline == "piecewise":
        assert models["event_times"].map(len).tolist() == [HORIZON] * 4
        steps = np.array(models["log_factors"].tolist())
        assert (np.ptp(steps[:, :5], axis=1) == 0).all()
        assert (np.ptp(steps[:, 5:12], axis=1) == 0).all()
        assert (steps[:, 4] != steps[:, 5]).all()
    else:
        assert (np.ptp(np.array(models["log_factors"].tolist())[:, :5], axis=1) > 0).all()


def test_columns_that_never_vary_within_a_municipality_are_named(written):
    assert layout_note(written.layout) == (
        "men: in the second stage, with hardly any variation within municipalities: jobs; "
        "women: in the second stage, with hardly any variation within municipalities: jobs"
    )


POOLED = ("model.verdict_model=pooled",)
PLAIN = (*POOLED, "uncertainty.verdict_indicator=plain")


@pytest.mark.parametrize(
    ("overrides", "indicator"), [(POOLED, "indicator_robust"), (PLAIN, "indicator")]
)
def test_the_model_within_stands_beside_the_pooled_one_where_that_carries(overrides, indicator):
    """With the indicator that carries the verdicts, and nothing of the second stage alone."""
    tables = written_by_stages(simulate(), ModelChoice(), *overrides).tables
    indicators = tables[BENCHMARK_INDICATORS.name].set_index("municipality_code")
    verdicts = tables[MODEL_VERDICTS.name]
    assert verdicts["model"].unique().tolist() == ["pooled", "within"]
    carrying = verdicts[verdicts["carries_verdicts"]].set_index("municipality_code")
    assert (carrying["model"] == "pooled").all() and len(carrying) == len(indicators)
    np.testing.assert_array_equal(carrying["indicator_robust"], indicators[indicator])
    np.testing.assert_array_equal(carrying["indicator_robust_se"], indicators[f"{indicator}_se"])
    assert carrying["assessment"].tolist() == indicators["assessment"].tolist()
    within = verdicts[verdicts["model"] == "within"].set_index("municipality_code")
    assert within["difference_in_se"].abs().gt(0).all()
    if indicator == "indicator_robust":
        as_default = written_by_stages(simulate(), ModelChoice()).tables[MODEL_VERDICTS.name]
        wanted = as_default[as_default["model"] == "within"].set_index("municipality_code")
        for name in ("indicator_robust", "indicator_robust_se", "assessment", "tier", "fifth"):
            assert within[name].tolist() == wanted[name].tolist()
    assert SECOND_STAGE.name not in tables
    assert indicators["indicator_robust_pooled"].isna().all()
    assert "pairs_changed_from_pooled" in run_metrics({}, tables)


def test_where_the_model_within_cannot_be_fitted_the_run_goes_on_and_says_so(monkeypatch):
    def refuse(blocks, layout, choice, *, unit_effects):
        if unit_effects:
            raise ConvergenceError("no finite maximum.")
        return fit_in_memory(blocks, layout, choice, unit_effects=False)

    monkeypatch.setattr("kommunebench.benchmark.in_memory.fit_in_memory", refuse)
    one = written_by_stages(simulate(), ModelChoice(), *POOLED)
    assert one.note.endswith(
        "no verdicts of the model within municipalities to compare with: no finite maximum"
    )
    assert one.tables[MODEL_VERDICTS.name].empty
    assert one.tables[BENCHMARK_INDICATORS.name]["assessment"].notna().all()
    with pytest.raises(ConvergenceError, match="no finite maximum"):
        written_by_stages(simulate(), ModelChoice())
