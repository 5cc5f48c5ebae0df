"""The command, in a process that can be stopped at the writes of its stages:

    python stopped_run.py TO FROM ARGUMENTS...

Into the file descriptor TO it says where it is, a line each, and waits for a line from FROM before
it goes on: `during STAGE FOLDER` before the first write of a stage into the folder of a table, and
`after STAGE NUMBER` when that many of its writes are committed (half of them, and all).
"""

import os
import sys
import threading
from typing import Any

from kommunebench import pipeline
from kommunebench.cli import main
from kommunebench.storage import writing


class Points:
    """Tells the test where the run is, and counts each stage's writes."""

    def __init__(self, to: int, back: int) -> None:
        self.to, self.back = os.fdopen(to, "w"), os.fdopen(back)
        self.lock = threading.Lock()
        self.expected, self.begun, self.done = 0, 0, 0

    def say(self, *words: object) -> None:
        self.to.write(" ".join(map(str, words)) + "\n")
        self.to.flush()
        self.back.readline()

    def before(self, stage: str, folder: str) -> None:
        with self.lock:
            self.begun += 1
            if self.begun == 1:
                self.say("during", stage, folder)

    def after(self, stage: str) -> None:
        with self.lock:
            self.done += 1
            if self.done in (self.expected // 2, self.expected):
                self.say("after", stage, self.done)


def tell(points: Points) -> None:
    """Let every write of a stage be told."""
    write_table, write_tables = writing.write_table, pipeline.write_tables

    def counted(store: Any, writes: Any, *rest: Any) -> Any:
        points.expected, points.begun, points.done = len(writes), 0, 0
        return write_tables(store, writes, *rest)

    def told(store: Any, table: Any, frame: Any, where: Any, metadata: Any, **more: Any) -> Any:
        points.before(metadata["stage"], store.path(table))
        written = write_table(store, table, frame, where, metadata, **more)
        points.after(metadata["stage"])
        return written

    writing.write_table = told  # type: ignore[assignment]
    pipeline.write_tables = counted  # type: ignore[assignment]


if __name__ == "__main__":
    tell(Points(int(sys.argv[1]), int(sys.argv[2])))
    sys.exit(main(sys.argv[3:]))
