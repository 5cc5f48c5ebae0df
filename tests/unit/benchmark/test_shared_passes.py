"""Estimations side by side: one pass for what all ask at a time, each with its own answer, errors
included."""

from dataclasses import dataclass
from functools import partial

import pytest

from kommunebench.benchmark.blocks.shared_passes import side_by_side


@dataclass(frozen=True)
class Number:
    value: float

    def merge(self, other):
        return Number(self.value + other.value)


class CountedBlocks:
    """Blocks that are numbers; counts the passes."""

    def __init__(self):
        self.passes = 0

    def total(self, part):
        self.passes += 1
        first, *others = (part(block) for block in (1.0, 2.0, 3.0))
        for other in others:
            first = first.merge(other)
        return first


def times(block, factor):
    return Number(block * factor)


def broken(block):
    raise ArithmeticError("no such sum")


def test_passes_are_shared_and_end_at_different_times():
    blocks = CountedBlocks()

    def work(number, own):
        return [
            own.total(partial(times, factor=step + 10 * number)).value
            for step in range(1, 2 + number)
        ]

    assert side_by_side(blocks, work, 3) == [[6.0], [66.0, 72.0], [126.0, 132.0, 138.0]]
    assert blocks.passes == 3


def test_one_that_fails_does_not_hold_the_others_up():
    blocks, seen = CountedBlocks(), []

    def work(number, own):
        if number == 0:
            raise ValueError("separated")
        seen.append(own.total(partial(times, factor=1)).value)

    with pytest.raises(ValueError, match="separated"):
        side_by_side(blocks, work, 2)
    assert seen == [6.0]


def test_a_failing_pass_is_heard_by_all_who_wait():
    errors = []

    def work(number, own):
        try:
            own.total(broken if number else partial(times, factor=1))
        except ArithmeticError as error:
            errors.append(str(error))

    side_by_side(CountedBlocks(), work, 2)
    assert errors == ["no such sum"] * 2
