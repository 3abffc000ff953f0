"""Pictures made larger: how near they come to what they were, and what that costs.

    python benchmarks/picture_upscale.py

Photographs that come with scikit-image are shrunk by Pillow's bicubic filter, saved as they are or
as JPEG of quality 60, and enlarged. PSNR and SSIM are of luma. `limelight weights fetch span` and
`waifu2x` first.
"""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import psutil
from documents import machine, put, table
from numpy.typing import NDArray
from PIL import Image
from skimage import data
from skimage.metrics import structural_similarity

from limelight.image.operations import configure

Picture = NDArray[np.uint8]
LUMA = np.array([0.299, 0.587, 0.114])


def photographs() -> dict[str, Picture]:
    camera = np.repeat(data.camera()[..., None], 3, axis=2)
    whole = {
        "astronaut": data.astronaut()[:256, 128:384],
        "chelsea": data.chelsea()[:256, 100:356],
        "coffee": data.coffee()[100:356, 150:406],
        "camera": camera[60:316, 128:384],
        "rocket": data.rocket()[:256, 200:456],
    }
    return {name: np.ascontiguousarray(picture) for name, picture in whole.items()}


def shrunk(picture: Picture, factor: int, quality: int | None) -> Picture:
    height, width = picture.shape[:2]
    small = Image.fromarray(picture).resize((width // factor, height // factor), Image.BICUBIC)
    if quality is None:
        return np.array(small)
    kept = io.BytesIO()
    small.save(kept, "jpeg", quality=quality)
    return np.array(Image.open(kept))


def by_pillow(way: Any, factor: int) -> Callable[[Picture], Picture]:
    def enlarge(small: Picture) -> Picture:
        size = (small.shape[1] * factor, small.shape[0] * factor)
        return np.array(Image.fromarray(small).resize(size, way))

    return enlarge


def by_limelight(described: str) -> Callable[[Picture], Picture]:
    operation = configure(described)
    return lambda small: operation.surveyed(small)(small)


def nearness(one: Picture, other: Picture) -> tuple[float, float]:
    a, b = one @ LUMA, other @ LUMA
    psnr = float(10 * np.log10(255**2 / np.mean((a - b) ** 2)))
    return psnr, float(structural_similarity(a, b, data_range=255))


def quality() -> list[dict[str, Any]]:
    rows = []
    for factor in (2, 4):
        ways = {
            "bicubic": by_pillow(Image.BICUBIC, factor),
            "Lanczos": by_pillow(Image.LANCZOS, factor),
            "**upscale**": by_limelight(f"upscale:factor={factor}"),
            "upscale by=span": by_limelight(f"upscale:factor={factor},by=span"),
            "upscale by=waifu2x": by_limelight(f"upscale:factor={factor},by=waifu2x"),
        }
        for kept in (None, 60):
            for name, picture in photographs().items():
                small = shrunk(picture, factor, kept)
                row = {"from": f"x{factor}, {'JPEG 60' if kept else 'clean'}", "picture": name}
                for way, enlarge in ways.items():
                    psnr, ssim = nearness(enlarge(small), picture)
                    row[way] = f"{psnr:.2f} / {ssim:.3f}"
                print(row, flush=True)
                rows.append(row)
    return rows


COSTS = ("factor=2,by=span", "factor=4,by=span", "factor=2,by=waifu2x", "factor=2,by=lanczos")


def cost() -> list[dict[str, Any]]:
    """Run each way in a process of its own, whose peak of memory is its own too."""
    rows = []
    for settings in COSTS:
        command = [sys.executable, __file__, "cost", settings]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        seconds, megabytes = map(float, told.split())
        rows.append(
            {
                "upscale": settings,
                "processor seconds per megapixel made": f"{seconds:.1f}",
                "MB per megapixel made": f"{megabytes:.0f}",
            }
        )
    return rows


def one_cost(settings: str) -> None:
    """Print the processor seconds and the growth of memory for a megapixel made."""
    operation = configure(f"upscale:{settings}")
    side = 1024 // operation.factor
    small = np.ascontiguousarray(data.astronaut()[:side, :side])
    settled = operation.surveyed(small)
    settled(small[:16, :16].copy())  # weights are read before it is timed
    process = psutil.Process()
    before, peaks, ended = process.memory_info().rss, [0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.002):
            peaks.append(process.memory_info().rss - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.thread_time()
    large = settled(small)
    spent = time.thread_time() - began
    ended.set()
    watcher.join()
    grown = max(peaks)
    megapixels = large.shape[0] * large.shape[1] / 1e6
    print(spent / megapixels, grown / 1e6 / megapixels)


def main() -> None:
    """Measure, and write the page's section."""
    cv2.setNumThreads(1)
    if sys.argv[1:2] == ["cost"]:
        one_cost(sys.argv[2])
        return
    on = machine("ncnn", "numpy", "opencv-python-headless", "pillow", "scikit-image")
    put("picture upscale", f"{table(quality())}\n\n{table(cost())}\n\n{on}.")


if __name__ == "__main__":
    main()
