"""Many channels into one or two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limelight.audio.ffmpeg import av
from limelight.audio.formats import natural_layout
from limelight.errors import BadInputError

HALF = 0.5**0.5  # of the power

TO_STEREO = {  # by FFmpeg's names of the loudspeakers: the share in the left, and in the right
    "FL": (1.0, 0.0),
    "FR": (0.0, 1.0),
    "FC": (HALF, HALF),
    "LFE": (0.0, 0.0),
    "BC": (0.5, 0.5),
    "BL": (HALF, 0.0),
    "BR": (0.0, HALF),
    "SL": (HALF, 0.0),
    "SR": (0.0, HALF),
    "FLC": (1.0, 0.0),
    "FRC": (0.0, 1.0),
}


def channel_names(layout: str) -> list[str]:
    """Name the loudspeakers of a layout such as "5.1"; where it says none, the usual ones."""
    if layout.endswith("channels"):
        layout = natural_layout(int(layout.split(maxsplit=1)[0]))
    return [channel.name for channel in av.AudioLayout(layout).channels]


def mixing_matrix(names: Sequence[str], channels: int) -> NDArray[np.float32]:
    """Give the (channels, len(names)) matrix that mixes loudspeakers ``names`` to 1 or 2 channels.

    The shares are those of ITU-R BS.775-3, table 2, without the low-frequency channel, and so much
    softer that nothing can become louder than full scale. One channel becomes both of two. Raises
    BadInputError for other numbers of channels, and for loudspeakers that have no known share.
    """
    if channels not in (1, 2):
        raise BadInputError(f"sound is mixed to 1 or 2 channels, not to {channels}")
    if len(names) == 1:
        return np.ones((channels, 1), np.float32)
    unknown = [name for name in names if name not in TO_STEREO]
    if unknown:
        raise BadInputError(
            f"no rule says how {', '.join(unknown)} is mixed to {channels} channels"
        )
    matrix: NDArray[np.float32] = np.array([TO_STEREO[name] for name in names], np.float32).T
    if channels == 1:
        matrix = matrix.mean(axis=0, keepdims=True)
    return matrix / np.float32(max(1.0, matrix.sum(axis=1).max()))
