"""Two recordings of the same, brought to begin together."""

from __future__ import annotations

import numpy as np
from scipy.signal import correlate

from limelight.audio.operation import Sound

HEARD_SECONDS = 60
"""From the middle: enough to be sure of a delay, whatever the length."""
MOST_SECONDS = 0.5


def delay(reference: Sound, estimate: Sound, rate: int) -> int:
    """Say by how many samples ``estimate`` (n,) is later than ``reference`` (m,), or -earlier.

    The place of the largest cross-correlation, up to half a second away; 0 where one is silent.
    """
    n = min(reference.size, estimate.size)
    heard = min(n, HEARD_SECONDS * rate)
    middle = slice((n - heard) // 2, (n - heard) // 2 + heard)
    products = np.abs(correlate(estimate[middle], reference[middle], method="fft"))
    most = min(int(MOST_SECONDS * rate), heard - 1)
    near = products[heard - 1 - most : heard + most]
    return int(near.argmax()) - most if near.max(initial=0.0) > 0 else 0


def aligned(reference: Sound, estimate: Sound, late: int) -> tuple[Sound, Sound]:
    """Cut both (channels, n) to what they share, where ``estimate`` is ``late`` samples late."""
    reference = reference[:, max(-late, 0) :]
    estimate = estimate[:, max(late, 0) :]
    n = min(reference.shape[-1], estimate.shape[-1])
    return reference[:, :n], estimate[:, :n]
