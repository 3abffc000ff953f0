"""The training over epochs that networks share, on a line through three points."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from limelight.training import epochs
from limelight.training.average import follow
from limelight.training.dropout import Dropout
from limelight.training.epochs import EpochTraining, Plan
from limelight.training.repeatable import repeatable

CPU = torch.device("cpu")
POINTS = torch.tensor([[0.0, 1.0], [1.0, 3.0], [2.0, 5.0]])


class Line(EpochTraining[torch.nn.Linear, int]):
    """Learns y = 2 x + 1; what it reaches is told to it."""

    warm_up_steps, last_rate, averaged_steps = 10, 0.1, 5
    measure = "closeness"

    def __init__(self, plan: Plan, reaches: list[float], checkpoint: Path | None = None) -> None:
        torch.manual_seed(0)
        network = torch.nn.Linear(1, 1)
        self.reaches, self.orders = reaches, list[list[int]]()
        self.drop = Dropout(0.1)
        optimizer = torch.optim.AdamW(network.parameters(), plan.learning_rate, weight_decay=0)
        super().__init__(network, plan, optimizer, CPU, checkpoint)

    def batches(self, random: np.random.Generator) -> list[int]:
        self.orders.append(random.permutation(3).tolist())
        return self.orders[-1]

    def loss(self, batch: int) -> torch.Tensor:
        x, y = POINTS[batch]
        loss: torch.Tensor = (self.network(self.drop(x[None])) - y).square().sum()
        return loss

    def reached(self) -> float:
        self.reaches, reached = self.reaches[1:], self.reaches[0]
        return reached


class Erring(Line):
    """As Line; of what it reaches, less is better."""

    falls = True


def test_the_best_average_is_kept_and_patience_ends_it() -> None:
    training = Line(Plan(9, 2, 0.05, 0), [0.1, 0.5, 0.4, 0.5, 0.9])
    averages = []
    kept, curve = training.run(
        lambda done, *_: averages.append((done, training.average.weight.item())), "a line"
    )
    assert curve[:, 1].tolist() == pytest.approx([0.1, 0.5, 0.4, 0.5])  # as good is not better
    assert kept.weight.item() == dict(averages)[2.0]  # where the third epoch began
    assert len({tuple(order) for order in training.orders}) > 1


def test_less_can_be_better_and_nothing_held_out_is_the_last_average() -> None:
    training = Erring(Plan(9, 2, 0.05, 0), [0.3, 0.1, 0.2, 0.1, 0.0])
    _, curve = training.run(lambda *_: None, "")
    assert len(curve) == 4
    unheld = Line(Plan(4, 1, 0.05, 0), [math.nan] * 4)
    kept, curve = unheld.run(lambda *_: None, "")
    assert kept is unheld.average
    assert len(curve) == 4


def test_a_line_is_learned() -> None:
    training = Line(Plan(300, 300, 0.05, 0), list(range(300)))
    training.drop = Dropout(0.0)
    kept, _ = training.run(lambda *_: None, "")
    assert kept(torch.tensor([[10.0]])).item() == pytest.approx(21, abs=0.3)


@pytest.mark.parametrize("stop", [0.5, 2.0, 3.4])
def test_a_stopped_training_goes_on_to_the_same_end(
    stop: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "CHECKPOINT_SECONDS", -1.0)
    plan, reaches, file = Plan(5, 5, 0.05, 3), [0.1, 0.3, 0.2, 0.5, 0.4], tmp_path / "a"

    def halt(done: float, *_: object) -> None:
        if done >= stop:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Line(plan, reaches, file).run(halt, "")
    assert file.exists()
    begun: list[float] = []
    resumed, curve = Line(plan, reaches[math.ceil(stop) - 1 :], file).run(
        lambda done, *_: begun.append(done), ""
    )
    assert begun[0] > 0
    assert not file.exists()
    whole, unbroken = Line(plan, reaches).run(lambda *_: None, "")
    assert torch.equal(resumed.weight, whole.weight)
    np.testing.assert_array_equal(curve[:, :2], unbroken[:, :2])


def test_an_average_follows_and_forgets() -> None:
    average, network = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    torch.nn.init.constant_(average.weight, 0.0)
    torch.nn.init.constant_(network.weight, 1.0)
    follow(average, network, 0, 10)
    assert average.weight.item() == 0.5
    follow(average, network, 1000, 10)
    assert average.weight.item() == pytest.approx(0.55)


@pytest.mark.parametrize("shape", [(100_000,), (7, 11), (0, 3)])
def test_dropout_keeps_the_mean_and_drops_its_share(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    drop, x = Dropout(0.25), torch.ones(shape, dtype=torch.bfloat16)
    dropped = drop(x)
    assert dropped.shape == x.shape
    assert dropped.dtype == x.dtype
    assert set(dropped.float().unique().tolist()) <= {0.0, 1.3359375}  # 256 / 192 in bfloat16
    if x.numel() > 1000:
        assert (dropped == 0).float().mean().item() == pytest.approx(0.25, abs=0.01)
    torch.manual_seed(0)
    assert torch.equal(drop(x), dropped)
    assert drop.eval()(x) is x


def test_settings_of_repeatable_trainings_are_put_back() -> None:
    memory = torch.utils.deterministic
    before = memory.fill_uninitialized_memory
    with pytest.raises(ValueError, match="inside"), repeatable(CPU):
        assert torch.are_deterministic_algorithms_enabled()
        assert not memory.fill_uninitialized_memory
        raise ValueError("inside")
    assert not torch.are_deterministic_algorithms_enabled()
    assert memory.fill_uninitialized_memory == before
