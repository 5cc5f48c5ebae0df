"""Replicates are spread evenly over tasks, and come back in their order."""

from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from kommunebench.stages.replicates import Work, run_replicates


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers(Work):
    """Replicates whose performances are their numbers."""

    def blocks(self):
        return None

    def make(self, blocks, first, last):
        number = np.arange(first, last, dtype=float)[:, None, None]
        return number + np.array([[0.0, 0.25], [0.5, 0.75]])


class Tasks:
    """A range cut into partitions as Spark cuts it, each of which is a task."""

    def __init__(self):
        self.replicates_by_task = []

    def range(self, start, end, step, partitions):
        numbers = np.arange(start, end, step)
        cuts = [place * len(numbers) // partitions for place in range(partitions + 1)]
        frames = [pd.DataFrame({"id": numbers[first:last]}) for first, last in pairwise(cuts)]
        return SimpleNamespace(mapInPandas=lambda task, schema: self.run(task, frames))

    def run(self, task, frames):
        made = [pd.concat(task(iter([frame]))) for frame in frames]
        self.replicates_by_task += [rows["replicate"].nunique() for rows in made]
        return SimpleNamespace(toPandas=lambda: pd.concat(made[::-1]))


@pytest.mark.parametrize(
    ("replicates", "by_task"), [(1, [1]), (128, [128]), (129, [128, 1]), (1000, [128] * 7 + [104])]
)
def test_every_task_has_its_share(replicates, by_task):
    layout = SimpleNamespace(unit_names=("a", "b"))
    nothing = np.zeros(0)
    work = Numbers(records=nothing, keys=nothing, layout=layout, indicator=None, seed=1)
    tasks = Tasks()
    result = run_replicates(tasks, work, replicates)
    assert tasks.replicates_by_task == by_task
    number = np.arange(replicates)[:, None, None]
    np.testing.assert_array_equal(result, number + np.array([[0.0, 0.25], [0.5, 0.75]]))
