"""What processing did to sound, in figures and in a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from limelight.audio.compare.alignment import aligned, delay
from limelight.audio.compare.dnsmos import Opinion, dnsmos
from limelight.audio.compare.measures import UnmeasuredError, pesq, si_sdr, stoi
from limelight.audio.compare.picture import Picture
from limelight.audio.operation import Sound
from limelight.errors import BadInputError

__all__ = ["Comparison", "Opinion", "Picture", "compare"]

T = TypeVar("T")


@dataclass
class Comparison:
    """What was measured of an estimate; None where a measure says nothing, with the reason."""

    delay_seconds: float | None = None
    """How much later than the reference the estimate is; the other figures are without it."""
    si_sdr: float | None = None
    pesq: float | None = None
    stoi: float | None = None
    estoi: float | None = None
    dnsmos: Opinion | None = None
    unmeasured: dict[str, str] = field(default_factory=dict)
    """Why, by the name of the measure."""

    def _try(self, name: str, measure: Callable[[], T]) -> T | None:
        try:
            return measure()
        except UnmeasuredError as reason:
            self.unmeasured[name] = str(reason)
            return None


def compare(reference: Sound | None, estimate: Sound, rate: int) -> Comparison:
    """Measure ``estimate`` (channels, n) against ``reference`` (channels, m) at one ``rate``.

    A delay of up to half a second is found and taken away. SI-SDR is of all channels; PESQ, STOI,
    ESTOI and DNSMOS, which are measures of speech, are of their mean. DNSMOS alone needs no
    reference: without one (None) it is all that is measured. Raises BadInputError where the two
    have other numbers of channels, or nothing in them.
    """
    if not estimate.size:
        raise BadInputError("there is no sound to measure")
    found = Comparison()
    found.dnsmos = found._try("dnsmos", lambda: dnsmos(estimate.mean(axis=0), rate))
    if reference is None:
        return found
    if len(reference) != len(estimate):
        raise BadInputError(
            f"the reference has {len(reference)} channels and the estimate {len(estimate)}; "
            "compare recordings of as many"
        )
    if not reference.size:
        raise BadInputError("there is no sound in the reference")
    late = delay(reference.mean(axis=0), estimate.mean(axis=0), rate)
    found.delay_seconds = late / rate
    wanted, given = aligned(reference, estimate, late)
    one, other = (np.ascontiguousarray(both.mean(axis=0)) for both in (wanted, given))
    found.si_sdr = found._try("si_sdr", lambda: si_sdr(wanted, given))
    if found.si_sdr is None:
        return found
    found.pesq = found._try("pesq", lambda: pesq(one, other, rate))
    found.stoi = found._try("stoi", lambda: stoi(one, other, rate))
    found.estoi = found._try("estoi", lambda: stoi(one, other, rate, extended=True))
    return found
