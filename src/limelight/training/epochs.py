"""Training over epochs: schedule, averaged weights, early stopping, checkpoints."""

from __future__ import annotations

import copy
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer

from limelight.progress import Progress
from limelight.training import checkpoint as checkpoints
from limelight.training.average import follow
from limelight.training.repeatable import repeatable
from limelight.training.schedule import warm_then_cosine

CHECKPOINT_SECONDS = 60.0

Network = TypeVar("Network", bound=nn.Module)
Batch = TypeVar("Batch")


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train.

    Training ends after ``epochs``, or when what is held out was not answered better in ``patience``
    epochs.
    """

    epochs: int
    patience: int
    learning_rate: float
    seed: int


@dataclass
class _State:
    """What a checkpoint holds besides arrays."""

    epoch: int = 0
    batch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    seconds: float = 0.0
    best: float | None = None
    best_epoch: int = 0
    curve: list[list[float]] = field(default_factory=list)


class EpochTraining(ABC, Generic[Network, Batch]):
    """One training of one network by AdamW (Loshchilov & Hutter 2019). ``run`` to its end, or until
    it is stopped; asked for again with its checkpoint, it goes on and ends bit for bit the same.

    The weights that are kept are an average over the last steps, of the epoch whose average
    answered best what is held out.
    """

    warm_up_steps: ClassVar[int]
    last_rate: ClassVar[float]
    """Share of the learning rate that is left at the end."""
    averaged_steps: ClassVar[int]
    measure: ClassVar[str]
    """What ``reached`` is called where progress is told."""
    falls: ClassVar[bool] = False
    """Whether less of the measure is better."""

    def __init__(
        self,
        network: Network,
        plan: Plan,
        optimizer: Optimizer,
        device: torch.device,
        checkpoint: Path | None,
    ) -> None:
        """Take up the checkpoint if there is one; a file that can't be used is as good as none."""
        self.network, self.optimizer = network, optimizer
        self.average = copy.deepcopy(network).requires_grad_(False).eval()
        self.best = copy.deepcopy(self.average)
        self.device, self.checkpoint = device, checkpoint
        self._plan = plan
        self._parts = {"network": network, "average": self.average, "best": self.best}
        self._state = _State()
        if checkpoint is not None:
            taken = checkpoints.take_up(checkpoint, _State, self._parts, [optimizer], device)
            self._state = taken or self._state

    @abstractmethod
    def batches(self, random: np.random.Generator) -> Sequence[Batch]:
        """Give the batches of an epoch; ``random`` is the same whenever that epoch is asked for."""

    @abstractmethod
    def loss(self, batch: Batch) -> Tensor:
        """Give the network's loss at a batch."""

    @abstractmethod
    def reached(self) -> float:
        """Say how well the average answers what is held out; NaN where nothing is."""

    def run(self, progress: Progress, name: str) -> tuple[Network, NDArray[np.float32]]:
        """Train to the end. Returns the network with the best averaged weights and the curve,
        float32 (epochs, 3): the loss in training, what was reached, and seconds of each epoch."""
        with repeatable(self.device), torch.random.fork_rng():
            self._run(progress, name)
        state = self._state
        kept = self.average if state.best is None else self.best
        return kept, np.array(state.curve, np.float32).reshape(-1, 3)

    def _run(self, progress: Progress, name: str) -> None:
        state, plan = self._state, self._plan
        saved = began = time.monotonic()
        while state.epoch < plan.epochs and not self._has_stopped():
            batches = self.batches(np.random.default_rng((plan.seed, state.epoch)))
            for number in range(state.batch, len(batches)):
                progress(state.epoch + number / len(batches), plan.epochs, self._told(name))
                state.loss_sum += self._step(batches[number], plan.epochs * len(batches))
                state.batch, state.step = number + 1, state.step + 1
                now = time.monotonic()
                state.seconds, began = state.seconds + now - began, now
                if now - saved > CHECKPOINT_SECONDS:
                    self._save()
                    saved = now
            self._end_epoch(state.loss_sum / max(1, len(batches)))
            began = time.monotonic()
        progress(plan.epochs, plan.epochs, self._told(name))
        if self.checkpoint is not None:
            self.checkpoint.unlink(missing_ok=True)

    def _step(self, batch: Batch, n_steps: int) -> float:
        # What is dropped depends on the step alone, so that a resumed training drops the same.
        torch.manual_seed(self._plan.seed * 1_000_003 + self._state.step)
        share = warm_then_cosine(self._state.step, n_steps, self.warm_up_steps, self.last_rate)
        for group in self.optimizer.param_groups:
            group["lr"] = self._plan.learning_rate * share
        self.network.train()
        loss = self.loss(batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        follow(self.average, self.network, self._state.step, self.averaged_steps)
        return float(loss.detach())

    def _end_epoch(self, loss: float) -> None:
        state = self._state
        reached = self.reached()
        state.curve.append([loss, reached, state.seconds])
        state.epoch, state.batch = state.epoch + 1, 0
        state.loss_sum = state.seconds = 0.0
        if not math.isnan(reached) and self._is_better(reached):
            state.best, state.best_epoch = reached, state.epoch
            self.best.load_state_dict(self.average.state_dict())

    def _is_better(self, reached: float) -> bool:
        best = self._state.best
        return best is None or (reached < best if self.falls else reached > best)

    def _has_stopped(self) -> bool:
        state = self._state
        return state.best is not None and state.epoch - state.best_epoch >= self._plan.patience

    def _told(self, name: str) -> str:
        if not self._state.curve:
            return f"training {name}"
        loss, reached, _ = self._state.curve[-1]
        found = "" if math.isnan(reached) else f", {self.measure} {reached:.4f}"
        return f"training {name}, loss {loss:.3f}{found}"

    def _save(self) -> None:
        if self.checkpoint is not None:
            checkpoints.save(self.checkpoint, vars(self._state), self._parts, [self.optimizer])
