"""Frames through a chain of FFmpeg's filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import av
from av.filter import Graph

from limelight.errors import BadInputError
from limelight.video.frame import Footage, Frame

Chain = Sequence[tuple[str, Mapping[str, object]]]


def filtered(chain: Chain, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
    """Give what the filters make of ``frames``; options go by their full names, not escaped.

    A filter that works on single frames uses all cores. Raises BadInputError where a filter or an
    option does not exist, or refuses its value.
    """
    graph: Graph | None = None
    for frame in frames:
        if graph is None:
            graph = _graph(chain, frame, footage)
        graph.vpush(frame)
        yield from _ready(graph)
    if graph is not None:
        graph.vpush(None)
        yield from _ready(graph)


def _graph(chain: Chain, first: Frame, footage: Footage) -> Graph:
    graph = Graph()
    graph.threads = 0
    buffer = {
        "video_size": f"{first.width}x{first.height}",
        "pix_fmt": first.format.name,
        "time_base": str(first.time_base),
        "frame_rate": str(footage.rate),
        "pixel_aspect": str(footage.aspect),
        "colorspace": str(int(first.colorspace)),
        "range": str(int(first.color_range)),
    }
    try:
        nodes = [graph.add("buffer", **buffer)]
        for name, options in chain:
            nodes.append(graph.add(name, **{key: str(value) for key, value in options.items()}))
        nodes.append(graph.add("buffersink"))
        graph.link_nodes(*nodes).configure()
    except (av.FFmpegError, ValueError) as error:
        names = ", ".join(f"{name} {dict(options)}" for name, options in chain)
        raise BadInputError(f"FFmpeg refuses the filters {names}: {error}") from error
    return graph


def _ready(graph: Graph) -> Iterator[Frame]:
    while True:
        try:
            yield graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return
