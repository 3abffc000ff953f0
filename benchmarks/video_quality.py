"""What operations on video are worth: how near a spoilt video comes to what it was.

    python benchmarks/video_quality.py FOLDER [PART...]

FOLDER holds bikes.mp4 and bigbuckbunny.mp4 (docs/benchmarks.md says what they are). Everything is
made from them by a stated recipe and a fixed seed; PSNR and SSIM are of luma, over all frames.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from documents import machine, put, table
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from limelight.errors import UnavailableError
from limelight.image.key import key
from limelight.video.filters import Chain, filtered
from limelight.video.frame import Footage, Frame
from limelight.video.operation import Operation
from limelight.video.operations import configure

RATE = 25
SIZE = {"bikes": (320, 136), "bigbuckbunny": (320, 180)}
START = {"bikes": 140, "bigbuckbunny": 60}
FRAMES = 20

Pictures = NDArray[np.uint8]


def clip(folder: Path, name: str, count: int = FRAMES, start: int | None = None) -> Pictures:
    """Read some frames, at a quarter of their height or less: (count, height, width, 3)."""
    width, height = SIZE[name]
    first = START[name] if start is None else start
    with av.open(str(folder / f"{name}.mp4")) as container:
        found = []
        for number, frame in enumerate(container.decode(video=0)):
            if number >= first + count:
                break
            if number >= first:
                found.append(frame.to_ndarray(format="rgb24"))
    return np.stack([cv2.resize(p, (width, height), interpolation=cv2.INTER_AREA) for p in found])


def footage(pictures: Pictures) -> Footage:
    count, height, width, _ = pictures.shape
    seconds = Fraction(count, RATE)
    base = Fraction(1, 12800)
    rate = Fraction(RATE)
    return Footage(width, height, rate, base, Fraction(0), seconds, Fraction(1), 8, False)


def frames(pictures: Pictures) -> list[Frame]:
    made = []
    for number, picture in enumerate(pictures):
        frame = Frame.from_ndarray(np.ascontiguousarray(picture), "rgb24").reformat(
            format="yuv420p"
        )
        frame.pts, frame.time_base = number * 512, Fraction(1, 12800)
        made.append(frame)
    return made


def luma(shown: Sequence[Frame]) -> NDArray[np.float64]:
    return np.stack([one.to_ndarray(format="gray") for one in shown]).astype(np.float64)


def psnr(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(10 * np.log10(255**2 / np.mean((one - other) ** 2)))


def ssim(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    pairs = zip(one, other, strict=True)
    return float(np.mean([structural_similarity(a, b, data_range=255) for a, b in pairs]))


def by(operation: Operation) -> Callable[[list[Frame], Footage], Iterator[Frame]]:
    def work(given: list[Frame], of: Footage) -> Iterator[Frame]:
        settled = operation.surveyed(iter(given), of) if operation.needs_survey else operation
        return settled.stream(iter(given), of)

    return work


def as_it_is(given: list[Frame], of: Footage) -> Iterator[Frame]:
    return iter(given)


def through(chain: Chain) -> Callable[[list[Frame], Footage], Iterator[Frame]]:
    return lambda given, of: filtered(chain, iter(given), of)


def compared(
    name: str,
    pictures: Pictures,
    spoilt: Pictures,
    ways: dict[str, Any],
    inner: slice = slice(None),
) -> list[dict[str, Any]]:
    """Give a row a way: how near it comes to ``pictures``, and its processor time a frame."""
    wanted, given, of = luma(frames(pictures)), frames(spoilt), footage(spoilt)
    rows = []
    for way, work in ways.items():
        began = time.process_time()
        try:
            done = list(work(given, of))
        except UnavailableError:
            continue
        spent = time.process_time() - began
        # A filter may leave out frames at the ends.
        places = [round(float(one.pts * one.time_base * RATE)) for one in done]
        kept = [place for place in range(len(given))[inner] if place in places]
        shown = luma([done[places.index(place)] for place in kept])
        rows.append(
            {
                "video": name,
                "by": way,
                "PSNR, dB": f"{psnr(shown, wanted[kept]):.2f}",
                "SSIM": f"{ssim(shown, wanted[kept]):.4f}",
                "ms a frame": f"{1000 * spent / len(given):.1f}",
            }
        )
    return rows


def denoising(folder: Path) -> list[dict[str, Any]]:
    rows = []
    rng = np.random.default_rng(0)
    for name in SIZE:
        pictures = clip(folder, name)
        for deviation in (5, 15):
            noise = rng.normal(0, deviation, pictures.shape)
            spoilt = np.clip(np.rint(pictures + noise), 0, 255).astype(np.uint8)
            even, odd = deviation * 0.004, deviation * 0.008
            limits = {"a": even, "b": odd}
            planes = {f"{plane}{kind}": limit for plane in "012" for kind, limit in limits.items()}
            ways = {
                "as it is": as_it_is,
                "**limelight denoise**": by(configure("denoise")),
                "fftdnoiz, one frame": through([("fftdnoiz", {"sigma": 1.3 * deviation})]),
                "nlmeans": through([("nlmeans", {"s": 0.7 * deviation, "p": 5, "r": 9})]),
                "atadenoise": through([("atadenoise", {**planes, "s": 9})]),
            }
            rows += compared(f"{name}, noise {deviation}", pictures, spoilt, ways)
    return rows


def upscaling(folder: Path) -> list[dict[str, Any]]:
    rows = []
    for name in SIZE:
        pictures = clip(folder, name, 4)
        high, wide = (side // 2 for side in pictures.shape[1:3])
        spoilt = np.stack(
            [cv2.resize(p, (wide, high), interpolation=cv2.INTER_AREA) for p in pictures]
        )
        size = {"width": wide * 2, "height": high * 2}
        ways = {
            "FFmpeg, bicubic": through([("scale", {**size, "flags": "bicubic"})]),
            "**limelight upscale**": by(configure("upscale")),
            "**limelight upscale:by=span**": by(configure("upscale:by=span")),
        }
        rows += compared(name, pictures, spoilt, ways)
    return rows


def scratching(folder: Path) -> list[dict[str, Any]]:
    rows = []
    for name in SIZE:
        rng = np.random.default_rng(0)
        pictures = clip(folder, name, 12)
        spoilt = pictures.copy()
        height, width = pictures.shape[1:3]
        for picture in spoilt:
            for _ in range(6):
                x, y = int(rng.integers(width)), int(rng.integers(height))
                shade = int(rng.choice([15, 240]))
                cv2.circle(picture, (x, y), int(rng.integers(1, 5)), (shade,) * 3, -1, cv2.LINE_AA)
            x, lean = int(rng.integers(width)), int(rng.integers(-6, 7))
            cv2.line(picture, (x, 0), (x + lean, height), (235,) * 3, 1, cv2.LINE_AA)
        ways = {
            "as it is": as_it_is,
            "**limelight scratches**": by(configure("scratches")),
            "FFmpeg, tmedian of 3": through([("tmedian", {"radius": 1})]),
        }
        rows += compared(name, pictures, spoilt, ways, slice(1, -1))
    return rows


def flickering(folder: Path) -> list[dict[str, Any]]:
    rows = []
    for name in SIZE:
        rng = np.random.default_rng(0)
        pictures = clip(folder, name, 40)
        gains = rng.uniform(0.8, 1.2, (40, 1, 1, 1))
        spoilt = np.clip(np.rint(pictures * gains), 0, 255).astype(np.uint8)
        ways = {
            "as it is": as_it_is,
            "**limelight deflicker**": by(configure("deflicker")),
            "FFmpeg, deflicker": through([("deflicker", {"size": 25, "mode": "am"})]),
        }
        for way, work in ways.items():
            means = luma(list(work(frames(spoilt), footage(spoilt)))).mean(axis=(1, 2))
            rows.append(
                {
                    "video": name,
                    "by": way,
                    "brightness jumps by": f"{np.abs(np.diff(means)).mean():.2f}",
                }
            )
    return rows


def shaking(folder: Path) -> list[dict[str, Any]]:
    rows = []
    for name in SIZE:
        rng = np.random.default_rng(0)
        pictures = clip(folder, name, 30)
        height, width = pictures.shape[1:3]
        spoilt = []
        for picture, (x, y, turn) in zip(
            pictures, rng.normal(0, (3, 3, 0.6), (30, 3)), strict=True
        ):
            matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.08)
            matrix[:, 2] += (x, y)
            spoilt.append(
                cv2.warpAffine(
                    picture,
                    matrix,
                    (width, height),
                    flags=cv2.INTER_CUBIC,
                    borderMode=cv2.BORDER_REFLECT,
                )
            )
        ways = {
            "before it was shaken": lambda given, of, known=pictures: iter(frames(known)),
            "as it is": as_it_is,
            "**limelight stabilise**": by(configure("stabilise")),
            "FFmpeg, deshake": through([("deshake", {})]),
        }
        for way, work in ways.items():
            shown = luma(list(work(frames(np.stack(spoilt)), footage(pictures))))
            moves = [
                cv2.phaseCorrelate(
                    one[12:-12, 16:-16].copy(),
                    other[12:-12, 16:-16].copy(),
                    cv2.createHanningWindow((width - 32, height - 24), cv2.CV_64F),
                )[0]
                for one, other in pairwise(shown)
            ]
            jitter = float(np.diff(np.array(moves), axis=0).std())
            rows.append({"video": name, "by": way, "jitter, pixels": f"{jitter:.2f}"})
    return rows


def keying(folder: Path) -> list[dict[str, Any]]:
    """Lay shapes with soft edges, filled with a real picture, over an unevenly lit screen."""
    rng = np.random.default_rng(0)
    front = clip(folder, "bikes", 1, 190)[0].astype(np.float32) / 255
    height, width = front.shape[:2]
    alpha = np.zeros((height, width), np.float32)
    cv2.ellipse(alpha, (160, 68), (60, 45), 10, 0, 360, 1.0, -1)
    for angle in np.linspace(0, 2 * np.pi, 60):
        tip = (int(160 + 90 * np.cos(angle)), int(68 + 62 * np.sin(angle)))
        cv2.line(alpha, (160, 68), tip, 1.0, 1, cv2.LINE_AA)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 0.8)
    light = np.linspace(0.6, 1, width)[None, :, None] * np.float32([0.12, 0.62, 0.2])
    mixed = front**2.2 * alpha[..., None] + light**2.2 * (1 - alpha[..., None])
    shown = 255 * mixed ** (1 / 2.2) + rng.normal(0, 2, mixed.shape)
    picture = np.clip(np.rint(shown), 0, 255).astype(np.uint8)
    hue, full, bright = cv2.split(cv2.cvtColor(picture, cv2.COLOR_RGB2HSV))
    hsv = 1 - ((hue > 40) & (hue < 85) & (full > 80) & (bright > 40)).astype(np.float32)
    frame = frames(picture[None])[0].reformat(format="yuva444p")
    chroma = next(
        filtered(
            [("chromakey", {"color": "0x1F9E33", "similarity": 0.15, "blend": 0.1})],
            iter([_timed(frame)]),
            footage(picture[None]),
        )
    )
    found = {
        "**limelight key**": key(picture)[..., 3] / 255,
        "FFmpeg, chromakey": chroma.to_ndarray(format="rgba")[..., 3] / 255,
        "a range of hues (HSV)": hsv,
    }
    return [
        {
            "by": way,
            "SAD, thousands": f"{np.abs(matte - alpha).sum() / 1000:.2f}",
            "MSE": f"{np.mean((matte - alpha) ** 2):.5f}",
        }
        for way, matte in found.items()
    ]


def _timed(frame: Frame) -> Frame:
    frame.pts, frame.time_base = 0, Fraction(1, 12800)
    return frame


def main(folder: Path, *only: str) -> None:
    """Measure everything, or some parts, and write it into the page."""
    cv2.setNumThreads(1)
    on = machine("av", "numpy", "opencv-python-headless")
    parts = {
        "denoise": denoising,
        "upscale": upscaling,
        "scratches": scratching,
        "deflicker": flickering,
        "stabilise": shaking,
        "key": keying,
    }
    for name, measured in parts.items():
        if only and name not in only:
            continue
        rows = measured(folder)
        print(f"{name}\n{table(rows)}\n", flush=True)
        put(f"video {name}", f"{table(rows)}\n\n{on}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
