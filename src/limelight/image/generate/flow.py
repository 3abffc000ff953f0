"""Flow matching: straight ways from noise to pictures, learned and followed.

Lipman et al., "Flow matching for generative modeling", 2023, on the straight ways of rectified flow
(Liu et al., 2023): at time t from 0 to 1 a picture is (1 - t) noise + t picture, whose velocity is
picture - noise. The network guesses the velocity; following it from noise leads to a picture.
Pictures are (n, 3, size, size) from -1 to 1, noise has variance 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from limelight.image.generate.network import UNet

Velocity = Callable[[Tensor, float], Tensor]
"""Gives the velocity of pictures at a time."""

Solver = Literal["euler", "midpoint", "heun"]

LAST = 0.9
"""The time from which a picture is taken as the network guesses it to be: it was seldom shown later
ones, and following its guesses there leaves noise on what it makes."""


def loss_of(
    network: UNet, pictures: Tensor, conditions: Tensor, noise: Tensor, times: Tensor
) -> Tensor:
    """Give the mean squared error of the velocities that the network guesses."""
    share = times[:, None, None, None]
    noisy = (1 - share) * noise + share * pictures
    guessed = network(noisy, times, conditions)
    return functional.mse_loss(guessed, pictures - noise)


def logit_normal(n: int, random: torch.Generator) -> Tensor:
    """Draw times, oftenest in the middle, where guessing is hardest (Esser et al., 2024)."""
    return torch.randn(n, generator=random).sigmoid()


def guided(network: UNet, conditions: Tensor, guidance: float) -> Velocity:
    """Follow what is asked for more than the network would: classifier-free guidance.

    Ho & Salimans, 2022: the velocity without conditions, and ``guidance`` times the difference that
    they make. 1 leaves the network as it is, 0 asks for nothing.
    """
    nothing = torch.full_like(conditions, -1)
    nothing[:, 0] = 0

    def velocity(x: Tensor, time: float) -> Tensor:
        times = torch.full((len(x),), time, device=x.device)
        if guidance in (0, 1):
            alone: Tensor = network(x, times, conditions if guidance else nothing)
            return alone
        both: Tensor = network(
            x.repeat(2, 1, 1, 1), times.repeat(2), torch.cat((conditions, nothing))
        )
        asked, free = both.chunk(2)
        return free + guidance * (asked - free)

    return velocity


def followed(
    velocity: Velocity, x: Tensor, begin: float, end: float, steps: int, solver: Solver
) -> Tensor:
    """Follow the velocity from time ``begin`` to ``end``, forwards or backwards, in equal steps.

    Euler's method asks the network once a step, the midpoint method and Heun's twice.
    """
    size = (end - begin) / steps
    for step in range(steps):
        time = begin + step * size
        slope = velocity(x, time)
        if solver == "midpoint":
            slope = velocity(x + size / 2 * slope, time + size / 2)
        elif solver == "heun":
            slope = (slope + velocity(x + size * slope, time + size)) / 2
        x = x + size * slope
    return x


def arrived(velocity: Velocity, x: Tensor, begin: float, steps: int, solver: Solver) -> Tensor:
    """Follow the velocity from time ``begin`` to the picture; the last step is from `LAST` on."""
    if begin < LAST and steps > 1:
        x, begin = followed(velocity, x, begin, LAST, steps - 1, solver), LAST
    return x + (1 - begin) * velocity(x, begin)


def between(first: Tensor, second: Tensor, share: float) -> Tensor:
    """Go along the great circle from one noise to another (slerp, Shoemake 1985).

    What lies on the straight line between two noises has too little variance to be noise.
    """
    cosine = functional.cosine_similarity(first.flatten(), second.flatten(), 0).clamp(-1, 1)
    angle = torch.acos(cosine)
    if float(angle.sin()) < 1e-4:
        return torch.lerp(first, second, share)
    parts = torch.sin((1 - share) * angle) * first + torch.sin(share * angle) * second
    return parts / angle.sin()
