"""Training of a classifier: batches, schedule, curve, checkpoints."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.optim import SGD, Adam, Optimizer

from limelight.errors import BadInputError
from limelight.image.classify.batches import Batches
from limelight.image.classify.calibration import best_temperature
from limelight.image.classify.classifier import (
    COLUMNS,
    Classifier,
    Network,
    channels_last,
    network_of,
    predicted,
)
from limelight.image.classify.labelled import Labelled
from limelight.image.classify.muon import Muon
from limelight.image.classify.plans import Plan
from limelight.image.classify.residual import ResidualNetwork
from limelight.progress import Progress, silent
from limelight.training import checkpoint
from limelight.training.repeatable import repeatable

CHECKPOINT_SECONDS = 30.0
WHITENED = 5000  # pictures that the first layer is set by
JUDGED = 5000  # pictures that the sureness is set by
DECAY = 2e-6  # of weights, for each picture of a batch


@dataclass
class _State:
    """What a checkpoint holds besides arrays; the curve has `Classifier.curve`'s columns."""

    told: str
    epoch: int = 0
    batch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    seconds: float = 0.0
    processor: float = 0.0
    curve: list[list[float]] = field(default_factory=list)


class Training:
    """One training of one network. ``run`` to its end, or until the progress listener raises."""

    def __init__(
        self,
        labelled: Labelled,
        plan: Plan,
        *,
        watched: Labelled | None = None,
        base: Classifier | None = None,
        device: str = "cpu",
        checkpoints: Path | None = None,
    ) -> None:
        """Prepare to learn from ``labelled``, and take up what ``checkpoints`` has of the same.

        ``watched`` pictures are judged after every epoch and never learned from; ``base`` is a
        classifier to begin with, whose last layer is replaced.
        """
        self.labelled, self.plan = labelled, plan
        self.watched = watched if watched is not None and len(watched) else None
        self.device = device_of(device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(plan.seed)
            network = network_of(plan, len(labelled.classes), labelled.size)
        if base is not None:
            _begin_with(network, base)
        elif isinstance(network, ResidualNetwork):
            random = np.random.default_rng(plan.seed)
            some = labelled.of(random.permutation(len(labelled))[:WHITENED])
            network.whiten(torch.from_numpy(some.pictures).permute(0, 3, 1, 2).float() / 255)
        self.network = channels_last(network).to(self.device)
        self._parts = {"network": self.network}
        self.batches = Batches(labelled, plan, self.device)
        self.optimizers = _optimizers(self.network, plan, self.batches.batch)
        self.rates = [[group["lr"] for group in one.param_groups] for one in self.optimizers]
        self.n_steps = max(1, math.ceil(plan.epochs * len(self.batches)))
        begun_with = base and base.fingerprint
        told = repr((COLUMNS, labelled.fingerprint, plan, begun_with, str(self.device)))
        self.state = _State(told)
        self.loss_sum = torch.zeros((), device=self.device)  # there: reading it would halt a GPU
        self.checkpoint = checkpoints and checkpoints / f"classifier-{_short(told)}.safetensors"
        self._resume()

    def run(self, progress: Progress = silent) -> Classifier:
        """Train to the end, and give what was learned."""
        with repeatable(self.device):
            self._run(progress)
        if self.checkpoint is not None:
            self.checkpoint.unlink(missing_ok=True)
        found = Classifier(
            self.network.cpu().eval(),
            self.labelled.classes,
            self.labelled.size,
            self.plan,
            curve=np.array(self.state.curve, np.float32).reshape(-1, len(COLUMNS)),
            data=self.labelled.fingerprint,
        )
        some = self.labelled.of(_some(self.labelled))  # watched pictures decide nothing
        found.temperature = best_temperature(found.logits(some.pictures), some.labels)
        return found

    def _run(self, progress: Progress) -> None:
        state, saved = self.state, time.monotonic()
        low = self.plan.architecture == "residual"
        scale = self.batches.batch if low else 1  # its rates are of a batch's sum, any size of it
        while state.step < self.n_steps:
            began = time.perf_counter(), time.process_time()
            for pictures, labels in self.batches.epoch(state.epoch, state.batch):
                progress(state.step / len(self.batches), self.plan.epochs, self._told())
                self._set_rates()
                with torch.autocast(self.device.type, torch.bfloat16, enabled=low):
                    logits = self.network(pictures)
                loss = self._loss(logits.float(), labels)
                self.network.zero_grad(set_to_none=True)
                (loss * scale).backward()
                for optimizer in self.optimizers:
                    optimizer.step()
                self.loss_sum += loss.detach()
                state.batch, state.step = state.batch + 1, state.step + 1
                state.seconds += time.perf_counter() - began[0]
                state.processor += time.process_time() - began[1]
                if state.step >= self.n_steps:
                    break
                if time.monotonic() - saved > CHECKPOINT_SECONDS:
                    self._save()
                    saved = time.monotonic()
                began = time.perf_counter(), time.process_time()
            self._end_epoch()
        progress(self.plan.epochs, self.plan.epochs, self._told())

    def _loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        return functional.cross_entropy(logits, labels, label_smoothing=self.plan.smoothing)

    def _end_epoch(self) -> None:
        state, loss = self.state, self.loss_sum.item() / max(1, self.state.batch)
        accuracy = math.nan
        if self.watched is not None:
            found = predicted(self.network, self.watched.pictures, mirrored=False, low=True)
            accuracy = float((found.argmax(1) == self.watched.labels).mean())
        at = state.step / len(self.batches)
        state.curve.append([at, loss, accuracy, state.seconds, state.processor])
        state.epoch, state.batch = state.epoch + 1, 0
        self.loss_sum.zero_()

    def _set_rates(self) -> None:
        """Rise linearly, then fall linearly to 0, but for the plain network."""
        if self.plan.architecture == "plain":
            return
        done, warm = self.state.step / self.n_steps, self.plan.warm
        share = (1 - done) / (1 - warm)
        if done < warm:
            share = (self.state.step + 1) / (warm * self.n_steps + 1)
        for optimizer, rates in zip(self.optimizers, self.rates, strict=True):
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * share

    def _told(self) -> str:
        if not self.state.curve:
            return f"training {self.plan.architecture}"
        _, loss, accuracy, *_ = self.state.curve[-1]
        found = "" if math.isnan(accuracy) else f", {accuracy:.1%} right"
        return f"training {self.plan.architecture}, loss {loss:.3f}{found}"

    def _save(self) -> None:
        if self.checkpoint is None:
            return
        self.state.loss_sum = self.loss_sum.item()
        checkpoint.save(self.checkpoint, asdict(self.state), self._parts, self.optimizers)

    def _resume(self) -> None:
        if self.checkpoint is None:
            return
        if checkpoint.state_in(self.checkpoint).get("told") != self.state.told:
            return
        taken = checkpoint.take_up(
            self.checkpoint, _State, self._parts, self.optimizers, self.device
        )
        if taken is not None:
            self.state = taken
            self.loss_sum.fill_(taken.loss_sum)


def train(
    labelled: Labelled,
    plan: Plan,
    *,
    watched: Labelled | None = None,
    base: Classifier | None = None,
    device: str = "cpu",
    checkpoints: Path | None = None,
    progress: Progress = silent,
) -> Classifier:
    """Train a classifier as ``plan`` says; a killed training goes on from its checkpoint.

    With ``base`` the network is that one's, with a last layer of its own. Raises BadInputError for
    fewer than two classes, and for a ``base`` that nothing can go on from.
    """
    if len(labelled.classes) < 2:
        raise BadInputError("one class alone can't be told from anything; name at least two")
    if base is not None:
        if base.plan.architecture != "residual":
            raise BadInputError("only a residual network can be fine-tuned; train one first")
        built = {name: getattr(base.plan, name) for name in ("architecture", "widths", "depth")}
        plan = replace(plan, **built)
    training = Training(
        labelled, plan, watched=watched, base=base, device=device, checkpoints=checkpoints
    )
    return training.run(progress)


def device_of(name: str) -> torch.device:
    """Give a device by PyTorch's name. Raises BadInputError where there is none such."""
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise BadInputError(f"there is no device {name!r} here; cpu is always there") from error
    return device


def _optimizers(network: Network, plan: Plan, batch: int) -> list[Optimizer]:
    trained = {name: one for name, one in network.named_parameters() if one.requires_grad}
    if plan.architecture == "plain":
        return [Adam(trained.values(), lr=plan.rate)]
    filters = [one for one in trained.values() if one.ndim == 4]
    groups = [
        {"params": [one], "lr": rate, "weight_decay": DECAY * batch / rate}
        for one in trained.values()
        if one.ndim < 4
        for rate in [plan.offset_rate if one.ndim == 1 else plan.head_rate]
    ]
    return [Muon(filters, lr=plan.rate), SGD(groups, momentum=0.85, nesterov=True)]


def _begin_with(network: Network, base: Classifier) -> None:
    """Take all that ``base`` learned but its last layer."""
    learned = base.network.state_dict()
    kept = {name: one for name, one in learned.items() if not name.startswith("head.")}
    network.load_state_dict({**network.state_dict(), **kept})


def _some(labelled: Labelled) -> np.ndarray:
    return np.random.default_rng(0).permutation(len(labelled))[:JUDGED]


def _short(told: str) -> str:
    return sha256(told.encode()).hexdigest()[:16]
