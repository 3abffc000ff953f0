"""HTDemucs as its makers publish it: read from a file that cannot run code, applied to arrays."""

from __future__ import annotations

import inspect
import re
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np

from limelight.audio.operation import Sound
from limelight.errors import CorruptError, UnavailableError
from limelight.extras import require

PURPOSE = "separating music into stems"
STEM = re.compile(r"[a-z0-9][a-z0-9 _-]{0,31}")
"""A stem's name becomes a file's name, and comes from a file of somebody's."""


class HTDemucs:
    """A network with its weights (Rouard et al. 2023, "Hybrid transformers for music source
    separation")."""

    def __init__(self, network: Any, device: str) -> None:
        """Put ``network`` to work on ``device``. Raises UnavailableError where there is none."""
        self.network = network.eval()
        self.device = device
        self.rate = int(network.samplerate)
        self.channels = int(network.audio_channels)
        self.seconds = float(network.segment)
        self.stems = tuple(map(str, network.sources))
        try:
            network.to(device)
        except (RuntimeError, AssertionError) as error:  # PyTorch's two words for it
            reason = str(error).partition("\n")[0]
            raise UnavailableError(f"the device {device!r} can't be used ({reason})") from error

    def __call__(self, samples: Sound) -> Sound:
        """Estimate stems (stems, channels, n) of samples (channels, n) at ``rate``.

        As many channels as the network hears are given to it together; what is missing of the last
        group is a copy of the last channel.
        """
        torch = require("torch", "stems", PURPOSE)
        apply = require("demucs.apply", "stems", PURPOSE).apply_model
        missing = -len(samples) % self.channels
        padded = np.concatenate([samples, np.repeat(samples[-1:], missing, axis=0)])
        groups = torch.from_numpy(padded).split(self.channels)
        found = [
            apply(self.network, group[None], shifts=0, device=self.device)[0].cpu().numpy()
            for group in groups
        ]
        stems: Sound = np.concatenate(found, axis=1)[:, : len(samples)]
        return stems


@lru_cache(maxsize=1)
def load(path: Path, device: str = "cpu") -> HTDemucs:
    """Read a file in the form in which Demucs publishes networks: klass, args, kwargs and state.

    It is a pickle, of which nothing but tensors, plain values, fractions and the name of the
    network's class is read, so that no file can run code. Raises CorruptError for any other file.
    """
    torch = require("torch", "stems", PURPOSE)
    kind = require("demucs.htdemucs", "stems", PURPOSE).HTDemucs
    try:
        with torch.serialization.safe_globals([kind, Fraction]):
            package = torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, EOFError, KeyError, ValueError) as error:
        raise _unreadable(path, "it is damaged, or holds more than weights") from error
    if not isinstance(package, dict) or package.get("klass") != kind:
        raise _unreadable(path, "it holds another network")
    known = inspect.signature(kind).parameters
    try:
        settings = {name: value for name, value in package["kwargs"].items() if name in known}
        network = kind(*package["args"], **settings)
        network.load_state_dict(package["state"])
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError, RuntimeError) as error:
        raise _unreadable(path, "its weights do not fit its network") from error
    if not all(STEM.fullmatch(str(stem)) for stem in network.sources):
        raise _unreadable(path, "it names stems that can't be names of files")
    return HTDemucs(network, device)


def _unreadable(path: Path, reason: str) -> CorruptError:
    return CorruptError(f"{path} can't be read as weights of HTDemucs: {reason}")
