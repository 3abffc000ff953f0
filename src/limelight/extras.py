"""Parts that are installed separately, imported where they are used."""

from importlib import import_module
from typing import Any

from limelight.errors import MissingExtraError


def require(module: str, extra: str, purpose: str) -> Any:
    """Import ``module``. Raises MissingExtraError, naming what to install, where it is absent."""
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(extra, purpose) from error
