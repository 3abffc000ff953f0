"""Eyes for pictures: near-duplicates among 100,000, what hashes survive, text, likeness.

    python benchmarks/picture_duplicates.py [CIFAR10]

Photographs are scikit-image's. CIFAR10 is a folder in which CIFAR-10 lies or will be fetched into;
without it, likeness of classes is not measured. Networks come from the home's weights.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from documents import machine, put, table
from skimage import data

from limelight.image.understand import Fingerprint, dhash, fingerprint, near_duplicates, phash
from limelight.image.understand.colours import shares
from limelight.image.understand.duplicates import NEAR, NEAR_TOO
from limelight.image.understand.imagenet import loaded
from limelight.image.understand.light import light_in
from limelight.image.understand.text import text_in

COUNT, PLANTED = 100_000, 1_000
PIECES = 4
DATABASE, QUERIES = 400, 100
WORDS = ("THE LONG NIGHT", "A film by Ann Lee", "SEASON TWO", "Tonight at nine")


def photographs() -> dict[str, np.ndarray]:
    names = ("astronaut", "chelsea", "coffee", "hubble_deep_field", "retina", "rocket")
    found = {name: getattr(data, name)() for name in names}
    for name in ("brick", "camera", "coins", "grass", "gravel", "moon"):
        found[name] = np.repeat(getattr(data, name)()[..., None], 3, axis=2)
    return found


def quarters() -> list[np.ndarray]:
    """Cut every photograph into its quarters, which are different pictures of one maker."""
    found = []
    for picture in photographs().values():
        height, width = (side // 2 for side in picture.shape[:2])
        found += [
            np.ascontiguousarray(picture[top : top + height, left : left + width])
            for top in (0, height)
            for left in (0, width)
        ]
    return found


def inner(picture: np.ndarray, cut: float) -> np.ndarray:
    top, left = (round(side * cut) for side in picture.shape[:2])
    return picture[top : picture.shape[0] - top, left : picture.shape[1] - left]


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1)


def half(picture: np.ndarray) -> np.ndarray:
    size = picture.shape[1] // 2, picture.shape[0] // 2
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "half the size": half,
    "JPEG, quality 30": lambda picture: jpeg(picture, 30),
    "JPEG, quality 10": lambda picture: jpeg(picture, 10),
    "0.6 times as bright": lambda picture: (picture * 0.6).astype(np.uint8),
    "2 % off every border": lambda picture: inner(picture, 0.02),
    "5 % off every border": lambda picture: inner(picture, 0.05),
    "5 % off, half, JPEG 50": lambda picture: jpeg(half(inner(picture, 0.05)), 50),
    "10 % off every border": lambda picture: inner(picture, 0.1),
    "mirrored": lambda picture: np.ascontiguousarray(picture[:, ::-1]),
}


def survival() -> str:
    pictures = quarters()
    first = [fingerprint(picture) for picture in pictures]
    rows: list[dict[str, Any]] = []
    for name, change in CHANGES.items():
        changed = [change(picture) for picture in pictures]
        apart = [
            ((phash(a) ^ phash(b)).bit_count(), (dhash(a) ^ dhash(b)).bit_count())
            for a, b in zip(pictures, changed, strict=True)
        ]
        second = [fingerprint(picture) for picture in changed]
        pairs = [(a, b) for a, b in zip(first, second, strict=True) if a and b]
        found = sum(bool(near_duplicates(list(pair))) for pair in pairs)
        bits = [sorted(values) for values in zip(*apart, strict=True)]
        rows.append(
            {
                "changed": name,
                "pHash bits, median": int(np.median(bits[0])),
                "most": bits[0][-1],
                "dHash bits, median": int(np.median(bits[1])),
                "most ": bits[1][-1],
                "found by our fingerprint": f"{found} of {len(pairs)}",
            }
        )
    known = [one for one in first if one]
    wrong = sum(len(group) - 1 for group in near_duplicates(known))
    pairs_count = len(known) * (len(known) - 1) // 2
    said = f"Of {pairs_count:,} pairs of different quarters, {wrong} were taken for duplicates."
    return f"{table(rows)}\n\n{said}"


def hashes(count: int) -> tuple[list[Fingerprint], set[tuple[int, int]]]:
    """Draw fingerprints at random, and plant some that differ in a few bits from the first."""
    random = np.random.default_rng(0)
    bits = random.integers(0, 2**64, (count, 3, 2), dtype=np.uint64)
    for at in range(PLANTED):
        copy = bits[at].copy()
        for column, most in enumerate((NEAR, NEAR_TOO)):
            for bit in random.choice(64, random.integers(0, most + 1), replace=False):
                copy[0, column] ^= np.uint64(1) << np.uint64(bit)
        bits[count - 1 - at] = copy
    planted = {(at, count - 1 - at) for at in range(PLANTED)}
    return [Fingerprint(tuple(map(tuple, row))) for row in bits.tolist()], planted


def by_numpy(fingerprints: list[Fingerprint]) -> set[tuple[int, int]]:
    """Compare all pairs of whole pictures, a row at a time."""
    whole = np.array([one.hashes[0] for one in fingerprints], np.uint64)
    found = set()
    for at, (first, second) in enumerate(whole):
        rest = whole[at + 1 :]
        near = np.flatnonzero(np.bitwise_count(rest[:, 0] ^ first) <= NEAR)
        near = near[np.bitwise_count(rest[near, 1] ^ second) <= NEAR_TOO]
        found |= {(at, at + 1 + int(i)) for i in near}
    return found


def speed() -> str:
    near_duplicates(hashes(3_000)[0])  # compiles
    rows = []
    for count in (20_000, COUNT):
        fingerprints, planted = hashes(count)
        begun = time.process_time()
        groups = near_duplicates(fingerprints)
        seconds = time.process_time() - begun
        pairs = {(group[0], group[1]) for group in groups}
        rows.append(_row(count, "**near_duplicates**", seconds, len(pairs & planted), 3))
        if count == COUNT:
            continue
        begun = time.process_time()
        pairs = by_numpy(fingerprints)
        seconds = time.process_time() - begun
        rows.append(_row(count, "NumPy, all pairs", seconds, len(pairs & planted), 1))
    return table(rows)


def _row(count: int, by: str, seconds: float, found: int, views: int) -> dict[str, Any]:
    return {
        "pictures": count,
        "by": by,
        "hashes compared of each": f"{views} (crops too)" if views > 1 else "1",
        "seconds of a core": round(seconds, 2),
        f"found of {PLANTED:,} planted": found,
    }


def text() -> str:
    """Write words on photographs, a line in one of three sizes, and find them."""
    random = np.random.default_rng(0)
    written, bare = [], []
    for picture in photographs().values():
        side = 640 / max(picture.shape[:2])
        size = round(picture.shape[1] * side), round(picture.shape[0] * side)
        shown = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        bare.append(text_in(shown).share)
        for height in (0.7, 1.2, 2.0):
            words = WORDS[random.integers(len(WORDS))]
            (wide, high), _ = cv2.getTextSize(words, 0, height, 3)
            if wide > size[0] - 20:
                continue
            left = int(random.integers(10, size[0] - wide - 5))
            base = int(random.integers(high + 10, size[1] - 15))
            laid = shown.copy()
            cv2.putText(laid, words, (left, base), 0, height, (0, 0, 0), 9, cv2.LINE_AA)
            cv2.putText(laid, words, (left, base), 0, height, (255, 255, 255), 3, cv2.LINE_AA)
            truth, found = (np.zeros(size[::-1], np.uint8) for _ in range(2))
            cv2.rectangle(truth, (left, base - high), (left + wide, base), 1, -1)
            for line in text_in(laid).lines:
                cv2.fillPoly(found, [np.array(line, np.int32)], 1)
            written.append((int(found[truth > 0].mean() > 0.5), float(found.mean()), truth.mean()))
    rows = [
        {
            "lines written": len(written),
            "found": sum(one for one, *_ in written),
            "share of the area, mean": float(np.mean([share for _, share, _ in written])),
            "true share": float(np.mean([share for *_, share in written])),
            "photographs without text": len(bare),
            "of these, share above 1 %": sum(share > 0.01 for share in bare),
        }
    ]
    return table(rows)


def look_of(picture: np.ndarray) -> np.ndarray:
    return np.concatenate([shares(picture), light_in(picture).detail]) / np.sqrt(2)


def pixels_of(picture: np.ndarray) -> np.ndarray:
    small = cv2.resize(picture, (8, 8), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    small -= small.mean()
    return small / (np.linalg.norm(small) or 1)


def likeness(folder: Path | None) -> str:
    """Say how often the nearest of other pictures is of the same photograph, or class."""
    network = loaded()
    kinds: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "`artwork` (EfficientNet-Lite0, 256)": lambda picture: network(picture).embedding,
        "`artwork_look` (colours and edges, 96)": look_of,
        "8 x 8 pixels (192)": pixels_of,
    }
    parts = quarters()
    rows = []
    seen: list[tuple[np.ndarray, np.ndarray]] = []
    if folder is not None:
        from limelight.datasets.cifar10 import fetch_cifar10

        pictures, labels = fetch_cifar10(folder).test()
        seen = list(zip(pictures[: DATABASE + QUERIES], labels, strict=False))
    for name, embed in kinds.items():
        vectors = np.stack([embed(part) for part in parts])
        alike = vectors @ vectors.T
        np.fill_diagonal(alike, -np.inf)
        right = np.argmax(alike, axis=1) // PIECES == np.arange(len(parts)) // PIECES
        row: dict[str, Any] = {
            "by": name,
            "nearest quarter is of the same photograph": float(right.mean()),
        }
        if seen:
            vectors = np.stack([embed(np.ascontiguousarray(picture)) for picture, _ in seen])
            classes = np.array([label for _, label in seen])
            order = np.argsort(-(vectors[DATABASE:] @ vectors[:DATABASE].T), axis=1)[:, :10]
            same = classes[order] == classes[DATABASE:, None]
            row["CIFAR-10: of the 10 nearest, of the same class"] = float(same.mean())
        rows.append(row)
    return table(rows)


def main() -> None:
    folder = Path(sys.argv[1]) if sys.argv[1:] else None
    versions = machine("numpy", "numba", "opencv-python-headless", "onnxruntime", "torch")
    put("picture duplicates, speed", f"{speed()}\n\n{versions}.")
    put("picture duplicates, survival", survival())
    put("picture text", text())
    put("picture likeness", likeness(folder))


if __name__ == "__main__":
    main()
