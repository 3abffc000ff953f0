"""What a tagger learns from: texts, and the labels that people gave them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class Examples:
    """Texts with the labels of each; ``noun`` is what the labels were called ("genres")."""

    texts: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    noun: str = "tags"

    def __len__(self) -> int:
        """Count the texts."""
        return len(self.texts)

    def counts(self) -> dict[str, int]:
        """Count the texts of every label, the most frequent first."""
        said = Counter(label for labels in self.labels for label in set(labels))
        return dict(sorted(said.items(), key=lambda one: (-one[1], one[0])))

    def truth(self, labels: Sequence[str]) -> Truth:
        """Say which texts have which of ``labels``, bool (n, n_labels)."""
        column = {label: place for place, label in enumerate(labels)}
        found = np.zeros((len(self), len(labels)), np.bool_)
        for row, given in enumerate(self.labels):
            for label in given:
                if label in column:
                    found[row, column[label]] = True
        return found

    def parted(self, share: float, seed: int) -> tuple[Examples, Examples]:
        """Hold a share out, by chance: at least one text, and never all."""
        order = np.random.default_rng(seed).permutation(len(self)).tolist()
        n = min(max(round(share * len(order)), 1), len(order) - 1) if len(order) > 1 else 0
        return self.some(sorted(order[n:])), self.some(sorted(order[:n]))

    def some(self, rows: Sequence[int]) -> Examples:
        """Give some of them, in that order."""
        chosen = [(self.texts[row], self.labels[row]) for row in rows]
        texts, labels = tuple(text for text, _ in chosen), tuple(given for _, given in chosen)
        return Examples(texts, labels, self.noun)
