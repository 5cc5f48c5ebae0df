"""The command, in a process that dies at one write of one stage as by `kill -9`:

    python killed_run.py STAGE during|after NUMBER ARGUMENTS...

`during 0`: while the stage's first write has data files but no commit; `after 2`: when two of its
writes are committed. The whole process group goes, Python and Java; Spark's Python workers, which
write nothing to a store, end when Java is gone.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from kommunebench.cli import main
from kommunebench.storage import writing


def die() -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


def die_at_new_file(folder: Path) -> None:
    """Die as soon as a data file is in a table's folder that was not there before."""
    before = set(folder.rglob("*.parquet"))

    def watch() -> None:
        while not set(folder.rglob("*.parquet")) - before:
            time.sleep(0.01)
        die()

    threading.Thread(target=watch, daemon=True).start()


def dies_at(stage: str, when: str, write: int) -> None:
    """Let the process die at a write of a stage."""
    write_table, lock, count = writing.write_table, threading.Lock(), {"started": 0, "done": 0}

    def counted(store: Any, table: Any, frame: Any, where: Any, metadata: Any, **more: Any) -> Any:
        if metadata.get("stage") != stage:
            return write_table(store, table, frame, where, metadata, **more)
        with lock:
            this_one = count["started"]
            count["started"] += 1
        if when == "during" and this_one == write:
            die_at_new_file(Path(store.path(table)))
        written = write_table(store, table, frame, where, metadata, **more)
        if when == "during" and this_one == write:
            die()
        with lock:
            count["done"] += 1
            if when == "after" and count["done"] == write:
                die()
        return written

    writing.write_table = counted  # type: ignore[assignment]


if __name__ == "__main__":
    dies_at(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    sys.exit(main(sys.argv[4:]))
