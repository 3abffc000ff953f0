"""Models by name, with settings as a command line or a form gives them."""

from __future__ import annotations

from collections.abc import Sequence

from limelight import configure as by_name
from limelight.recommend import models
from limelight.recommend.models.base import Model


def configure(described: str, settings: Sequence[str] = ()) -> Model:
    """Make an unfitted model from ``"ease"`` or ``"ease:regularization=300,…"``.

    ``settings`` are more of the same, ``"name=value"`` each; what is not given keeps its default.
    Raises NotFoundError for an unknown model, BadInputError for an unknown setting or a value of
    another type than its default's.
    """
    return by_name.configured(models.MODELS, "model", described, settings)
