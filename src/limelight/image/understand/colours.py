"""The colours of a picture: those that make most of it, by name, and their shares as a vector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limelight.image.picture import Picture, light_of, values_of

SAMPLES = 10_000
CLUSTERS, ROUNDS = 8, 20
HUES = np.array([1, 3, 3])
"""How much lightness, a and b weigh where a colour is named: a little tint makes no colour of a
grey, but a dull brown is brown."""
SAME = 0.07
"""Clusters whose middles are nearer in OKLab are one colour."""
LEAST = 0.03
COLOURS = 4

Floats = NDArray[np.float64]

NAMED = {
    "black": "#000000", "dark grey": "#484848", "grey": "#808080", "light grey": "#bcbcbc",
    "white": "#ffffff", "red": "#d8201f", "dark red": "#7a1214", "orange": "#f08a24",
    "brown": "#704623", "beige": "#dcc7a3", "tan": "#b48a60", "yellow": "#f5d327",
    "olive": "#70702a", "green": "#2f9e40", "dark green": "#17492a", "light green": "#a3d99b",
    "turquoise": "#30beb4", "dark turquoise": "#135e63", "light blue": "#93c7ef",
    "blue": "#2659d4", "dark blue": "#14265c", "violet": "#7a38b4", "lilac": "#c2a5e0",
    "pink": "#f2a3bf", "magenta": "#d42c9c",
}  # fmt: skip
"""The names that are given, each with its most typical colour; the nearest in OKLab is taken."""

TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@dataclass(frozen=True)
class Colour:
    """A colour by name and as "#rrggbb", and its share of what is seen of the picture."""

    name: str
    code: str
    share: float


def dominant(picture: Picture) -> list[Colour]:
    """Give the colours that make up a picture, the largest share first.

    Pixels are clustered by k-means in OKLab (Ottosson 2020), where distances are as they are seen;
    clusters of nearly the same colour are joined, and what makes less than 3 % is left out. What
    is transparent does not count. The same picture has always the same colours.
    """
    colours, weights = _sampled(picture)
    if not weights.sum() > 0:
        return []
    lab = oklab(light_of(colours[None])[0])
    centres, owner = _clustered(lab, weights)
    shares = np.bincount(owner, weights, len(centres)) / weights.sum()
    found = []
    for cluster in np.argsort(-shares, kind="stable"):
        if shares[cluster] < LEAST:
            break
        own = owner == cluster
        mean = np.average(values_of(colours[own]), axis=0, weights=weights[own])
        red, green, blue = (int(part) for part in np.rint(mean * 255))
        code = f"#{red:02x}{green:02x}{blue:02x}"
        found.append(Colour(name_of(centres[cluster]), code, float(shares[cluster])))
    return found


def oklab(light: NDArray[np.floating]) -> Floats:
    """Turn linear light (n, 3) of sRGB's primaries into OKLab (n, 3): lightness, a, b."""
    found: Floats = np.cbrt(np.asarray(light, np.float64) @ TO_LMS.T) @ TO_LAB.T
    return found


def name_of(colour: Floats) -> str:
    """Name a colour (3,) in OKLab."""
    names, places = _named()
    return names[int(np.argmin((((places - colour) * HUES) ** 2).sum(1)))]


def shares(picture: Picture) -> NDArray[np.float32]:
    """Give 64 numbers whose products are the Bhattacharyya coefficients of two pictures' colours.

    They are the roots of the shares of 4 by 4 by 4 colours, as a video's ``picture_colours`` are.
    """
    colours, weights = _sampled(picture)
    coarse = (values_of(colours) * 255).astype(np.int64) // (256 // COLOURS)
    codes = (coarse[:, 0] * COLOURS + coarse[:, 1]) * COLOURS + coarse[:, 2]
    counts = np.bincount(codes, weights, COLOURS**3)
    found: NDArray[np.float32] = np.sqrt(counts / max(counts.sum(), 1e-9)).astype(np.float32)
    return found


def _sampled(picture: Picture) -> tuple[Picture, Floats]:
    """Take some pixels from all over a picture (n, 3), and how far each is seen (n,)."""
    height, width = picture.shape[:2]
    every = max(int(np.ceil(np.sqrt(height * width / SAMPLES))), 1)
    some = picture[every // 2 :: every, every // 2 :: every]
    if not some.size:  # thinner than the step
        some = picture.reshape(1, height * width, -1)[:, :: max(height * width // SAMPLES, 1)]
    flat = some.reshape(-1, picture.shape[2])
    seen = values_of(flat[:, 3]) if picture.shape[2] == 4 else np.ones(len(flat))
    return flat[:, :3], seen.astype(np.float64)


def _clustered(lab: Floats, weights: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Cluster colours, begun from those farthest apart, and join clusters that are one colour."""
    centres = [np.average(lab, axis=0, weights=weights)]
    nearest = ((lab - centres[0]) ** 2).sum(1)
    for _ in range(CLUSTERS - 1):
        centres.append(lab[int(np.argmax(nearest * (weights > 0)))])
        nearest = np.minimum(nearest, ((lab - centres[-1]) ** 2).sum(1))
    middles = np.array(centres)
    for _ in range(ROUNDS):
        owner = _owners(lab, middles)
        before = middles.copy()
        middles = _means(lab, weights, owner, middles)
        if np.abs(middles - before).max() < 1e-4:
            break
    while len(middles) > 1:
        apart = np.sqrt(((middles[:, None] - middles[None]) ** 2).sum(2))
        apart[np.diag_indices(len(middles))] = np.inf
        first, second = np.unravel_index(np.argmin(apart), apart.shape)
        if apart[first, second] >= SAME:
            break
        owner = _owners(lab, middles)
        owner[owner == second] = first
        joined = _means(lab, weights, owner, middles)
        middles = np.delete(joined, second, axis=0)
    return middles, _owners(lab, middles)


def _owners(lab: Floats, middles: Floats) -> NDArray[np.intp]:
    found: NDArray[np.intp] = np.argmin(((lab[:, None] - middles[None]) ** 2).sum(2), axis=1)
    return found


def _means(lab: Floats, weights: Floats, owner: NDArray[np.intp], before: Floats) -> Floats:
    total = np.bincount(owner, weights, len(before))
    sums = np.stack([np.bincount(owner, weights * axis, len(before)) for axis in lab.T], axis=1)
    return np.where(total[:, None] > 0, sums / np.maximum(total, 1e-12)[:, None], before)


def _named() -> tuple[list[str], Floats]:
    codes = [bytes.fromhex(code[1:]) for code in NAMED.values()]
    typical = np.frombuffer(b"".join(codes), np.uint8).reshape(1, -1, 3)
    return list(NAMED), oklab(light_of(typical)[0])
