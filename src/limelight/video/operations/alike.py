"""Filters that leave frames in the format of samples that they came in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from limelight.video.filters import Chain, filtered
from limelight.video.frame import Footage, Frame


def filtered_alike(steps: Chain, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
    """Give what FFmpeg's filters make of ``frames``, converted back where a filter converts."""
    first = next(frames, None)
    if first is not None:
        back = ("format", {"pix_fmts": first.format.name})
        yield from filtered([*steps, back], chain([first], frames), footage)
