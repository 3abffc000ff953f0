"""Embedders by name, and as they were saved."""

from __future__ import annotations

import json
from pathlib import Path

from safetensors import SafetensorError
from safetensors.numpy import load_file

from limelight.configure import configured
from limelight.errors import BadInputError, CorruptError, NotFoundError
from limelight.text.embed.counting import BagOfWords, TfIdf
from limelight.text.embed.embedder import ARRAYS, SETTINGS, Embedder
from limelight.text.embed.glove import Glove
from limelight.text.embed.sentence_vectors import SentenceVectors
from limelight.text.embed.word_vectors import Glove6B

EMBEDDERS: dict[str, type[Embedder]] = {
    kind.name: kind for kind in (SentenceVectors, Glove, Glove6B, TfIdf, BagOfWords)
}


def choose(described: str) -> Embedder:
    """Make an embedder of ``"tfidf"``, ``"glove:dimensions=50"``… or load a folder that has one.

    Raises NotFoundError for an unknown name, BadInputError for a setting that it does not have.
    """
    if (Path(described) / SETTINGS).is_file():
        return load(Path(described))
    return configured(EMBEDDERS, "embedder", described)


def load(folder: Path) -> Embedder:
    """Read what `Embedder.save` wrote. Raises NotFoundError or CorruptError."""
    if not (folder / SETTINGS).is_file():
        raise NotFoundError(f"{folder} holds no embedder; save one there first")
    try:
        stored = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        embedder = EMBEDDERS[stored["embedder"]](**stored["settings"])
        embedder.restore(stored["learned"], load_file(folder / ARRAYS))
    except (
        *(OSError, ValueError, KeyError, TypeError, AttributeError),
        *(SafetensorError, BadInputError),
    ) as error:
        raise CorruptError(f"{folder} is damaged: {error}; make the embedder again") from error
    return embedder
