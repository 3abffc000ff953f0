"""Pretrained weights by name: where they come from, their licence, size and checksum."""

from limelight.weights.files import add, available, fetch, known, path
from limelight.weights.registry import Weights

__all__ = ["Weights", "add", "available", "fetch", "known", "path"]
