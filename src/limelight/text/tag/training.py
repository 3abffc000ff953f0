"""Training of a tagging network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as fn

from limelight.text.tag.batches import grouped, laid
from limelight.text.tag.examples import Truth
from limelight.text.tag.network import TagNetwork
from limelight.text.tag.reading import Read
from limelight.text.tag.thresholds import shared
from limelight.training import epochs

WEIGHT_DECAY = 0.01


@dataclass(frozen=True)
class Plan(epochs.Plan):
    """How to train, ``batch`` texts at a time."""

    batch: int


class Training(epochs.EpochTraining[TagNetwork, list[int]]):
    """One training of one network, judged by micro F1 at the validation's one best threshold."""

    warm_up_steps, last_rate, averaged_steps = 100, 0.05, 200
    measure = "validation F1"

    def __init__(
        self,
        network: TagNetwork,
        learned: tuple[Sequence[Read], Truth],
        validation: tuple[Sequence[Read], Truth],
        plan: Plan,
        checkpoint: Path | None,
    ) -> None:
        """Prepare to learn from texts and their labels."""
        self.texts, truth = learned
        self.truth = torch.from_numpy(truth.astype(np.float32))
        self.validation, self.plan = validation, plan
        optimizer = torch.optim.AdamW(
            network.parameters(), plan.learning_rate, weight_decay=WEIGHT_DECAY
        )
        super().__init__(network, plan, optimizer, torch.device("cpu"), checkpoint)

    def batches(self, random: np.random.Generator) -> list[list[int]]:
        """Group texts of like lengths."""
        return grouped([len(text.ids) for text in self.texts], self.plan.batch, random)

    def loss(self, batch: list[int]) -> torch.Tensor:
        """Give the cross-entropy of every label by itself."""
        logits = self.network(laid([self.texts[row] for row in batch]))
        return fn.binary_cross_entropy_with_logits(logits, self.truth[batch])

    def reached(self) -> float:
        """Give the validation's F1."""
        texts, truth = self.validation
        return shared(self.average.scores(texts), truth)[1]
