"""Frames as pictures: red, green and blue arrays that are worked on, on all cores, in order."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np
from av.video.reformatter import VideoReformatter

from limelight.errors import BadInputError
from limelight.image.picture import Picture
from limelight.video.colour import LUMA, Numbers, Samples, coding
from limelight.video.frame import Frame
from limelight.video.ordered import ordered

PLANAR = re.compile(r"yuv(?P<full>j?)(?P<alpha>a?)(?P<chroma>420|422|444|440)p(?P<bits>\d*)(le)?")
CHROMA = {"420": (2, 2), "422": (2, 1), "444": (1, 1), "440": (1, 2)}
REPACKED = {  # the planar format with the same samples
    "nv12": "yuv420p",
    "nv21": "yuv420p",
    "nv16": "yuv422p",
    "yuyv422": "yuv422p",
    "uyvy422": "yuv422p",
    "p010le": "yuv420p10le",
    "p210le": "yuv422p10le",
    "yuv411p": "yuv444p",
    "yuvj411p": "yuvj444p",
    "yuv410p": "yuv444p",
}
UNSPECIFIED, LIMITED_RANGE, FULL_RANGE, BT709, BT601 = 2, 1, 2, 1, 6

_own = threading.local()


def worked(work: Callable[[Picture], Picture], frames: Iterator[Frame]) -> Iterator[Frame]:
    """Give ``frames`` with their pictures worked on, several at a time, in the order they came."""

    def one(frame: Frame) -> Frame:
        before = picture_of(frame)
        return frame_of(work(before), frame, before)

    return ordered(one, frames)


def picture_of(frame: Frame) -> Picture:
    """Give the picture of a frame, upright as the frame is; a copy, in the frame's own gamut.

    Raises BadInputError for colours that are coded in none of the ways of :data:`colour.LUMA`.
    """
    frame = _planar(frame)
    layout = PLANAR.fullmatch(frame.format.name)
    if layout is None:
        packed: Any = frame.to_ndarray()
        return np.asarray(packed)  # rgb24, rgba, rgb48le or rgba64le
    deep = _bits(layout) > 8
    top = 65535 if deep else 255
    channels = 4 if layout["alpha"] else 3
    picture: Picture = np.empty(
        (frame.height, frame.width, channels), np.uint16 if deep else np.uint8
    )
    y, u, v, *alpha = planes(frame)
    _conversion().to_rgb(y, u, v, *CHROMA[layout["chroma"]], _coding(frame, layout), picture, top)
    if alpha:
        peak = (1 << _bits(layout)) - 1
        picture[..., 3] = alpha[0] if peak == top else np.rint(alpha[0] * (top / peak))
    return picture


def frame_of(picture: Picture, like: Frame, before: Picture | None = None) -> Frame:
    """Make a frame of a picture, with the time, the samples' format and the colours of ``like``.

    Where ``before``, the picture of ``like``, is given and the new one is the same, the samples of
    ``like`` are kept. A picture with alpha makes a frame with alpha.
    """
    picture = np.ascontiguousarray(picture)
    height, width, channels = picture.shape
    source = _planar(like)
    layout = PLANAR.fullmatch(source.format.name)
    if layout is None:
        return _as(like, Frame.from_ndarray(picture, format=_packed(picture)))
    frame = Frame(width, height, _format(layout, alpha=channels == 4))
    made = PLANAR.fullmatch(frame.format.name)
    if made is None:
        raise ValueError(f"a frame in {frame.format.name}")
    top = 255 if picture.dtype == np.uint8 else 65535
    peak = (1 << _bits(made)) - 1
    y, u, v, *alpha = planes(frame)
    wide, high = CHROMA[made["chroma"]]
    code = coding(_matrix(source), _is_full(source, layout), _bits(made))
    _conversion().from_rgb(picture, y, u, v, wide, high, code, top, peak)
    if (
        before is not None
        and before.shape[:2] == picture.shape[:2]
        and _bits(made) == _bits(layout)
    ):
        _conversion().keep(before, picture, tuple(planes(source)[:3]), (y, u, v), wide, high)
    if alpha:
        alpha[0][:] = picture[..., 3] if peak == top else np.rint(picture[..., 3] * (peak / top))
    return _as(source, frame)


def is_transparent(frame: Frame) -> bool:
    """Say whether anything shines through a frame; most formats with alpha are opaque all over."""
    if not any(component.is_alpha for component in frame.format.components):
        return False
    opacity = picture_of(frame)[..., 3]
    return bool(opacity.min() < np.iinfo(opacity.dtype).max)


def planes(frame: Frame) -> list[Samples]:
    """Give the planes of a planar frame, (height, width) each, without copying; uint8 or uint16."""
    dtype: Any = np.uint8 if frame.format.components[0].bits == 8 else np.uint16
    found = []
    for plane in frame.planes:
        memory: Any = plane
        lines = np.frombuffer(memory, dtype).reshape(plane.height, -1)
        found.append(lines[:, : plane.width])
    return found


def converted(frame: Frame, pixel_format: str) -> Frame:
    """Give the frame in another format of samples, its time and colours as they are."""
    if not hasattr(_own, "reformatters"):
        _own.reformatters = {}
    key = (frame.format.name, pixel_format)
    reformatter: VideoReformatter = _own.reformatters.setdefault(key, VideoReformatter())
    return _as(frame, reformatter.reformat(frame, format=pixel_format, threads=1))


def encodable(frame: Frame, pixel_format: str, width: int, height: int) -> Frame:
    """Give the frame as an encoder wants it; one column or row more repeats the last.

    Raises BadInputError where the size is another one.
    """
    if frame.format.is_rgb:
        frame = _coded(_planar(frame), pixel_format)
    elif frame.format.name.startswith("yuvj"):
        frame = _plain(frame)
    elif frame.format.name.startswith("gray"):
        frame = _with_chroma(frame)
    if frame.format.name != pixel_format:
        frame = converted(frame, pixel_format)
    if (frame.width, frame.height) == (width, height):
        return frame
    if not (0 <= width - frame.width <= 1 and 0 <= height - frame.height <= 1):
        raise BadInputError(
            f"pictures of {frame.width} x {frame.height} came among some of {width} x {height}"
        )
    padded = Frame(width, height, pixel_format)
    for old, new in zip(planes(frame), planes(padded), strict=True):
        rows, columns = old.shape
        new[:rows, :columns] = old
        new[rows:, :columns] = old[-1:]
        new[:, columns:] = new[:, columns - 1 : columns]
    return _as(frame, padded)


def _conversion() -> Any:
    """Import what is compiled when a picture is asked for: that takes longer than all the rest."""
    return import_module("limelight.video.conversion")


def _coded(frame: Frame, pixel_format: str) -> Frame:
    """Code red, green and blue as luma and chroma of limited range."""
    layout = PLANAR.fullmatch(pixel_format)
    if layout is None:
        return converted(frame, pixel_format)
    picture = picture_of(frame)
    made = _as(frame, Frame(frame.width, frame.height, pixel_format))
    made.colorspace, made.color_range = _guessed(frame), LIMITED_RANGE
    y, u, v, *alpha = planes(made)
    top, peak = 255 if picture.dtype == np.uint8 else 65535, (1 << _bits(layout)) - 1
    _conversion().from_rgb(
        picture, y, u, v, *CHROMA[layout["chroma"]], _coding(made, layout), top, peak
    )
    if alpha:
        opacity = picture[..., 3] if picture.shape[2] == 4 else np.full_like(picture[..., 0], top)
        alpha[0][:] = np.rint(opacity * (peak / top))
    return made


def _plain(frame: Frame) -> Frame:
    """Say in the range, not in the name of the format, that samples use all values."""
    plain = Frame(frame.width, frame.height, frame.format.name.replace("yuvj", "yuv"))
    for old, new in zip(planes(frame), planes(plain), strict=True):
        new[:] = old
    plain = _as(frame, plain)
    plain.color_range = FULL_RANGE
    return plain


def _planar(frame: Frame) -> Frame:
    """Give the frame in planes of luma and chroma, or packed red, green and blue."""
    name = frame.format.name
    if PLANAR.fullmatch(name) or name in ("rgb24", "rgba", "rgb48le", "rgba64le"):
        return frame
    if name.startswith("gray"):
        return _with_chroma(frame)
    if name in REPACKED:
        return converted(frame, REPACKED[name])
    deep = max(component.bits for component in frame.format.components) > 8
    alpha = any(component.is_alpha for component in frame.format.components)
    packed = ("rgba64le" if deep else "rgba") if alpha else ("rgb48le" if deep else "rgb24")
    return converted(frame, packed)


def _with_chroma(frame: Frame) -> Frame:
    bits = frame.format.components[0].bits
    coloured = Frame(frame.width, frame.height, "yuv420p" if bits == 8 else f"yuv420p{bits}le")
    y, u, v = planes(coloured)
    y[:] = planes(frame)[0]
    u[:] = v[:] = 1 << (bits - 1)
    return _as(frame, coloured)


def _bits(layout: re.Match[str]) -> int:
    return int(layout["bits"] or 8)


def _format(layout: re.Match[str], alpha: bool) -> str:
    bits = layout["bits"]
    if not alpha:
        return f"yuv{layout['full']}{layout['chroma']}p{bits}{'le' if bits else ''}"
    chroma = "444" if layout["chroma"] == "440" else layout["chroma"]
    bits = bits if bits in ("", "10") else "16"  # what FFmpeg has with alpha
    return f"yuva{chroma}p{bits}{'le' if bits else ''}"


def _matrix(frame: Frame) -> int:
    matrix = int(frame.colorspace)
    if matrix == UNSPECIFIED:
        return _guessed(frame)
    if matrix not in LUMA:
        raise BadInputError(
            f"the video's colours are coded in a way that can't be worked on (matrix {matrix}); "
            "convert it to BT.709 first"
        )
    return matrix


def _guessed(frame: Frame) -> int:
    """Guess a matrix that nobody declared, as players do."""
    return BT709 if frame.width >= 1280 or frame.height > 576 else BT601


def _is_full(frame: Frame, layout: re.Match[str]) -> bool:
    return bool(layout["full"]) or int(frame.color_range) == FULL_RANGE


def _coding(frame: Frame, layout: re.Match[str]) -> Numbers:
    return coding(_matrix(frame), _is_full(frame, layout), _bits(layout))


def _packed(picture: Picture) -> str:
    alpha = picture.shape[2] == 4
    if picture.dtype == np.uint8:
        return "rgba" if alpha else "rgb24"
    return "rgba64le" if alpha else "rgb48le"


def _as(like: Frame, frame: Frame) -> Frame:
    """Give ``frame`` the time and the declared colours of ``like``."""
    if frame is like:
        return frame
    frame.pts, frame.time_base = like.pts, like.time_base
    frame.duration = like.duration
    frame.colorspace, frame.color_range = like.colorspace, like.color_range
    frame.color_trc, frame.color_primaries = like.color_trc, like.color_primaries
    return frame
