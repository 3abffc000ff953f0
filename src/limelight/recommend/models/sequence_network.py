"""Sequence networks as recommender models: self-attention and recurrent."""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from limelight.errors import BadInputError
from limelight.extras import require
from limelight.progress import Progress
from limelight.recommend.interactions import Histories
from limelight.recommend.models.base import Scores
from limelight.recommend.models.factored import Factored
from limelight.recommend.workplace import workplace

if TYPE_CHECKING:
    from limelight.recommend.neural.networks import SequenceNetwork as Network
    from limelight.recommend.neural.training import Plan


@dataclass
class SequenceNetwork(Factored):
    """Score by the product of a network's reading of the history with the titles' vectors.

    Trained on the cross-entropy, over the whole catalogue, of the next title at every place of
    every history, in bfloat16 products with float32 sums and weights; the weights kept are an
    average over the last steps (Polyak & Juditsky 1992). Training stops when the newest titles of
    up to 2,000 users, which are held out, were not found better for ``patience`` epochs; 0 holds
    none out. Only the newest ``length`` events of a history are read. ``workplace`` says where
    training runs and is taken up again after an interruption. Needs PyTorch (the ``neural`` extra).

    vectors     float32 (n_items, width + 1), the titles' vectors, and in the last column their bias
    parameters  the network's other weights by name
    curve       float32 (epochs, 3): mean training loss, held-out NDCG@10, seconds
    """

    width: int = 64
    layers: int = 2
    epochs: int = 60
    patience: int = 10
    length: int = 200
    events: int = 8192
    dropout: float = 0.2
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    seed: int = 0
    vectors: Scores = field(init=False, repr=False)
    parameters: dict[str, Scores] = field(init=False, repr=False)
    curve: Scores = field(init=False, repr=False)

    @property
    def item_vectors(self) -> Scores:
        """The titles' vectors and biases."""
        return self.vectors

    @abstractmethod
    def _network(self, n_items: int) -> Network: ...

    def _neural(self, module: str) -> Any:
        """Import a module of the neural room. Raises MissingExtraError without PyTorch."""
        return require(f"limelight.recommend.neural.{module}", "neural", f"The {self.name} network")

    def _plan(self) -> Plan:
        plan = self._neural("training").Plan
        given: Plan = plan(**{name: getattr(self, name) for name in plan.__dataclass_fields__})
        return given

    def _fit(self, histories: Histories, progress: Progress) -> None:
        torch = require("torch", "neural", f"The {self.name} network")
        place = workplace()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            network = self._network(histories.n_items)
        common = np.log1p(np.bincount(histories.items, minlength=histories.n_items))
        with torch.no_grad():
            network.bias.copy_(torch.from_numpy(common - common.mean()))
        try:
            torch.empty(0, device=place.device)
        except (RuntimeError, AssertionError) as error:  # PyTorch, of a device that is not there
            raise BadInputError(f"the device {place.device!r} can't be used: {error}") from error
        training = self._neural("training").Training(
            network, histories, self._plan(), place.device, self._checkpoint(histories)
        )
        kept, self.curve = training.run(progress, self.name)
        weights = {name: weight.cpu().numpy() for name, weight in kept.state_dict().items()}
        self.vectors = np.hstack([weights.pop("vectors"), weights.pop("bias")[:, None]])
        self.parameters = weights
        self.__dict__.pop("_fitted", None)

    def _checkpoint(self, histories: Histories) -> Path | None:
        """Name the file of this training by all that it depends on."""
        folder = workplace().checkpoints
        if folder is None:
            return None
        digest = hashlib.sha256(json.dumps([self.name, self.config()]).encode())
        for array in (histories.offsets, histories.items, histories.times):
            if array is not None:
                digest.update(array.tobytes())
        return folder / f"{self.name}-{digest.hexdigest()[:16]}.safetensors"

    @cached_property
    def _fitted(self) -> Network:
        torch = require("torch", "neural", f"The {self.name} network")
        network = self._network(len(self.vectors))
        weights = {name: torch.from_numpy(weight) for name, weight in self.parameters.items()}
        weights |= {
            "vectors": torch.from_numpy(self.vectors[:, :-1].copy()),
            "bias": torch.from_numpy(self.vectors[:, -1].copy()),
        }
        network.load_state_dict(weights)
        return network

    def _queries(self, histories: Histories) -> Scores:
        read = self._neural("training").represent(self._fitted, histories, self.length)
        return np.hstack([read, np.ones((len(read), 1), np.float32)])


@dataclass
class SelfAttention(SequenceNetwork):
    """Read the history by self-attention: SASRec (Kang & McAuley 2018) with full cross-entropy
    (Klenitskiy & Vasilev 2023), normalised layer inputs, and distances in place of positions.

    With ``time_gaps`` it minds the time between events, too, which they must have for training; a
    history without times is read as if all came at once.
    """

    name: ClassVar[str] = "self-attention"

    heads: int = 2
    time_gaps: bool = False

    def _fit(self, histories: Histories, progress: Progress) -> None:
        if self.time_gaps and histories.times is None:
            raise BadInputError(
                "self-attention can't learn from time gaps: the events have no times"
            )
        super()._fit(histories, progress)

    def _network(self, n_items: int) -> Network:
        build = self._neural("networks").SelfAttentionNetwork
        sizes = (n_items, self.width, self.layers, self.heads, self.length)
        network: Network = build(*sizes, time_gaps=self.time_gaps)
        return network


@dataclass
class Recurrent(SequenceNetwork):
    """Read the history by gated recurrent units: GRU4Rec (Hidasi et al. 2016), same loss."""

    name: ClassVar[str] = "recurrent"

    layers: int = 1

    def _network(self, n_items: int) -> Network:
        build = self._neural("networks").RecurrentNetwork
        network: Network = build(n_items, self.width, self.layers)
        return network
