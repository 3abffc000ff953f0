from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

from limelight.training import checkpoint
from limelight.training.schedule import warm_then_cosine

CPU = torch.device("cpu")


@dataclass
class State:
    step: int = 0
    curve: list[list[float]] = field(default_factory=list)


def test_an_optimizer_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    def trained(steps: int) -> tuple[torch.nn.Linear, torch.optim.AdamW]:
        torch.manual_seed(0)
        network = torch.nn.Linear(3, 2)
        optimizer = torch.optim.AdamW(network.parameters(), lr=0.1)
        go(network, optimizer, steps)
        return network, optimizer

    def go(network: torch.nn.Linear, optimizer: torch.optim.AdamW, steps: int) -> None:
        for _ in range(steps):
            optimizer.zero_grad()
            (network(torch.arange(6.0).reshape(2, 3)) ** 2).sum().backward()
            optimizer.step()

    path = tmp_path / "sub" / "a.safetensors"
    network, optimizer = trained(3)
    checkpoint.save(path, vars(State(3, [[0.5, 1.0]])), {"network": network}, [optimizer])
    assert [file.name for file in path.parent.iterdir()] == ["a.safetensors"]

    again = torch.nn.Linear(3, 2)
    other = torch.optim.AdamW(again.parameters(), lr=0.1)
    taken = checkpoint.take_up(path, State, {"network": again}, [other], CPU)
    assert taken == State(3, [[0.5, 1.0]])
    assert checkpoint.state_in(path) == {"step": 3, "curve": [[0.5, 1.0]]}
    go(again, other, 2)
    whole, _ = trained(5)
    assert torch.equal(again.weight, whole.weight)
    assert torch.equal(again.bias, whole.bias)


@pytest.mark.parametrize("content", [None, b"", b"no checkpoint", b"\x08\0\0\0\0\0\0\0{}      "])
def test_what_is_no_checkpoint_is_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.safetensors"
    if content is not None:
        path.write_bytes(content)
    assert checkpoint.take_up(path, State, {}, [], CPU) is None
    assert checkpoint.state_in(path) == {}


def test_what_another_version_wrote_changes_nothing(tmp_path: Path) -> None:
    path, network = tmp_path / "a.safetensors", torch.nn.Linear(3, 2)
    before = network.weight.detach().clone()
    checkpoint.save(path, {"step": 1}, {"network": torch.nn.Linear(3, 4)}, [])
    assert checkpoint.take_up(path, State, {"network": network}, [], CPU) is None
    checkpoint.save(path, {"steps": 1}, {"network": torch.nn.Linear(3, 2)}, [])
    assert checkpoint.take_up(path, State, {"network": network}, [], CPU) is None
    checkpoint.save(path, {"step": 1}, {"another": torch.nn.Linear(3, 2)}, [])
    assert checkpoint.take_up(path, State, {"network": network}, [], CPU) is None
    assert torch.equal(network.weight, before)


def test_the_rate_rises_and_falls() -> None:
    rates = [warm_then_cosine(step, 1000, 200, 0.02) for step in range(1001)]
    assert rates[0] == pytest.approx(0.01, rel=1e-3)
    assert rates.index(max(rates)) in range(90, 110)  # a tenth of all is fewer than 200
    assert rates[1000] == pytest.approx(0.02)
    assert all(a <= b for a, b in zip(rates[100:], rates[99:], strict=False))


def test_moments_lie_in_memory_as_their_weights_do(tmp_path: Path) -> None:
    network = torch.nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters())
    network(torch.ones(1, 3, 5, 5)).sum().backward()
    optimizer.step()
    checkpoint.save(tmp_path / "a", {}, {}, [optimizer])
    again = torch.optim.AdamW(network.parameters())
    assert checkpoint.take_up(tmp_path / "a", State, {}, [again], CPU) == State()
    for weights, held in again.state.items():
        assert held["exp_avg"].stride() == weights.stride()
        assert torch.equal(held["exp_avg"], optimizer.state[weights]["exp_avg"])
        assert held["step"] == 1
