"""The process Spark's Python workers are forked from on a laptop, with what they need loaded once.

Spark forks a worker for every task that runs at the same time and ends it after a minute without
work; each of them would load NumPy, pandas, Arrow, SciPy and lifelines anew, which takes three
seconds of a core and 150 MB. Named by ``spark.python.daemon.module`` in the environment file.
"""

import importlib
import sys

from pyspark import daemon

# The modules whose functions run in tasks. Elsewhere than on Linux a library may not bear that a
# process that has loaded it is forked.
_LOADED = (
    "kommunebench.simulation.simulate",
    "kommunebench.stages.counts",
    "kommunebench.stages.packed_spells",
    "kommunebench.stages.replicates",
)

if __name__ == "__main__":
    if sys.platform == "linux":
        for name in _LOADED:
            importlib.import_module(name)
    daemon.manager()
