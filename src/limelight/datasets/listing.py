"""The data sets that Limelight knows by name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from limelight.datasets.amazon import Sequences
from limelight.datasets.cifar10 import DESCRIPTION as CIFAR10
from limelight.datasets.dataset import Dataset, Description, Tables
from limelight.datasets.movielens import (
    MovieLens1M,
    MovieLens100k,
    MovieLens100kInRecBole,
    MovieLensLatestSmall,
)
from limelight.errors import BadInputError, NotFoundError
from limelight.origins import Address, Origin, Package, obtain
from limelight.progress import Progress, silent

GROUPLENS = "https://files.grouplens.org/datasets/movielens"
S3_REC = "https://raw.githubusercontent.com/RUCAIBox/CIKM2020-S3Rec/master/data"
RESEARCH_ONLY = (
    "GroupLens: for research; no redistribution and no commercial use without their permission; "
    "cite Harper and Konstan, 2015, doi:10.1145/2827872"
)
SAME_TERMS = (
    "GroupLens: for research; redistribution under the same terms; no commercial use without their "
    "permission; cite Harper and Konstan, 2015, doi:10.1145/2827872"
)
REVIEWS = (
    "Ids only, from Amazon reviews collected by McAuley et al., 2015; prepared by Zhou et al., "
    "CIKM 2020, without stated terms: ask before any use but research"
)

Reader = Callable[[Path], Tables]


@dataclass(frozen=True)
class Listed:
    """A description and, best first, who has the file and how that file is read."""

    description: Description
    editions: tuple[tuple[Origin, Reader], ...]


LISTING: tuple[Listed, ...] = (
    Listed(
        Description(
            "movielens-100k",
            "100,000 ratings of 1,682 films by 943 people, 1997-1998",
            RESEARCH_ONLY,
            "https://grouplens.org/datasets/movielens/100k/",
        ),
        (
            (
                Address(
                    f"{GROUPLENS}/ml-100k.zip",
                    "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
                ),
                MovieLens100k,
            ),
            (
                Package(
                    "recbole==1.2.1",
                    "recbole-1.2.1-py3-none-any.whl",
                    "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407",
                ),
                MovieLens100kInRecBole,
            ),
        ),
    ),
    Listed(
        Description(
            "movielens-latest-small",
            "100,836 ratings of 9,742 films by 610 people, 1996-2018",
            SAME_TERMS,
            "https://grouplens.org/datasets/movielens/latest/",
        ),
        (
            (
                Address(
                    f"{GROUPLENS}/ml-latest-small.zip",
                    "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
                ),
                MovieLensLatestSmall,
            ),
        ),
    ),
    Listed(
        Description(
            "movielens-1m",
            "1,000,209 ratings of 3,883 films by 6,040 people, 2000-2003",
            RESEARCH_ONLY,
            "https://grouplens.org/datasets/movielens/1m/",
        ),
        (
            (
                Address(
                    f"{GROUPLENS}/ml-1m.zip",
                    "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
                ),
                MovieLens1M,
            ),
        ),
    ),
    Listed(
        Description(
            "amazon-beauty",
            "198,502 reviews of 12,101 products by 22,363 people, in order, without times",
            REVIEWS,
            "https://github.com/RUCAIBox/CIKM2020-S3Rec",
        ),
        (
            (
                Address(
                    f"{S3_REC}/Beauty.txt",
                    "226cce9c3105299ca0db9615d7d3fb32b3175e90da43100ae352599f0f0107b8",
                ),
                Sequences,
            ),
        ),
    ),
    Listed(
        Description(
            "amazon-sports",
            "296,337 reviews of 18,357 products by 35,598 people, in order, without times",
            REVIEWS,
            "https://github.com/RUCAIBox/CIKM2020-S3Rec",
        ),
        (
            (
                Address(
                    f"{S3_REC}/Sports_and_Outdoors.txt",
                    "2a095e0648872beb9982408958290f5d655db5be2911c3756b5446de9f0b8de2",
                ),
                Sequences,
            ),
        ),
    ),
)


def available() -> tuple[Description, ...]:
    """Describe every data set that can be fetched, with its licence, without any network."""
    return (*(listed.description for listed in LISTING), CIFAR10)


def fetch(name: str, cache: Path, progress: Progress = silent) -> Dataset:
    """Get a data set of events by name, from ``cache`` where it lies already and is sound.

    Raises NotFoundError for an unknown name, BadInputError for one that has no events,
    UnavailableError where nobody could be reached and
    CorruptError where the file got is not the one expected; nothing half fetched is left.
    """
    for listed in LISTING:
        if listed.description.name == name:
            return _fetch(listed, Path(cache), progress)
    if name == CIFAR10.name:
        raise BadInputError(
            f"{name} has pictures, and no events to import; "
            f"train on it by limelight image classify train {name}"
        )
    names = ", ".join(description.name for description in available())
    raise NotFoundError(f"there is no data set {name!r}; there are {names}")


def _fetch(listed: Listed, cache: Path, progress: Progress) -> Dataset:
    known = listed.description
    readers = dict(listed.editions)
    path, origin = obtain(tuple(readers), cache / known.name, progress)
    return Dataset(
        name=known.name,
        summary=known.summary,
        licence=known.licence,
        source=known.source,
        origin=origin.name,
        tables=readers[origin](path),
    )
