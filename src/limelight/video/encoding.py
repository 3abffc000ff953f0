"""How frames become packets: which encoder, which samples, and what is declared of the colours."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from io import BytesIO
from typing import Any

import av
from av.codec.context import Flags
from av.format import ContainerFormat
from av.format import Flags as ContainerFlags
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.format import VideoFormat

from limelight.errors import BadInputError, LimelightWarning
from limelight.video.frame import Footage, Frame
from limelight.video.pictures import encodable, is_transparent

GLOBAL_HEADER: Any = ContainerFlags.global_header.value


@dataclass(frozen=True)
class Family:
    """A video codec as users call it; ``shaped``: its packets say that samples aren't square."""

    encoder: str
    quality: int | None
    best: int = 0
    worst: int = 0
    options: tuple[tuple[str, str], ...] = ()
    alpha: bool = False
    shaped: bool = True


FAMILIES = {  # qualities as constant rate factors: hard to tell from the source, at each's scale
    "h264": Family("libx264", 20, 0, 51),
    "hevc": Family("libx265", 22, 0, 51, (("x265-params", "log-level=error"),)),
    "vp9": Family("libvpx-vp9", 26, 0, 63, (("row-mt", "1"), ("cpu-used", "3")), shaped=False),
    "av1": Family("libsvtav1", 26, 0, 63, (("preset", "8"),), shaped=False),
    "prores": Family("prores_ks", None, alpha=True, shaped=False),
    "ffv1": Family("ffv1", None, options=(("level", "3"),), alpha=True),
}
NAMES = {
    "h265": "hevc",
    "avc": "h264",
    "libdav1d": "av1",
    "libvpx-vp9": "vp9",
    "prores_raw": "prores",
}
FALLBACKS = ("h264", "vp9")
TRANSPARENT = {"mov": "prores", "matroska": "ffv1"}
SQUARE = ("matroska", "webm")  # PyAV can't say in these that samples aren't square
CHROMA = {"420": 0, "422": 1, "440": 1, "444": 2}


@dataclass(frozen=True)
class Track:
    """All that an encoder is told, as JSON keeps it: every segment is encoded by the same."""

    encoder: str
    width: int
    height: int
    pixel_format: str
    time_base: str
    rate: str
    aspect: str
    colours: tuple[int, int, int, int]
    global_header: bool
    options: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Track:
        """Make a track of what JSON kept."""
        return cls(**{**stored, "colours": tuple(stored["colours"])})

    def stored(self) -> dict[str, Any]:
        """Give what JSON keeps."""
        return asdict(self)

    def settle(self, context: VideoCodecContext) -> None:
        """Tell an encoder, that of a segment or that of the file, how to encode."""
        context.width, context.height = self.width, self.height
        context.pix_fmt = self.pixel_format
        context.time_base = Fraction(self.time_base)
        context.framerate = Fraction(self.rate)
        context.sample_aspect_ratio = Fraction(self.aspect)
        (
            context.colorspace,
            context.color_range,
            context.color_primaries,
            context.color_trc,
        ) = self.colours
        context.bit_rate = 0
        context.thread_count = 0
        context.options = dict(self.options)
        if self.global_header:
            context.flags |= Flags.global_header


def family_of(codec: str | None, source: str, container: str, alpha: bool) -> str:
    """Choose a codec: the one asked for, else the source's, else one that the container holds.

    Raises BadInputError for a codec that doesn't exist, that this build of FFmpeg can't write, or
    that the container can't hold.
    """
    if codec is not None:
        name = NAMES.get(codec.lower(), codec.lower())
        if name not in FAMILIES:
            raise BadInputError(f"there is no codec {codec!r}; there are {', '.join(FAMILIES)}")
        if FAMILIES[name].encoder not in av.codecs_available:
            raise BadInputError(f"the FFmpeg in use can't write {name}; choose another --codec")
        if not _holds(container, name):
            raise BadInputError(f"a {container} file can't hold {name}; name another file or codec")
        return name
    source = NAMES.get(source, source)
    if alpha and not (source in FAMILIES and FAMILIES[source].alpha):
        if container not in TRANSPARENT:
            raise BadInputError(
                f"a {container} file holds no transparent video that can be written here; "
                "name a .mov or .mkv file, or put a background behind"
            )
        return TRANSPARENT[container]
    for name in (source, *FALLBACKS):
        if name in FAMILIES and _holds(container, name):
            return name
    raise BadInputError(f"a {container} file holds no video that can be written here")


