"""A training's whole state in one file, so that a killed one goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.optim import Optimizer


@dataclass(frozen=True)
class Checkpoint:
    """Counters, curves and states of random generators as JSON has them, and named arrays."""

    state: dict[str, Any]
    arrays: dict[str, Tensor]

    def within(self, part: str) -> dict[str, Tensor]:
        """Give the arrays named ``part.…``, by the rest of their names."""
        prefix = f"{part}."
        return {
            name.removeprefix(prefix): array
            for name, array in self.arrays.items()
            if name.startswith(prefix)
        }


def save(path: Path, state: Mapping[str, Any], parts: Mapping[str, Mapping[str, Tensor]]) -> None:
    """Write a checkpoint, whole or not at all; ``parts`` are state dicts and `moments` by name."""
    arrays = {f"{part}.{name}": one for part, held in parts.items() for name, one in held.items()}
    draft = path.with_suffix(".draft")
    draft.parent.mkdir(parents=True, exist_ok=True)
    told = {"state": json.dumps(state)}
    save_file({name: array.contiguous() for name, array in arrays.items()}, draft, told)
    draft.replace(path)


def load(path: Path, device: str = "cpu") -> Checkpoint | None:
    """Read a checkpoint; None where there is none, or none that can be used."""
    if not path.exists():
        return None
    try:
        with safe_open(path, "pt", device) as file:
            state = json.loads(file.metadata()["state"])
            return Checkpoint(state, {name: file.get_tensor(name) for name in list(file.keys())})
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        return None


def moments(optimizer: Optimizer) -> dict[str, Tensor]:
    """Give what an optimizer has learned of its parameters, ``number.name`` each."""
    return {
        f"{number}.{name}": value
        for number, held in optimizer.state_dict()["state"].items()
        for name, value in held.items()
    }


def restore(optimizer: Optimizer, arrays: Mapping[str, Tensor]) -> None:
    """Give an optimizer back what `moments` took out of it.

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
