"""Training of a sequence network: schedule, average, early stopping, checkpoints."""

from __future__ import annotations

import copy
import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from limelight.progress import Progress
from limelight.recommend.interactions import Histories
from limelight.recommend.neural.layers import Dropout, keep_all
from limelight.recommend.neural.loss import softmax_loss
from limelight.recommend.neural.networks import SequenceNetwork
from limelight.recommend.neural.pieces import Pieces, batches, cut, last, padded, round_up
from limelight.recommend.topk import top_k
from limelight.training import checkpoint as checkpoints
from limelight.training.repeatable import repeatable
from limelight.training.schedule import warm_then_cosine

WARM_UP_STEPS = 200  # or a tenth of all
LAST_RATE = 0.02  # of the learning rate, at the end
AVERAGED_STEPS = 300  # the weights that are kept are an average over about so many steps
HELD_OUT_USERS = 2000
CHECKPOINT_SECONDS = 60.0
PARTS = ("network", "average", "best")


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train.

    ``events`` is the size of a batch, padding included; ``length`` that of a history read at once;
    training ends after ``epochs``, or when the held-out titles were not found better in
    ``patience`` epochs (0 holds none out).
    """

    epochs: int
    patience: int
    length: int
    events: int
    dropout: float
    learning_rate: float
    weight_decay: float
    seed: int


@dataclass
class _State:
    """What a checkpoint holds besides arrays."""

    epoch: int = 0
    batch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    best: float = -1.0
    best_epoch: int = 0
    epoch_random: dict[str, Any] = field(default_factory=dict)
    drop_random: dict[str, Any] = field(default_factory=dict)
    curve: list[list[float]] = field(default_factory=list)


class Training:
    """One training of one network. ``run`` to its end, or until it is stopped."""

    def __init__(
        self,
        network: SequenceNetwork,
        histories: Histories,
        plan: Plan,
        device: str,
        checkpoint: Path | None,
    ) -> None:
        """Take up the checkpoint if there is one; a file that can't be used is as good as none."""
        self.plan, self.checkpoint = plan, checkpoint
        self.device = torch.device(device)
        self.low = torch.bfloat16
        self.network = network.to(self.device)
        self.average = copy.deepcopy(network).requires_grad_(False)
        self.best = copy.deepcopy(network).requires_grad_(False)
        self.train, self.asked, self.answers = _hold_out(histories, plan)
        self.random = np.random.default_rng(plan.seed)
        self.drop = Dropout(plan.dropout, np.random.default_rng(plan.seed + 1))
        matrices = [p for p in network.parameters() if p.ndim > 1]
        others = [p for p in network.parameters() if p.ndim <= 1]
        groups = [
            {"params": matrices, "weight_decay": plan.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, 0.98))
        self.state = _State()
        self._resume()

    def run(self, progress: Progress, name: str) -> tuple[SequenceNetwork, NDArray[np.float32]]:
        """Train to the end. Returns the network with the best averaged weights and the curve,
        float32 (epochs, 3): mean training loss, held-out NDCG@10 and seconds of each epoch."""
        with repeatable(self.device):
            self._run(progress, name)
        kept = self.best if self.plan.patience and len(self.asked) else self.average
        return kept, np.array(self.state.curve, np.float32).reshape(-1, 3)

    def _run(self, progress: Progress, name: str) -> None:
        state, plan = self.state, self.plan
        saved = time.monotonic()
        while state.epoch < plan.epochs and not self._has_stopped():
            began = time.monotonic()
            if state.batch == 0:
                state.epoch_random = dict(self.random.bit_generator.state)
            self.random.bit_generator.state = state.epoch_random
            pieces = cut(self.train, plan.length, self.random)
            groups = batches(pieces[1] - 1, plan.events, self.random)
            for number in range(state.batch, len(groups)):
                progress(state.epoch + number / len(groups), plan.epochs, self._told(name))
                rate = self._rate(plan.epochs * len(groups))
                chosen = (pieces[0][groups[number]], pieces[1][groups[number]])
                state.loss_sum += self._step(chosen, rate)
                state.batch, state.step = number + 1, state.step + 1
                if time.monotonic() - saved > CHECKPOINT_SECONDS:
                    self._save()
                    saved = time.monotonic()
            self._end_epoch(state.loss_sum / max(1, len(groups)), time.monotonic() - began)
        progress(plan.epochs, plan.epochs, self._told(name))
        if self.checkpoint is not None:
            self.checkpoint.unlink(missing_ok=True)

    def _step(self, pieces: Pieces, rate: float) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        width = int(round_up(pieces[1] - 1).max()) + 1
        items, times = _laid(self.train, pieces, width, self.network)
        targets = items[:, 1:]
        wanted = targets >= 0
        met = None if times is None else times[:, :-1]
        queries = self.network(items[:, :-1], self.drop, self.low, met)[wanted]
        network = self.network
        loss = softmax_loss(queries, network.vectors, network.bias, targets[wanted], self.low)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        self.optimizer.step()
        share = 1 / min(AVERAGED_STEPS, 2 + self.state.step / 10)
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), network.parameters(), strict=True):
                kept.lerp_(new, share)
        return loss.item()

    def _rate(self, n_steps: int) -> float:
        share = warm_then_cosine(self.state.step, n_steps, WARM_UP_STEPS, LAST_RATE)
        return self.plan.learning_rate * share

    def _end_epoch(self, loss: float, seconds: float) -> None:
        state = self.state
        reached = self._quality() if len(self.asked) else math.nan
        state.curve.append([loss, reached, seconds])
        state.epoch, state.batch, state.loss_sum = state.epoch + 1, 0, 0.0
        if reached > state.best:
            state.best, state.best_epoch = reached, state.epoch
            self.best.load_state_dict(self.average.state_dict())

    def _has_stopped(self) -> bool:
        state = self.state
        return bool(self.plan.patience and len(self.asked)) and (
            state.epoch - state.best_epoch >= self.plan.patience
        )

    def _quality(self) -> float:
        """NDCG@10 of the held-out titles among those not yet met."""
        vectors, bias = self.average.vectors.cpu().numpy(), self.average.bias.cpu().numpy()
        gains = 0.0
        for begin in range(0, len(self.asked), 500):
            some = self.asked[begin : begin + 500]
            queries = represent(self.average, some, self.plan.length, self.low)
            found, _ = top_k(queries @ vectors.T + bias, 10, some)
            hits = found == self.answers[begin : begin + 500, None]
            gains += float((hits / np.log2(np.arange(2, hits.shape[1] + 2))).sum())
        return gains / len(self.asked)

    def _told(self, name: str) -> str:
        state = self.state
        if not state.curve:
            return f"training {name}"
        loss, reached, _ = state.curve[-1]
        found = "" if math.isnan(reached) else f", NDCG@10 {reached:.4f}"
        return f"training {name}, loss {loss:.3f}{found}"

    def _save(self) -> None:
        if self.checkpoint is None:
            return
        state = self.state
        state.drop_random = dict(self.drop.random.bit_generator.state)
        parts = {part: getattr(self, part).state_dict() for part in PARTS}
        parts["optimizer"] = checkpoints.moments(self.optimizer)
        checkpoints.save(self.checkpoint, vars(state), parts)

    def _resume(self) -> None:
        found = self.checkpoint and checkpoints.load(self.checkpoint, str(self.device))
        if not found:
            return
        try:
            state = _State(**found.state)
        except TypeError:
            return
        wanted = {name: tensor.shape for name, tensor in self.network.state_dict().items()}
        for part in PARTS:
            if {name: tensor.shape for name, tensor in found.within(part).items()} != wanted:
                return  # of a network that this version builds otherwise
        self.state = state
        self.drop.random.bit_generator.state = state.drop_random
        for part in PARTS:
            getattr(self, part).load_state_dict(found.within(part))
        checkpoints.restore(self.optimizer, found.within("optimizer"))


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
