"""What a published model says about itself, and the checksums that hold it to that."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from limelight.errors import BadInputError, CorruptError
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import Model

CARD_FILE = "card.json"
FORMAT = 1
LIBRARIES = ("limelight", "numpy", "scipy", "numba", "polars", "safetensors", "torch")


@dataclass(frozen=True)
class Card:
    """Where a model comes from and what it is worth.

    model      name of the kind of model, such as "ease"
    config     what its constructor took
    n_items    titles it scores
    data       what it learned from, as :func:`describe_data` tells it
    metrics    what it reached, as ``Evaluation.to_dict`` tells it
    versions   Python and the libraries it was made with
    published  ISO 8601 time in UTC
    files      file's path in the folder -> {"bytes", "sha256"}
    """

    model: str
    config: dict[str, Any]
    n_items: int
    data: dict[str, Any]
    metrics: dict[str, Any]
    versions: dict[str, str]
    published: str
    files: dict[str, dict[str, Any]]


def describe_data(interactions: Interactions) -> dict[str, Any]:
    """Tell what data a model learned from: its fingerprint, its size and its time span.

    The fingerprint (SHA-256) is the same for the same events of the same users with the same
    titles, on any machine; times are microseconds since 1970 UTC, None where there are none.
    """
    histories = interactions.histories
    digest = hashlib.sha256()
    for ids in (interactions.user_ids, interactions.item_ids):
        digest.update("\0".join(ids).encode())
        digest.update(b"\0\0")
    for array in (histories.offsets, histories.items, histories.weights, histories.times):
        if array is not None:
            digest.update(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data)
    times = histories.times
    return {
        "sha256": digest.hexdigest(),
        "users": interactions.n_users,
        "items": interactions.n_items,
        "events": len(histories.items),
        "first": None if times is None else int(times.min()),
        "last": None if times is None else int(times.max()),
    }


def write_card(
    folder: Path, model: Model, data: Mapping[str, Any], metrics: Mapping[str, Any]
) -> None:
    """Write the card of what is in the folder. Raises BadInputError for what JSON can't hold."""
    card = Card(
        model=model.name,
        config=model.config(),
        n_items=model.n_items,
        data=dict(data),
        metrics=dict(metrics),
        versions={"python": platform.python_version(), **_installed()},
        published=datetime.now(UTC).isoformat(timespec="seconds"),
        files={
            path.relative_to(folder).as_posix(): _measure(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    )
    try:
        # As it will be read: JSON turns tuples into lists and every key into text.
        content = json.loads(json.dumps(asdict(card), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise BadInputError(f"the model card can't be written as JSON: {error}") from error
    sealed = {"format": FORMAT, **content, "sha256": _seal(content)}
    text = json.dumps(sealed, indent=2, ensure_ascii=False)
    (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")


def read_card(folder: Path) -> Card:
    """Read a card. Raises CorruptError where there is none or it was changed."""
    try:
        content = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        written_as, seal = content.pop("format"), content.pop("sha256")
    except FileNotFoundError as error:
        raise CorruptError(f"{folder} is no published model: it has no {CARD_FILE}") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorruptError(f"{folder / CARD_FILE} is no readable model card: {error}") from error
    if written_as != FORMAT:
        raise CorruptError(f"{folder} was published by another version of Limelight")
    if seal != _seal(content):
        raise CorruptError(f"{folder / CARD_FILE} was changed after the model was published")
    try:
        return Card(**content)
    except TypeError as error:
        raise CorruptError(f"{folder / CARD_FILE} is no model card: {error}") from error


def check_files(folder: Path, card: Card) -> None:
    """Raise CorruptError where a file of the model is missing, cut short or changed."""
    for name, expected in card.files.items():
        path = folder / name
        try:
            found = _measure(path)
        except OSError as error:
            raise CorruptError(f"{path} can't be read: {error.strerror}") from error
        if found["bytes"] != expected["bytes"]:
            raise CorruptError(
                f"{path} has {found['bytes']:,} bytes instead of {expected['bytes']:,}"
            )
        if found != expected:
            raise CorruptError(f"{path} was changed: its checksum does not match the model card")


def _measure(path: Path) -> dict[str, Any]:
    """Give size and checksum of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def _seal(content: Mapping[str, Any]) -> str:
    """Give the checksum of the card itself."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _installed() -> dict[str, str]:
    """Name the versions of the libraries that are there."""
    versions = {}
    for library in LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            continue
    return versions
