"""What is finished of a long video, kept beside it until the whole is, so that a kill costs little.

A piece is a file of encoded packets: one line of JSON that says how they were encoded, then each
packet with its time. It appears under its name when it is whole.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from av.packet import Packet

HEAD = struct.Struct("<qqIB")  # time, duration, bytes, whether a key frame
SAMPLE = 1 << 20


@dataclass(frozen=True)
class Pieces:
    """The folder of a target's pieces; hidden, so that no glob takes it for media."""

    folder: Path
    target: Path

    @classmethod
    def of(cls, source: Path, target: Path, settings: Mapping[str, Any]) -> Pieces:
        """Name the folder by what the pieces depend on: the source's content and the settings."""
        stat = source.stat()
        digest = hashlib.sha256(json.dumps(settings, sort_keys=True, default=repr).encode())
        digest.update(f"{stat.st_size} {stat.st_mtime_ns}".encode())
        with source.open("rb") as file:
            digest.update(file.read(SAMPLE))
            file.seek(max(stat.st_size - SAMPLE, 0))
            digest.update(file.read(SAMPLE))
        return cls(target.parent / f"{_prefix(target)}{digest.hexdigest()[:16]}", target)

    def path(self, name: str) -> Path:
        """Give the file of a piece."""
        return self.folder / f"{name}.packets"

    def has(self, name: str) -> bool:
        """Say whether a piece is finished."""
        return self.path(name).is_file()

    def write(self, name: str, track: Mapping[str, Any], packets: Iterable[Packet[Any]]) -> int:
        """Write a piece and give the number of its packets; it appears when the last is written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f"{uuid4().hex}.draft"
        count = 0
        try:
            with draft.open("wb") as file:
                file.write(json.dumps(track).encode() + b"\n")
                for packet in packets:
                    data = bytes(packet)
                    key = int(packet.is_keyframe)
                    file.write(HEAD.pack(packet.pts or 0, packet.duration or 0, len(data), key))
                    file.write(data)
                    count += 1
            draft.replace(self.path(name))
        finally:
            draft.unlink(missing_ok=True)
        return count

    def track(self, name: str) -> dict[str, Any]:
        """Read how a piece's packets were encoded."""
        with self.path(name).open("rb") as file:
            track: dict[str, Any] = json.loads(file.readline())
            return track

    def heads(self, name: str) -> Iterator[tuple[int, int, int, int]]:
        """Read time, duration, bytes and key frame of a piece's packets, without their data."""
        with self.path(name).open("rb") as file:
            file.readline()
            while head := file.read(HEAD.size):
                found = HEAD.unpack(head)
                file.seek(found[2], 1)
                yield found

    def packets(self, name: str) -> Iterator[Packet[Any]]:
        """Read a piece's packets in the order they were encoded."""
        with self.path(name).open("rb") as file:
            file.readline()
            while head := file.read(HEAD.size):
                time, duration, size, key = HEAD.unpack(head)
                packet = Packet(file.read(size))
                packet.pts, packet.duration, packet.is_keyframe = time, duration, bool(key)
                yield packet

    def length(self, names: Iterable[str]) -> int:
        """Count the packets of pieces."""
        return sum(1 for name in names for _ in self.heads(name))

    def leave(self) -> None:
        """After a cancellation: keep the folder only if something in it is finished."""
        if self.folder.is_dir() and not any(self.folder.glob("*.packets")):
            shutil.rmtree(self.folder, ignore_errors=True)

    def remove(self) -> None:
        """Remove the target's pieces, those of other settings too."""
        for folder in self.target.parent.glob(f"{_prefix(self.target)}*"):
            shutil.rmtree(folder, ignore_errors=True)


def _prefix(target: Path) -> str:
    """Name a target shortly: names of folders have their limits too."""
    return f".limelight-{hashlib.sha256(target.name.encode()).hexdigest()[:10]}-"
