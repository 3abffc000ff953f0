"""Ways of taking noise out of speech, ours and others', as functions of (1, n) and a rate."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, files, version

import av
import numpy as np
import soxr

from limelight.audio.denoise import Denoise
from limelight.audio.gate import Gate
from limelight.audio.operation import Sound

Denoiser = Callable[[Sound, int], Sound]
RNNOISE_RATE, RNNOISE_FRAME = 48_000, 480


def denoisers() -> dict[str, Denoiser]:
    """All that are installed, by name."""
    found: dict[str, Denoiser] = {
        "unprocessed": lambda samples, rate: samples,
        "Limelight denoise": Denoise(),
        "Limelight gate": Gate(),
        "FFmpeg afftdn": afftdn,
    }
    for name, function, package in (
        ("RNNoise", rnnoise, "pyrnnoise"),
        ("noisereduce", noisereduce, "noisereduce"),
    ):
        try:
            version(package)
        except PackageNotFoundError:
            print(f"{package} is not installed, so {name} is left out")
        else:
            found[name] = function
    return found


def noisereduce(samples: Sound, rate: int) -> Sound:
    """Spectral gating as the package does it where nothing is told."""
    import noisereduce

    return np.asarray(noisereduce.reduce_noise(y=samples[0], sr=rate), np.float32)[None]


def rnnoise(samples: Sound, rate: int) -> Sound:
    """RNNoise's library, from the package that ships it; no code of the package runs."""
    (path,) = (one.locate() for one in files("pyrnnoise") or () if one.name == "librnnoise.so")
    library = ctypes.CDLL(str(path))
    library.rnnoise_create.restype = ctypes.c_void_p
    library.rnnoise_create.argtypes = [ctypes.c_void_p]
    pointer = ctypes.POINTER(ctypes.c_float)
    library.rnnoise_process_frame.argtypes = [ctypes.c_void_p, pointer, pointer]
    library.rnnoise_process_frame.restype = ctypes.c_float
    library.rnnoise_destroy.argtypes = [ctypes.c_void_p]
    heard = soxr.resample(samples[0], rate, RNNOISE_RATE).astype(np.float32) * 32768
    frames = np.pad(heard, (0, -heard.size % RNNOISE_FRAME)).reshape(-1, RNNOISE_FRAME).copy()
    state = library.rnnoise_create(None)
    for frame in frames:
        place = frame.ctypes.data_as(pointer)
        library.rnnoise_process_frame(state, place, place)
    library.rnnoise_destroy(state)
    return (soxr.resample(frames.ravel(), RNNOISE_RATE, rate) / 32768).astype(np.float32)[None]


def afftdn(samples: Sound, rate: int) -> Sound:
    """FFmpeg's denoiser, following the noise as it changes."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=rate, format="fltp", layout="mono")
    middle, sink = graph.add("afftdn", "track_noise=1"), graph.add("abuffersink")
    source.link_to(middle)
    middle.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", "mono")
    frame.sample_rate = rate
    source.push(frame)
    source.push(None)
    pieces = []
    while True:
        try:
            pieces.append(sink.pull().to_ndarray())
        except (av.EOFError, av.BlockingIOError):
            return np.concatenate(pieces, axis=-1).astype(np.float32)
