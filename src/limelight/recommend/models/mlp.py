"""The plain neural baseline: the network that people write first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.extras import require
from limelight.progress import Progress
from limelight.recommend.interactions import Histories
from limelight.recommend.linalg import multiply
from limelight.recommend.models.base import Model, Scores


@dataclass
class MLP(Model):
    """Score by a multi-layer perceptron over the titles of the history, their order ignored.

    Two ReLU layers and a softmax over all titles, trained with Adam on the cross-entropy of the
    next title at random places of every history. The input is the set of titles met, scaled to
    length one. Training needs PyTorch (the ``neural`` extra); scoring is NumPy alone.
    """

    name: ClassVar[str] = "mlp"

    hidden: int = 64
    epochs: int = 30
    places_per_epoch: int = 8
    batch_size: int = 256
    learning_rate: float = 1e-3
    seed: int = 0
    weights_in: Scores = field(init=False, repr=False)
    bias_in: Scores = field(init=False, repr=False)
    weights_hidden: Scores = field(init=False, repr=False)
    bias_hidden: Scores = field(init=False, repr=False)
    weights_out: Scores = field(init=False, repr=False)
    bias_out: Scores = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return len(self.bias_out)

    def _fit(self, histories: Histories, progress: Progress) -> None:
        torch = require("torch", "neural", "Training a neural network")
        threads = torch.get_num_threads()
        # The batches are too small to share: two cores take longer than one.
        torch.set_num_threads(1)
        try:
            self._train(torch, histories, progress)
        finally:
            torch.set_num_threads(threads)

    def _train(self, torch: Any, histories: Histories, progress: Progress) -> None:
        random = np.random.default_rng(self.seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            bag = torch.nn.EmbeddingBag(histories.n_items, self.hidden, mode="sum")
            torch.nn.init.normal_(bag.weight, std=0.1)
            bias = torch.nn.Parameter(torch.zeros(self.hidden))
            hidden = torch.nn.Linear(self.hidden, self.hidden)
            out = torch.nn.Linear(self.hidden, histories.n_items)
        optimizer = torch.optim.Adam(
            [bag.weight, bias, *hidden.parameters(), *out.parameters()], lr=self.learning_rate
        )
        loss_sum = 0.0
        for epoch in range(self.epochs):
            message = f"training MLP, loss {loss_sum:.3f}" if epoch else "training MLP"
            loss_sum, seen = 0.0, 0
            batches = _batches(histories, self.places_per_epoch, self.batch_size, random)
            for number, (items, lengths, targets) in enumerate(batches):
                progress(epoch + number / len(batches), self.epochs, message)
                offsets = torch.from_numpy(np.cumsum(lengths) - lengths)
                scale = torch.from_numpy(lengths.astype(np.float32)).rsqrt()[:, None]
                first = torch.relu(bag(torch.from_numpy(items), offsets) * scale + bias)
                logits = out(torch.relu(hidden(first)))
                loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(targets))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                loss_sum += loss.item()
                seen += 1
            loss_sum /= max(seen, 1)
        progress(self.epochs, self.epochs, "training MLP")
        self.weights_in, self.bias_in = bag.weight.detach().numpy(), bias.detach().numpy()
        self.weights_hidden = hidden.weight.detach().numpy().T
        self.bias_hidden = hidden.bias.detach().numpy()
        self.weights_out, self.bias_out = out.weight.detach().numpy().T, out.bias.detach().numpy()

    def _score(self, histories: Histories) -> Scores:
        ones = np.ones_like(histories.weights)
        shape = (len(histories), histories.n_items)
        bags = csr_matrix((ones, histories.items, histories.offsets), shape=shape)
        scale = np.sqrt(np.maximum(histories.lengths, 1)).astype(np.float32)[:, None]
        first = np.maximum(multiply(bags, self.weights_in) / scale + self.bias_in, 0)
        second = np.maximum(first @ self.weights_hidden + self.bias_hidden, 0)
        scores: Scores = second @ self.weights_out + self.bias_out
        return scores


Batch = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def _batches(
    histories: Histories, places: int, batch_size: int, random: np.random.Generator
) -> list[Batch]:
    """Draw places of every history: the items before each, how many they are, and the one there."""
    users = np.repeat(np.flatnonzero(histories.lengths > 1), places)
    random.shuffle(users)
    lengths = random.integers(1, histories.lengths[users])
    batches = []
    for start in range(0, len(users), batch_size):
        user, length = users[start : start + batch_size], lengths[start : start + batch_size]
        begin = histories.offsets[user]
        ends = np.cumsum(length)
        events = np.repeat(begin - (ends - length), length) + np.arange(ends[-1])
        items = histories.items[events].astype(np.int64)
        batches.append((items, length, histories.items[begin + length].astype(np.int64)))
    return batches
