"""Operations on video and sound of which every effect is known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import av
import numpy as np

from limelight.audio import operation as audio
from limelight.image.picture import Picture
from limelight.video.frame import Footage, Frame, time_of
from limelight.video.operation import FilterOperation, Operation, PictureOperation
from limelight.video.pictures import picture_of


@dataclass(frozen=True)
class Inverted(PictureOperation):
    name: ClassVar[str] = "inverted"

    def __call__(self, picture: Picture) -> Picture:
        return np.iinfo(picture.dtype).max - picture


@dataclass(frozen=True)
class Unchanged(PictureOperation):
    name: ClassVar[str] = "unchanged"
    high_dynamic_range: ClassVar[bool] = True

    def __call__(self, picture: Picture) -> Picture:
        return picture.copy()


@dataclass(frozen=True)
class Mirrored(FilterOperation):
    name: ClassVar[str] = "mirrored"

    def filters(self, footage: Footage) -> list[tuple[str, dict[str, object]]]:
        return [("hflip", {})]


@dataclass(frozen=True)
class Misspelled(FilterOperation):
    name: ClassVar[str] = "misspelled"

    def filters(self, footage: Footage) -> list[tuple[str, dict[str, object]]]:
        return [("gblur", {"sgima": 3})]


@dataclass(frozen=True)
class Averaged(Operation):
    """Each frame with those of half a second before and after it."""

    name: ClassVar[str] = "averaged"
    margin_seconds: ClassVar[int] = 1

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        held = list(frames)
        pictures = [picture_of(frame).astype(float) for frame in held]
        for frame in held:
            time = time_of(frame)
            near = [
                shown
                for other, shown in zip(held, pictures, strict=True)
                if abs(time_of(other) - time) <= Fraction(1, 2)
            ]
            yield av_frame(np.mean(near, axis=0), frame)


def av_frame(mean: np.ndarray, like: Frame) -> Frame:
    made = av.VideoFrame.from_ndarray(mean.astype(np.uint8), format="rgb24")
    made.pts, made.time_base = like.pts, like.time_base
    return made


@dataclass(frozen=True)
class Brightest(PictureOperation):
    """Scaled so that the brightest sample of the whole video is full."""

    name: ClassVar[str] = "brightest"
    needs_survey: ClassVar[bool] = True
    most: int = 0

    def surveyed(self, frames: Iterator[Frame], footage: Footage) -> Operation:
        return Brightest(max(int(picture_of(frame).max()) for frame in frames))

    def __call__(self, picture: Picture) -> Picture:
        return np.minimum(picture * (255 / self.most), 255).astype(np.uint8)


@dataclass(frozen=True)
class Halved(audio.Operation):
    name: ClassVar[str] = "halved"

    def __call__(self, samples: audio.Sound, rate: int) -> audio.Sound:
        return samples * np.float32(0.5)


@dataclass(frozen=True)
class Full(audio.Operation):
    """As loud as goes, which the whole recording must be heard for."""

    name: ClassVar[str] = "full"
    needs_survey: ClassVar[bool] = True
    gain: float = 1.0

    def surveyed(self, blocks: Iterable[audio.Sound], rate: int) -> audio.Operation:
        return Full(1 / max(float(np.abs(block).max()) for block in blocks if block.size))

    def __call__(self, samples: audio.Sound, rate: int) -> audio.Sound:
        return samples * np.float32(self.gain)


@dataclass(frozen=True)
class Reversed(PictureOperation):
    """One that is more than its pictures."""

    name: ClassVar[str] = "reversed"

    def __call__(self, picture: Picture) -> Picture:
        return picture

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        return iter(list(frames)[::-1])


@dataclass(frozen=True)
class Faded(PictureOperation):
    name: ClassVar[str] = "faded"

    def __call__(self, picture: Picture) -> Picture:
        return np.dstack([picture, picture[..., 0]])
