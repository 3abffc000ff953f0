"""Where long training runs: on which device, and where it can be taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Workplace:
    """A device by PyTorch's name ("cpu", "cuda", "cuda:1", "mps"), and a folder for checkpoints.

    Networks keep a checkpoint there while they train, and go on from it when the same training is
    asked for again: the same settings, the same histories. None keeps none.
    """

    device: str = "cpu"
    checkpoints: Path | None = None


HERE = Workplace()
_current = ContextVar("workplace", default=HERE)


def workplace() -> Workplace:
    """Give the workplace of the training at hand."""
    return _current.get()


@contextmanager
def working_at(place: Workplace) -> Iterator[None]:
    """Let every network that is trained within, of a blend too, work at ``place``."""
    token = _current.set(place)
    try:
        yield
    finally:
        _current.reset(token)
