"""Work on frames on all cores, in the order that they come."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ordered(work: Callable[[T], R], given: Iterator[T]) -> Iterator[R]:
    """Give ``work(one)`` of all that is ``given``; as many are held as there are cores."""
    cores = os.cpu_count() or 1
    pending: deque[Future[R]] = deque()
    with ThreadPoolExecutor(cores) as pool:
        try:
            for one in given:
                pending.append(pool.submit(work, one))
                if len(pending) > cores:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()


def surrounded(given: Iterator[T], reach: int) -> Iterator[tuple[tuple[T, ...], int]]:
    """Give each of ``given`` among up to ``reach`` before and after it, and its place there."""
    held: deque[T] = deque()
    place = 0
    for one in given:
        held.append(one)
        if len(held) > place + reach:
            yield tuple(held), place
            place += 1
            if place > reach:
                held.popleft()
                place -= 1
    while place < len(held):
        yield tuple(held), place
        place += 1
        if place > reach:
            held.popleft()
            place -= 1
