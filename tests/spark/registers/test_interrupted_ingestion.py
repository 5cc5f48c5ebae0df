"""An ingestion that withdraws a whole register and is killed: the next one takes its rows out."""

from contextlib import nullcontext

import pytest
from small_delivery import PERSONS, File, person, small_analysis, small_delivery

from kommunebench import bronze
from kommunebench.run_log import RunLog
from kommunebench.stages.ingest import ingest_delivery
from kommunebench.storage import current_version, read_table, writing
from kommunebench.terminal import Progress

pytestmark = [pytest.mark.delta, pytest.mark.long]
ANALYSIS = small_analysis()


def test_rows_of_a_register_that_a_killed_ingestion_withdrew_do_not_stay(
    store, tmp_path, monkeypatch
):
    """Nothing of the delivery says any more that the table of addresses holds persons."""
    folder, delivery = tmp_path / "delivery", small_delivery("parquet")
    addresses = [[person(n), f"A{n}", "2014-01-01", "2015-06-30"] for n in range(PERSONS)]
    delivery.files["befbop/befbop"] = File(
        ["PNR", "ADRESSE_ID", "BOP_VFRA", "BOP_VTIL"], addresses, "parquet"
    )
    delivery.write(folder)
    quiet = Progress(quiet=True)
    ingest_delivery(store, folder, ANALYSIS, quiet)
    assert read_table(store, bronze.ADDRESS_SPELLS).count() == PERSONS
    deaths = current_version(store, bronze.DEATHS)
    (folder / "befbop" / "befbop.parquet").unlink()

    def dies(*_, **__):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(writing, "write_table", dies)
        patched.setattr("kommunebench.stages.ingest.unwritten_on_failure", lambda *_: nullcontext())
        with pytest.raises(RuntimeError, match="killed"):
            ingest_delivery(store, folder, ANALYSIS, quiet)
    assert RunLog(store).records[-1].state == "started"
    ingest_delivery(store, folder, ANALYSIS, quiet)
    assert read_table(store, bronze.ADDRESS_SPELLS).count() == 0
    assert read_table(store, bronze.DEATHS).count() == 30
    assert current_version(store, bronze.DEATHS) == deaths + 1
    registers = {row["register"] for row in read_table(store, bronze.DELIVERED_FILES).collect()}
    assert "BEFBOP" not in registers
