"""What filling holes, finding damage and mending fades are worth, beside OpenCV and simpler ways.

    python benchmarks/picture_inpaint.py [FOLDER]

Ten photographs of scikit-image and scikit-learn, 256 x 256 (see spoiling.py). FOLDER gets the
pictures to look at.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import spoiling
from documents import machine, put, table
from spoiling import Mask, Photograph

from limelight.image.damage import damage
from limelight.image.inpainting.filling import inpaint
from limelight.image.operations.fade import Fade
from limelight.image.operations.scratches import Scratches
from limelight.image.tiles import worked

Filling = Callable[[Photograph, Mask], Photograph]

FILLINGS: dict[str, Filling] = {
    "**limelight inpaint** (auto)": inpaint,
    "limelight, biharmonic": lambda picture, hole: inpaint(picture, hole, "biharmonic"),
    "limelight, exemplar": lambda picture, hole: inpaint(picture, hole, "exemplar"),
    "OpenCV, Navier-Stokes": lambda picture, hole: cv2.inpaint(
        picture, hole.astype(np.uint8), 3, cv2.INPAINT_NS
    ),
    "OpenCV, Telea": lambda picture, hole: cv2.inpaint(
        picture, hole.astype(np.uint8), 3, cv2.INPAINT_TELEA
    ),
}


def psnr(found: Any, true: Photograph) -> float:
    error = np.mean((np.asarray(found, np.float64) - true) ** 2)
    return float(10 * np.log10(255**2 / error))


def busyness(picture: Photograph, hole: Mask) -> float:
    grey = picture.astype(np.float64).mean(axis=2)
    inner = cv2.erode(hole.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if not inner.any():
        return float("nan")
    return float(np.mean([np.abs(np.gradient(grey, axis=axis))[inner].mean() for axis in (0, 1)]))


def fill(photographs: dict[str, Photograph], folder: Path | None) -> None:
    masks = {"scratches": spoiling.scratches, "blocks": spoiling.blocks}
    rows, first = [], next(iter(photographs.values()))
    for way, filling in FILLINGS.items():
        filling(first, spoiling.blocks(0) | spoiling.scratches(0))  # what is compiled, is
        row: dict[str, Any] = {"by": way}
        for name, draw in masks.items():
            quality, busy, seconds, seen = [], [], 0.0, []
            for seed, picture in enumerate(photographs.values()):
                hole = draw(seed)
                spoilt = picture.copy()
                spoilt[hole] = 255
                started = time.process_time()
                made = filling(spoilt, hole)
                seconds += time.process_time() - started
                quality.append(psnr(made[hole], picture[hole]))
                busy.append(busyness(made, hole) / busyness(picture, hole))
                seen.append(np.vstack([spoilt, made]))
            row[f"{name}: PSNR, dB"] = f"{np.mean(quality):.2f}"
            if name == "blocks":
                row["blocks: texture"] = f"{np.median(busy):.2f}"
            row[f"{name}: seconds"] = f"{seconds / len(photographs):.3f}"
            if folder:
                file = f"{name} {way.replace('*', '').replace(', ', ' ')}.png"
                cv2.imwrite(str(folder / file), np.hstack(seen)[..., ::-1])
        rows.append(row)
    put("picture inpaint", f"{table(rows)}\n\n{_machine()}")


def thickness(photographs: dict[str, Photograph]) -> None:
    rows = []
    for side in (4, 8, 16, 32):
        row: dict[str, Any] = {"side of the holes": side}
        for way in ("biharmonic", "exemplar"):
            quality, busy = [], []
            for seed, picture in enumerate(photographs.values()):
                hole = spoiling.blocks(seed, 6, side, side)
                made = inpaint(picture, hole, way)
                quality.append(psnr(made[hole], picture[hole]))
                busy.append(busyness(made, hole) / busyness(picture, hole))
            row[f"{way}: PSNR, dB"] = f"{np.mean(quality):.2f}"
            row[f"{way}: texture"] = f"{np.median(busy):.2f}"
        rows.append(row)
    put("picture inpaint, size", f"{table(rows)}\n\n{_machine()}")


def grey(picture: Photograph) -> Photograph:
    return np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def find(section: str, photographs: dict[str, Photograph], folder: Path | None) -> None:
    rows, seen = [], []
    for seed, (name, picture) in enumerate(photographs.items()):
        spoilt, hidden = spoiling.damaged(picture, seed)
        found, false = damage(spoilt), damage(picture)
        near = cv2.dilate(hidden.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        made = worked(Scratches(), spoilt)
        rows.append(
            {
                "photograph": name,
                "recall": f"{(found & hidden).sum() / hidden.sum():.2f}",
                "precision": f"{(found & near).sum() / max(found.sum(), 1):.2f}",
                "touched where clean, %": f"{100 * false.mean():.2f}",
                "PSNR, spoilt, dB": f"{psnr(spoilt, picture):.2f}",
                "mended": f"{psnr(made, picture):.2f}",
                "mended, mask known": f"{psnr(inpaint(spoilt, near), picture):.2f}",
            }
        )
        seen.append(np.vstack([spoilt, np.where(found[..., None], [0, 255, 0], spoilt), made]))
    means = {key: f"{np.mean([float(row[key]) for row in rows]):.2f}" for key in list(rows[0])[1:]}
    put(section, f"{table([*rows, {'photograph': 'mean', **means}])}\n\n{_machine()}")
    if folder:
        cv2.imwrite(str(folder / f"{section}.png"), np.hstack(seen).astype(np.uint8)[..., ::-1])


def fade(photographs: dict[str, Photograph], folder: Path | None) -> None:
    rows, seen = [], []
    for seed, (name, picture) in enumerate(photographs.items()):
        spoilt = spoiling.faded(picture, seed)
        values = spoilt.astype(np.float64)
        mean = values.mean(axis=(0, 1))
        made = worked(Fade(), spoilt)
        rows.append(
            {
                "photograph": name,
                "faded, dB": f"{psnr(spoilt, picture):.2f}",
                "**limelight fade**": f"{psnr(made, picture):.2f}",
                "grey world": f"{psnr(np.clip(values * mean.mean() / mean, 0, 255), picture):.2f}",
                "limelight, of a clean one": f"{psnr(worked(Fade(), picture), picture):.2f}",
            }
        )
        seen.append(np.vstack([picture, spoilt, made]))
    means = {key: f"{np.mean([float(row[key]) for row in rows]):.2f}" for key in list(rows[0])[1:]}
    put("picture fade", f"{table([*rows, {'photograph': 'mean', **means}])}\n\n{_machine()}")
    if folder:
        cv2.imwrite(str(folder / "fade.png"), np.hstack(seen)[..., ::-1])


def _machine() -> str:
    return f"{machine('numpy', 'opencv-python-headless', 'scikit-image', 'scipy')}."


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    photographs = spoiling.photographs()
    fill(photographs, folder)
    thickness(photographs)
    find("picture scratches", photographs, folder)
    greys = {name: grey(picture) for name, picture in photographs.items()}
    find("picture scratches without colour", greys, folder)
    fade(photographs, folder)


if __name__ == "__main__":
    main()
