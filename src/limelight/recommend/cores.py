"""How many cores a kernel wakes up."""

from collections.abc import Iterator
from contextlib import contextmanager

import numba


@contextmanager
def cores_for(rows: int) -> Iterator[None]:
    """Let compiled loops over ``rows`` use no more cores than there are rows.

    For a single history a second core has nothing to do, and waking it costs more than the work.
    """
    before = numba.get_num_threads()
    numba.set_num_threads(max(1, min(rows, before)))
    try:
        yield
    finally:
        numba.set_num_threads(before)
