"""Several estimations over the same blocks, side by side: what they ask for at one time is one pass
over the spells."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from kommunebench.benchmark.spell_blocks import Blocks, S, SpellBlock

F = TypeVar("F")


def side_by_side(blocks: Blocks, work: Callable[[int, Blocks], F], count: int) -> list[F]:
    """Results of ``work`` for numbers 0 … count - 1, each given blocks of its own over which its
    passes are shared with the others'.

    The first error, by number, is raised after all have ended.
    """
    table = _Table(blocks, count)

    def seated(number: int) -> F:
        try:
            return work(number, _Seat(table, number))
        finally:
            table.leave()

    with ThreadPoolExecutor(max_workers=count) as pool:
        asked = [pool.submit(seated, number) for number in range(count)]
    # The pool has waited for all of them: an error of one must not leave another waiting for it.
    return [future.result() for future in asked]


@dataclass(frozen=True, slots=True)
class _Several:
    """Results of several functions of one block."""

    results: tuple[Any, ...]

    def merge(self, other: "_Several") -> "_Several":
        return _Several(
            tuple(one.merge(two) for one, two in zip(self.results, other.results, strict=True))
        )


def _several(block: SpellBlock, parts: tuple[Callable[[SpellBlock], Any], ...]) -> _Several:
    return _Several(tuple(part(block) for part in parts))


@dataclass(frozen=True, slots=True)
class _Seat:
    """The blocks as one of the estimations sees them."""

    table: "_Table"
    number: int

    def total(self, part: Callable[[SpellBlock], S]) -> S:
        """The merged results of ``part`` over all blocks."""
        return self.table.total(self.number, part)


class _Table:
    """Waits until everyone still there has asked for a sum, then takes all of them in one pass."""

    def __init__(self, blocks: Blocks, seats: int) -> None:
        self._blocks, self._seats = blocks, seats
        self._asked: dict[int, Callable[[SpellBlock], Any]] = {}
        self._answers: dict[int, Any] = {}
        self._changed = threading.Condition()

    def total(self, number: int, part: Callable[[SpellBlock], S]) -> S:
        with self._changed:
            self._asked[number] = part
            self._pass_when_all_asked()
            self._changed.wait_for(lambda: number in self._answers)
            answer = self._answers.pop(number)
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[no-any-return]

    def leave(self) -> None:
        with self._changed:
            self._seats -= 1
            self._pass_when_all_asked()

    def _pass_when_all_asked(self) -> None:
        if not self._asked or len(self._asked) < self._seats:
            return
        numbers = sorted(self._asked)
        parts = tuple(self._asked[number] for number in numbers)
        self._asked = {}
        answers: tuple[Any, ...]
        try:
            answers = self._blocks.total(partial(_several, parts=parts)).results
        except BaseException as error:  # everyone who waits must hear of it
            answers = (error,) * len(numbers)
        self._answers |= dict(zip(numbers, answers, strict=True))
        self._changed.notify_all()
