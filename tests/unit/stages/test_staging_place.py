"""Where SAS files are kept while a delivery is read."""

from pathlib import Path

import pytest

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
