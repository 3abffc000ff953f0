"""The network of Google's multilingual Universal Sentence Encoder, as products of arrays.

Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval" (ACL 2020, demos):
subwords' vectors, two convolutions each over pairs, threes and fives of them, their mean, and a
network with shortcuts over it. Its makers' weights (Apache-2.0) come quantised to six bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limelight.text.embed.embedder import Matrix, unit

TABLES = 17
"""The vectors of subwords lie in so many tables, subword i in table i % 17."""
WIDTH, NARROW = 512, 256
LEFT = {2: 0, 3: 1, 5: 2}
"""How far each convolution looks back; it looks ahead as far as is left of its width."""
GAP = 2
BEGIN, END = 1, 2


class SentenceEncoder:
    """A function of lists of subwords' numbers."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take the arrays by the names that their file has. Raises KeyError for one missing."""
        first = arrays["q1"]
        self._table = np.empty((TABLES * len(first), WIDTH), np.uint8)
        for table in range(TABLES):
            self._table[table::TABLES] = arrays[f"q{table + 1}"]
        self._arrays = {name: arrays[name] for name in arrays if not name.startswith("q")}
        self._floor = float(self._arrays["eps"])

    def __call__(self, sentences: Sequence[Sequence[int]]) -> Matrix:
        """Give float32 (n_sentences, 512), rows of length 1; the sentences are not empty."""
        marked = [[BEGIN, *sentence, END] for sentence in sentences]
        lengths = np.array([len(sentence) for sentence in marked])
        ids = np.concatenate([np.asarray(sentence, np.int64) for sentence in marked])
        # Rows of zeros between sentences keep convolutions from looking into the next.
        places = np.arange(len(ids)) + GAP * (1 + np.repeat(np.arange(len(marked)), lengths))
        subwords = self._subwords(ids)
        parts = [subwords]
        for order in LEFT:
            rows = np.zeros((len(ids) + GAP * (len(marked) + 1), NARROW), np.float32)
            rows[places] = self._normal(
                subwords @ self._of("proj", order) + self._of("proj_b", order),
                self._of("ln_g", order),
                self._of("ln_b", order),
            )
            for layer in ("1", "2"):
                seen = self._convolved(rows, layer, order)
                rows[places] += seen[places - GAP]
            parts.append(rows[places])
        found = self._normal(
            np.concatenate(parts, axis=1), self._arrays["ln_g"], self._arrays["ln_b"]
        )
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        sums = np.add.reduceat(found, starts, axis=0) @ self._arrays["cnn_W"]
        count = lengths[:, None].astype(np.float32)
        return unit(self._deep((sums + count * self._arrays["cnn_b"]) / np.sqrt(count)))

    def _of(self, name: str, order: int) -> NDArray[np.float32]:
        array: NDArray[np.float32] = self._arrays[f"{name}{order}"]
        return array

    def _subwords(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        table = ids % TABLES
        scale, lowest = self._arrays["scale"], self._arrays["lo"]
        found: NDArray[np.float32] = self._table[ids] * scale[table, None] + lowest[table, None]
        return found

    def _convolved(self, rows: NDArray[np.float32], layer: str, order: int) -> NDArray[np.float32]:
        """Give the convolution's outputs but for those of the first and last zeros."""
        weights = self._arrays[f"w{layer}_{order}"]
        n = len(rows) - 2 * GAP
        found = np.broadcast_to(self._arrays[f"b{layer}_{order}"], (n, NARROW)).copy()
        for step in range(order):
            begin = GAP + step - LEFT[order]
            found += rows[begin : begin + n] @ weights[step * NARROW : (step + 1) * NARROW]
        np.maximum(found, 0, out=found)
        return found

    def _deep(self, means: NDArray[np.float32]) -> NDArray[np.float32]:
        d0, d1, d2, d3, p1, p3 = (
            self._arrays[name] for name in ("d0", "d1", "d2", "d3", "p1", "p3")
        )
        first = np.maximum(means @ p1 + np.maximum(means @ d0, 0) @ d1, 0)
        found: NDArray[np.float32] = np.tanh(first @ p3 + np.maximum(first @ d2, 0) @ d3)
        return found

    def _normal(
        self, rows: NDArray[np.float32], gain: NDArray[np.float32], bias: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        centred: NDArray[np.float32] = rows - rows.mean(axis=1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + self._floor)
        scaled: NDArray[np.float32] = centred / spread * gain + bias
        return scaled
