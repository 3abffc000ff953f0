"""What a file says of its sound: tags, chapters and pictures, kept from one file to the next."""

from __future__ import annotations

import re
import struct
from base64 import b64encode
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from limelight.audio.ffmpeg import av

TECHNICAL = re.compile(  # what is said of a file's bytes, which are no longer these
    r"encoder|major_brand|minor_version|compatible_brands|handler_name|vendor_id|duration|bps"
    r"|number_of_\w+|_statistics.*|itunsmpb|language|metadata_block_picture|chapter\d+(name|url)?",
    re.IGNORECASE,
)
MEASURED = re.compile(r"replaygain_.*|r128_.*|itunnorm", re.IGNORECASE)
"""Tags that say how loud the sound is."""

MILLISECONDS = Fraction(1, 1000)
PICTURES = {"mjpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "bmp": "image/bmp"}
FRONT_COVER = 3


@dataclass(frozen=True)
class Chapter:
    """A part of a recording, from ``start`` to ``end`` in seconds."""

    start: Fraction
    end: Fraction
    title: str


@dataclass(frozen=True)
class Cover:
    """A picture that goes with the sound: its bytes, and FFmpeg's name of their codec."""

    codec: str
    data: bytes
    width: int
    height: int
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Labels:
    """Tags by FFmpeg's names, chapters in order, pictures, and the sound's language."""

    tags: dict[str, str] = field(default_factory=dict)
    chapters: tuple[Chapter, ...] = ()
    covers: tuple[Cover, ...] = ()
    language: str = ""

    def lost_in(self, written: Labels) -> list[str]:
        """Name what ``written`` has not of these."""
        there = {key.lower() for key in written.tags}
        lost = [key for key in self.tags if key.lower() not in there]
        if len(written.chapters) < len(self.chapters):
            lost.append(f"{len(self.chapters)} chapters")
        if len(written.covers) < len(self.covers):
            lost.append("the cover picture")
        return lost


def read_labels(container: Any, stream: Any) -> Labels:
    """Read what an opened file says of its stream of sound."""
    both = {**stream.metadata, **container.metadata}
    return Labels(
        {key: value for key, value in both.items() if not TECHNICAL.fullmatch(key)},
        tuple(
            Chapter(
                chapter["start"] * chapter["time_base"],
                chapter["end"] * chapter["time_base"],
                chapter["metadata"].get("title", ""),
            )
            for chapter in container.chapters()
        ),
        tuple(_covers(container)),
        stream.metadata.get("language", "").replace("und", ""),
    )


def _covers(container: Any) -> list[Cover]:
    found = []
    for stream in container.streams.video:
        picture = stream.codec_context
        if stream.disposition & av.stream.Disposition.attached_pic and picture is not None:
            data = next((bytes(packet) for packet in container.demux(stream) if packet.size), b"")
            tags = dict(stream.metadata)
            if data:
                cover = Cover(picture.name, data, picture.width, picture.height, tags)
                found.append(cover)
    return found


def write_labels(container: Any, stream: Any, labels: Labels) -> None:
    """Say it in a file that is being written, before any sound is.

    What the format has no place for is left out; see `Labels.lost_in`.
    """
    container.metadata.update(labels.tags)
    if labels.language:
        stream.metadata["language"] = labels.language
    name = container.format.name
    if name in ("flac", "ogg"):
        container.metadata.update(_chapter_tags(labels.chapters))
    elif labels.chapters:
        container.set_chapters([_told(i, chapter) for i, chapter in enumerate(labels.chapters)])
    if name == "ogg":
        for cover in labels.covers[:1]:
            container.metadata["metadata_block_picture"] = _block(cover)
    elif name in ("flac", "mp3", "mp4"):
        attached = [_attach(container, cover) for cover in labels.covers if cover.codec in PICTURES]
        for packet in attached:
            container.mux(packet)


def _told(number: int, chapter: Chapter) -> dict[str, Any]:
    return {
        "id": number,
        "start": round(chapter.start / MILLISECONDS),
        "end": round(chapter.end / MILLISECONDS),
        "time_base": MILLISECONDS,
        "metadata": {"title": chapter.title},
    }


def _chapter_tags(chapters: tuple[Chapter, ...]) -> dict[str, str]:
    """Write chapters as Vorbis comments do.

    FFmpeg reads them; it writes none into FLAC, and into Ogg some a second late (8.0).
    """
    tags = {}
    for number, chapter in enumerate(chapters, 1):
        seconds, thousandths = divmod(round(chapter.start / MILLISECONDS), 1000)
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
        tags[f"CHAPTER{number:03}"] = clock
        tags[f"CHAPTER{number:03}NAME"] = chapter.title
    return tags


def _attach(container: Any, cover: Cover) -> Any:
    stream = container.add_mux_stream(cover.codec, width=cover.width, height=cover.height)
    stream.disposition = av.stream.Disposition.attached_pic
    stream.metadata.update(cover.tags)
    packet = av.Packet(cover.data)
    packet.stream, packet.pts, packet.dts, packet.time_base = stream, 0, 0, MILLISECONDS
    return packet


def _block(cover: Cover) -> str:
    """Write a picture as the tag that Ogg keeps it in (FLAC's picture block in base 64)."""
    mime = PICTURES.get(cover.codec, "image/").encode()
    head = struct.pack(">II", FRONT_COVER, len(mime)) + mime
    sizes = struct.pack(">IIIIII", 0, cover.width, cover.height, 0, 0, len(cover.data))
    return b64encode(head + sizes + cover.data).decode()
