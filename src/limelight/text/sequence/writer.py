"""A trained encoder-decoder that writes: trained, used, saved and loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from limelight.errors import BadInputError, CorruptError, NotFoundError
from limelight.media.whole import filling
from limelight.progress import Progress, silent
from limelight.text.sequence.beam import Found, Search, search
from limelight.text.sequence.examples import Example, Examples, padded
from limelight.text.sequence.network import Network
from limelight.text.sequence.recurrent import RecurrentNetwork
from limelight.text.sequence.training import Plan, Training
from limelight.text.sequence.transformer import TransformerNetwork
from limelight.text.sequence.vocabulary import Vocabulary

Architecture = Literal["recurrent", "transformer"]
NETWORKS: dict[Architecture, Callable[[int, int, int, float], Network]] = {
    "recurrent": RecurrentNetwork,
    "transformer": TransformerNetwork,
}
TOGETHER = 32
"""Sources that are written of together."""
LONGEST = 400
"""Subwords of a source; attention over more takes memory by the square."""


@dataclass(frozen=True)
class Settings:
    """How large a network is, and how it is trained.

    ``width`` numbers stand for a subword, in so many ``layers``; the vocabulary has ``vocabulary``
    subwords. Training ends after ``epochs``, or when the validation's loss did not fall in
    ``patience``; ``batch`` are subwords, ``smoothing`` is that of labels.
    """

    architecture: Architecture = "transformer"
    width: int = 256
    layers: int = 3
    dropout: float = 0.2
    vocabulary: int = 6000
    epochs: int = 40
    patience: int = 5
    learning_rate: float = 1e-3
    batch: int = 6000
    smoothing: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what makes no network."""
        if self.architecture not in get_args(Architecture):
            raise BadInputError(
                f"an architecture is recurrent or transformer, not {self.architecture!r}"
            )
        if self.width < 2 or self.width % 2 or (self.width > 64 and self.width % 64):
            raise BadInputError(f"width is even, and above 64 a multiple of 64, not {self.width}")
        if min(self.layers, self.epochs, self.batch) < 1 or not 0 <= self.dropout < 1:
            raise BadInputError(
                "layers, epochs and batch are 1 or more, and dropout is from 0 to below 1"
            )


USUAL, BEAMS = Settings(), Search()


@dataclass(frozen=True)
class Written:
    """One text, its score, and what it looked at.

    ``attention`` is float32 (subwords and the end, source subwords); both are spelt out.
    """

    text: str
    score: float
    subwords: tuple[str, ...]
    source: tuple[str, ...]
    attention: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Writer:
    """A network with its vocabulary. ``curve`` is float32 (epochs, 3), as `Training.run` has it."""

    settings: Settings
    vocabulary: Vocabulary
    network: Network
    curve: NDArray[np.float32]

    @classmethod
    def train(
        cls,
        examples: Examples,
        validation: Sequence[Example],
        settings: Settings = USUAL,
        progress: Progress = silent,
        device: str = "cpu",
        checkpoints: Path | None = None,
    ) -> Writer:
        """Learn from ``examples``; the weights that say ``validation`` best are kept.

        With a folder for ``checkpoints``, a training that was broken off goes on when it is asked
        for again alike, and ends as one unbroken. Raises BadInputError where there is no example.
        """
        texts = list(examples.texts())
        if not texts or not examples.pairs(np.random.default_rng(settings.seed)):
            raise BadInputError("there is nothing to learn from: no source with a text")
        vocabulary = Vocabulary.learn(texts, settings.vocabulary, examples.marks)
        torch.manual_seed(settings.seed)
        network = _network(settings, len(vocabulary))
        plan = Plan(
            settings.epochs,
            settings.patience,
            settings.learning_rate,
            settings.seed,
            settings.batch,
            settings.smoothing,
        )
        place = checkpoints and checkpoints / f"writer-{_fingerprint(texts, settings)}.safetensors"
        training = Training(
            network, vocabulary, examples, list(validation), plan, device, place or None
        )
        best, curve = training.run(progress, settings.architecture)
        return cls(settings, vocabulary, best.eval(), curve)

    def write(
        self, sources: Sequence[str], how: Search = BEAMS, progress: Progress = silent
    ) -> list[list[Written]]:
        """Write of each source the texts that seem best, the best first.

        Raises BadInputError for a source that is empty or too long.
        """
        encoded = self.vocabulary.encode(sources)
        for source, ids in zip(sources, encoded, strict=True):
            if not ids:
                raise BadInputError("there is nothing to write of: a source is empty")
            if len(ids) > LONGEST:
                raise BadInputError(
                    f"a source has {len(ids):,} subwords, and {LONGEST} are read at most; "
                    f"write of fewer facts at a time: {source[:60]}…"
                )
        order = sorted(range(len(encoded)), key=lambda row: len(encoded[row]))
        device = self.network.bias.device
        found: list[list[Written]] = [[] for _ in encoded]
        for start in range(0, len(order), TOGETHER):
            progress(start, len(order), "writing")
            rows = order[start : start + TOGETHER]
            best = search(self.network, padded([encoded[row] for row in rows]).to(device), how)
            for row, texts in zip(rows, best, strict=True):
                found[row] = [self._written(one, encoded[row]) for one in texts]
        progress(len(order), len(order), "writing")
        return found

    def _written(self, found: Found, source: Sequence[int]) -> Written:
        spell = self.vocabulary.spell
        return Written(
            self.vocabulary.decode(found.ids),
            found.score,
            (*map(spell, found.ids), "<end>"),
            tuple(map(spell, source)),
            found.attention.cpu().numpy(),
        )

    def save(self, folder: Path) -> None:
        """Write the network, its vocabulary and its curve; the folder appears whole."""
        told = {"settings": asdict(self.settings), "curve": self.curve.tolist()}
        with filling(folder) as draft:
            save_file(self.network.state_dict(), draft / "network.safetensors")
            (draft / "vocabulary.json").write_text(self.vocabulary.stored(), encoding="utf-8")
            (draft / "writer.json").write_text(json.dumps(told), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Writer:
        """Read what `save` wrote. Raises NotFoundError or CorruptError."""
        if not (folder / "writer.json").is_file():
            raise NotFoundError(f"{folder} holds no trained writer; train one first")
        try:
            told: dict[str, Any] = json.loads((folder / "writer.json").read_text("utf-8"))
            settings = Settings(**told["settings"])
            vocabulary = Vocabulary.read((folder / "vocabulary.json").read_text("utf-8"))
            network = _network(settings, len(vocabulary))
            network.load_state_dict(load_file(folder / "network.safetensors"))
            curve = np.array(told["curve"], np.float32).reshape(-1, 3)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise CorruptError(f"{folder} is damaged: {error}; train the writer again") from error
        return cls(settings, vocabulary, network.eval(), curve)


def _network(settings: Settings, n_subwords: int) -> Network:
    make = NETWORKS[settings.architecture]
    return make(n_subwords, settings.width, settings.layers, settings.dropout)


def _fingerprint(texts: Sequence[str], settings: Settings) -> str:
    digest = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode())
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16]
