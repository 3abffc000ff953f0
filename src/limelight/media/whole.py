"""Files, and folders of files, that appear whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from limelight.errors import BadInputError, UnavailableError

DRAFT = ".limelight-draft-"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a draft beside ``path``, of the same suffix, that takes its place when the block ends.

    Whatever the block raises (an error, a cancellation), the draft goes and ``path`` stays as it
    was. The folder is made where it is missing. An OSError, as of a full disk, becomes an
    UnavailableError that names ``path``: the block says itself what is wrong with files that it
    reads. Raises BadInputError where ``path`` is a folder.
    """
    path = Path(path)
    if path.is_dir():
        raise BadInputError(f"{path} is a folder; name a file to write")
    # Short and hidden: it fits where the longest name does, and no glob takes it for a medium.
    draft = path.with_name(f"{DRAFT}{uuid4().hex[:12]}{path.suffix}")
    try:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield draft
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UnavailableError(f"{path} can't be written: {error.strerror or error}") from error


@contextmanager
def filling(folder: Path) -> Iterator[Path]:
    """Give a draft folder whose files take their places in ``folder`` when the block ends.

    A folder that is new appears with all its files at once; in one that is there, files of the same
    names are replaced and others stay. Else as `replacing`.
    """
    folder = Path(folder)
    draft = folder.with_name(f"{DRAFT}{uuid4().hex[:12]}")
    try:
        try:
            draft.mkdir(parents=True)
            yield draft
            if not folder.exists():
                draft.rename(folder)
            else:
                for file in sorted(draft.iterdir()):
                    file.replace(folder / file.name)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise UnavailableError(f"{folder} can't be written: {error.strerror or error}") from error
