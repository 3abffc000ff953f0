"""What can go wrong, said so that a person can mend it.

Every error that a user can cause is a :class:`LimelightError`. Its text is one or two sentences:
what is wrong, where, and what to do. The command line prints that text alone and exits with
``exit_code``; any other exception is a defect of ours and keeps its traceback.
"""

from typing import ClassVar


class LimelightError(Exception):
    """Something that the user can mend."""

    exit_code: ClassVar[int] = 1


class BadInputError(LimelightError):
    """A file, a row or an argument is not what it should be."""

    exit_code: ClassVar[int] = 2


class NotFoundError(LimelightError):
    """A user, a title, a model or a data set of that name does not exist."""

    exit_code: ClassVar[int] = 3


class MissingExtraError(LimelightError):
    """A part of Limelight that is installed separately is absent."""

    exit_code: ClassVar[int] = 4

    def __init__(self, extra: str, purpose: str) -> None:
        """Name the extra that is missing and what it is for."""
        super().__init__(f"{purpose} needs an extra part: pip install 'limelight[{extra}]'")


class CorruptError(LimelightError):
    """A stored model, download or store does not match its checksum or its format."""

    exit_code: ClassVar[int] = 5


class UnavailableError(LimelightError):
    """A server, a network address or a disk could not be reached or written."""

    exit_code: ClassVar[int] = 6


class LimelightWarning(UserWarning):
    """Something was left out or replaced; the result stands, and the text says what changed."""
