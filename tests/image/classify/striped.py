"""Labelled pictures that a small network learns in a second."""

import numpy as np

from limelight.image.classify.labelled import Labelled

KINDS = ("across", "chequered", "down")


def stripes(n: int, seed: int, size: int = 24) -> Labelled:
    """Stripes down, across, or both, of any colour, width and place, under noise."""
    random = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    waves = np.sin(
        np.arange(size) * random.uniform(0.6, 1.2, (2, n, 1)) + random.uniform(0, 6, (2, n, 1))
    )
    down = np.broadcast_to(waves[0][:, None, :], (n, size, size))
    across = np.broadcast_to(waves[1][:, :, None], (n, size, size))
    shapes = np.stack([across, down * across, down])[labels, np.arange(n)]
    colours = random.uniform(-90, 90, (n, 1, 1, 3))
    noise = random.normal(0, 20, (n, size, size, 3))
    pictures = np.clip(128 + shapes[..., None] * colours + noise, 0, 255).astype(np.uint8)
    return Labelled(pictures, labels.astype(np.int64), KINDS)
