"""Training of a tagging network: schedule, average, early stopping, checkpoints."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as fn
from numpy.typing import NDArray

from limelight.progress import Progress
from limelight.text.tag.batches import grouped, laid
from limelight.text.tag.examples import Truth
from limelight.text.tag.network import TagNetwork
from limelight.text.tag.reading import Read
from limelight.text.tag.thresholds import shared
from limelight.training import checkpoint as checkpoints
from limelight.training.repeatable import repeatable
from limelight.training.schedule import warm_then_cosine

WARM_UP_STEPS = 100
LAST_RATE = 0.05  # of the learning rate, at the end
AVERAGED_STEPS = 200  # the weights that are kept are an average over about so many steps
WEIGHT_DECAY = 0.01
CHECKPOINT_SECONDS = 30.0
PARTS = ("network", "average", "best")


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train, ``batch`` texts at a time.

    Training ends after ``epochs``, or when the validation's F1 did not rise in ``patience``.
    """

    epochs: int
    patience: int
    batch: int
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
    best: float = -1.0
    best_epoch: int = 0
    curve: list[list[float]] = field(default_factory=list)


class Training:
    """One training of one network. ``run`` to its end, or until it is stopped."""

    def __init__(
        self,
        network: TagNetwork,
        learned: tuple[Sequence[Read], Truth],
        validation: tuple[Sequence[Read], Truth],
        plan: Plan,
        checkpoint: Path | None,
    ) -> None:
        """Take up the checkpoint if there is one; a file that can't be used is as good as none."""
        self.texts, truth = learned
        self.truth = torch.from_numpy(truth.astype(np.float32))
        self.validation, self.plan, self.checkpoint = validation, plan, checkpoint
        self.network = network
        self.average = copy.deepcopy(network).requires_grad_(False).eval()
        self.best = copy.deepcopy(self.average)
        self.optimizer = torch.optim.AdamW(
            network.parameters(), plan.learning_rate, weight_decay=WEIGHT_DECAY
        )
        self.state = _State()
        self._resume()

    def run(self, progress: Progress, name: str) -> tuple[TagNetwork, NDArray[np.float32]]:
        """Train to the end. Returns the network with the best averaged weights and the curve,
        float32 (epochs, 3): the loss in training, the validation's micro F1 at its best one
        threshold, and seconds of each epoch."""
        with repeatable(torch.device("cpu")), torch.random.fork_rng():
            self._run(progress, name)
        return self.best, np.array(self.state.curve, np.float32).reshape(-1, 3)

    def _run(self, progress: Progress, name: str) -> None:
        state, plan = self.state, self.plan
        saved = began = time.monotonic()
        while state.epoch < plan.epochs and state.epoch - state.best_epoch < plan.patience:
            # An epoch's order depends on its number alone, so that nothing is to be kept of it.
            random = np.random.default_rng([plan.seed, state.epoch])
            groups = grouped([len(text.ids) for text in self.texts], plan.batch, random)
            for number in range(state.batch, len(groups)):
                progress(state.epoch + number / len(groups), plan.epochs, self._told(name))
                state.loss_sum += self._step(groups[number], plan.epochs * len(groups))
                state.batch, state.step = number + 1, state.step + 1
                now = time.monotonic()
                state.seconds, began = state.seconds + now - began, now
                if now - saved > CHECKPOINT_SECONDS:
                    self._save()
                    saved = now
            self._end_epoch(state.loss_sum / len(groups))
        progress(plan.epochs, plan.epochs, self._told(name))
        if self.checkpoint is not None:
            self.checkpoint.unlink(missing_ok=True)

    def _step(self, rows: list[int], n_steps: int) -> float:
        # What is dropped depends on the step alone, so that a resumed training drops the same.
        torch.manual_seed(self.plan.seed * 1_000_003 + self.state.step)
        share = warm_then_cosine(self.state.step, n_steps, WARM_UP_STEPS, LAST_RATE)
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.learning_rate * share
        self.network.train()
        logits = self.network(laid([self.texts[row] for row in rows]))
        loss = fn.binary_cross_entropy_with_logits(logits, self.truth[rows])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        share = 1 / min(AVERAGED_STEPS, 2 + self.state.step / 10)
        with torch.no_grad():
            pairs = zip(self.average.parameters(), self.network.parameters(), strict=True)
            for kept, new in pairs:
                kept.lerp_(new, share)
        return float(loss.detach())

    def _end_epoch(self, loss: float) -> None:
        state = self.state
        texts, truth = self.validation
        _, reached = shared(self.average.scores(texts), truth)
        state.curve.append([loss, reached, state.seconds])
        state.epoch, state.batch = state.epoch + 1, 0
        state.loss_sum = state.seconds = 0.0
        if reached > state.best:
            state.best, state.best_epoch = reached, state.epoch
            self.best.load_state_dict(self.average.state_dict())

    def _told(self, name: str) -> str:
        if not self.state.curve:
            return f"training {name}"
        loss, reached, _ = self.state.curve[-1]
        return f"training {name}, loss {loss:.3f}, validation F1 {reached:.3f}"

    def _save(self) -> None:
        if self.checkpoint is not None:
            parts = {part: getattr(self, part).state_dict() for part in PARTS}
            parts["optimizer"] = checkpoints.moments(self.optimizer)
            checkpoints.save(self.checkpoint, vars(self.state), parts)

    def _resume(self) -> None:
        found = self.checkpoint and checkpoints.load(self.checkpoint)
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
        for part in PARTS:
            getattr(self, part).load_state_dict(found.within(part))
        checkpoints.restore(self.optimizer, found.within("optimizer"))
