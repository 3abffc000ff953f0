"""Training: flow matching with an average of the weights, checkpoints and pictures on the way."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from limelight.errors import BadInputError
from limelight.image.generate.collection import Collection
from limelight.image.generate.curves import write_curves
from limelight.image.generate.flow import logit_normal, loss_of
from limelight.image.generate.marks import Sheet, write_generated
from limelight.image.generate.model import Generator, Sampling, read_card
from limelight.image.generate.network import Shape, UNet
from limelight.image.generate.sheet import sheet_of
from limelight.image.generate.tensors import low_precision, tensors_of
from limelight.progress import Progress, silent
from limelight.training import checkpoint as checkpoints
from limelight.training.average import follow
from limelight.training.repeatable import repeatable
from limelight.training.schedule import warm_then_cosine

WARM_UP_STEPS = 300
LAST_RATE = 0.01  # of the learning rate, at the end
UNASKED = 0.1  # share of pictures whose condition is hidden, for classifier-free guidance
AVERAGED_SHARE = 0.05  # of all steps: the weights that are kept are an average over about so many
CHECKPOINT_SECONDS = 60.0
HELD_OUT = 256  # pictures, a twentieth at the most, that are only looked at
LOOKS = 40  # how often losses are noted
SHEETS = 10  # and pictures sampled
SHOWN = 40  # pictures a sheet


@dataclass(frozen=True)
class Plan:
    """How to train. ``batch`` pictures a step; ``flips`` shows half of them mirrored."""

    steps: int = 10_000
    batch: int = 64
    learning_rate: float = 1e-3
    flips: bool = True
    seed: int = 0


@dataclass
class _State:
    """What a checkpoint holds besides arrays; ``settings`` say what training it is of."""

    settings: dict[str, Any]
    step: int = 0
    seconds: float = 0.0
    loss_sum: float = 0.0
    loss_steps: int = 0
    curve: list[list[float]] = field(default_factory=list)


def plan_of(steps: int, batch: int, learning_rate: float, flips: bool, seed: int) -> Plan:
    """Make a Plan of what a user gave. Raises BadInputError for what can't be trained by."""
    if not 1 <= steps <= 10_000_000:
        raise BadInputError(f"steps are 1 to 10,000,000, not {steps}")
    if not 1 <= batch <= 65_536:
        raise BadInputError(f"a batch is 1 to 65,536 pictures, not {batch}")
    if not 0 < learning_rate < 1:
        raise BadInputError(f"a learning rate is over 0 and below 1, not {learning_rate:g}")
    if not 0 <= seed < 1 << 31:
        raise BadInputError(f"a seed is a whole number from 0 to {(1 << 31) - 1:,}, not {seed}")
    return Plan(steps, batch, learning_rate, flips, seed)


