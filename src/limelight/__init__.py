"""Limelight: a catalogue and its events in, ranked titles with reasons out.

The names below are the library's front door; each is imported when it is first used, so that
``import limelight`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from limelight.catalog import open_store, read_events
    from limelight.datasets import fetch
    from limelight.recommend import models
    from limelight.recommend.evaluate import evaluate
    from limelight.recommend.interactions import Interactions
    from limelight.recommend.recommender import Recommender
    from limelight.recommend.titles import Filters

_ROOMS = {
    "Filters": "limelight.recommend.titles",
    "Interactions": "limelight.recommend.interactions",
    "Recommender": "limelight.recommend.recommender",
    "evaluate": "limelight.recommend.evaluate",
    "fetch": "limelight.datasets",
    "open_store": "limelight.catalog",
    "read_events": "limelight.catalog",
}

__all__ = [
    "Filters",
    "Interactions",
    "Recommender",
    "evaluate",
    "fetch",
    "models",
    "open_store",
    "read_events",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name == "models":
        return import_module("limelight.recommend.models")
    if name not in _ROOMS:
        raise AttributeError(f"module 'limelight' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__]
