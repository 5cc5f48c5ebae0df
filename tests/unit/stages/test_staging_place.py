"""Where SAS files are kept while a delivery is read."""

from argparse import Namespace
from pathlib import Path

import pytest
import yaml

from kommunebench.calls import store_of
from kommunebench.settings import EnvironmentSettings
from kommunebench.stages.ingest import _staging
from kommunebench.storage import Store


def store(location: str, **environment: str) -> Store:
    settings = EnvironmentSettings(name="test", platform="databricks", **environment)
    return Store(None, location, settings)  # type: ignore[arg-type]


def test_a_store_in_a_folder_keeps_them_there(tmp_path: Path) -> None:
    staging = _staging(store(str(tmp_path)))
    assert staging is not None and staging.folder == tmp_path / "staging"


def test_a_catalog_keeps_none_unless_a_folder_is_named() -> None:
    assert _staging(store("main.kommunebench")) is None
    one, other = (
        _staging(store(location, staging_folder="/Volumes/main/raw/staging"))
        for location in ("main.kommunebench", "main.another")
    )
    assert one is not None and other is not None
    assert one.folder.parent == Path("/Volumes/main/raw/staging") == other.folder.parent
    assert one.folder != other.folder


@pytest.mark.parametrize("is_there", [True, False])
def test_a_folder_of_the_stores_own_schema_is_used_where_it_is_there(
    is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kommunebench.calls.get_spark", lambda environment: None)
    if is_there:
        (tmp_path / "my-catalog" / "results" / "staging").mkdir(parents=True)
    file = tmp_path / "env.yaml"
    named = f"{tmp_path}/{{catalog}}/{{schema}}/staging"
    content = {"name": "x", "platform": "databricks", "staging_folder": named}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    options = Namespace(store="my-catalog.results", env=str(file))
    staging = _staging(store_of(options))
    assert (staging is not None) == is_there
    if staging is not None:
        assert staging.folder.parent == tmp_path / "my-catalog" / "results" / "staging"
    assert _staging(store_of(Namespace(store="s3://bucket/store", env=str(file)))) is None


@pytest.mark.parametrize("named", [True, False])
def test_only_what_is_the_stores_own_is_taken_away(tmp_path: Path, named: bool) -> None:
    given = {"staging_folder": str(tmp_path / "shared")} if named else {}
    staging = _staging(store(str(tmp_path / "store"), **given))
    assert staging is not None
    staging.folder.mkdir(parents=True)
    beside = staging.folder.parent / "something_else"
    beside.mkdir()
    staging.remove()
    assert beside.is_dir() and not staging.folder.exists()
