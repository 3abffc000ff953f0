"""Training of an encoder-decoder."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from limelight.text.sequence.examples import Batch, Example, Examples, Fixed, batches
from limelight.text.sequence.network import Network
from limelight.text.sequence.vocabulary import PAD, Vocabulary
from limelight.training import epochs


@dataclass(frozen=True)
class Plan(epochs.Plan):
    """How to train; ``subwords`` is the size of a batch, sources and targets together."""

    subwords: int
    smoothing: float


class Training(epochs.EpochTraining[Network, Batch]):
    """One training of one network, judged by its loss at the validation's texts."""

    warm_up_steps, last_rate, averaged_steps = 800, 0.02, 500
    measure, falls = "validation", True

    def __init__(
        self,
        network: Network,
        vocabulary: Vocabulary,
        examples: Examples,
        validation: list[Example],
        plan: Plan,
        device: str,
        checkpoint: Path | None,
    ) -> None:
        """Prepare to learn from ``examples``."""
        self.vocabulary, self.examples, self.plan = vocabulary, examples, plan
        network = network.to(device)
        random = np.random.default_rng(plan.seed)
        asked = Fixed(validation).pairs(random)
        self.held_out = batches(asked, vocabulary, plan.subwords, random) if asked else []
        optimizer = torch.optim.AdamW(
            network.parameters(), plan.learning_rate, betas=(0.9, 0.98), weight_decay=0.01
        )
        super().__init__(network, plan, optimizer, torch.device(device), checkpoint)

    def batches(self, random: np.random.Generator) -> list[Batch]:
        """Lay the epoch's pairs in batches."""
        pairs = self.examples.pairs(random)
        return batches(pairs, self.vocabulary, self.plan.subwords, random)

    def loss(self, batch: Batch) -> torch.Tensor:
        """Give the smoothed loss."""
        return self._loss(self.network, batch, self.plan.smoothing)

    def reached(self) -> float:
        """Give the loss of a subword of the validation, not smoothed."""
        total, n = 0.0, 0
        with torch.inference_mode():
            for batch in self.held_out:
                said = int((batch.wanted != PAD).sum())
                total, n = total + float(self._loss(self.average, batch, 0.0)) * said, n + said
        return total / n if n else math.nan

    def _loss(self, network: Network, batch: Batch, smoothing: float) -> torch.Tensor:
        source, said, wanted = (
            part.to(self.device) for part in (batch.source, batch.said, batch.wanted)
        )
        with torch.autocast(self.device.type, torch.bfloat16):
            memory = network.encode(source)
            return network.loss(memory, network.decode(memory, said, {}), wanted, smoothing)
