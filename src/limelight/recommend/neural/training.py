"""Training of a sequence network."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from limelight.recommend.interactions import Histories
from limelight.recommend.neural.layers import keep_all
from limelight.recommend.neural.loss import softmax_loss
from limelight.recommend.neural.networks import SequenceNetwork
from limelight.recommend.neural.pieces import Pieces, batches, cut, last, padded, round_up
from limelight.recommend.topk import top_k
from limelight.training import epochs
from limelight.training.dropout import Dropout

HELD_OUT_USERS = 2000
LOW = torch.bfloat16


@dataclass(frozen=True)
class Plan(epochs.Plan):
    """How to train; with a ``patience`` of 0 no titles are held out.

    ``events`` is the size of a batch, padding included; ``length`` that of a history read at once.
    """

    length: int
    events: int
    dropout: float
    weight_decay: float


class Training(epochs.EpochTraining[SequenceNetwork, Pieces]):
    """One training of one network, judged by NDCG@10 of some users' newest titles, held out."""

    warm_up_steps, last_rate, averaged_steps = 200, 0.02, 300
    measure = "NDCG@10"

    def __init__(
        self,
        network: SequenceNetwork,
        histories: Histories,
        plan: Plan,
        device: str,
        checkpoint: Path | None,
    ) -> None:
        """Prepare to learn from ``histories``."""
        self.plan = plan
        self.histories, self.asked, self.answers = _hold_out(histories, plan)
        self.drop = Dropout(plan.dropout)
        network = network.to(device)
        matrices = [p for p in network.parameters() if p.ndim > 1]
        others = [p for p in network.parameters() if p.ndim <= 1]
        groups = [
            {"params": matrices, "weight_decay": plan.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ]
        optimizer = torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, 0.98))
        super().__init__(network, plan, optimizer, torch.device(device), checkpoint)

    def batches(self, random: np.random.Generator) -> list[Pieces]:
        """Cut the histories into pieces, and lay those of like lengths together."""
        starts, lengths = cut(self.histories, self.plan.length, random)
        groups = batches(lengths - 1, self.plan.events, random)
        return [(starts[group], lengths[group]) for group in groups]

    def loss(self, batch: Pieces) -> Tensor:
        """Give the cross-entropy of each next title among all."""
        width = int(round_up(batch[1] - 1).max()) + 1
        items, times = _laid(self.histories, batch, width, self.network)
        targets = items[:, 1:]
        wanted = targets >= 0
        met = None if times is None else times[:, :-1]
        queries = self.network(items[:, :-1], self.drop, LOW, met)[wanted]
        return softmax_loss(queries, self.network.vectors, self.network.bias, targets[wanted], LOW)

    def reached(self) -> float:
        """NDCG@10 of the held-out titles among those not yet met."""
        if not len(self.asked):
            return math.nan
        vectors, bias = self.average.vectors.cpu().numpy(), self.average.bias.cpu().numpy()
        gains = 0.0
        for begin in range(0, len(self.asked), 500):
            some = self.asked[begin : begin + 500]
            queries = represent(self.average, some, self.plan.length, LOW)
            found, _ = top_k(queries @ vectors.T + bias, 10, some)
            hits = found == self.answers[begin : begin + 500, None]
            gains += float((hits / np.log2(np.arange(2, hits.shape[1] + 2))).sum())
        return gains / len(self.asked)


def represent(
    network: SequenceNetwork, histories: Histories, length: int, low: torch.dtype = torch.float32
) -> NDArray[np.float32]:
    """Give the vector after the newest event of each history, float32 (n_histories, width).

    Only the newest ``length`` events are read, in products of type ``low``; an empty history gets
    zeros.
    """
    device = network.vectors.device
    found = np.zeros((len(histories), network.vectors.shape[1]), np.float32)
    starts, lengths = last(histories, length)
    with torch.inference_mode():
        for rows in batches(lengths, 16_384):
            if not lengths[rows].any():
                continue
            width = int(round_up(lengths[rows]).max())
            items, times = _laid(histories, (starts[rows], lengths[rows]), width, network)
            read = network(items, keep_all, low, times)
            ends = torch.from_numpy(np.maximum(lengths[rows] - 1, 0)).to(device)
            newest = read[torch.arange(len(rows), device=device), ends].cpu().numpy()
            found[rows] = newest * (lengths[rows] > 0)[:, None]
    return found


def _hold_out(histories: Histories, plan: Plan) -> tuple[Histories, Histories, NDArray[np.int32]]:
    """Keep the newest title of some users from training, and give their histories before it."""
    random = np.random.default_rng(plan.seed)
    rows = np.flatnonzero(histories.lengths > 2)
    n_held = min(HELD_OUT_USERS, len(rows) // 2) if plan.patience else 0
    if not n_held:
        return histories, histories[:0], histories.items[:0]
    rows = np.sort(random.choice(rows, n_held, replace=False))
    newest = histories.offsets[rows + 1] - 1
    keep = np.ones(len(histories.items), bool)
    keep[newest] = False
    train = histories.where(keep)
    return train, train[rows], histories.items[newest]


def _laid(
    histories: Histories, pieces: Pieces, width: int, network: SequenceNetwork
) -> tuple[Tensor, Tensor | None]:
    """Lay pieces of the titles, and of the times if the network minds them, side by side."""
    device = network.vectors.device
    items = torch.from_numpy(padded(histories.items, pieces, width, -1)).to(device)
    if not network.time_gaps or histories.times is None:
        return items, None
    return items, torch.from_numpy(padded(histories.times, pieces, width, 0)).to(device)
