"""A training's whole state in one file, so that a killed one goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim import Optimizer

State = TypeVar("State")


def save(
    path: Path,
    state: Mapping[str, Any],
    networks: Mapping[str, nn.Module],
    optimizers: Sequence[Optimizer],
) -> None:
    """Write a checkpoint, whole or not at all; ``state`` is what JSON can hold."""
    parts = {part: network.state_dict() for part, network in networks.items()}
    for number, optimizer in enumerate(optimizers):
        parts[f"optimizer{number}"] = _moments(optimizer)
    arrays = {
        f"{part}.{name}": array.contiguous()
        for part, held in parts.items()
        for name, array in held.items()
    }
    draft = path.with_suffix(".draft")
    draft.parent.mkdir(parents=True, exist_ok=True)
    save_file(arrays, draft, {"state": json.dumps(state)})
    draft.replace(path)


def take_up(
    path: Path,
    make: Callable[..., State],
    networks: Mapping[str, nn.Module],
    optimizers: Sequence[Optimizer],
    device: torch.device,
) -> State | None:
    """Load what `save` wrote into networks and optimizers, and give what ``make`` makes of the
    state's values by name. None, and nothing loaded, where there is no file, none that can be used,
    or one of networks of other shapes."""
    found = _read(path, device)
    if found is None:
        return None
    values, arrays = found
    held = {part: _within(arrays, part) for part in networks}
    for part, network in networks.items():
        wanted = {name: tensor.shape for name, tensor in network.state_dict().items()}
        if {name: tensor.shape for name, tensor in held[part].items()} != wanted:
            return None
    try:
        state = make(**values)
    except TypeError:
        return None
    for part, network in networks.items():
        network.load_state_dict(held[part])
    for number, optimizer in enumerate(optimizers):
        _restore(optimizer, _within(arrays, f"optimizer{number}"))
    return state


def state_in(path: Path) -> dict[str, Any]:
    """Give the state's values by name; none where there is no file, or none that can be used."""
    found = _read(path, None)
    return found[0] if found else {}


def _read(
    path: Path, device: torch.device | None
) -> tuple[dict[str, Any], dict[str, Tensor]] | None:
    """Read the state and, onto a ``device``, the arrays."""
    try:
        with safe_open(path, "pt", str(device or "cpu")) as file:
            state = json.loads(file.metadata()["state"])
            names = list(file.keys()) if device else []
            return state, {name: file.get_tensor(name) for name in names}
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        return None


def _within(arrays: Mapping[str, Tensor], part: str) -> dict[str, Tensor]:
    prefix = f"{part}."
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }


def _moments(optimizer: Optimizer) -> dict[str, Tensor]:
    """Give what an optimizer has learned of its parameters, ``number.name`` each."""
    return {
        f"{number}.{name}": value
        for number, held in optimizer.state_dict()["state"].items()
        for name, value in held.items()
    }


def _restore(optimizer: Optimizer, arrays: Mapping[str, Tensor]) -> None:
    """Give an optimizer back what `_moments` took out of it.

    Moments lie in memory as their weights do (channels last, say): sums in another order end
    otherwise.
    """
    described = optimizer.state_dict()
    for name, value in arrays.items():
        number, _, moment = name.partition(".")
        described["state"].setdefault(int(number), {})[moment] = value
    optimizer.load_state_dict(described)
    for weights, held in optimizer.state.items():
        for name, value in held.items():
            if value.shape == weights.shape:
                held[name] = torch.empty_like(weights).copy_(value)
