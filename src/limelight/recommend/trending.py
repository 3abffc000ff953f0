"""What is popular now: counts that halve with time, moved by every event as it comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from limelight.errors import BadInputError, CorruptError
from limelight.recommend.interactions import Histories

Values = NDArray[np.float64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NOTHING = -np.inf


@dataclass
class Trending:
    """Time-decayed popularity: an event counts ``0.5 ** (age / half_life)``, whenever one asks.

    One number a title says it all, the logarithm of its events' weights seen from 1970, so that an
    event costs the same whatever came before it, nothing is ever gone through again, and nothing
    overflows (forward decay: Cormode et al. 2009). Events may come in any order. Only events that
    speak for a title (weight above zero) count.

    masses  float64 (n_items,), log2 of the sum over events of ``weight * 2 ** (time / half_life)``;
            -inf for a title without an event
    newest  microseconds since 1970 UTC of the newest event, None before the first
    """

    n_items: int
    half_life: timedelta
    masses: Values = field(init=False, repr=False)
    newest: int | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Start without an event."""
        if self.half_life < MICROSECOND:
            raise BadInputError(f"a half-life must be above zero, not {self.half_life}")
        self.masses = np.full(self.n_items, NOTHING)

    @classmethod
    def of(cls, histories: Histories, half_life: timedelta) -> Self:
        """Count what users did so far. Raises BadInputError where the events have no times."""
        if histories.times is None:
            raise BadInputError("the events have no times, so nothing says what is popular now")
        counts = cls(histories.n_items, half_life)
        counts.observe(histories.items, histories.times, histories.weights)
        return counts

    def observe(self, items: ArrayLike, times: ArrayLike, weights: ArrayLike = 1.0) -> None:
        """Count events: title indices, microseconds since 1970 UTC and what each one says, (n,).

        Raises BadInputError, and counts none of them, where a title is unknown or a shape differs.
        """
        met = np.atleast_1d(np.asarray(items))
        moments = np.atleast_1d(np.asarray(times))
        if not met.size:
            return
        if met.dtype.kind not in "iu" or moments.dtype.kind not in "iu":
            raise BadInputError("titles are indices and times whole microseconds since 1970")
        if met.ndim != 1 or met.shape != moments.shape:
            raise BadInputError(f"{met.size:,} titles don't fit {moments.size:,} times")
        if met.min() < 0 or met.max() >= self.n_items:
            raise BadInputError(f"title indices must lie between 0 and {self.n_items - 1}")
        says = np.broadcast_to(np.asarray(weights, np.float64), met.shape)
        for_it = says > 0
        if not for_it.any():
            return
        _add(
            met[for_it].astype(np.int64),
            np.log2(says[for_it]) + self._in_half_lives(moments[for_it]),
            self.masses,
        )
        latest = int(moments[for_it].max())
        self.newest = latest if self.newest is None else max(self.newest, latest)

    def counts(self, now: datetime | int | None = None) -> Values:
        """Give every title's decayed count at ``now``, float64 (n_items,).

        ``now`` is a moment (UTC where it has no zone) or microseconds since 1970, not before the
        newest event, which it is by default: what was counted can't be taken back.
        """
        if self.newest is None:
            return np.zeros(self.n_items)
        return np.exp2(self.masses - float(self._in_half_lives(np.int64(self._moment(now)))))

    def top(
        self, n: int, now: datetime | int | None = None, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], Values]:
        """Give the ``n`` titles with the highest counts at ``now``, and these, best first.

        Titles are int64 indices of ``allowed`` (n_items,) titles that anybody met, so they may be
        fewer; their order does not depend on ``now``. Equal counts go to the lower index.
        """
        met = self.masses > NOTHING
        items = best(self.masses, n, met if allowed is None else met & allowed)
        return items, self.counts(now)[items]

    def save(self, path: Path) -> None:
        """Write the arrays (safetensors)."""
        newest = [] if self.newest is None else [self.newest]
        arrays = {"masses": self.masses, "newest": np.array(newest, np.int64)}
        save_file(arrays, path, {"half_life": str(self.half_life // MICROSECOND)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote. Raises CorruptError with the reason where it can't be used."""
        try:
            with safe_open(path, "np") as file:
                described: dict[str, Any] = file.metadata() or {}
                masses, newest = file.get_tensor("masses"), file.get_tensor("newest")
            counts = cls(len(masses), int(described["half_life"]) * MICROSECOND)
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            raise CorruptError(f"{path} holds no counts of what is trending: {error}") from error
        counts.masses = masses
        counts.newest = int(newest[0]) if len(newest) else None
        return counts

    def _in_half_lives(self, times: NDArray[np.integer] | np.int64) -> Values:
        return np.asarray(times / (self.half_life / MICROSECOND), np.float64)

    def _moment(self, now: datetime | int | None) -> int:
        if self.newest is None or now is None:
            return self.newest or 0
        if isinstance(now, datetime):
            now = ((now if now.tzinfo else now.replace(tzinfo=UTC)) - EPOCH) // MICROSECOND
        if now < self.newest:
            newest = EPOCH + self.newest * MICROSECOND
            raise BadInputError(f"events up to {newest} are counted; ask for that moment or later")
        return now


def rising(
    short: Trending, long: Trending, now: datetime | int | None = None, smoothing: float = 5.0
) -> Values:
    """Say how many times its usual pace each title has now, float64 (n_items,); 1 is as usual.

    The pace now is the count with the ``short`` half-life; the usual one is what the count with the
    ``long`` half-life would make of it if events came evenly, that is, the long count times the
    ratio of the half-lives. ``smoothing`` events are added to both, so that a title with a handful
    of events is no sensation.
    """
    if not short.half_life < long.half_life or short.n_items != long.n_items:
        raise BadInputError("rising compares a short half-life with a longer one on equal titles")
    if smoothing <= 0:
        raise BadInputError(f"smoothing must be above 0 events, not {smoothing}")
    usual = long.counts(now) * (short.half_life / long.half_life)
    return (short.counts(now) + smoothing) / (usual + smoothing)


def best(values: Values, n: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give the indices of the ``n`` highest values among the allowed, best first, int64 (<= n,)."""
    if n < 1:
        raise BadInputError(f"the number of titles must be at least 1, not {n}")
    items = np.flatnonzero(allowed)
    if len(items) > n:
        items = items[values[items] >= np.partition(values[items], -n)[-n]]
    return items[np.argsort(-values[items], kind="stable")][:n]


@numba.njit(cache=True, nogil=True)
def _add(items: NDArray[np.int64], logs: Values, masses: Values) -> None:
    """Add ``2 ** log`` to each item's mass, in the space of logarithms."""
    for event in range(len(items)):
        item = items[event]
        more, less = max(masses[item], logs[event]), min(masses[item], logs[event])
        masses[item] = more + np.log1p(2.0 ** (less - more)) * 1.4426950408889634
