"""Training of an encoder-decoder: schedule, average, early stopping, checkpoints."""

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

from limelight.progress import Progress
from limelight.text.sequence.examples import Batch, Example, Examples, Fixed, batches
from limelight.text.sequence.network import Network
from limelight.text.sequence.vocabulary import PAD, Vocabulary
from limelight.training import checkpoint as checkpoints
from limelight.training.repeatable import repeatable
from limelight.training.schedule import warm_then_cosine

WARM_UP_STEPS = 800
LAST_RATE = 0.02  # of the learning rate, at the end
AVERAGED_STEPS = 500  # the weights that are kept are an average over about so many steps
CHECKPOINT_SECONDS = 60.0
PARTS = ("network", "average", "best")


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train.

    ``subwords`` is the size of a batch, sources and targets together; training ends after
    ``epochs``, or when the validation's loss did not fall in ``patience`` epochs.
    """

    epochs: int
    patience: int
    subwords: int
    learning_rate: float
    smoothing: float
    seed: int


@dataclass
class _State:
    """What a checkpoint holds besides arrays."""

    epoch: int = 0
    batch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    seconds: float = 0.0
    best: float = math.inf
    best_epoch: int = 0
    epoch_random: dict[str, Any] = field(default_factory=dict)
    curve: list[list[float]] = field(default_factory=list)


class Training:
    """One training of one network. ``run`` to its end, or until it is stopped."""

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
        """Take up the checkpoint if there is one; a file that can't be used is as good as none."""
        self.vocabulary, self.examples, self.plan = vocabulary, examples, plan
        self.checkpoint, self.device = checkpoint, torch.device(device)
        self.network = network.to(self.device)
        self.average = copy.deepcopy(network).requires_grad_(False).eval()
        self.best = copy.deepcopy(self.average)
        self.random = np.random.default_rng(plan.seed)
        asked = Fixed(validation).pairs(self.random)
        fixed = np.random.default_rng(plan.seed)
        self.held_out = batches(asked, vocabulary, plan.subwords, fixed) if asked else []
        self.optimizer = torch.optim.AdamW(
            network.parameters(), plan.learning_rate, betas=(0.9, 0.98), weight_decay=0.01
        )
        self.state = _State()
        self._resume()

    def run(self, progress: Progress, name: str) -> tuple[Network, NDArray[np.float32]]:
        """Train to the end. Returns the network with the best averaged weights and the curve,
        float32 (epochs, 3): the loss in training, the validation's, and seconds of each epoch."""
        with repeatable(self.device), torch.random.fork_rng():
            self._run(progress, name)
        kept = self.best if self.held_out else self.average
        return kept, np.array(self.state.curve, np.float32).reshape(-1, 3)

    def _run(self, progress: Progress, name: str) -> None:
        state, plan = self.state, self.plan
        saved = began = time.monotonic()
        while state.epoch < plan.epochs and not self._has_stopped():
            if state.batch == 0:
                state.epoch_random = dict(self.random.bit_generator.state)
            self.random.bit_generator.state = state.epoch_random
            pairs = self.examples.pairs(self.random)
            groups = batches(pairs, self.vocabulary, plan.subwords, self.random)
            for number in range(state.batch, len(groups)):
                progress(state.epoch + number / len(groups), plan.epochs, self._told(name))
                state.loss_sum += self._step(groups[number], plan.epochs * len(groups))
                state.batch, state.step = number + 1, state.step + 1
                now = time.monotonic()
                state.seconds, began = state.seconds + now - began, now
                if now - saved > CHECKPOINT_SECONDS:
                    self._save()
                    saved = now
            self._end_epoch(state.loss_sum / max(1, len(groups)))
        progress(plan.epochs, plan.epochs, self._told(name))
        if self.checkpoint is not None:
            self.checkpoint.unlink(missing_ok=True)

    def _step(self, batch: Batch, n_steps: int) -> float:
        # What is dropped depends on the step alone, so that a resumed training drops the same.
        torch.manual_seed(self.plan.seed * 1_000_003 + self.state.step)
        share = warm_then_cosine(self.state.step, n_steps, WARM_UP_STEPS, LAST_RATE)
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.learning_rate * share
        self.network.train()
        loss = self._loss(self.network, batch, self.plan.smoothing)
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

    def _loss(self, network: Network, batch: Batch, smoothing: float) -> torch.Tensor:
        source, said, wanted = (
            part.to(self.device) for part in (batch.source, batch.said, batch.wanted)
        )
        with torch.autocast(self.device.type, torch.bfloat16):
            memory = network.encode(source)
            return network.loss(memory, network.decode(memory, said, {}), wanted, smoothing)

    def _end_epoch(self, loss: float) -> None:
        state = self.state
        reached = self._held_out_loss() if self.held_out else math.nan
        state.curve.append([loss, reached, state.seconds])
        state.epoch, state.batch = state.epoch + 1, 0
        state.loss_sum = state.seconds = 0.0
        if reached < state.best:
            state.best, state.best_epoch = reached, state.epoch
            self.best.load_state_dict(self.average.state_dict())

    def _has_stopped(self) -> bool:
        state = self.state
        return bool(self.held_out) and state.epoch - state.best_epoch >= self.plan.patience

    def _held_out_loss(self) -> float:
        total, n = 0.0, 0
        with torch.inference_mode():
            for batch in self.held_out:
                said = int((batch.wanted != PAD).sum())
                total, n = total + float(self._loss(self.average, batch, 0.0)) * said, n + said
        return total / n

    def _told(self, name: str) -> str:
        state = self.state
        if not state.curve:
            return f"training {name}"
        loss, reached, _ = state.curve[-1]
        found = "" if math.isnan(reached) else f", validation {reached:.3f}"
        return f"training {name}, loss {loss:.3f}{found}"

    def _save(self) -> None:
        if self.checkpoint is not None:
            parts = {part: getattr(self, part).state_dict() for part in PARTS}
            parts["optimizer"] = checkpoints.moments(self.optimizer)
            checkpoints.save(self.checkpoint, vars(self.state), parts)

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
        for part in PARTS:
            getattr(self, part).load_state_dict(found.within(part))
        checkpoints.restore(self.optimizer, found.within("optimizer"))