def _holds(container: str, name: str) -> bool:
    encoder = FAMILIES[name].encoder
    if encoder not in av.codecs_available:
        return False
    with av.open(BytesIO(), "w", format=container) as trial:
        try:
            trial.add_stream(encoder)
        except ValueError:
            return False
        return True


def has_global_header(container: str) -> bool:
    """Say whether a container wants what packets have in common once, at its beginning."""
    return bool(ContainerFormat(container, "w").flags & GLOBAL_HEADER)


def track_for(
    frame: Frame, footage: Footage, name: str, quality: int | None, container: str
) -> Track:
    """Settle how frames like ``frame`` are encoded. Raises BadInputError where they can't be."""
    family = FAMILIES[name]
    pixel_format = _format_for(frame, name)
    _check_depth(frame, footage, name, pixel_format)
    if footage.aspect != 1 and container in SQUARE and not family.shaped:
        raise BadInputError(
            f"{name} in a {container} file can't say that samples have the shape {footage.aspect}; "
            "name an .mp4 or .mov file, or take --codec h264"
        )
    options = dict(family.options)
    if family.quality is None:
        if quality is not None:
            raise BadInputError(f"{name} has no quality to choose; leave --quality out")
    else:
        quality = family.quality if quality is None else quality
        if not family.best <= quality <= family.worst:
            raise BadInputError(
                f"the quality of {name} is {family.best} (best) to {family.worst}, not {quality}"
            )
        options["crf"] = str(quality)
    if name == "prores":
        options["profile"] = "4444" if "444" in pixel_format else "hq"
    for key, value in _light(footage, family.encoder).items():
        options[key] = f"{options[key]}:{value}" if key in options else value
    width, height = frame.width, frame.height
    if "420" in pixel_format or "422" in pixel_format:
        width += width % 2
    if "420" in pixel_format:
        height += height % 2
    if (width, height) != (frame.width, frame.height):
        warnings.warn(
            f"{name} needs even sizes: {frame.width} x {frame.height} became {width} x {height}, "
            "its last column or row repeated",
            LimelightWarning,
            stacklevel=2,
        )
    declared = encodable(frame, pixel_format, width, height)
    return Track(
        encoder=family.encoder,
        width=width,
        height=height,
        pixel_format=pixel_format,
        time_base=str(frame.time_base),
        rate=str(footage.rate),
        aspect=str(footage.aspect),
        colours=(
            int(declared.colorspace),
            int(declared.color_range),
            int(declared.color_primaries),
            int(declared.color_trc),
        ),
        global_header=has_global_header(container),
        options=options,
    )


def encoded(frames: Iterable[Frame], track: Track) -> Iterator[Packet[Any]]:
    """Encode frames as one closed piece. Raises BadInputError where the encoder refuses."""
    context = av.CodecContext.create(track.encoder, "w")
    if not isinstance(context, VideoCodecContext):
        raise ValueError(f"{track.encoder} encodes no video")
    track.settle(context)
    try:
        context.open()
    except (av.FFmpegError, ValueError) as error:
        raise BadInputError(
            f"{track.encoder} can't encode {track.width} x {track.height} pictures "
            f"({track.pixel_format}); choose another --codec"
        ) from error
    for frame in frames:
        ready = encodable(frame, track.pixel_format, track.width, track.height)
        ready.pict_type = 0  # the source's choice of key frames is not ours
        yield from context.encode(ready)
    yield from context.encode(None)


