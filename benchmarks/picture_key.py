"""What cutting out from green and blue screens is worth, against a known opacity.

    python benchmarks/picture_key.py FOLDER [PART...]

PART is pictures, jpeg, video or large. Pictures to look at go into FOLDER: each shot, its opacity
as it is and as each way finds it, and what was cut out over a colour.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from documents import machine, put, table
from screens import Shot, clip, shots

from limelight.image.compare.matte import matte_errors
from limelight.image.key import key
from limelight.image.picture import Picture, Values, coded, light_of
from limelight.video.frame import Footage, Frame
from limelight.video.operations import configure
from limelight.video.pictures import picture_of

SEED = 3
"""Another than what the key was tuned on, which was 0."""
BACK = np.float32([0.5, 0.4, 0.45])
"""The light that cut-outs are laid over, to measure what one sees of them."""
HUES = {"green": (40, 85), "blue": (100, 135)}

Way = Callable[[Shot], tuple[Values, Values]]


def ours(refine: bool) -> Way:
    def work(shot: Shot) -> tuple[Values, Values]:
        return _parted(key(shot.picture, shot.colour, refine))

    return work


def _parted(found: Picture) -> tuple[Values, Values]:
    return found[..., 3] / np.float32(np.iinfo(found.dtype).max), light_of(found[..., :3])


def excess(shot: Shot) -> tuple[Values, Values]:
    """Vlahos's matte in linear light, with one colour for the whole screen."""
    light = light_of(shot.picture)
    main = 1 if shot.colour == "green" else 2
    beyond = light[..., main] - np.delete(light, main, axis=2).max(axis=2)
    alpha = np.clip(1 - beyond / np.quantile(beyond, 0.9), 0, 1).astype(np.float32)
    light[..., main] -= np.maximum(beyond, 0)
    return alpha, light


def _in_hues(shot: Shot) -> Values:
    hue, full, bright = cv2.split(cv2.cvtColor(shot.picture, cv2.COLOR_RGB2HSV))
    low, high = HUES[shot.colour]
    inside = (hue > low) & (hue < high) & (full > 80) & (bright > 30)
    return 1 - inside.astype(np.float32)


def hsv(shot: Shot) -> tuple[Values, Values]:
    """A range of hues, as every tutorial has it."""
    return _in_hues(shot), light_of(shot.picture)


def ycbcr(shot: Shot) -> tuple[Values, Values]:
    """The distance of chroma from the screen's, soft between two thresholds."""
    chroma = cv2.cvtColor(shot.picture, cv2.COLOR_RGB2YCrCb)[..., 1:].astype(np.float32) / 255
    screen = np.median(np.vstack([chroma[:8].reshape(-1, 2), chroma[:, :8].reshape(-1, 2)]), axis=0)
    apart = np.linalg.norm(chroma - screen, axis=2)
    return np.clip((apart - 0.08) / 0.1, 0, 1).astype(np.float32), light_of(shot.picture)


def pymatting(grown: int, known: bool) -> Way:
    """Closed-form matting and multi-level foreground estimation, from a trimap alone."""

    def work(shot: Shot) -> tuple[Values, Values]:
        from pymatting import estimate_alpha_cf, estimate_foreground_ml

        guess = shot.alpha if known else _in_hues(shot)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grown + 1,) * 2)
        trimap = np.full(guess.shape, 0.5)
        trimap[cv2.erode((guess > 0.999).astype(np.uint8), disc) > 0] = 1
        trimap[cv2.erode((guess < 0.001).astype(np.uint8), disc) > 0] = 0
        picture = shot.picture / 255.0
        alpha = estimate_alpha_cf(picture, trimap)
        front = np.clip(estimate_foreground_ml(picture, alpha), 0, 1)
        shown = np.rint(255 * front).astype(np.uint8)
        return alpha.astype(np.float32), light_of(shown)

    return work


WAYS: dict[str, Way] = {
    "**limelight key**": ours(refine=False),
    "**limelight key --refine**": ours(refine=True),
    "excess in linear light, one screen": excess,
    "pymatting, trimap from the truth": pymatting(3, known=True),
    "pymatting, trimap from HSV": pymatting(5, known=False),
    "chroma's distance (YCbCr)": ycbcr,
    "a range of hues (HSV)": hsv,
}


def laid(front: Values, alpha: Values) -> Values:
    share = alpha[..., None]
    return coded(front * share + BACK * (1 - share))


def pictures(folder: Path) -> str:
    """Measure every way on every shot."""
    measured: dict[str, list[tuple[float, ...]]] = {way: [] for way in WAYS}
    kinds: dict[str, dict[str, list[float]]] = {way: {} for way in WAYS}
    for shot in shots(SEED):
        seen = [shot.picture, _grey(shot.alpha)]
        for way, work in WAYS.items():
            began = time.process_time()
            alpha, front = work(shot)
            spent = time.process_time() - began
            errors = matte_errors(shot.alpha, alpha)
            apart = laid(front, alpha) - laid(shot.front, shot.alpha)
            psnr = -10 * np.log10(np.mean(apart**2))
            measured[way].append((errors.sad, errors.mse, errors.gradient, psnr, spent))
            kinds[way].setdefault(shot.name, []).append(errors.sad)
            if "limelight" in way or "HSV" in way:
                cut = np.rint(255 * laid(front, alpha)).astype(np.uint8)
                seen += [_grey(alpha), cut]
            print(f"{shot.name} {shot.colour} {way}: {errors}, {psnr:.1f} dB, {spent:.2f} s")
        _save(folder / f"{shot.name.replace(' ', '-')}-{shot.colour}.png", np.hstack(seen))
    megapixels = shot.alpha.size / 1e6
    rows = []
    for way, many in measured.items():
        sad, mse, gradient, psnr, spent = np.mean(many, axis=0)
        rows.append(
            {
                "by": way,
                "SAD, thousands": f"{sad:.2f}",
                "MSE": f"{mse:.5f}",
                "gradient, thousands": f"{gradient:.3f}",
                "laid over grey, PSNR, dB": f"{psnr:.1f}",
                "s a megapixel": f"{spent / megapixels:.1f}",
            }
        )
    each = [
        {"SAD by": way, **{kind: f"{np.mean(sads):.2f}" for kind, sads in found.items()}}
        for way, found in kinds.items()
    ]
    return f"{table(rows)}\n\n{table(each)}"


