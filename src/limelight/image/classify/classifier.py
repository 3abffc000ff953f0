"""A trained classifier: what it says of pictures, and how it is kept."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save, save_file
from torch import nn
from torch.nn import functional

from limelight.errors import BadInputError, CorruptError, NotFoundError
from limelight.image.classify.plain import PlainNetwork
from limelight.image.classify.plans import Plan
from limelight.image.classify.residual import ResidualNetwork
from limelight.media.whole import filling
from limelight.progress import Progress, silent

FORMAT = 1
WEIGHTS, CARD = "model.safetensors", "classifier.json"
AT_ONCE = 500
SMALLEST, LARGEST = 16, 512  # sides of pictures
COLUMNS = ("epoch", "loss", "accuracy", "seconds", "processor seconds")

Network = PlainNetwork | ResidualNetwork


@dataclass
class Classifier:
    """A network and the names of its classes.

    ``size`` is the side of the pictures that it was trained on. ``temperature`` divides the logits,
    so that it is as sure as it is right (Guo et al., "On Calibration of Modern Neural Networks",
    2017). ``curve`` has a row an epoch: epochs done, mean loss, the share of watched pictures that
    are right (NaN where none are), seconds of training so far, and those that processors worked.
    """

    network: Network
    classes: tuple[str, ...]
    size: int
    plan: Plan
    temperature: float = 1.0
    curve: NDArray[np.float32] = field(
        default_factory=lambda: np.empty((0, len(COLUMNS)), np.float32)
    )
    data: str = ""
    made: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def fingerprint(self) -> str:
        """Digits that are the same only for the same weights."""
        return sha256(save(_held(self.network))).hexdigest()[:16]

    def logits(
        self, pictures: NDArray[np.uint8], progress: Progress = silent
    ) -> NDArray[np.float32]:
        """Give the mean logits of each picture and its mirror image, (n, n_classes)."""
        return predicted(self.network, pictures, progress=progress)

    def probabilities(
        self, pictures: NDArray[np.uint8], progress: Progress = silent
    ) -> NDArray[np.float32]:
        """Say how likely each class is, (n, n_classes), of pictures (n, size, size, 3)."""
        logits = torch.from_numpy(self.logits(pictures, progress))
        found: NDArray[np.float32] = functional.softmax(logits / self.temperature, dim=1).numpy()
        return found

    def features(
        self, pictures: NDArray[np.uint8], progress: Progress = silent
    ) -> NDArray[np.float32]:
        """Give what the classes are told by, (n, width): alike for pictures that look alike."""
        return predicted(_Features(self.network), pictures, mirrored=False, progress=progress)

    def save(self, folder: Path) -> Path:
        """Write the weights as safetensors and all else as JSON, whole or not at all."""
        card = {
            "format": FORMAT,
            "classes": self.classes,
            "size": self.size,
            "temperature": self.temperature,
            "plan": asdict(self.plan),
            "curve": [[_plain(x) for x in row] for row in self.curve.tolist()],
            "data": self.data,
            "made": self.made,
            "versions": {name: version(name) for name in ("limelight", "torch")},
        }
        with filling(Path(folder)) as draft:
            save_file(_held(self.network), draft / WEIGHTS)
            text = json.dumps(card, indent=1, ensure_ascii=False, allow_nan=False)
            (draft / CARD).write_text(text, encoding="utf-8")
        return Path(folder)

    @classmethod
    def load(cls, folder: Path) -> Classifier:
        """Read what `save` wrote; no code of the model's own is run.

        Raises NotFoundError where there is no model and CorruptError where it is damaged.
        """
        folder = Path(folder)
        if not (folder / CARD).is_file():
            raise NotFoundError(f"{folder} is no classifier; it would hold {CARD} and {WEIGHTS}")
        try:
            card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
            if card["format"] != FORMAT:
                raise BadInputError(f"{folder} was written by a newer version; update limelight")
            settings = {**card["plan"], "widths": tuple(card["plan"]["widths"])}
            plan, classes = Plan(**settings), tuple(map(str, card["classes"]))
            network = network_of(plan, len(classes), int(card["size"]))
            network.load_state_dict(load_file(folder / WEIGHTS))
            curve = np.array(card["curve"], np.float32).reshape(-1, len(COLUMNS))
            beside = (float(card["temperature"]), curve, str(card["data"]), str(card["made"]))
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise CorruptError(f"the classifier {folder} is damaged ({error})") from error
        return cls(channels_last(network).eval(), classes, int(card["size"]), plan, *beside)


class _Features(nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.network.features(pictures)


def network_of(plan: Plan, n_classes: int, size: int) -> Network:
    """Build a plan's network, of random weights. Raises BadInputError for a size beyond reason."""
    if not SMALLEST <= size <= LARGEST:
        raise BadInputError(f"pictures can have {SMALLEST} to {LARGEST} pixels a side, not {size}")
    if plan.architecture == "plain":
        return PlainNetwork(n_classes, size)
    return ResidualNetwork(n_classes, plan.widths, plan.depth)


def channels_last(network: Network) -> Network:
    """Lay filters out with channels last, as pictures are and processors like it."""
    for one in network.parameters():
        if one.ndim == 4:
            one.data = one.data.contiguous(memory_format=torch.channels_last)
    return network


def predicted(
    network: nn.Module,
    pictures: NDArray[np.uint8],
    mirrored: bool = True,
    progress: Progress = silent,
    low: bool = False,
) -> NDArray[np.float32]:
    """Give a network's outputs for pictures (n, size, size, 3), mean with their mirror images'.

    With ``low``, in bfloat16: faster, and right to two digits.
    """
    device = next(network.parameters()).device
    training, found = network.training, []
    network.eval()
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=low):
        for begin in range(0, len(pictures), AT_ONCE):
            progress(begin, len(pictures), "looking at pictures")
            some = torch.from_numpy(pictures[begin : begin + AT_ONCE]).to(device)
            some = some.permute(0, 3, 1, 2).float() / 255
            output = network(some)
            if mirrored:
                output = (output + network(some.flip(-1))) / 2
            found.append(output.float().cpu())
    network.train(training)
    return np.asarray(torch.cat(found).numpy(), np.float32)


def _plain(number: float) -> float | None:
    return None if math.isnan(number) else number


def _held(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: one.cpu().contiguous() for name, one in network.state_dict().items()}
