"""Where outputs go: a file for one input, a folder for several, and never over an input."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from limelight.errors import BadInputError, UnavailableError
from limelight.media.inputs import PICTURES, SOUND, VIDEO, Input

MEDIA = SOUND | VIDEO | PICTURES


class Existing(Enum):
    """What becomes of an output that is there already."""

    REFUSE = "refuse"
    REPLACE = "replace"
    SKIP = "skip"


@dataclass(frozen=True)
class Job:
    """One file to make of another; ``done`` where it is there already and may stay."""

    source: Path
    target: Path
    done: bool = False


def plan(
    inputs: Sequence[Input],
    out: str,
    suffix: str | None = None,
    existing: Existing = Existing.REFUSE,
) -> list[Job]:
    """Say what becomes of every input, before anything is read or written.

    ``suffix`` (".mp3") replaces the inputs' own. In a folder, outputs keep the inputs' places.
    Raises BadInputError where an output would be an input, another's output or, unless
    ``existing`` says what to do, a file that is there; UnavailableError where nothing can be
    written.
    """
    if not out:
        raise BadInputError("the output's name is empty; name a file or a folder with -o")
    if _is_folder(out, inputs):
        folder = Path(out)
        if folder.is_file() or (not folder.is_dir() and folder.suffix.lower() in MEDIA):
            raise BadInputError(f"several outputs need a folder to go to, and {out} names a file")
        targets = [folder / _renamed(item.place, suffix) for item in inputs]
    else:
        folder = Path(out).parent
        if suffix is not None and Path(out).suffix.lower() != suffix.lower():
            raise BadInputError(f"{out} and the format {suffix[1:]} disagree; leave one out")
        targets = [Path(out)]
    check_writable(folder)
    _distinct(inputs, targets)
    there = [target for target in targets if target.exists()]
    if there and existing is Existing.REFUSE:
        more = f" and {len(there) - 1:,} more" if len(there) > 1 else ""
        raise BadInputError(
            f"{there[0]}{more} exists already; --overwrite replaces, --resume leaves what is there"
        )
    skipped = set(there) if existing is Existing.SKIP else set()
    return [
        Job(item.path, target, target in skipped)
        for item, target in zip(inputs, targets, strict=True)
    ]


def suffix_of(text: str | None) -> str | None:
    """Read a format as users write it: "mp3" and ".MP3" are ".mp3"."""
    if text is None:
        return None
    suffix = f".{text.strip().lstrip('.').lower()}"
    if not suffix[1:].isalnum():
        raise BadInputError(f"{text!r} is no format; write one such as mp3, mkv or png")
    return suffix


def _is_folder(out: str, inputs: Sequence[Input]) -> bool:
    """Say whether ``out`` is a folder, ends as one, has no suffix, or must take several files."""
    path = Path(out)
    if path.is_dir() or len(inputs) > 1 or len(inputs[0].place.parts) > 1:
        return True
    return not path.is_file() and (out.endswith(("/", os.sep)) or not path.suffix)


def _renamed(place: Path, suffix: str | None) -> Path:
    return place if suffix is None else place.with_suffix(suffix)


def _distinct(inputs: Sequence[Input], targets: Sequence[Path]) -> None:
    sources = {os.path.normcase(item.path.resolve()) for item in inputs}
    taken: dict[str, Path] = {}
    for item, target in zip(inputs, targets, strict=True):
        key = os.path.normcase(target.resolve())
        linked = target.exists() and item.path.samefile(target)  # also by another name
        if key in sources or linked:
            raise BadInputError(f"{target} is an input; originals are never written over")
        if key in taken:
            raise BadInputError(
                f"{taken[key]} and {item.path} would both become {target}; "
                "name the folder that has both, or give them outputs of their own"
            )
        taken[key] = item.path


def check_writable(folder: Path) -> None:
    """Find what keeps ``folder`` from being made or written in, without making anything."""
    here = folder.absolute()
    while not here.exists() and here != here.parent:
        here = here.parent
    if not here.is_dir():
        raise UnavailableError(f"{folder} can't be made a folder: {here} is a file")
    if not os.access(here, os.W_OK | os.X_OK):
        raise UnavailableError(f"the folder {here} can't be written to; choose another with -o")
