"""Several estimations over the same blocks at once: sums that they ask for at the same time are
taken in one pass over the spells."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from kommunebench.benchmark.blocks.block import Blocks, S, SpellBlock

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Several:
    """Results of several functions of the same spells."""

    results: tuple[Any, ...]

    def merge(self, other: "Several") -> "Several":
        """Each result merged with its counterpart."""
        return Several(
            tuple(one.merge(two) for one, two in zip(self.results, other.results, strict=True))
        )


def several(block: SpellBlock, functions: tuple[Callable[[SpellBlock], Any], ...]) -> Several:
    """The results of several functions of one block."""
    return Several(tuple(sums_of(block) for sums_of in functions))


def side_by_side(blocks: Blocks, work: Callable[[int, Blocks], Result], count: int) -> list[Result]:
    """Results of ``work`` for 0 … count - 1. Each call is given its own view of the blocks; when
    all calls that still run have asked for a sum, one pass over the spells answers them.

    The error of the first call that failed is raised after all have ended.
    """
    table = _Table(blocks, count)

    def seated(position: int) -> Result:
        try:
            return work(position, _Seat(table, position))
        finally:
            table.leave()

    with ThreadPoolExecutor(max_workers=count) as pool:
        futures = [pool.submit(seated, position) for position in range(count)]
    # The pool has waited for all of them: an error of one must not leave another waiting for it.
    return [future.result() for future in futures]


@dataclass(frozen=True, slots=True)
class _Seat:
    """The blocks as one of the estimations sees them."""

    table: "_Table"
    position: int

    def total(self, part: Callable[[SpellBlock], S]) -> S:
        """The merged results of ``part`` over all blocks."""
        return self.table.total(self.position, part)


class _Table:
    """Where the estimations, a thread each, meet: a barrier that opens with one pass for all.

    Whoever asks for a sum waits here. Who asks last, or leaves while all others wait, sees that
    nobody is missing, and takes the pass for everybody within its own call, under the lock. That
    holds nobody up: the others sleep until they have their answers (wait_for gives the lock back
    meanwhile), and none can ask again before. It does mean that a Spark job runs in whichever
    thread came last, so that nothing may depend on what belongs to a thread (a group of jobs, a
    pool of the scheduler), and that an error of the pass must be handed to all who wait for it.
    """

    def __init__(self, blocks: Blocks, seats: int) -> None:
        self._blocks, self._seats = blocks, seats
        self._asked: dict[int, Callable[[SpellBlock], Any]] = {}
        self._answers: dict[int, Any] = {}
        self._changed = threading.Condition()

    def total(self, position: int, part: Callable[[SpellBlock], S]) -> S:
        """The sum of one estimation, as soon as the others have asked for theirs."""
        with self._changed:
            self._asked[position] = part
            self._pass_when_all_asked()
            self._changed.wait_for(lambda: position in self._answers)
            answer = self._answers.pop(position)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def leave(self) -> None:
        """An estimation has ended: the others no longer wait for it."""
        with self._changed:
            self._seats -= 1
            self._pass_when_all_asked()

    def _pass_when_all_asked(self) -> None:
        """Take the pass in this thread if nobody is missing; called under the lock."""
        if not self._asked or len(self._asked) < self._seats:
            return
        positions = sorted(self._asked)
        parts = tuple(self._asked[position] for position in positions)
        self._asked = {}
        answers: tuple[Any, ...]
        try:
            answers = self._blocks.total(partial(several, functions=parts)).results
        except BaseException as error:  # everyone who waits must hear of it
            answers = (error,) * len(positions)
        self._answers |= dict(zip(positions, answers, strict=True))
        self._changed.notify_all()
