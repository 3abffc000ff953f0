"""Batches of pictures, moved, mirrored and partly hidden on the way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from limelight.image.classify.labelled import Labelled
from limelight.image.classify.plans import Plan


class Batches:
    """The batches of every epoch. All that is random in an epoch follows from its number alone, so
    that a resumed training meets the same ones."""

    def __init__(self, labelled: Labelled, plan: Plan, device: torch.device) -> None:
        """Keep all pictures on ``device``, with a border to move in that mirrors their edges."""
        self.plan, self.size = plan, labelled.size
        pixels = torch.from_numpy(labelled.pictures).permute(0, 3, 1, 2)
        if plan.shift:
            border = (plan.shift,) * 4
            pixels = torch.cat(
                [functional.pad(p.float(), border, "reflect").byte() for p in pixels.split(1000)]
            )
        self.pixels = pixels.permute(0, 2, 3, 1).contiguous().to(device)
        self.labels = torch.from_numpy(labelled.labels).to(device)
        self.mirrored_first = np.random.default_rng(plan.seed).random(len(labelled)) < 0.5
        self.batch = min(plan.batch, len(labelled))

    def __len__(self) -> int:
        """Count the batches of an epoch; what is left over waits for the next one's order."""
        return len(self.labels) // self.batch

    def epoch(self, number: int, begin: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """Give pictures (batch, 3, size, size) from 0 to 1, channels last, and labels (batch,)."""
        plan, n = self.plan, len(self.labels)
        random = np.random.default_rng((plan.seed, number))
        order = random.permutation(n)
        corners = random.integers(0, 2 * plan.shift + 1, (n, 2))
        hidden = random.integers(0, self.size, (n, 2))
        mirrored = (self.mirrored_first ^ bool(number % 2)) & plan.flip
        steps = np.arange(self.size)
        for place in range(begin, len(self)):
            rows = order[place * self.batch : (place + 1) * self.batch]
            across = np.where(mirrored[rows, None], steps[::-1], steps)
            down, across = corners[rows, :1] + steps, corners[rows, 1:] + across
            pictures = self._at(rows[:, None, None], down[:, :, None], across[:, None, :])
            if plan.cut:
                pictures = pictures * self._visible(hidden[rows])
            yield pictures, self.labels[torch.from_numpy(rows).to(self.labels.device)]

    def _at(self, *places: np.ndarray) -> Tensor:
        device = self.pixels.device
        chosen = self.pixels[tuple(torch.from_numpy(place).to(device) for place in places)]
        return chosen.permute(0, 3, 1, 2).float() / 255

    def _visible(self, middles: np.ndarray) -> Tensor:
        """Give 0 in a square around each of ``middles``, else 1, (n, 1, size, size)."""
        away = np.abs(np.arange(self.size) - middles[:, :, None]) * 2 > self.plan.cut
        visible = torch.from_numpy(away[:, 0, :, None] | away[:, 1, None, :])
        return visible[:, None].to(self.pixels.device, torch.float32)
