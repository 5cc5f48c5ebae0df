"""Which engine runs: by the number of spells, unless the setting says."""

from types import SimpleNamespace

import pytest

from kommunebench.errors import ConfigError
from kommunebench.settings import load_analysis
from kommunebench.stages import array_engine, block_engine, estimation


@pytest.mark.parametrize(
    ("setting", "spells", "chosen"),
    [
        ("auto", 50, "arrays"), ("auto", 100, "arrays"), ("auto", 101, "spark"), ("arrays", 10**9, "arrays"), ("spark", 1, "spark"),
    ],
)  # fmt: skip
def test_the_engine_follows_size_and_setting(monkeypatch, setting, spells, chosen):
    monkeypatch.setattr(
        estimation, "model_spells", lambda inputs: SimpleNamespace(count=lambda: spells)
    )
    monkeypatch.setattr(array_engine, "estimate_arrays", lambda inputs: "arrays")
    monkeypatch.setattr(block_engine, "estimate_spark", lambda inputs: "spark")
    settings = load_analysis(
        "integration_employment", (f"model.engine={setting}", "model.collect_limit_rows=100")
    )
    assert estimation.estimate(SimpleNamespace(settings=settings)) == chosen


def test_effects_of_municipalities_and_replicates_exclude_each_other():
    with pytest.raises(ConfigError, match=r"needs uncertainty.replicates=0"):
        load_analysis("integration_employment", ("model.municipality_effects=true",))
    settings = load_analysis(
        "integration_employment", ("model.municipality_effects=true", "uncertainty.replicates=0")
    )
    assert settings.model.municipality_effects
