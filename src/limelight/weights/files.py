"""Pretrained weights on this disk: found, fetched or brought by hand, and always verified."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from limelight import origins
from limelight.errors import BadInputError, CorruptError, NotFoundError, UnavailableError
from limelight.home import Home
from limelight.progress import Progress, silent
from limelight.weights import registry
from limelight.weights.registry import Weights

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class _Copy:
    """A file that somebody brought."""

    file: Path
    file_name: str
    sha256: str

    @property
    def name(self) -> str:
        return str(self.file)

    def retrieve(self, folder: Path, progress: Progress) -> Path:
        progress(0, None, f"copying {self.file.name}")
        return Path(shutil.copyfile(self.file, folder / self.file_name))


def available() -> tuple[Weights, ...]:
    """Describe all weights that there are names for, without any network."""
    return registry.REGISTRY


def known(name: str) -> Weights:
    """Give what is known of weights by name. Raises NotFoundError for an unknown one."""
    for weights in registry.REGISTRY:
        if weights.name == name:
            return weights
    names = ", ".join(weights.name for weights in registry.REGISTRY)
    raise NotFoundError(f"there are no weights {name!r}; there are {names}")


def path(name: str, folder: Path | None = None) -> Path:
    """Give the verified file of weights by name, from ``folder`` (default: the home's weights).

    Nothing is ever downloaded here. Raises NotFoundError for an unknown name, UnavailableError
    where the file is not on this disk, saying how to get it, CorruptError where it is another file.
    """
    weights = known(name)
    kept = _folder(folder) / weights.origin.file_name
    if not kept.is_file():
        size = f" ({weights.size / MEGABYTE:.0f} MB)" if weights.size else ""
        raise UnavailableError(
            f"the weights {name!r} are not on this disk: `limelight weights fetch {name}` gets "
            f"them from {weights.origin.name}{size}, or bring {weights.origin.file_name} from "
            f"there yourself and run `limelight weights add {name} FILE`"
        )
    found = origins.sha256(kept)
    if not origins.agrees(found, weights.origin.sha256):
        raise CorruptError(
            f"{kept} is not what the weights {name!r} should be (SHA-256 {found[:12]}… instead of "
            f"{weights.origin.sha256[:12]}…); `limelight weights fetch {name}` gets them anew"
        )
    return kept


def fetch(name: str, folder: Path | None = None, progress: Progress = silent) -> Path:
    """Get weights by name into ``folder``, verified and whole; a second time takes nothing.

    Raises NotFoundError for an unknown name, UnavailableError where nobody could be reached and
    CorruptError where the file got is not the one expected; nothing half fetched is left.
    """
    return origins.obtain((known(name).origin,), _folder(folder), progress)[0]


def add(name: str, file: Path, folder: Path | None = None, progress: Progress = silent) -> Path:
    """Copy a file that somebody brought into ``folder``, as weights of that name.

    Raises BadInputError where there is no such file, CorruptError where it is not those weights.
    """
    origin = known(name).origin
    if not Path(file).is_file():
        raise BadInputError(f"there is no file {file}")
    copy = _Copy(Path(file), origin.file_name, origin.sha256)
    return origins.bring(copy, _folder(folder), progress)


def _folder(folder: Path | None) -> Path:
    return Home.find().weights if folder is None else Path(folder)
