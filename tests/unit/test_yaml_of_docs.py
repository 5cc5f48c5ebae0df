"""The YAML that docs/new_analysis.md shows is what the program accepts, and means what the page
says."""

import json
import re
from pathlib import Path

import pytest
import yaml

from kommunebench.settings import AnalysisSettings, load_analysis
from kommunebench.settings.loading import conf_folder

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "new_analysis.md"
BLOCKS = [
    yaml.safe_load(block)
    for block in re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
]
NAMED = {block["name"]: block for block in BLOCKS if "name" in block}
OTHER_YEARS = "integration_2016_2023"


def main_with(changes: dict) -> dict:
    """The main analysis with the keys of a block in place of its own; covariates by column."""
    content = yaml.safe_load(
        (conf_folder() / "analyses" / "integration_employment.yaml").read_text(encoding="utf-8")
    )
    for key, value in changes.items():
        content[key] = content.get(key, {}) | value if isinstance(value, dict) else value
    changed = {c["column"]: c for c in changes["model"]["covariates"]}
    model = load_analysis("integration_employment").model.model_dump(mode="json")
    model["covariates"] = [changed.get(c["column"], c) for c in model["covariates"]]
    return content | {"model": model}


@pytest.mark.parametrize("name", sorted(set(NAMED) - {OTHER_YEARS}))
def test_every_analysis_of_the_page_can_be_loaded_from_its_file(name, tmp_path):
    file = tmp_path / f"{name}.yaml"
    file.write_text(yaml.safe_dump(NAMED[name], allow_unicode=True), encoding="utf-8")
    assert load_analysis(str(file)).name == name


def test_sections_alone_are_accepted_in_an_analysis():
    sections = [block for block in BLOCKS if "name" not in block]
    assert len(sections) == 2
    for section in sections:
        labels = {"title_da": "x", "title_en": "x"}
        assert AnalysisSettings.model_validate({"name": "x", "labels": labels} | section)


def test_the_main_analysis_in_other_years_keeps_no_year_of_the_report():
    settings = AnalysisSettings.model_validate(main_with(NAMED[OTHER_YEARS]))
    written = json.dumps(settings.model_dump(mode="json"))
    assert re.findall(r"\b20(?:0[1-9]|1[0-5])\b", written) == []
    assert re.findall(r"\b20(?:0[1-9]|1[0-5])\b", json.dumps(load_analysis(
        "integration_employment").model_dump(mode="json"))) != []  # fmt: skip
    assert settings.spells.last_start_date == settings.population.window_end
    assert settings.observation.observation_end > settings.population.window_end
    references = {c.column: c.reference for c in settings.model.covariates if c.reference}
    first = str(settings.population.window_start.year)
    assert references["start_year"] == references["permit_year"] == first
    assert len(settings.model.covariates) == 27
    assert not settings.published_comparison
