"""The process Spark's Python workers are forked from on a laptop, with what they need loaded once.

Spark forks a worker for every task that runs at the same time and ends it after a minute without
work; each of them would load NumPy, pandas, Arrow, SciPy and lifelines anew, which takes three
seconds of a core and 150 MB. Named by ``spark.python.daemon.module`` in the environment file.
"""

import importlib
import sys
import traceback

from pyspark import daemon

# The modules whose functions run in tasks. Elsewhere than on Linux a library may not bear that a
# process that has loaded it is forked.
_LOADED = (
    "kommunebench.simulation.simulate",
    "kommunebench.stages.counts",
    "kommunebench.stages.packed_spells",
    "kommunebench.stages.replicates",
)


def _say_that_a_worker_ended() -> None:
    """One line instead of a stack trace at the terminal: if a job has failed elsewhere, a worker
    whose task was given up finds its connection closed. The run itself reports what failed."""
    error = sys.exc_info()[0]
    print(f"a Python worker ended: {error.__name__ if error else 'unknown'}", file=sys.stderr)


if __name__ == "__main__":
    if sys.platform == "linux":
        for name in _LOADED:
            importlib.import_module(name)
    # Nothing else in this process prints traces; errors of tasks reach the driver in another way.
    traceback.print_exc = _say_that_a_worker_ended  # type: ignore[assignment]
    daemon.manager()
