"""Short videos made in a test, of which everything is known."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.video.frame import Footage, Frame

RATE = 25
SOUND_RATE = 48_000


def scene(n_frames: int, size: tuple[int, int] = (160, 90), seed: int = 0) -> NDArray[np.uint8]:
    """Pan over a coloured texture of its own: (n_frames, height, width, 3)."""
    rng = np.random.default_rng(seed)
    width, height = size
    coarse = rng.integers(0, 256, (12, 24, 3), dtype=np.uint8)
    wide = cv2.resize(coarse, (width + n_frames, height), interpolation=cv2.INTER_CUBIC)
    tinted = (wide // 2 + rng.integers(0, 128, 3)).astype(np.uint8)
    return np.stack([tinted[:, at : at + width] for at in range(n_frames)])


def footage_of(pictures: NDArray[np.uint8]) -> Footage:
    _, height, width, _ = pictures.shape
    seconds = Fraction(len(pictures), RATE)
    return Footage(
        width,
        height,
        Fraction(RATE),
        Fraction(1, 12800),
        Fraction(0),
        seconds,
        Fraction(1),
        8,
        False,
    )


def frames_of(pictures: Iterable[NDArray[np.uint8]], form: str = "rgb24") -> list[Frame]:
    """Make frames of 1/25 s, in any format of samples."""
    found = []
    for number, picture in enumerate(pictures):
        frame = Frame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
        if form != "rgb24":
            frame = frame.reformat(format=form)
        frame.pts, frame.time_base = number * 512, Fraction(1, 12800)
        found.append(frame)
    return found


def write_video(
    path: Path,
    pictures: Sequence[NDArray[np.uint8]],
    sound: NDArray[np.float32] | None = None,
    codec: str = "libx264",
) -> Path:
    """Write pictures (height, width, 3) at 25 a second, and mono sound at 48 kHz."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE, options={"crf": "12", "preset": "veryfast"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        tone = (
            container.add_stream("aac", rate=SOUND_RATE, layout="mono")
            if sound is not None
            else None
        )
        for picture in pictures:
            frame = Frame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if tone is not None and sound is not None:
            frame = av.AudioFrame.from_ndarray(sound[None].astype(np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = SOUND_RATE, 0
            container.mux(tone.encode(frame))
            container.mux(tone.encode(None))
    return path
