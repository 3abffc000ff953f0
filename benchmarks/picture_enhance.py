"""What enhancement is worth: spoilt photographs, and how near they come to what they were.

    python benchmarks/picture_enhance.py [PART...]

Photographs that come with scikit-image are spoilt by a stated recipe and a fixed seed; peers are
told how strong the noise or the blur is, Limelight measures it. Wavelets need PyWavelets.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from documents import machine, put, table
from numpy.typing import NDArray
from PIL import Image
from skimage import data, restoration
from skimage.metrics import structural_similarity

from limelight.image.operations import configure
from limelight.image.picture import coded, light_of, picture_of

Picture = NDArray[np.uint8]
Way = Callable[[Picture], Any]


def photographs() -> dict[str, Picture]:
    whole = {
        "astronaut": data.astronaut()[:256, 128:384],
        "coffee": data.coffee()[100:356, 150:406],
        "chelsea": data.chelsea()[:256, 100:356],
    }
    return {name: np.ascontiguousarray(picture) for name, picture in whole.items()}


def limelight(described: str) -> Way:
    operation = configure(described)
    return lambda given: operation.surveyed(given)(given)


def measured(spoilt: dict[str, tuple[Picture, Picture]], ways: dict[str, Way]) -> dict[str, Any]:
    """Give the mean PSNR and SSIM over pictures, and seconds per megapixel, for each way."""
    row: dict[str, Any] = {}
    for way, work in ways.items():
        psnr, ssim, spent, pixels = [], [], 0.0, 0
        for given, wanted in spoilt.values():
            began = time.process_time()
            made = np.clip(work(given), 0, 255)
            spent += time.process_time() - began
            pixels += given.shape[0] * given.shape[1]
            psnr.append(10 * np.log10(255**2 / np.mean((made.astype(float) - wanted) ** 2)))
            ssim.append(
                structural_similarity(
                    made.astype(float).mean(axis=2), wanted.mean(axis=2), data_range=255
                )
            )
        row[way] = f"{np.mean(psnr):.2f} / {np.mean(ssim):.3f} / {spent / pixels * 1e6:.1f} s"
    return row


def as_it_is(given: Picture) -> Picture:
    return given


def denoising() -> list[dict[str, Any]]:
    limelight("denoise")(photographs()["coffee"][:64, :64].copy())  # compiled before it is timed
    rows = []
    for deviation in (5, 15, 25):
        rng = np.random.default_rng(0)
        spoilt = {
            name: (
                np.clip(np.rint(p + rng.normal(0, deviation, p.shape)), 0, 255).astype(np.uint8),
                p,
            )
            for name, p in photographs().items()
        }
        share = deviation / 255
        ways: dict[str, Way] = {
            "as it is": as_it_is,
            "**denoise**": limelight("denoise"),
            "OpenCV, non-local means": lambda g, d=deviation: cv2.fastNlMeansDenoisingColored(
                g, None, 0.8 * d, 0.8 * d, 7, 21
            ),
            "skimage, non-local means": lambda g, s=share: (
                255
                * restoration.denoise_nl_means(
                    g / 255.0, 7, 11, h=0.6 * s, sigma=s, fast_mode=True, channel_axis=2
                )
            ),
            "skimage, total variation": lambda g, s=share: (
                255 * restoration.denoise_tv_chambolle(g / 255.0, weight=1.3 * s, channel_axis=2)
            ),
            "skimage, wavelets (BayesShrink)": lambda g, s=share: (
                255
                * restoration.denoise_wavelet(
                    g / 255.0, sigma=s, convert2ycbcr=True, channel_axis=2, rescale_sigma=True
                )
            ),
        }
        rows.append({"noise": deviation, **measured(spoilt, ways)})
    return rows


def deblocking() -> list[dict[str, Any]]:
    rows = []
    for quality in (20, 40, 60):
        spoilt = {}
        for name, picture in photographs().items():
            kept = io.BytesIO()
            Image.fromarray(picture).save(kept, "jpeg", quality=quality)
            spoilt[name] = (np.array(Image.open(kept)), picture)
        ways: dict[str, Way] = {
            "as it is": as_it_is,
            "**deblock**": limelight("deblock"),
            "OpenCV, bilateral": lambda g: cv2.bilateralFilter(g, 5, 20, 2),
            "OpenCV, non-local means": lambda g: cv2.fastNlMeansDenoisingColored(
                g, None, 4, 6, 7, 21
            ),
        }
        rows.append({"JPEG": quality, **measured(spoilt, ways)})
    return rows


def deblurring() -> list[dict[str, Any]]:
    rows = []
    for radius in (1.0, 1.5, 2.5):
        for noise in (0, 2):
            rng = np.random.default_rng(0)
            spoilt = {}
            for name, picture in photographs().items():
                soft = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), radius)
                soft += rng.normal(0, noise, picture.shape).astype(np.float32)
                spoilt[name] = (np.clip(np.rint(soft), 0, 255).astype(np.uint8), picture)
            reach = int(np.ceil(4 * radius))
            line = cv2.getGaussianKernel(2 * reach + 1, radius)
            spread = line @ line.T

            def unsharp(given: Picture, radius: float = radius) -> Any:
                return 2 * given.astype(float) - cv2.GaussianBlur(given, (0, 0), radius)

            def richardson(given: Picture, spread: Any = spread, reach: int = reach) -> Any:
                edge = 2 * reach  # it takes what is beyond for black
                padded = np.pad(given, ((edge, edge), (edge, edge), (0, 0)), "reflect") / 255.0
                parts = [restoration.richardson_lucy(padded[..., c], spread, 15) for c in range(3)]
                return 255 * np.dstack(parts)[edge:-edge, edge:-edge]

            ways: dict[str, Way] = {
                "as it is": as_it_is,
                "**deblur**": limelight("deblur"),
                "unsharp mask, radius told": unsharp,
                "skimage, Richardson-Lucy, 15 times, blur told": richardson,
            }
            rows.append({"blur": f"{radius:g}, noise {noise}", **measured(spoilt, ways)})
    return rows


def darkness() -> list[dict[str, Any]]:
    def gamma(given: Picture) -> Any:
        """Choose the exponent that makes the mean 0.45, as is often done."""
        mean = max(given.mean() / 255, 1e-3)
        return 255 * (given / 255.0) ** (np.log(0.45) / np.log(mean))

    def equalised(given: Picture) -> Any:
        ycc = cv2.cvtColor(given, cv2.COLOR_RGB2YCrCb)
        ycc[..., 0] = cv2.equalizeHist(ycc[..., 0])
        return cv2.cvtColor(ycc, cv2.COLOR_YCrCb2RGB)

    rows = []
    for share in (0.2, 0.1, 0.05):
        rng = np.random.default_rng(0)
        spoilt = {}
        for name, picture in photographs().items():
            dark = picture_of(coded(light_of(picture) * share), picture.dtype)
            shaken = np.rint(dark + rng.normal(0, 1.5, dark.shape))
            spoilt[name] = (np.clip(shaken, 0, 255).astype(np.uint8), picture)
        ways: dict[str, Way] = {
            "as it is": as_it_is,
            "**lowlight**": limelight("lowlight"),
            "gamma to a mean of 0.45": gamma,
            "OpenCV, equalizeHist of luma": equalised,
        }
        rows.append({"of the light": share, **measured(spoilt, ways)})
    return rows


def balancing() -> list[dict[str, Any]]:
    from limelight.image.light import cast_of

    casts = {"warm": (1.0, 0.72, 0.45), "cold": (0.55, 0.78, 1.0), "green": (0.8, 1.0, 0.72)}

    def grey_world(picture: Picture) -> Any:
        return light_of(picture).reshape(-1, 3).mean(axis=0)

    def brightest(picture: Picture) -> Any:
        return np.quantile(light_of(picture).reshape(-1, 3), 0.99, axis=0)

    ways = {
        "nobody (white)": lambda picture: np.ones(3),
        "**whitebalance**": cast_of,
        "grey world": grey_world,
        "brightest 1 %": brightest,
    }
    rows = []
    for cast, light in casts.items():
        row: dict[str, Any] = {"light": cast}
        for way, guess in ways.items():
            errors = []
            for picture in photographs().values():
                seen = picture_of(coded(light_of(picture) * np.float32(light)), picture.dtype)
                found, true = np.array(guess(seen), float), np.array(light)
                cosine = found @ true / np.linalg.norm(found) / np.linalg.norm(true)
                errors.append(np.degrees(np.arccos(min(cosine, 1))))
            row[way] = f"{np.mean(errors):.1f}°"
        rows.append(row)
    return rows


def main(*only: str) -> None:
    """Measure everything, or some parts, and write it into the page."""
    cv2.setNumThreads(1)
    on = machine("numba", "numpy", "opencv-python-headless", "scikit-image")
    parts = {
        "denoise": denoising,
        "deblock": deblocking,
        "deblur": deblurring,
        "lowlight": darkness,
        "whitebalance": balancing,
    }
    for name, measure in parts.items():
        if not only or name in only:
            rows = measure()
            print(f"{name}\n{table(rows)}\n", flush=True)
            put(f"picture {name}", f"{table(rows)}\n\n{on}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
