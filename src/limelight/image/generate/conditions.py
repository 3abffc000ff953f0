"""What pictures are asked for by: the name of a class, or the words of a caption, as numbers."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from zlib import crc32

import torch
from torch import Tensor

from limelight.errors import NotFoundError
from limelight.image.generate.network import TEXT_LENGTH

NOTHING = 0
VOCABULARY = 4095
WORD = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]|[^\W_]+")  # Chinese and Japanese sign by sign


class Conditions(ABC):
    """Turns what is asked for into rows of the network's table; "" asks for nothing."""

    reads: ClassVar[bool]

    @property
    @abstractmethod
    def words(self) -> int:
        """How many rows there are besides that of nothing."""

    @abstractmethod
    def rows(self, asked: Sequence[str]) -> Tensor:
        """Give int64 (n, words of the longest); shorter ones are filled with -1.

        Raises NotFoundError for a class that there is not.
        """


@dataclass(frozen=True)
class Classes(Conditions):
    """Classes by name; without any, there is nothing to ask for."""

    names: tuple[str, ...]
    reads: ClassVar[bool] = False

    @property
    def words(self) -> int:
        """One row for each name."""
        return len(self.names)

    def rows(self, asked: Sequence[str]) -> Tensor:
        """Give int64 (n, 1)."""
        known = {"": NOTHING} | {name: row for row, name in enumerate(self.names, 1)}
        if unknown := [name for name in asked if name not in known]:
            there = ", ".join(self.names) if self.names else "it knows no classes"
            raise NotFoundError(f"the model has no class {unknown[0]!r}; there are: {there}")
        return torch.tensor([[known[name]] for name in asked])


@dataclass(frozen=True)
class Captions(Conditions):
    """Words, hashed so that no list of them is kept; the network learns what they mean."""

    reads: ClassVar[bool] = True

    @property
    def words(self) -> int:
        """As many rows as words are hashed to."""
        return VOCABULARY

    def rows(self, asked: Sequence[str]) -> Tensor:
        """Give int64 (n, words of the longest), of each the first words."""
        found = [_hashed(text) or [NOTHING] for text in asked]
        laid = torch.full((len(found), max(map(len, found))), -1)
        for row, words in zip(laid, found, strict=True):
            row[: len(words)] = torch.tensor(words)
        return laid


def _hashed(text: str) -> list[int]:
    words = WORD.findall(text.casefold())[:TEXT_LENGTH]
    return [1 + crc32(word.encode("utf-8")) % VOCABULARY for word in words]