class Training:
    """One training of one model in a folder of its own. ``run`` to its end, or until it is stopped.

    In the folder appear the model (an average of the weights, from the first sheet on), ``samples``
    with a sheet of pictures of every stage, ``curve.csv`` and ``curve.svg``, and, until the end,
    a checkpoint. The same training asked for again goes on from there and ends bit for bit the
    same. Raises BadInputError where the folder has another training's.
    """

    def __init__(
        self, collection: Collection, shape: Shape, plan: Plan, folder: Path, device: str = "cpu"
    ) -> None:
        """Take up the checkpoint if there is one."""
        conditions = collection.conditions
        self.plan, self.folder, self.device = plan, Path(folder), torch.device(device)
        self.collection = collection
        shape = Shape(**{**asdict(shape), "words": conditions.words, "reads": conditions.reads})
        torch.manual_seed(plan.seed)
        self.network = UNet(shape).to(self.device)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self._parts = {"network": self.network, "average": self.average}
        matrices = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.network.parameters() if p.ndim <= 1]
        groups = [
            {"params": matrices, "weight_decay": 0.01},
            {"params": others, "weight_decay": 0.0},
        ]
        rate = plan.learning_rate
        self.optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.99), fused=True)
        settings = {**asdict(plan), **asdict(shape), "data": collection.fingerprint()}
        self.state = _State(settings)
        self.model = Generator(self.average, shape, conditions, self._card())
        order = np.random.default_rng(plan.seed).permutation(len(collection.pictures))
        n_held = min(HELD_OUT, len(order) // 20)
        self.held, self.learned = np.sort(order[:n_held]), np.sort(order[n_held:])
        self._resume()

    @property
    def checkpoint(self) -> Path:
        """Where an unfinished training is kept."""
        return self.folder / "checkpoint.safetensors"

    def run(self, progress: Progress = silent) -> Generator:
        """Train to the end and give the model, which is in the folder too."""
        state, plan = self.state, self.plan
        saved = counted = time.monotonic()
        with repeatable(self.device):
            while state.step < plan.steps:
                progress(state.step, plan.steps, self._told())
                state.loss_sum += self._step()
                state.loss_steps += 1
                state.step += 1
                state.seconds += time.monotonic() - counted
                counted = time.monotonic()
                if self._due(LOOKS):
                    self._look()
                if self._due(SHEETS):
                    self._show()
                if counted - saved > CHECKPOINT_SECONDS or self._due(SHEETS):
                    self._save()
                    saved = time.monotonic()
        progress(plan.steps, plan.steps, self._told())
        self.checkpoint.unlink(missing_ok=True)
        return self.model

    def _step(self) -> float:
        state, plan = self.state, self.plan
        rate = warm_then_cosine(state.step, plan.steps, WARM_UP_STEPS, LAST_RATE)
        for group in self.optimizer.param_groups:
            group["lr"] = plan.learning_rate * rate
        # All that is drawn depends on the seed and the step alone: nothing to keep.
        random = torch.Generator().manual_seed(plan.seed << 32 | state.step)
        rows = self._rows()
        pictures = self._pictures(rows)
        if plan.flips:
            mirrored = torch.rand(len(rows), generator=random) < 0.5
            pictures = torch.where(mirrored[:, None, None, None], pictures.flip(3), pictures)
        hidden = torch.rand(len(rows), generator=random) < UNASKED
        asked = [
            "" if hides else self.collection.asked[row]
            for row, hides in zip(rows, hidden.tolist(), strict=True)
        ]
        loss = self._loss(self.network, pictures, asked, random)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        follow(self.average, self.network, state.step, AVERAGED_SHARE * plan.steps)
        return float(loss.detach())

    def _loss(
        self, network: UNet, pictures: Tensor, asked: list[str], random: torch.Generator
    ) -> Tensor:
        noise = torch.randn(pictures.shape, generator=random)
        times = logit_normal(len(pictures), random)
        rows = self.collection.conditions.rows(asked)
        place = self.device
        with low_precision(place):
            given = (pictures.to(place), rows.to(place), noise.to(place), times.to(place))
            return loss_of(network, *given)

    def _rows(self) -> list[int]:
        """Give the pictures of a step: all in an order by chance, then all in another."""
        begin = self.state.step * self.plan.batch
        found = []
        for place in range(begin, begin + self.plan.batch):
            epoch, at = divmod(place, len(self.learned))
            found.append(int(self.learned[_order(self.plan.seed, epoch, len(self.learned))[at]]))
        return found

    def _pictures(self, rows: list[int]) -> Tensor:
        return tensors_of(self.collection.pictures[rows])

    def _due(self, times: int) -> bool:
        """Say whether one of so many occasions, evenly spread and the end among them, is now."""
        step, steps = self.state.step, self.plan.steps
        return step * times // steps > (step - 1) * times // steps

    def _look(self) -> None:
        state = self.state
        held = self._held_loss() if len(self.held) else float("nan")
        mean = state.loss_sum / state.loss_steps
        state.curve.append([state.step, mean, held, state.seconds])
        state.loss_sum, state.loss_steps = 0.0, 0

    def _held_loss(self) -> float:
        """Give the averaged weights' loss at pictures held out, always by the same noise."""
        random = torch.Generator().manual_seed(0)
        sums = 0.0
        with torch.inference_mode():
            for begin in range(0, len(self.held), self.plan.batch):
                rows = self.held[begin : begin + self.plan.batch].tolist()
                asked = [self.collection.asked[row] for row in rows]
                loss = self._loss(self.average, self._pictures(rows), asked, random)
                sums += float(loss) * len(rows)
        return sums / len(self.held)

    def _show(self) -> None:
        """Write the model as it is now, pictures by it and the curves."""
        self.model.card = self._card()
        self.model.save(self.folder)
        conditions = self.collection.conditions
        names = sorted({*self.collection.asked} - {""})[:10] or [""]
        asked = [names[number % len(names)] for number in range(SHOWN)]
        made = self.model.sample(asked, Sampling(steps=12, seed=self.plan.seed))
        columns = len(names) if not conditions.reads and len(names) > 3 else 10
        sheet = self.folder / "samples" / f"step-{self.state.step:07}.png"
        write_generated(sheet, sheet_of(made, columns), Sheet(self.state.step), self.folder)
        write_curves(self.folder, self.state.curve)

    def _card(self) -> dict[str, Any]:
        state = self.state
        return {
            "steps": state.step,
            "pictures": len(self.collection.pictures),
            "seconds": round(state.seconds, 1),
            "settings": state.settings,
        }

    def _told(self) -> str:
        if not self.state.curve:
            return "training"
        _, loss, held, _ = self.state.curve[-1]
        unseen = "" if math.isnan(held) else f", unseen {held:.4f}"
        return f"training, loss {loss:.4f}{unseen}"

    def _save(self) -> None:
        checkpoints.save(self.checkpoint, vars(self.state), self._parts, [self.optimizer])

    def _resume(self) -> None:
        """Go on from the checkpoint, or be at the end already."""
        card = read_card(self.folder)
        unfinished = checkpoints.state_in(self.checkpoint)
        for settings in (card.get("settings"), unfinished.get("settings")):
            if settings and settings != self.state.settings:
                raise BadInputError(
                    f"{self.folder} has another training's model ({_differences(settings, self)}); "
                    "name another folder, or remove that one"
                )
        if card.get("steps") == self.plan.steps:
            self.state = _State(self.state.settings, self.plan.steps, float(card["seconds"]))
            self.average.load_state_dict(Generator.load(self.folder).network.state_dict())
        else:
            optimizers = [self.optimizer]
            taken = checkpoints.take_up(
                self.checkpoint, _State, self._parts, optimizers, self.device
            )
            self.state = taken or self.state


def _differences(settings: Mapping[str, Any], training: Training) -> str:
    wanted = training.state.settings
    names = [name for name in wanted if wanted[name] != settings.get(name)]
    return ", ".join(f"other {name}" for name in names) or "of another version"


@lru_cache(maxsize=2)
def _order(seed: int, epoch: int, n: int) -> NDArray[np.int64]:
    return np.random.default_rng((seed, epoch)).permutation(n)
