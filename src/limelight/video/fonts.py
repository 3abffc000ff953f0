"""A font that has the letters of a text, among those that are installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL import ImageFont

from limelight.errors import BadInputError

LIKED = (
    "notosans-regular",
    "notosanscjk-regular",
    "dejavusans",
    "arial",
    "helvetica",
    "liberationsans-regular",
)
FOLDERS = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("~/AppData/Local/Microsoft/Windows/Fonts",),
}
SUFFIXES = frozenset({".ttf", ".otf", ".ttc"})


def font_for(text: str, size: int) -> ImageFont.FreeTypeFont:
    """Give a font of ``size`` pixels that has every letter of ``text``.

    Pillow's own serves for Latin letters; else the fonts of the system are looked through. Raises
    BadInputError where none has them all.
    """
    own = ImageFont.load_default(size)
    if not isinstance(own, ImageFont.FreeTypeFont):
        raise BadInputError("this Pillow is built without FreeType; install another")
    letters = frozenset(letter for letter in text if letter.isprintable() and letter != " ")
    if _has(own, letters):
        return own
    path = _file_with(letters)
    if path is None:
        strange = "".join(sorted(letters - _known(own, letters)))[:20]
        raise BadInputError(f"no font on this machine has the letters {strange}; install one")
    return ImageFont.truetype(str(path), size)


@cache
def _file_with(letters: frozenset[str]) -> Path | None:
    for path in _files():
        try:
            font = ImageFont.truetype(str(path), 16)
        except OSError:
            continue
        if _has(font, letters):
            return path
    return None


@cache
def _files() -> tuple[Path, ...]:
    """List the system's fonts, those for plain reading first."""
    found = [
        path
        for folder in _folders()
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
    ]

    def place(path: Path) -> tuple[int, str]:
        stem = path.stem.lower()
        liked = next((i for i, name in enumerate(LIKED) if stem == name), len(LIKED))
        plain = "regular" in stem or not any(w in stem for w in ("bold", "italic", "light", "mono"))
        return liked * 2 + (not plain), str(path)

    return tuple(sorted(found, key=place))


def _folders() -> Iterator[Path]:
    for name in FOLDERS.get(sys.platform, FOLDERS["linux"]):
        yield Path(name).expanduser()
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"


def _has(font: ImageFont.FreeTypeFont, letters: frozenset[str]) -> bool:
    return _known(font, letters) == letters


def _known(font: ImageFont.FreeTypeFont, letters: frozenset[str]) -> frozenset[str]:
    """Give the letters that are not drawn as the box of a missing one."""
    missing = {_shape(font, "\U0010fffd"), _shape(font, "\ufffe")}
    return frozenset(letter for letter in letters if _shape(font, letter) not in missing)


def _shape(font: ImageFont.FreeTypeFont, letter: str) -> bytes:
    mask = font.getmask(letter)
    return repr((font.getlength(letter), mask.size)).encode() + bytes(mask)
