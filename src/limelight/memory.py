"""Saying in advance what will not fit, instead of dying half way."""

import psutil

from limelight.errors import BadInputError


def require_memory(n_bytes: float, purpose: str, advice: str) -> None:
    """Raise BadInputError when ``purpose`` needs more memory than the machine has free."""
    free = psutil.virtual_memory().available
    if n_bytes > free:
        raise BadInputError(
            f"{purpose} needs {n_bytes / 2**30:,.1f} GiB of memory "
            f"and {free / 2**30:,.1f} are free; {advice}"
        )
