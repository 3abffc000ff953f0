"""How near an estimate comes to its reference."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import Any

import numpy as np

from limelight.audio.operation import Sound
from limelight.extras import require

PESQ_RATE = 16_000


class UnmeasuredError(Exception):
    """A measure that says nothing here; its text says why."""


def si_sdr(reference: Sound, estimate: Sound) -> float:
    """Scale-invariant signal-to-distortion ratio in dB (Le Roux et al. 2019, "SDR: half-baked or
    well done?"), all channels together; infinite where nothing is distorted."""
    target, found = (np.asarray(one, np.float64).ravel() for one in (reference, estimate))
    target = target - target.mean()
    found = found - found.mean()
    power = target @ target
    if not power:
        raise UnmeasuredError("the reference is silent")
    if not found.any():
        raise UnmeasuredError("the estimate is silent")
    part = (found @ target / power) * target
    rest = found - part
    with np.errstate(divide="ignore"):
        return float(10 * np.log10((part @ part) / (rest @ rest)))


def pesq(reference: Sound, estimate: Sound, rate: int) -> float:
    """Perceptual evaluation of speech quality, wide band, 1 to 4.64 (ITU-T P.862.2).

    Takes mono (n,). Needs the package pesq, which is compiled where it is installed.
    """
    if find_spec("pesq") is None:
        raise UnmeasuredError("pip install pesq, which needs a C compiler")
    package = require("pesq", "audio", "measuring PESQ")
    both = (resampled(one, rate, PESQ_RATE) for one in (reference, estimate))
    try:
        return float(package.pesq(PESQ_RATE, *both, "wb"))
    except package.PesqError as error:
        said = error.args[0] if error.args else error
        reason = said.decode() if isinstance(said, bytes) else str(said)
        raise UnmeasuredError(reason or type(error).__name__) from error


def stoi(reference: Sound, estimate: Sound, rate: int, extended: bool = False) -> float:
    """Short-time objective intelligibility, 0 to 1, of mono (n,) (Taal et al. 2011).

    ``extended`` is ESTOI (Jensen and Taal 2016), which also hears modulated noise.
    """
    measure: Any = require("pystoi", "audio", "measuring STOI").stoi
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = float(measure(reference, estimate, rate, extended=extended))
    if any("Not enough STFT frames" in str(warning.message) for warning in said):
        raise UnmeasuredError("there is less than 0.4 s of speech")
    return found


def resampled(samples: Sound, source: int, target: int) -> Sound:
    """Give mono (n,) at another rate."""
    if source == target:
        return np.asarray(samples, np.float32)
    resample = require("soxr", "audio", "converting the sampling rate").resample
    converted: Sound = resample(samples, source, target).astype(np.float32)
    return converted
