"""A network that gives every label a score: words' vectors, an encoder, a layer of labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from limelight.progress import Progress, silent
from limelight.text.tag.batches import Batch, laid
from limelight.text.tag.encoders import ENCODERS
from limelight.text.tag.reading import PAD, UNKNOWN, Read, WordList

WORD_DROPOUT = 0.2
"""Share of words that are taken for unknown while it learns (Iyyer et al. 2015)."""
TOGETHER = 64


class TagNetwork(nn.Module):
    """Reads texts by one of `ENCODERS`."""

    def __init__(
        self, encoder: str, n_words: int, n_labels: int, words: int, width: int, dropout: float
    ) -> None:
        """``words`` numbers stand for a word, ``width`` for a text."""
        super().__init__()
        self.embedding = nn.Embedding(n_words, words, padding_idx=PAD)
        nn.init.normal_(self.embedding.weight, std=0.1)
        with torch.no_grad():
            self.embedding.weight[[PAD, UNKNOWN]] = 0
        self.drop = nn.Dropout(dropout)
        self.encoder = ENCODERS[encoder](words, width, dropout)
        self.labels = nn.Linear(self.encoder.width, n_labels)

    def begin(self, words: WordList, known: dict[str, NDArray[np.float32]], rates: Tensor) -> None:
        """Set out from known vectors of words, and from how frequent labels are, (n_labels,)."""
        with torch.no_grad():
            for word, vector in known.items():
                self.embedding.weight[words.ids[word]] = torch.from_numpy(vector)
            self.labels.bias.copy_(torch.logit(rates))

    def forward(self, batch: Batch) -> Tensor:
        """Give logits (n, n_labels)."""
        ids = batch.ids
        if self.training:
            lost = (torch.rand(ids.shape) < WORD_DROPOUT) & batch.there
            ids = ids.masked_fill(lost, UNKNOWN)
        logits: Tensor = self.labels(self.encoder(self.drop(self.embedding(ids)), batch))
        return logits

    def scores(self, texts: Sequence[Read], progress: Progress = silent) -> NDArray[np.float32]:
        """Give probabilities, float32 (n, n_labels)."""
        self.eval()
        found = np.zeros((len(texts), self.labels.out_features), np.float32)
        order = sorted(range(len(texts)), key=lambda row: len(texts[row].ids))
        with torch.inference_mode():
            for start in range(0, len(order), TOGETHER):
                progress(start, len(order), "tagging")
                rows = order[start : start + TOGETHER]
                batch = laid([texts[row] for row in rows])
                found[rows] = self(batch).sigmoid().numpy()
        return found
