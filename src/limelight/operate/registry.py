"""Published models in a folder: whole or not there, never changed, and one step back.

``<root>/<name>/<version>/`` holds what ``Model.save`` writes, the titles' ids and a card, in
``fallback/`` the model for whom that one has nothing to go by, and in ``newcomers/`` what people's
attributes say. A draft is written beside the versions and renamed into place, which no reader can
see half done. The newest version is current at that moment, with no pointer to write that could be
lost in between; only going back writes one, and it holds until something newer is published.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl

from limelight.errors import BadInputError, CorruptError, NotFoundError, UnavailableError
from limelight.operate.card import Card, check_files, read_card, write_card
from limelight.recommend.models import Model, Newcomers, load_model

IDS_FILE = "item_ids.parquet"
FALLBACK_FOLDER = "fallback"
NEWCOMERS_FOLDER = "newcomers"
ROLLED_BACK_FILE = "rolled_back.json"
DRAFT = ".draft-"
ABANDONED_AFTER = 24 * 3600  # seconds: no publisher works on a draft for a day

# Lower case only, and no device names, so that a name is the same folder on every system.
NAME = re.compile(r"(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$)[a-z0-9][a-z0-9_-]{0,63}")
VERSION = re.compile(r"[1-9][0-9]{0,8}")


class Registry:
    """The published models under one folder, by name and version (1, 2, 3, ...)."""

    def __init__(self, root: Path) -> None:
        """Look at ``root``, which the first publishing makes."""
        self.root = Path(root)

    def folder(self, name: str = "default") -> Path:
        """Say where the versions of a name are. Raises BadInputError for what can't be a name."""
        if not NAME.fullmatch(name):
            raise BadInputError(
                f"{name!r} can't name a model; use lower-case letters, digits, - and _"
            )
        return self.root / name

    def publish(
        self,
        model: Model,
        item_ids: Iterable[str],
        *,
        name: str = "default",
        fallback: Model | None = None,
        newcomers: Newcomers | None = None,
        data: Mapping[str, Any] | None = None,
        metrics: Mapping[str, Any] | None = None,
    ) -> int:
        """Add a version, which becomes the current one, and return its number.

        ``item_ids`` names the model's titles in the order of its indices; ``fallback`` and
        ``newcomers`` are of the same titles. ``data`` and ``metrics`` go into the card: see
        ``card.describe_data`` and ``Evaluation.to_dict``. Several processes may publish at once.
        Raises BadInputError, or UnavailableError where the folder can't be written.
        """
        if not hasattr(model, "n_items"):
            raise BadInputError(f"the {model.name} model was not fitted, so it can't be published")
        ids = pl.DataFrame({"item_id": item_ids}, schema={"item_id": pl.String})
        if ids.height != model.n_items:
            raise BadInputError(
                f"the model scores {model.n_items:,} titles, {ids.height:,} ids were given"
            )
        if ids["item_id"].null_count() or ids["item_id"].n_unique() < ids.height:
            raise BadInputError("the titles' ids must be there and differ from each other")
        beside = {FALLBACK_FOLDER: fallback, NEWCOMERS_FOLDER: newcomers}
        for inside, other in beside.items():
            if other is not None and other.n_items != model.n_items:
                raise BadInputError(f"the {inside} must score the same titles as the model")
        folder = self.folder(name)
        draft = folder / f"{DRAFT}{uuid4().hex}"
        try:
            draft.mkdir(parents=True)
            model.save(draft)
            ids.write_parquet(draft / IDS_FILE)
            for inside, other in beside.items():
                if other is not None:
                    (draft / inside).mkdir()
                    other.save(draft / inside)
            write_card(draft, model, data or {}, metrics or {})
            for path in [*draft.rglob("*"), draft]:
                _flush(path)
            version = _rename_to_next(draft)
            for path in (folder, self.root):
                _flush(path)
        except OSError as error:
            raise UnavailableError(f"{folder} can't be written: {error.strerror}") from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        _remove_abandoned(folder)
        return version

    def load(
        self, name: str = "default", version: int | None = None
    ) -> tuple[Model, pl.Series, Card]:
        """Read a version, else the current one: the model, its titles' ids and its card.

        Every file is held against its checksum first. Raises NotFoundError for a name or version
        that there is not, CorruptError with the reason for a folder that is not as it was
        published.
        """
        folder = self._version(name, version)
        card = read_card(folder)
        check_files(folder, card)
        model = load_model(folder)
        try:
            item_ids = pl.read_parquet(folder / IDS_FILE)["item_id"]
        except (OSError, pl.exceptions.PolarsError) as error:
            raise CorruptError(f"{folder / IDS_FILE} can't be read: {error}") from error
        if len(item_ids) != model.n_items:
            raise CorruptError(
                f"{folder} has {len(item_ids):,} ids for the model's {model.n_items:,} titles"
            )
        return model, item_ids, card

    def load_fallback(self, name: str = "default", version: int | None = None) -> Model | None:
        """Read the fallback of a version, else of the current one; None where it has none.

        Raises as ``load`` does.
        """
        return self._load_beside(name, version, FALLBACK_FOLDER)

    def load_newcomers(self, name: str = "default", version: int | None = None) -> Newcomers | None:
        """Read what a version makes of people's attributes; None where it makes nothing of them.

        Raises as ``load`` does.
        """
        newcomers = self._load_beside(name, version, NEWCOMERS_FOLDER)
        if newcomers is None or isinstance(newcomers, Newcomers):
            return newcomers
        raise CorruptError(f"{self._version(name, version)} holds a {newcomers.name} of newcomers")

    def _load_beside(self, name: str, version: int | None, inside: str) -> Model | None:
        folder = self._version(name, version)
        card = read_card(folder)
        files = {path: file for path, file in card.files.items() if path.startswith(f"{inside}/")}
        if not files:
            return None
        check_files(folder, replace(card, files=files))
        return load_model(folder / inside)

    def card(self, name: str = "default", version: int | None = None) -> Card:
        """Read the card of a version, else of the current one, without reading the model."""
        return read_card(self._version(name, version))

    def names(self) -> list[str]:
        """Name what was published, in alphabetical order."""
        folders = self.root.iterdir() if self.root.is_dir() else ()
        return sorted(path.name for path in folders if NAME.fullmatch(path.name) and _numbers(path))

    def versions(self, name: str = "default") -> list[int]:
        """List the versions, oldest first. Raises NotFoundError for an unknown name."""
        versions = _numbers(self.folder(name))
        if not versions:
            known = f"there are {', '.join(self.names())}" if self.names() else "none is published"
            raise NotFoundError(f"there is no model {name!r} in {self.root}; {known}")
        return versions

    def current(self, name: str = "default") -> int:
        """Give the version that is served: the newest, unless rolled back since."""
        versions = self.versions(name)
        pointer = self.folder(name) / ROLLED_BACK_FILE
        try:
            told = json.loads(pointer.read_text(encoding="utf-8"))
            newest, chosen = int(told["newest"]), int(told["current"])
        except FileNotFoundError:
            return versions[-1]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorruptError(
                f"{pointer} can't be read ({error}); delete it to serve the newest version"
            ) from error
        return chosen if newest == versions[-1] else versions[-1]

    def roll_back(self, name: str = "default", to: int | None = None) -> int:
        """Serve version ``to``, else the one before the current, until the next is published.

        Going forward again works the same way. Returns the version that is now current. Raises
        NotFoundError where there is no such version.
        """
        versions = self.versions(name)
        if to is None:
            earlier = [version for version in versions if version < self.current(name)]
            if not earlier:
                raise NotFoundError(f"there is no version of {name!r} before the current one")
            to = earlier[-1]
        self._version(name, to)
        folder = self.folder(name)
        draft = folder / f"{DRAFT}{uuid4().hex}"
        try:
            draft.write_text(json.dumps({"newest": versions[-1], "current": to}), encoding="utf-8")
            _flush(draft)
            draft.replace(folder / ROLLED_BACK_FILE)
            _flush(folder)
        except OSError as error:
            raise UnavailableError(f"{folder} can't be written: {error.strerror}") from error
        return to

    def _version(self, name: str, version: int | None) -> Path:
        # In this order: what is published in between makes neither answer wrong.
        chosen = self.current(name) if version is None else version
        versions = self.versions(name)
        if chosen not in versions:
            raise NotFoundError(
                f"there is no version {chosen} of {name!r}; there are "
                f"{', '.join(map(str, versions))}"
            )
        return self.folder(name) / str(chosen)


def _numbers(folder: Path) -> list[int]:
    """List what is named like a version, in order."""
    paths = folder.iterdir() if folder.is_dir() else ()
    return sorted(
        int(path.name) for path in paths if re.fullmatch(r"[1-9]\d*", path.name, re.ASCII)
    )


def _rename_to_next(draft: Path) -> int:
    """Give the draft the next free number; who comes second to a number takes the one after."""
    while True:
        version = max(_numbers(draft.parent), default=0) + 1
        try:
            # A folder that is not empty is never replaced, so no version can overwrite another.
            draft.rename(draft.parent / str(version))
        except OSError:
            if not (draft.parent / str(version)).exists():
                raise
        else:
            return version


def _remove_abandoned(folder: Path) -> None:
    """Remove drafts whose publisher was killed; one that goes away meanwhile was not."""
    for draft in folder.glob(f"{DRAFT}*"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > ABANDONED_AFTER:
                shutil.rmtree(draft) if draft.is_dir() else draft.unlink()


def _flush(path: Path) -> None:
    """Make the disk hold a file or a folder before anything depends on it."""
    if path.is_dir() and os.name == "nt":  # Windows has no handle for that, and needs none
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
