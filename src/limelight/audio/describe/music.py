"""What music sounds like: tags in words, and an embedding in which like sounds lie close."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limelight.audio.describe.musicnn import MusicNN
from limelight.audio.describe.spectrogram import COMPRESSION, N_MELS, Floats
from limelight.audio.describe.tags import LABELS, N_EMBEDDING, PATCH_FRAMES, SAME
from limelight.audio.describe.tensorflow_checkpoint import read_checkpoint
from limelight.errors import CorruptError
from limelight.weights import path

WEIGHTS = "musicnn"
FOLDER = "musicnn/MTT_musicnn"
QUIETEST = float(np.log10(1 + COMPRESSION * 1e-7))
"""Frames whose mean is lower are silence, of which a network trained on music knows nothing."""
LIKELY = 0.15
MOST_TAGS = 5


@dataclass(frozen=True)
class Music:
    """Probabilities of tags by name, the likeliest first, and the embedding float32 (200,).

    Both are means over stretches of three seconds. The embedding is musicnn's penultimate layer.
    """

    tags: Mapping[str, float]
    embedding: NDArray[np.float32]

    def words(self) -> list[str]:
        """Give the likeliest tags: at most five, each at least 15 % likely."""
        return [tag for tag, likely in self.tags.items() if likely >= LIKELY][:MOST_TAGS]


class Tagger:
    """musicnn with its published weights, loaded once and heard through by ``MusicListener``."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load the weights from ``folder`` (default: the home's weights).

        Raises UnavailableError where they were not fetched, saying how to, CorruptError where they
        are altered.
        """
        self._network = MusicNN(_variables(path(WEIGHTS, folder)))

    def __call__(self, patch: Floats) -> tuple[Floats, Floats]:
        """Give the probabilities (50,) and the embedding (200,) of a log-mel patch (187, 96)."""
        return self._network(patch)


class MusicListener:
    """Hears log-mel frames in patches of three seconds and keeps the sums of what they sound like.

    What is left at the end is only heard where the whole is shorter than a patch; it is then
    repeated, as in training.
    """

    def __init__(self, tagger: Tagger) -> None:
        """Begin a recording."""
        self._tagger = tagger
        self._held = np.zeros((0, N_MELS), np.float32)
        self._likely = np.zeros(len(LABELS))
        self._embedding = np.zeros(N_EMBEDDING)
        self._n_patches = self._n_heard = 0

    def hear(self, mels: Floats) -> None:
        """Hear more frames (n, 96)."""
        self._held = np.concatenate([self._held, mels])
        while len(self._held) >= PATCH_FRAMES:
            self._listen(self._held[:PATCH_FRAMES])
            self._held = self._held[PATCH_FRAMES:]

    def finish(self) -> Music | None:
        """Give what it sounds like; None where all was silence."""
        if not self._n_patches and len(self._held):
            times = -(-PATCH_FRAMES // len(self._held))
            self._listen(np.tile(self._held, (times, 1))[:PATCH_FRAMES])
        if not self._n_heard:
            return None
        likely = dict(zip(LABELS, (self._likely / self._n_heard).tolist(), strict=True))
        for kept, others in SAME.items():
            likely[kept] = max(likely[kept], *(likely.pop(other) for other in others))
        tags = dict(sorted(likely.items(), key=lambda one: -one[1]))
        return Music(tags, (self._embedding / self._n_heard).astype(np.float32))

    def _listen(self, patch: Floats) -> None:
        self._n_patches += 1
        if patch.mean() < QUIETEST:
            return
        likely, embedding = self._tagger(np.ascontiguousarray(patch))
        self._likely += likely
        self._embedding += embedding
        self._n_heard += 1


def _variables(wheel: Path) -> dict[str, NDArray[np.float32]]:
    """Read the checkpoint inside the wheel that musicnn's authors published."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return read_checkpoint(
                archive.read(f"{FOLDER}/.index"), archive.read(f"{FOLDER}/.data-00000-of-00001")
            )
    except (KeyError, zipfile.BadZipFile) as error:
        raise CorruptError(f"{wheel} does not hold musicnn's checkpoint ({error})") from error
