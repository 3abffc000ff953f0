"""How speech would please people, where there is nothing to compare it with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from typing import Any

import numpy as np

from limelight.audio.compare.measures import UnmeasuredError, resampled
from limelight.audio.operation import Sound
from limelight.errors import MissingExtraError
from limelight.extras import require

RATE = 16_000
WINDOW_SECONDS = 9.01
WINDOW = int(WINDOW_SECONDS * RATE)
MOST_WINDOWS = 60
PACKAGE, MODEL = "speechmos", "speechmos/dnsmos_models/sig_bak_ovr.onnx"
SPEECH = np.poly1d([-0.08397278, 1.22083953, 0.0052439])
BACKGROUND = np.poly1d([-0.13166888, 1.60915514, -0.39604546])
OVERALL = np.poly1d([-0.06766283, 1.11546468, 0.04602535])


@dataclass(frozen=True)
class Opinion:
    """Mean opinion scores, 1 to 5, as P.835's listeners would give them."""

    overall: float
    speech: float
    background: float


def dnsmos(samples: Sound, rate: int) -> Opinion:
    """Predict the opinion of listeners by DNSMOS P.835 (Reddy et al. 2022).

    Takes mono (n,). The network, (c) Microsoft, MIT, comes with the package speechmos, of which no
    code runs. It hears windows of 9 s, a second apart, or sixty of them evenly spread where there
    are more; what is shorter is repeated, as its makers do.
    """
    heard = np.clip(resampled(samples, rate, RATE), -1, 1)
    if not heard.any():
        raise UnmeasuredError("there is only silence")
    while heard.size < WINDOW:
        heard = np.concatenate([heard, heard])
    last = int(heard.size // RATE - WINDOW_SECONDS)
    starts = np.unique(np.linspace(0, last, min(last + 1, MOST_WINDOWS)).astype(int)) * RATE
    network = _network()
    raw = [network.run(None, {"input_1": heard[None, s : s + WINDOW]})[0][0] for s in starts]
    speech, background, overall = np.transpose(raw)
    return Opinion(
        overall=float(OVERALL(overall).mean()),
        speech=float(SPEECH(speech).mean()),
        background=float(BACKGROUND(background).mean()),
    )


@cache
def _network() -> Any:
    runtime = require("onnxruntime", "audio", "predicting opinions with DNSMOS")
    try:
        (path,) = (file.locate() for file in files(PACKAGE) or () if str(file) == MODEL)
    except (PackageNotFoundError, ValueError) as error:
        raise MissingExtraError("audio", "predicting opinions with DNSMOS") from error
    return runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
