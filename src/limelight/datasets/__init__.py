"""Public data sets by name: fetch, verify, cache, read; and synthetic events of any size."""

from limelight.datasets.dataset import Dataset, Description
from limelight.datasets.listing import available, fetch
from limelight.datasets.synthetic import synthetic

__all__ = ["Dataset", "Description", "available", "fetch", "synthetic"]
