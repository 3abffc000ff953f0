"""Noise and grain out of video, over space and time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import ClassVar

import numpy as np

from limelight.errors import BadInputError
from limelight.video.frame import Footage, Frame
from limelight.video.operation import Operation
from limelight.video.operations.alike import filtered_alike
from limelight.video.operations.luma import bits_of, luma_of
from limelight.video.operations.noise import noise_of

EVERY = 12
"""Of so many frames one is asked for its noise."""
LEAST_NOISE = 0.4
"""Of 255; a picture with less is left as it is."""
MOST_NOISE = 30.0
TAKEN_FOR = 1.6
"""Times its deviation that the filter takes the noise for; docs/benchmarks.md has others."""
LEAST_SIDE = 16


@dataclass(frozen=True)
class Denoise(Operation):
    """Take out noise, as strongly as the video is noisy, and leave a clean one alone.

    The noise is measured first. The filter is FFmpeg's fftdnoiz over blocks of three frames, a
    Wiener filter of their spectrum: of the filters in PyAV's build it gained most for its time.
    """

    name: ClassVar[str] = "denoise"
    margin_seconds: ClassVar[int] = 1
    needs_survey: ClassVar[bool] = True

    strength: float = 1.0
    """How strongly, against what the noise asks for; 0 to 3."""
    noise: float | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no strength."""
        if not 0 <= self.strength <= 3:
            raise BadInputError(f"strength is from 0 to 3, not {self.strength:g}")

    def surveyed(self, frames: Iterator[Frame], footage: Footage) -> Denoise:
        """Measure the noise of the whole video, in some of its frames."""
        found = []
        for frame in islice(frames, 0, None, EVERY):
            luma = luma_of(frame).astype(np.float32) / np.float32(1 << (bits_of(frame) - 8))
            noise = noise_of(luma)
            if noise is not None:
                found.append(noise)
        return replace(self, noise=min(float(np.median(found)), MOST_NOISE) if found else 0.0)

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Filter frames together with the one before and the one after."""
        noise = (self.noise or 0.0) * self.strength
        if noise < LEAST_NOISE or min(footage.width, footage.height) < LEAST_SIDE:
            yield from frames
            return
        sigma = round(noise * TAKEN_FOR, 2)
        step = ("fftdnoiz", {"sigma": sigma, "prev": 1, "next": 1, "overlap": 0.6})
        yield from filtered_alike([step], frames, footage)
