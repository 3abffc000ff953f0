"""A recording in overlapping chunks, with cross-fades, so that an hour fits where a minute does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


def overlapped(
    work: Callable[[Samples], Samples], blocks: Iterable[Samples], chunk: int, margin: int
) -> Iterator[Samples]:
    """Apply ``work`` to chunks of ``chunk`` samples, each with ``margin`` more on both sides.

    ``work`` maps (..., n) to (..., n), and may add axes in front. A chunk fades into the one
    before it over the first half of the margin after their border, where both have heard at least
    half a margin more on either side.
    """
    fade = margin // 2
    rise = ((np.arange(fade) + 0.5) / max(fade, 1)).astype(np.float32)
    source = iter(blocks)
    parts: list[Samples] = []  # what has come from ``before`` samples ahead of the border on
    length = before = 0
    tail: Samples | None = None  # what the chunk before makes of this one's beginning
    while True:
        ended = False
        while not parts or length < before + chunk + margin:
            block = next(source, None)
            if block is None:
                ended = True
                break
            parts.append(block)
            length += block.shape[-1]
        if not parts or (length <= before and tail is None):
            return
        held = np.concatenate(parts, axis=-1)
        done = work(held[..., : before + chunk + margin])
        own = done[..., before : None if ended else before + chunk].copy()
        if tail is not None:
            faded = min(fade, own.shape[-1])
            own[..., :faded] *= rise[:faded]
            own[..., :faded] += tail[..., :faded] * (1 - rise[:faded])
        yield own
        if ended:
            return
        tail = done[..., before + chunk : before + chunk + fade].copy()
        kept = before + chunk - margin
        parts, before = [held[..., max(kept, 0) :]], min(margin, before + chunk)
        length = parts[0].shape[-1]
