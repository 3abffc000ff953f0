"""Events into histories: grouped by user, oldest first, in two passes over the data."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray


def order_events(
    users: NDArray[np.int32], n_users: int, times: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the order of events by user and time; events of one time keep theirs.

    ``users`` int32 (n,) names each event's user below ``n_users``, ``times`` int64 (n,) its time,
    if any. Returns the events' order int64 (n,) and where each user's begin in it, int64
    (n_users + 1,). A counting sort by user, which is one pass, then a short merge sort for each
    user whose events are not in time order already, on all cores.
    """
    offsets = np.zeros(n_users + 1, np.int64)
    np.cumsum(np.bincount(users, minlength=n_users), out=offsets[1:])
    order = np.empty(len(users), np.int64)
    _group(users, offsets[:-1].copy(), order)
    if times is not None:
        _sort_groups(offsets, times, order)
    return order, offsets


@numba.njit(cache=True, nogil=True)
def _group(users: NDArray[np.int32], cursor: NDArray[np.int64], order: NDArray[np.int64]) -> None:
    for event in range(len(users)):
        user = users[event]
        order[cursor[user]] = event
        cursor[user] += 1


@numba.njit(parallel=True, cache=True, nogil=True)
def _sort_groups(
    offsets: NDArray[np.int64], times: NDArray[np.int64], order: NDArray[np.int64]
) -> None:
    for user in numba.prange(len(offsets) - 1):
        events = order[offsets[user] : offsets[user + 1]]
        for place in range(1, len(events)):
            if times[events[place]] < times[events[place - 1]]:
                events[:] = events[np.argsort(times[events], kind="mergesort")]
                break
