"""Trainings that end the same when they are repeated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.utils.deterministic

MEMORY: Any = torch.utils.deterministic  # its one setting has no type


@contextmanager
def repeatable(device: torch.device) -> Iterator[None]:
    """Let two trainings on a CPU end the same, so that a resumed one ends like one unbroken.

    New memory is not filled first, as PyTorch does beside: that is for finding operations that
    read what they never wrote, and took an eighth of a training's time.
    """
    before = torch.are_deterministic_algorithms_enabled()
    filled = MEMORY.fill_uninitialized_memory
    torch.use_deterministic_algorithms(before or device.type == "cpu")
    MEMORY.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
        MEMORY.fill_uninitialized_memory = filled
