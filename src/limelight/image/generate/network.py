"""The network: a UNet that says in which direction a noisy picture becomes a picture.

Ronneberger et al., "U-Net", 2015, with what made it the network of diffusion models: residual
blocks whose normalisation is scaled and shifted by time and condition (Dhariwal & Nichol, 2021) and
attention where the picture is small. Pixels are folded into channels first (Shi et al., 2016), so
that the widest part of the work is done at a few hundred places, whatever a picture's size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from limelight.errors import BadInputError

GROUP = 16  # channels normalised together; as many as one instruction takes on a CPU
HEAD = 32  # channels of one head of attention
FREQUENCIES = 64
PLACES = 16  # along a side of the widest layer
TEXT_LENGTH = 32  # words of a caption that are read


@dataclass(frozen=True)
class Shape:
    """How large the network is. ``size`` is a picture's side in pixels.

    ``fold`` by ``fold`` pixels become the channels of one place; ``width`` channels there, twice as
    many at each of the ``levels`` below, each half as high and wide.
    """

    size: int = 32
    fold: int = 2
    width: int = 64
    levels: int = 3
    blocks: int = 1
    words: int = 0
    """Rows of the table of conditions: classes, or remainders that words are hashed to; row 0 says
    that nothing is asked for."""
    reads: bool = False
    """Whether conditions are captions, whose words are read together, rather than classes."""


def shape_of(size: int, width: int) -> Shape:
    """Fold pictures so that their widest layer has about 16 by 16 places, whatever their size.

    So the work for a picture does not grow with its size; fine detail is learned less well. Raises
    BadInputError for sizes that can't be halved often enough.
    """
    fold = max(1, size // PLACES)
    if size % (4 * fold) or not 8 <= size <= 1024:
        raise BadInputError(f"pictures are 8 to 1,024 pixels a side, as 32, 64 or 128, not {size}")
    if width % GROUP or not GROUP <= width <= 1024:
        raise BadInputError(f"a width is a multiple of {GROUP} up to 1,024, not {width}")
    return Shape(size, fold, width)


class UNet(nn.Module):
    """Give velocity, as (n, 3, size, size), of noisy pictures at times from 0 (noise) to 1."""

    def __init__(self, shape: Shape) -> None:
        """Begin with random weights; the last ones are 0."""
        super().__init__()
        widths = [shape.width * 2**level for level in range(shape.levels)]
        told = 4 * shape.width
        samples = 3 * shape.fold**2
        self.fold = shape.fold
        self.time = nn.Sequential(
            nn.Linear(2 * FREQUENCIES, told), nn.SiLU(), nn.Linear(told, told)
        )
        self.condition = Condition(shape, told)
        self.begin = nn.Conv2d(samples, widths[0], 3, padding=1)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for level, width in enumerate(widths):
            attends = level > 0
            if level:
                self.down.append(nn.Conv2d(widths[level - 1], width, 3, stride=2, padding=1))
            self.down.append(Stage(width, width, told, shape.blocks, attends))
            if level < shape.levels - 1:
                up = Stage(2 * width, width, told, shape.blocks, attends)
                rise = nn.Conv2d(2 * width, width, 1)
                self.up.insert(0, up)
                self.up.insert(0, rise)
        self.middle = Stage(widths[-1], widths[-1], told, 2, attends=True)
        self.norm = nn.GroupNorm(widths[0] // GROUP, widths[0])
        self.end = _zero(nn.Conv2d(widths[0], samples, 3, padding=1))
        for part in self.modules():
            if isinstance(part, nn.Conv2d):  # channels together: so convolutions are quickest
                weight = part.weight.data
                part.weight.data = weight.contiguous(memory_format=torch.channels_last)

    def forward(self, noisy: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """Take (n, 3, size, size), (n,) and the rows of conditions, (n, words)."""
        told = functional.silu(self.time(_waves(times)) + self.condition(conditions))
        x = self.begin(functional.pixel_unshuffle(noisy, self.fold))
        passed = []
        for part in self.down:
            if isinstance(part, Stage):
                x = part(x, told)
                passed.append(x)
            else:
                x = part(x)
        x = self.middle(passed.pop(), told)
        for part in self.up:
            if isinstance(part, Stage):
                x = part(torch.cat((x, passed.pop()), 1), told)
            else:
                x = functional.interpolate(part(x), scale_factor=2.0)
        x = self.end(functional.silu(self.norm(x)))
        return functional.pixel_shuffle(x, self.fold).float()


class Condition(nn.Module):
    """What is asked for, as a vector: of a class its own, of a caption what its words make."""

    def __init__(self, shape: Shape, told: int) -> None:
        """Make the table of vectors and, for captions, what reads them."""
        super().__init__()
        self.table = nn.Embedding(shape.words + 1, told)
        self.places = nn.Parameter(torch.zeros(TEXT_LENGTH, told)) if shape.reads else None
        self.reader = (
            nn.TransformerEncoderLayer(
                told, max(1, told // 64), 2 * told, 0.0, batch_first=True, norm_first=True
            )
            if shape.reads
            else None
        )

    def forward(self, rows: Tensor) -> Tensor:
        """Take (n, words), of a caption shorter than others filled with -1. Gives (n, told)."""
        there = rows >= 0
        vectors: Tensor = self.table(rows.clamp(min=0))
        if self.reader is not None and self.places is not None:
            vectors = vectors + self.places[: rows.shape[1]]
            vectors = self.reader(vectors, src_key_padding_mask=~there)
        share = there.float() / there.sum(1, keepdim=True)
        return (vectors * share[:, :, None]).sum(1)


class Stage(nn.Module):
    """Residual blocks at one resolution, and attention after them."""

    def __init__(self, before: int, width: int, told: int, blocks: int, attends: bool) -> None:
        """Make of ``before`` channels ``width``."""
        super().__init__()
        widths = [before] + [width] * (blocks - 1)
        self.blocks = nn.ModuleList(Block(n, width, told) for n in widths)
        self.attention = Attention(width) if attends else nn.Identity()

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """Work on (n, before, height, width)."""
        for block in self.blocks:
            x = block(x, told)
        found: Tensor = self.attention(x)
        return found


class Block(nn.Module):
    """Two convolutions added to what they saw; time and condition scale and shift between them."""

    def __init__(self, before: int, width: int, told: int) -> None:
        """Make of ``before`` channels ``width``; at first it changes nothing."""
        super().__init__()
        self.norm1 = nn.GroupNorm(before // GROUP, before)
        self.conv1 = nn.Conv2d(before, width, 3, padding=1)
        self.style = _zero(nn.Linear(told, 2 * width))
        self.norm2 = nn.GroupNorm(width // GROUP, width)
        self.conv2 = _zero(nn.Conv2d(width, width, 3, padding=1))
        self.skip = nn.Conv2d(before, width, 1) if before != width else nn.Identity()

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """Work on (n, before, height, width)."""
        scale, shift = self.style(told)[:, :, None, None].chunk(2, 1)
        inner = self.conv1(functional.silu(self.norm1(x)))
        inner = self.conv2(functional.silu(torch.addcmul(shift, self.norm2(inner), 1 + scale)))
        found: Tensor = self.skip(x) + inner
        return found


class Attention(nn.Module):
    """Let every place of a small picture look at all others (Vaswani et al., 2017)."""

    def __init__(self, width: int) -> None:
        """At first it changes nothing."""
        super().__init__()
        self.heads = width // HEAD
        self.norm = nn.GroupNorm(width // GROUP, width)
        self.ask = nn.Conv2d(width, 3 * width, 1)
        self.answer = _zero(nn.Conv2d(width, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Work on (n, width, height, width)."""
        asked = self.ask(self.norm(x)).flatten(2)
        query, key, value = asked.unflatten(1, (3, self.heads, HEAD)).transpose(-1, -2).unbind(1)
        # Written out: on a CPU, the fused kernel's way back takes ten times as long.
        weights = (query @ key.transpose(-1, -2) / HEAD**0.5).softmax(-1)
        seen = weights @ value
        found: Tensor = x + self.answer(seen.transpose(-1, -2).reshape(x.shape))
        return found


def _waves(times: Tensor) -> Tensor:
    """Give times as sines and cosines of rising frequency."""
    speeds = torch.exp(torch.linspace(0, math.log(1000), FREQUENCIES, device=times.device))
    angles = times[:, None] * speeds
    return torch.cat((angles.sin(), angles.cos()), 1)


def _zero(layer: nn.Linear | nn.Conv2d) -> nn.Linear | nn.Conv2d:
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
