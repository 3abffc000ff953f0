"""Files opened by FFmpeg (PyAV), so that nothing in them surprises."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

from limelight.errors import BadInputError, NotFoundError, UnavailableError
from limelight.extras import require

av = require("av", "audio", "reading and writing sound")

_describing = threading.Lock()  # the level is the whole process's

PLAYLISTS = ("hls", "dash", "concat", "imf")
"""What names other files: an upload must not make a service read those."""

OWN_ORDER = re.compile(r"^ +Stream #0:(\d+)\b.* Audio: .* (\d+ channels \(.*?\)),", re.MULTILINE)
"""How FFmpeg describes channels in an order that is none of its own."""


def opened(path: Path) -> tuple[Any, Any]:
    """Open a file for reading: its container, and of its streams of sound the main one.

    Raises NotFoundError for a file that is not there, BadInputError for one that is empty, broken,
    has no sound, or sound that can't be decoded, UnavailableError for one that may not be read.
    """
    container = _container(path)
    try:
        if container.format.name.split(",")[0] in PLAYLISTS:
            raise BadInputError(f"{path} is a playlist; name the files that it names")
        stream = container.streams.best("audio")
        if stream is None:
            raise BadInputError(f"{path} has no sound in it: there is no audio track")
        if stream.codec_context is None:
            raise BadInputError(f"{path} has sound that this FFmpeg can't decode, or is protected")
        make_safe(path, container, stream)
    except BaseException:
        container.close()
        raise
    return container, stream


def _container(path: Path) -> Any:
    try:
        if path.is_file() and path.stat().st_size == 0:
            raise BadInputError(f"{path} is empty: it has 0 bytes")
        return av.open(
            f"file:{path}",  # a file, whatever a name looks like
            metadata_errors="replace",
            options={"protocol_whitelist": "file"},
        )
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file {path}") from error
    except IsADirectoryError as error:
        raise BadInputError(f"{path} is a folder; name a file") from error
    except OSError as error:
        raise UnavailableError(f"{path} can't be read: {error.strerror or error}") from error
    except av.error.FFmpegError as error:
        raise BadInputError(
            f"{path} is no sound or video that can be read: it is something else, or so damaged "
            "or cut off that its beginning makes no sense"
        ) from error


def make_safe(path: Path, container: Any, stream: Any) -> None:
    """Keep PyAV from freeing a layout twice, as it does (18.1) at a look at one of an own order.

    To be called before anything is decoded. PCM is then decoded as so many channels, without their
    names. Raises BadInputError for other codecs with such an order.
    """
    with _describing:
        level = av.logging.get_level()
        av.logging.set_level(av.logging.INFO)  # else there is no description
        try:
            described = container.dumps_format()
        finally:
            av.logging.set_level(level)
    for index, layout in OWN_ORDER.findall(described):
        if int(index) == stream.index:
            if not stream.codec_context.name.startswith("pcm_"):
                raise BadInputError(f"{path} has an order of channels that can't be read: {layout}")
            count = layout.split()[0]
            stream.codec_context.options = {"ch_layout": f"{count}C"}
