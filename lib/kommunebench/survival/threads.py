"""Blocks of rows on all the cores numpy's linear algebra may use: a block a thread, instead of one
product at a time over all of them."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class BlockThreads:
    """Applies a function to blocks, several at once where there is a pool; results come in the
    order of the blocks, so that sums are the same whatever the number of threads."""

    pool: ThreadPoolExecutor | None = None

    def map(self, function: Callable[..., Result], *arguments: Iterable[Any]) -> Iterator[Result]:
        """Results in order."""
        return (
            map(function, *arguments) if self.pool is None else self.pool.map(function, *arguments)
        )


ONE_THREAD = BlockThreads()


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def block_threads(blocks: int) -> Iterator[BlockThreads]:
    """Threads for so many blocks: as many as the linear algebra libraries are set to, which
    meanwhile keep to one thread each.

    Their own threads wait for each other at every small product; on a busy machine that costs ten
    times the work itself.
    """
    if blocks < 2:
        yield ONE_THREAD
        return
    libraries = _libraries().select(user_api="blas")
    allowed = min((int(library["num_threads"]) for library in libraries.info()), default=1)
    with libraries.limit(limits=1):
        if allowed < 2:
            yield ONE_THREAD
            return
        with ThreadPoolExecutor(min(allowed, blocks), "cox-blocks") as pool:
            yield BlockThreads(pool)
