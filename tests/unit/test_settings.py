"""Settings: defaults of the method; unknown keys and impossible values are refused by name."""

from pathlib import Path

import pytest

from kommunebench.errors import ConfigError
from kommunebench.settings import load_analysis, load_environment
from kommunebench.settings.documentation import settings_page
from kommunebench.tracking import flatten

MAIN = "integration_employment"


def test_the_main_analysis_has_the_decisions_of_the_method_as_defaults() -> None:
    settings = load_analysis(MAIN)
    assert settings.employment.weeks == 13
    assert settings.employment.hours_tolerance == 0.25
    assert settings.observation.horizon_weeks == 156
    assert settings.spells.placement_grace_weeks == 0
    assert settings.uncertainty.verdict_indicator == "robust"
    assert settings.uncertainty.tiers.error_rate == 0.10
    assert settings.model.ties == "breslow"


def test_one_setting_is_overridden_and_the_rest_stays() -> None:
    settings = load_analysis(MAIN, ("employment.weeks=26", "model.min_spells=50"))
    assert (settings.employment.weeks, settings.model.min_spells) == (26, 50)
    assert settings.employment.hours_per_week == 20


def test_verdicts_rest_on_as_many_persons_as_may_be_published() -> None:
    """A rank or verdict of a municipality with hidden events shows by what the others leave."""
    with pytest.raises(
        ConfigError, match=r"uncertainty\.min_events: .* least disclosure\.min_pers"
    ):
        load_analysis(MAIN, ("disclosure.min_persons=11",))
    with pytest.raises(ConfigError, match=r"uncertainty\.min_non_events: .* which is 11"):
        load_analysis("school_exams", ("disclosure.min_persons=11", "uncertainty.min_events=11"))
    with pytest.raises(ConfigError, match=r"cost\.min_full_year_persons: .* which is 5"):
        load_analysis(MAIN, ("cost.min_full_year_persons=4",))
    enough = load_analysis(MAIN, ("disclosure.min_persons=11", "uncertainty.min_events=11"))
    assert enough.disclosure.min_persons == 11


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("employment.week=26", "employment.week: unknown key"),
        ("employment.weeks=0", "employment.weeks"),
        ("population.window_start=2016-01-01", "window_start 2016-01-01 is after"),
        ("spells.censoring_reasons=[death, holiday]", "holiday"),
        ("uncertainty.seed=-1", "uncertainty.seed"),
        ("efficiency.seed=-1", "efficiency.seed"),
        ("employment.weeks", "write key=value"),
        ("name.weeks=3", "'name' is not a section"),
    ],
)
def test_a_wrong_setting_is_named(override: str, said: str) -> None:
    with pytest.raises(ConfigError, match=r"(?s).*") as raised:
        load_analysis(MAIN, (override,))
    assert said in str(raised.value)
    assert raised.value.exit_status == 2


def test_an_unknown_analysis_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"dialysis_centres, .*integration_employment"):
        load_analysis("integration")


def test_a_file_that_is_not_yaml_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: [", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"broken\.yaml"):
        load_analysis(str(broken))


def test_every_environment_loads() -> None:
    assert {load_environment(name).platform for name in ("local", "cluster", "databricks")} == {
        "local",
        "cluster",
        "databricks",
    }


def test_settings_become_flat_parameters_with_covariates_by_name() -> None:
    flat = flatten(load_analysis(MAIN).model_dump(mode="json"))
    assert flat["employment.weeks"] == 13
    assert '"reference": "turkey"' in flat["model.covariates.origin"]


def test_every_setting_says_what_it_means() -> None:
    without = [line for line in settings_page().splitlines() if line.endswith("|  |")]
    assert not without


def test_the_page_of_settings_is_up_to_date() -> None:
    written = (Path(__file__).resolve().parents[2] / "docs" / "settings.md").read_text(
        encoding="utf-8"
    )
    assert written == settings_page(), (
        "run: python -m kommunebench.settings.documentation > docs/settings.md"
    )
