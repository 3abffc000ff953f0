"""How long work tells what it is doing, without knowing who listens."""

from typing import Protocol


class Progress(Protocol):
    """A listener. It may raise to cancel: no work is half written when it is called."""

    def __call__(self, done: float, total: float | None, message: str) -> None:
        """Hear that ``done`` of ``total`` units are finished; ``total`` is None where unknown."""


def silent(done: float, total: float | None, message: str) -> None:
    """Listen to nothing."""


def labelled(label: str, progress: Progress) -> Progress:
    """Let ``progress`` hear which of several works a message is of."""

    def tell(done: float, total: float | None, message: str) -> None:
        progress(done, total, f"{label}: {message}")

    return tell
