"""When somebody speaks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

import numpy as np

from limelight.audio.describe.spectrogram import RATE, Floats
from limelight.errors import MissingExtraError
from limelight.extras import require

MODEL = "silero_vad/data/silero_vad_16k_sequence.onnx"
FRAME, CONTEXT = 512, 64
STATE = (1, 1, 128)
AT_ONCE = 256 * FRAME
BEGINS, ENDS = 0.5, 0.35
"""Probabilities from which speech has begun, and below which it has ended."""
PAUSE = 0.1
SHORTEST = 0.25
"""Seconds: shorter pauses do not end speech, shorter speech is none."""


@dataclass(frozen=True)
class Speech:
    """The share of a recording in which somebody speaks, 0 to 1, and when.

    ``segments`` are (begin, end) in seconds, in order.
    """

    share: float
    segments: tuple[tuple[float, float], ...]


class SpeechListener:
    """Hears one channel at RATE through Silero VAD, a small recurrent network, 31 times a second.

    The rules that make segments of its probabilities are its authors' (get_speech_timestamps). The
    network's file is read, its package is not imported.
    """

    def __init__(self) -> None:
        """Begin a recording. Raises MissingExtraError where silero-vad or onnxruntime is absent."""
        self._session = _session()
        self._states = [np.zeros(STATE, np.float32), np.zeros(STATE, np.float32)]
        self._context = np.zeros(CONTEXT, np.float32)
        self._held = np.zeros(0, np.float32)
        self._n_samples = 0
        self._n_frames = 0
        self._begin: float | None = None
        self._pause: float | None = None
        self._segments: list[tuple[float, float]] = []

    def hear(self, samples: Floats) -> None:
        """Hear more samples (n,)."""
        self._n_samples += len(samples)
        self._held = np.concatenate([self._held, samples])
        while len(self._held) >= AT_ONCE:
            self._listen(self._held[:AT_ONCE])
            self._held = self._held[AT_ONCE:]

    def finish(self) -> Speech:
        """Give the segments."""
        missing = -len(self._held) % FRAME
        if len(self._held):
            self._listen(np.pad(self._held, (0, missing)))
        seconds = self._n_samples / RATE
        if self._begin is not None:
            self._end(seconds)
        spoken = sum(end - begin for begin, end in self._segments)
        return Speech(min(1.0, spoken / seconds) if seconds else 0.0, tuple(self._segments))

    def _listen(self, samples: Floats) -> None:
        frames = samples.reshape(-1, FRAME)
        contexts = np.concatenate([self._context[None], frames[:-1, -CONTEXT:]])
        self._context = frames[-1, -CONTEXT:].copy()
        hidden, cell = self._states
        heard = {"input": np.concatenate([contexts, frames], axis=1), "h": hidden, "c": cell}
        likely, *self._states = self._session.run(["speech_probs", "hn", "cn"], heard)
        for probability in likely.ravel().tolist():
            self._follow(probability, self._n_frames * FRAME / RATE)
            self._n_frames += 1

    def _follow(self, probability: float, now: float) -> None:
        """Begin, go on with or end a segment."""
        if probability >= BEGINS:
            self._pause = None
            if self._begin is None:
                self._begin = now
        elif self._begin is not None and probability < ENDS:
            if self._pause is None:
                self._pause = now
            if now - self._pause >= PAUSE:
                self._end(self._pause)

    def _end(self, now: float) -> None:
        if self._begin is not None and now - self._begin > SHORTEST:
            self._segments.append((self._begin, now))
        self._begin = self._pause = None


@cache
def _session() -> Any:
    """Load the network, once, for one core."""
    runtime = require("onnxruntime", "audio", "Hearing speech")
    try:
        path = distribution("silero-vad").locate_file(MODEL)
    except PackageNotFoundError as error:
        raise MissingExtraError("audio", "Hearing speech") from error
    options = runtime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