def _format_for(frame: Frame, name: str) -> str:
    """Choose the encoder's format of samples that loses least and adds least."""
    formats = av.Codec(FAMILIES[name].encoder, "w").video_formats or []
    alpha = is_transparent(frame)
    if alpha and not FAMILIES[name].alpha:
        raise BadInputError(
            f"{name} holds no transparency; take --codec prores (.mov) or ffv1 (.mkv), "
            "or put a background behind"
        )
    rgb = frame.format.is_rgb
    depth, chroma = _bits(frame.format), 2 if rgb else _chroma(frame.format)

    def loss(format: VideoFormat) -> tuple[int, ...]:
        bits, detail = _bits(format), _chroma(format)
        return (
            _has_alpha(format) != alpha,
            max(depth - bits, 0),
            max(chroma - detail, 0) if not rgb else abs(detail),  # 4:2:0 plays everywhere
            max(bits - depth, 0),
            max(detail - chroma, 0),
        )

    usable = [f for f in formats if f.name.startswith("yuv") and not f.name.startswith("yuvj")]
    return min(usable, key=loss).name


def _check_depth(frame: Frame, footage: Footage, name: str, pixel_format: str) -> None:
    bits = _bits(VideoFormat(pixel_format))
    if bits >= _bits(frame.format):
        return
    if footage.high_dynamic_range:
        raise BadInputError(
            f"the {name} encoder at hand holds {bits} bits a sample, too few for HDR; "
            "take --codec hevc or av1"
        )
    warnings.warn(
        f"{_bits(frame.format)} bits a sample became {bits}, all that the {name} encoder holds",
        LimelightWarning,
        stacklevel=3,
    )


def _has_alpha(format: VideoFormat) -> bool:
    return any(component.is_alpha for component in format.components)


def _bits(format: VideoFormat) -> int:
    return max(component.bits for component in format.components)


def _chroma(format: VideoFormat) -> int:
    found = [detail for name, detail in CHROMA.items() if name in format.name]
    return found[0] if found else 0


def _light(footage: Footage, encoder: str) -> dict[str, str]:
    """Tell an encoder of HDR10's mastering display and content light, which packets carry.

    The structures are FFmpeg's AVMasteringDisplayMetadata and AVContentLightMetadata.
    """
    told = []
    if footage.mastering is not None:
        *numbers, has_primaries, has_luminance = struct.unpack_from("<20i2i", footage.mastering)
        values = [
            Fraction(above, max(below, 1))
            for above, below in zip(numbers[::2], numbers[1::2], strict=True)
        ]
        if has_primaries and has_luminance:
            told.append(("mastering-display", "master-display", _display(values, encoder)))
    if footage.light is not None:
        most, average = struct.unpack_from("<2I", footage.light)
        told.append(("content-light", "max-cll", f"{most},{average}"))
    if not told:
        return {}
    if encoder == "libsvtav1":
        return {"svtav1-params": ":".join(f"{name}={value}" for name, _, value in told)}
    if encoder == "libx265":
        return {"x265-params": ":".join(f"{name}={value}" for _, name, value in told)}
    if encoder == "libx264":
        names = {"master-display": "mastering-display", "max-cll": "cll"}
        return {"x264-params": ":".join(f"{names[name]}={value}" for _, name, value in told)}
    return {}


def _display(values: list[Fraction], encoder: str) -> str:
    """Write primaries (red, green, blue), white point and luminance as an encoder reads them."""
    if encoder == "libsvtav1":
        chroma = [f"{float(value):.5f}" for value in values[:8]]
        low, high = (f"{float(value):.4f}" for value in values[8:])
    else:
        chroma = [str(round(value * 50000)) for value in values[:8]]
        low, high = (str(round(value * 10000)) for value in values[8:])
    red, green, blue, white = (",".join(chroma[i : i + 2]) for i in (0, 2, 4, 6))
    return f"G({green})B({blue})R({red})WP({white})L({high},{low})"
