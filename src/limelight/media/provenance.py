"""What was done to a file, told in the file's own tags, and read back from there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

TAG = "comment"  # the one tag that WAV, MP3, FLAC, Ogg, MP4 and Matroska all keep
MARK = "limelight: "


@dataclass(frozen=True)
class Provenance:
    """One time that Limelight worked on a file.

    ``did`` are the operations in order, each ``{name: {setting: value}}``; ``source`` is the name
    of the file that they were done to, without its folder.
    """

    version: str
    source: str
    did: tuple[Mapping[str, Mapping[str, Any]], ...]

    def steps(self) -> list[str]:
        """Give the operations as a command line takes them: ``"denoise:strength=0.8"``."""
        return [_step(name, settings) for step in self.did for name, settings in step.items()]

    def facts(self) -> dict[str, Any]:
        """Give it as programs are told it."""
        return {"version": self.version, "source": self.source, "steps": self.steps()}


def recorded(tags: Mapping[str, str], operations: Iterable[Any], source: Path) -> dict[str, str]:
    """Give ``tags`` with a line more, after a comment of the user's own and earlier records.

    ``operations`` are dataclasses that have a ``name``; what they were settled to by looking at
    the file (arrays) is left out, and so are the folders of files that they name.
    """
    name = source.name.encode(errors="replace").decode()  # file systems allow what UTF-8 does not
    done = Provenance(version("limelight"), name, tuple(map(_told, operations)))
    line = MARK + json.dumps(asdict(done), ensure_ascii=False, separators=(",", ":"))
    key = _key(tags)
    before = tags.get(key, "")
    return {**tags, key: f"{before}\n{line}" if before else line}


def history(tags: Mapping[str, str]) -> list[Provenance]:
    """Read what was done to a file from its tags, the oldest first; strangers' lines are none."""
    found = []
    for line in tags.get(_key(tags), "").split("\n"):
        if line.startswith(MARK):
            try:
                record = json.loads(line.removeprefix(MARK))
                did = tuple({str(k): dict(v) for k, v in step.items()} for step in record["did"])
                found.append(Provenance(str(record["version"]), str(record["source"]), did))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue
    return found


def _step(name: str, settings: Mapping[str, Any]) -> str:
    """Leave out what is None: that was not given, and a command line can't say it."""
    given = [f"{setting}={value}" for setting, value in settings.items() if value is not None]
    return f"{name}:{','.join(given)}" if given else name


def _key(tags: Mapping[str, str]) -> str:
    """Find the comment in whatever case the format writes its tags."""
    return next((key for key in tags if key.lower() == TAG), TAG)


def _told(operation: Any) -> dict[str, dict[str, Any]]:
    named = fields(operation) if is_dataclass(operation) else ()
    values = {f.name: getattr(operation, f.name) for f in named if f.init and f.repr}
    plain = {
        name: _without_folder(value)
        for name, value in values.items()
        if isinstance(value, str | int | float | Path | None)
    }
    return {operation.name: plain}


def _without_folder(value: str | float | Path | None) -> str | float | None:
    """Keep a file's name alone: its folders are nobody else's business."""
    if isinstance(value, str) and _is_file(Path(value)):
        return Path(value).name
    return value.name if isinstance(value, Path) else value


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no name that a file could have
        return False