def _grey(alpha: Values) -> Picture:
    return np.repeat(np.rint(255 * alpha).astype(np.uint8)[..., None], 3, axis=2)


def _save(path: Path, picture: Picture) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture[..., ::-1])


def jpeg(folder: Path) -> str:
    """Measure the same shots as JPEGs, whose chroma is of half the size."""
    sads: dict[str, list[float]] = {way: [] for way in WAYS}
    for shot in shots(SEED):
        packed = cv2.imencode(".jpg", shot.picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
        shown = cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1].copy()
        spoilt = Shot(shot.name, shot.colour, shown, shot.alpha, shot.front)
        for way, work in WAYS.items():
            sads[way].append(matte_errors(shot.alpha, work(spoilt)[0]).sad)
    return table([{"by": way, "SAD, thousands": f"{np.mean(n):.2f}"} for way, n in sads.items()])


def video(folder: Path) -> str:
    """Measure how much opacity flickers, at rest and in movement, and how wrong it is."""
    rows = []
    for name, pixels in (("at rest", 0), ("moving by 3 pixels a frame", 3)):
        filmed, wanted = clip(9, pixels, SEED)
        height, width = wanted[0].shape
        of = Footage(
            width,
            height,
            Fraction(25),
            Fraction(1, 12800),
            Fraction(0),
            Fraction(9, 25),
            Fraction(1),
            8,
            False,
        )
        for way, steady in (("each frame alone", False), ("**steadied**", True)):
            frames = []
            for number, picture in enumerate(filmed):
                frame = Frame.from_ndarray(picture, "rgb24")
                frame.pts, frame.time_base = number * 512, Fraction(1, 12800)
                frames.append(frame)
            began = time.process_time()
            done = list(configure(f"key:steady={steady}").stream(iter(frames), of))
            spent = time.process_time() - began
            found = [picture_of(one)[..., 3] / np.float32(255) for one in done]
            astray = [one - other for one, other in zip(found, wanted, strict=True)]
            flicker = np.mean([np.abs(b - a).mean() for a, b in pairwise(astray)])
            sad = np.mean([np.abs(one).sum() for one in astray]) / 1000
            rows.append(
                {
                    "clip": name,
                    "by": way,
                    "error changes from frame to frame by": f"{255 * flicker:.3f}",
                    "SAD, thousands": f"{sad:.2f}",
                    "ms a frame": f"{1000 * spent / len(filmed):.0f}",
                }
            )
    return table(rows)


LARGE = """
import resource, sys, time
import numpy as np
from limelight.image.key import key
from screens import shots
shot = shots(3)[0]
times = int(sys.argv[1])
picture = np.tile(shot.picture, (times, times, 1))
key(shot.picture, "green", sys.argv[2] == "True")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began, wall = time.process_time(), time.time()
found = key(picture, "green", sys.argv[2] == "True")
spent = time.process_time() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(picture.size / 3e6, spent, (peak - before) / 1024, found.nbytes / 2**20)
"""


def large(folder: Path) -> str:
    """Measure a shot laid side by side many times: processor time, and memory beyond the two."""
    rows = []
    for refine, sides in ((False, (3, 9, 14)), (True, (3, 6))):
        for side in sides:
            done = subprocess.run(
                [sys.executable, "-c", LARGE, str(side), str(refine)],
                cwd=Path(__file__).parent,
                capture_output=True,
                text=True,
                check=True,
            )
            megapixels, spent, peak, answer = map(float, done.stdout.split())
            rows.append(
                {
                    "megapixels": f"{megapixels:.1f}",
                    "by": "key --refine" if refine else "key",
                    "s a megapixel": f"{spent / megapixels:.2f}",
                    "MiB of the answer": f"{answer:.0f}",
                    "MiB beyond it": f"{max(peak - answer, 0):.0f}",
                }
            )
    return table(rows)


def main(folder: Path, *only: str) -> None:
    """Measure everything, or some parts, and write it into the page."""
    cv2.setNumThreads(1)
    key(shots(SEED)[0].picture, "green", True)  # compiled before anything is timed
    on = machine("numpy", "numba", "opencv-python-headless", "pymatting")
    parts: dict[str, Any] = {"pictures": pictures, "jpeg": jpeg, "video": video, "large": large}
    for name, measured in parts.items():
        if only and name not in only:
            continue
        text = measured(folder)
        print(f"{name}\n{text}\n", flush=True)
        put(f"picture key {name}", f"{text}\n\n{on}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
