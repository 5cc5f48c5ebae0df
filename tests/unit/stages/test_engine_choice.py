"""Where the chain runs: by spells times columns, unless the setting says."""

from types import SimpleNamespace

import pyarrow as pa
import pytest

from kommunebench.errors import ConfigError
from kommunebench.settings import load_analysis
from kommunebench.stages import estimation


@pytest.mark.parametrize(
    ("setting", "spells", "columns", "chosen"),
    [
        ("auto", 50, 4, "arrays"),
        ("auto", 100, 4, "arrays"),
        ("auto", 101, 4, "spark"),
        # Few spells of very many units: the columns of the units fill the memory.
        ("auto", 50, 9, "spark"),
        ("arrays", 10**9, 4, "arrays"),
        ("spark", 1, 4, "spark"),
    ],
)
def test_the_engine_follows_size_and_setting(monkeypatch, setting, spells, columns, chosen):
    monkeypatch.setattr(estimation, "collect_records", lambda spells: ("records", "keys"))
    monkeypatch.setattr(estimation, "memory_blocks", lambda records, keys, layout: "blocks")
    settings = load_analysis(
        "integration_employment", (f"model.engine={setting}", "model.collect_limit_cells=400")
    )
    units = pa.table({"spells": [1, spells - 1]})
    conf = SimpleNamespace(get=lambda name, default: "4")
    inputs = SimpleNamespace(
        settings=settings, rows=lambda table: units, spark=SimpleNamespace(conf=conf)
    )
    packed = SimpleNamespace(packed="rows", layout=SimpleNamespace(most_columns=columns))
    engine = estimation.choose_engine(inputs, packed)
    assert type(engine).__name__ == {"arrays": "InMemory", "spark": "InTasks"}[chosen]


def test_the_plain_indicator_carries_verdicts_of_the_pooled_model_only():
    assert load_analysis("integration_employment").model.verdict_model == "within"
    plain = "uncertainty.verdict_indicator=plain"
    with pytest.raises(ConfigError, match=r"write model\.verdict_model: pooled beside it"):
        load_analysis("integration_employment", (plain,))
    load_analysis("integration_employment", (plain, "model.verdict_model=pooled"))


def test_an_unknown_measure_is_refused():
    with pytest.raises(ConfigError, match="measure"):
        load_analysis("integration_employment", ("measure=median",))
