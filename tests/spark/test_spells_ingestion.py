"""A file of spells in a store: read again where the program changed, not written without the
lease."""

import pytest

from kommunebench.errors import StoreError
from kommunebench.leases import held
from kommunebench.run_log import RunLog
from kommunebench.settings import AnalysisSettings
from kommunebench.spell_files import IMPORTED_SPELLS
from kommunebench.stages import spells_file
from kommunebench.stages.spells_file import STAGE, ingest_spells
from kommunebench.storage import current_version, table_exists
from kommunebench.terminal import Progress

pytestmark = pytest.mark.delta
SETTINGS = AnalysisSettings.model_validate(
    {
        "name": "small",
        "starts_from": "spells",
        "labels": {"title_da": "x", "title_en": "x"},
        "spells_file": {"unit": "unit", "duration": "time", "event": "event", "person": "pid"},
        "model": {
            "group": None,
            "covariates": [{"column": "weight", "kind": "number"}],
        },
    }
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "spells.csv"
    path.write_text("unit,pid,time,event,weight\n0101,a,3,1,71.5\n0101,b,12,0,60\n")
    return path


def test_a_file_is_read_again_by_another_version_of_the_program(store, file, monkeypatch):
    quiet = Progress(quiet=True)
    mark = ingest_spells(store, file, SETTINGS, quiet)
    version = current_version(store, IMPORTED_SPELLS)
    assert ingest_spells(store, file, SETTINGS, quiet) == mark
    assert current_version(store, IMPORTED_SPELLS) == version
    monkeypatch.setattr(spells_file, "__version__", "another")
    assert ingest_spells(store, file, SETTINGS, quiet) != mark
    assert current_version(store, IMPORTED_SPELLS) > version


def test_who_lost_the_lease_writes_no_spells(store, file):
    with held(store, "small") as lease:
        lease.lost = True
        with pytest.raises(StoreError, match="another run has taken over"):
            ingest_spells(store, file, SETTINGS, Progress(quiet=True), lease=lease)
    assert not table_exists(store, IMPORTED_SPELLS)
    assert RunLog(store).last(STAGE, "small") is None
