"""Public data sets by name: fetch, verify, cache, read; and synthetic events of any size."""

from limelight.datasets.cifar10 import Cifar10, fetch_cifar10
from limelight.datasets.dataset import Dataset, Description
from limelight.datasets.listing import available, fetch
from limelight.datasets.synthetic import synthetic

__all__ = [
    "Cifar10",
    "Dataset",
    "Description",
    "available",
    "fetch",
    "fetch_cifar10",
    "synthetic",
]
