"""Blocks of rows on all the cores NumPy's linear algebra may use: every thread works on one block,
instead of all threads on one matrix product."""

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
    """Threads for a number of blocks: as many as the linear algebra libraries are set to use; these
    use one thread each meanwhile.

    The threads of those libraries wait for each other in every small product, which on a busy
    machine takes ten times as long as the product itself.
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
