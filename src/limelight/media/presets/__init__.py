"""Lists of operations for kinds of media, as files that anybody can read and write.

A preset is TOML: ``about``, a sentence; ``sound``, ``video`` and ``image`` (single pictures), lists
of operations in order, each ``"name"`` or ``"name:setting=value,…"``. This room knows no operation;
whoever runs them does.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from limelight.errors import BadInputError, NotFoundError

SUFFIX = ".toml"


@dataclass(frozen=True)
class Preset:
    """Operations on a recording's or a film's sound, on its pictures, and on single pictures."""

    name: str
    about: str = ""
    sound: tuple[str, ...] = ()
    video: tuple[str, ...] = ()
    image: tuple[str, ...] = ()


MEDIA = ("sound", "video", "image")


def names() -> list[str]:
    """Name the presets that come with Limelight."""
    packaged = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(SUFFIX) for name in packaged if name.endswith(SUFFIX))


def load(name: str) -> Preset:
    """Read one of ``names()`` or, where ``name`` ends in .toml, a file of the user's own.

    Raises NotFoundError for another name, BadInputError for a file that is no preset.
    """
    if name.lower().endswith(SUFFIX):
        path = Path(name).expanduser()
        try:
            return _read(path.stem, path.read_text(encoding="utf-8"), name)
        except OSError as error:
            raise BadInputError(f"the preset {name} can't be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise BadInputError(f"the preset {name} is no text in UTF-8") from error
    kept = name.strip().lower().replace(" ", "-")
    if kept not in names():
        raise NotFoundError(
            f"there is no preset {name!r}; there are {', '.join(names())}, "
            "and files of your own that end in .toml"
        )
    return _read(kept, (files(__name__) / f"{kept}{SUFFIX}").read_text(encoding="utf-8"), name)


def written(preset: Preset) -> str:
    """Give the text of the file that a preset is read from."""
    lists = {medium: getattr(preset, medium) for medium in MEDIA}
    lines = [f"{medium} = {json.dumps(steps)}" for medium, steps in lists.items() if steps]
    return "\n".join([f"about = {json.dumps(preset.about)}", *lines])


def _read(name: str, text: str, where: str) -> Preset:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"the preset {where} is no TOML: {error}") from error
    unknown = content.keys() - {"about", *MEDIA}
    if unknown:
        raise BadInputError(
            f"the preset {where} has {', '.join(sorted(unknown))}; it may have about, "
            f"{', '.join(MEDIA)}"
        )
    about = content.get("about", "")
    if not isinstance(about, str):
        raise BadInputError(f"about in the preset {where} is no text")
    steps = {medium: _steps(content, medium, where) for medium in MEDIA}
    if not any(steps.values()):
        raise BadInputError(f'the preset {where} names no operation; write sound = ["denoise"]')
    return Preset(name, about, **steps)


def _steps(content: dict[str, Any], medium: str, where: str) -> tuple[str, ...]:
    steps = content.get(medium, [])
    if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps):
        raise BadInputError(f'{medium} in the preset {where} is no list such as ["denoise"]')
    return tuple(steps)
