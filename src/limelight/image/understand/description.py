"""What a picture looks like, in numbers and words for its title in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limelight.errors import UnavailableError
from limelight.image.faces import Face, faces
from limelight.image.picture import Picture, picture_of
from limelight.image.reading import LIMIT, open_picture
from limelight.image.understand import imagenet
from limelight.image.understand.colours import Colour, dominant, shares
from limelight.image.understand.fingerprint import Fingerprint, fingerprint
from limelight.image.understand.light import Light, light_in, shrunk
from limelight.image.understand.text import Text, text_in
from limelight.progress import Progress, silent

DIGITS = 5
LIKELY = 0.4
"""The probability from which what a network sees is taken for a tag."""
WIDE, LONG = 1.05, 2.0
DARK, BRIGHT, MUTED, COLOURFUL, GREY = 0.25, 0.7, 0.1, 0.3, 0.02
MUCH_TEXT = 0.15
FACE_SIDE = 1600


@dataclass(frozen=True)
class Description:
    """What was found in a picture of ``width`` by ``height`` pixels.

    ``objects`` are ImageNet's names with their probabilities, those of at least 1 %, the likeliest
    first, and ``embedding`` (256,) a vector in which pictures of like things lie close; both are
    None without the weights efficientnet-lite0. ``text`` is None without the weights ppocr-text,
    and ``fingerprint`` where the picture is all of one shade. ``look`` (96,) are its colours and
    the directions of its edges.
    """

    width: int
    height: int
    has_alpha: bool
    light: Light
    colours: tuple[Colour, ...]
    faces: tuple[Face, ...]
    text: Text | None
    objects: Mapping[str, float] | None
    embedding: tuple[float, ...] | None
    look: tuple[float, ...]
    fingerprint: Fingerprint | None

    @property
    def tags(self) -> tuple[str, ...]:
        """The picture in words that were measured: its form, light, faces, text, and what it shows.

        What it shows is said where a network is at least 40 % sure of it. Nothing else is guessed.
        """
        ratio = self.width / self.height
        told = {
            "landscape": ratio > WIDE,
            "portrait": ratio < 1 / WIDE,
            "square": 1 / WIDE <= ratio <= WIDE,
            "panorama": max(ratio, 1 / ratio) >= LONG,
            "dark": self.light.brightness < DARK,
            "bright": self.light.brightness > BRIGHT,
            "black and white": self.light.colourfulness < GREY,
            "muted": GREY <= self.light.colourfulness < MUTED,
            "colourful": self.light.colourfulness > COLOURFUL,
            "transparent": self.has_alpha,
            "one face": len(self.faces) == 1,
            "several faces": len(self.faces) > 1,
            "much text": self.text is not None and self.text.share > MUCH_TEXT,
        }
        words = [word for word, applies in told.items() if applies]
        likely = (self.objects or {}).items()
        return (*words, *(name for name, probability in likely if probability >= LIKELY))

    def facts(self) -> dict[str, Any]:
        """Give all of it, as JSON can say it."""
        return {
            "width": self.width,
            "height": self.height,
            "tags": list(self.tags),
            "objects": None if self.objects is None else dict(self.objects),
            "colours": [
                {"name": one.name, "code": one.code, "share": round(one.share, 4)}
                for one in self.colours
            ],
            **self._measures(),
            "faces": [vars(face) for face in self.faces],
            "text": None if self.text is None else _text(self.text),
            "fingerprint": None if self.fingerprint is None else str(self.fingerprint),
            "embedding": None if self.embedding is None else list(self.embedding),
            "look": list(self.look),
        }

    def attributes(self) -> dict[str, Any]:
        """Give what the catalogue keeps of a title: words, and vectors by which titles are likened.

        ``artwork`` is the embedding, ``artwork_look`` the colours and edges, ``artwork_tags`` and
        ``artwork_colours`` are words. ``artwork_measures`` holds the numbers and the fingerprint,
        to read and to find duplicates by.
        """
        told: dict[str, Any] = {
            "artwork_tags": list(self.tags),
            "artwork_colours": list(dict.fromkeys(colour.name for colour in self.colours)),
            "artwork_look": list(self.look),
            "artwork_measures": {
                "width": self.width,
                "height": self.height,
                **self._measures(),
                "faces": len(self.faces),
                "text_share": None if self.text is None else round(self.text.share, 4),
                "fingerprint": None if self.fingerprint is None else str(self.fingerprint),
            },
        }
        return told if self.embedding is None else {"artwork": list(self.embedding), **told}

    def _measures(self) -> dict[str, float]:
        names = ("brightness", "contrast", "colourfulness", "sharpness")
        return {name: round(getattr(self.light, name), 4) for name in names}


class Describer:
    """Describes pictures; its networks are loaded once. Calls may come from several threads."""

    def __init__(self, weights: Path | None = None) -> None:
        """Take the networks from ``weights`` (default: the home's), those that were fetched.

        ``missing`` says of the others what is not found without them, and how to get them.
        """
        self._weights = weights
        self.missing: list[str] = []
        self._network: imagenet.Network | None = None
        self._finds_text = False
        try:
            self._network = imagenet.loaded(weights)
        except UnavailableError as error:
            self.missing.append(f"what pictures show is not told: {error}")
        try:
            text_in(np.zeros((32, 32, 3), np.uint8), weights)
            self._finds_text = True
        except UnavailableError as error:
            self.missing.append(f"text is not looked for: {error}")

    def __call__(self, picture: Picture) -> Description:
        """Describe a picture in memory."""
        small = picture_of(shrunk(picture, FACE_SIDE), np.dtype(np.uint8))
        scale = picture.shape[0] / small.shape[0]
        light = light_in(picture)
        seen = None if self._network is None else self._network(small)
        return Description(
            width=picture.shape[1],
            height=picture.shape[0],
            has_alpha=picture.shape[2] == 4 and bool((picture[..., 3] != _full(picture)).any()),
            light=light,
            colours=tuple(dominant(picture)),
            faces=tuple(_enlarged(face, scale) for face in faces(small)),
            text=_at(text_in(small, self._weights), scale) if self._finds_text else None,
            objects=None if seen is None else _named(seen),
            embedding=None if seen is None else _rounded(seen.embedding),
            look=_rounded(np.concatenate([shares(picture), light.detail]) / np.sqrt(2)),
            fingerprint=fingerprint(picture),
        )

    def file(
        self, path: str | Path, progress: Progress = silent, pixels: int = LIMIT
    ) -> Description:
        """Describe a file's picture, of several the first. Raises as ``read`` does."""
        progress(0, None, "reading")
        with open_picture(path, pixels) as file:
            picture = next(file.frames()).picture
        progress(0, None, "looking")
        return self(picture)


def _full(picture: Picture) -> int:
    return int(np.iinfo(picture.dtype).max)


def _named(seen: imagenet.Seen) -> dict[str, float]:
    order = np.argsort(-seen.probabilities)
    return {
        imagenet.names()[i]: round(float(seen.probabilities[i]), 4)
        for i in order
        if seen.probabilities[i] >= 0.01
    }


def _rounded(vector: Any) -> tuple[float, ...]:
    return tuple(round(float(value), DIGITS) for value in vector)


def _enlarged(face: Face, scale: float) -> Face:
    return Face(
        left=round(face.left * scale),
        top=round(face.top * scale),
        width=round(face.width * scale),
        height=round(face.height * scale),
        score=face.score,
    )


def _at(text: Text, scale: float) -> Text:
    lines = tuple(tuple((round(x * scale), round(y * scale)) for x, y in one) for one in text.lines)
    return Text(text.share, lines)


def _text(text: Text) -> dict[str, Any]:
    return {"share": round(text.share, 4), "lines": [list(map(list, line)) for line in text.lines]}
