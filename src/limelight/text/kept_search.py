"""Titles made ready to be searched once, and kept in a file until they change."""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from limelight.catalog import Store
from limelight.errors import UnavailableError
from limelight.media.whole import replacing
from limelight.progress import Progress, silent
from limelight.text.rounded import Rounded
from limelight.text.search import Search
from limelight.text.titles import rounded_of, searching, several

FORMAT = "3"
"""Another one for every change of what a `Search` is made of."""
TOLD, MARKS = "told", "marks"
MARK = 16

Marks = NDArray[np.void]


class Kept(NamedTuple):
    """What is kept: the search, its titles' ids, and a digest of all that it was made of, a title.

    ``catalogue`` is the fingerprint of the catalogue for which that is so.
    """

    catalogue: str
    ids: list[str]
    marks: Marks
    search: Search


def kept_search(store: Store, file: Path, progress: Progress = silent) -> tuple[list[str], Search]:
    """Give the ids of the catalogue's titles, and the search in which they are the rows.

    It is read from ``file`` where that was made of these titles as they stand, else made and kept
    there; the vectors of titles that did not change are taken from there all the same. Where
    nothing can be written, it is made each time. Raises NotFoundError for a catalogue without
    titles, BadInputError for one with vectors of several lengths.
    """
    # Before the titles are read: if they change meanwhile, what is kept is taken for old.
    catalogue = store.fingerprint()
    kept = _read(file)
    if kept is None or kept.catalogue != catalogue:
        progress(0, None, "making titles ready to be searched")
        kept = _made(store.items(), catalogue, kept)
        _write(kept, file)
    return kept.ids, kept.search


def _made(items: pl.DataFrame, catalogue: str, kept: Kept | None) -> Kept:
    marks = marks_of(items)
    ids = items["item_id"].to_list()
    if kept is not None and np.array_equal(marks, kept.marks):  # as after an import of events
        return Kept(catalogue, ids, marks, kept.search)
    return Kept(catalogue, ids, marks, searching(items, _vectors(items, marks, kept)))


def marks_of(items: pl.DataFrame) -> Marks:
    """Digest each title, and what is written of it, into 16 bytes."""
    rows = items.select("item_id", "title", "categories", "text", "attributes").iter_rows()
    digests = (blake2b(repr(row).encode("utf-8"), digest_size=MARK).digest() for row in rows)
    return np.frombuffer(b"".join(digests), np.dtype((np.void, MARK)))


def _vectors(items: pl.DataFrame, marks: Marks, kept: Kept | None) -> Rounded | None:
    """Give the titles' vectors if some are kept: these need not be read from text again."""
    before = kept.search.vectors if kept is not None else None
    if kept is None or before is None:
        return None
    places = {mark: row for row, mark in enumerate(kept.marks.tolist())}
    old = np.array([places.get(mark, -1) for mark in marks.tolist()])
    same, new = np.flatnonzero(old >= 0), np.flatnonzero(old < 0)
    if not before.scales[old[same]].any():
        return None
    fresh = rounded_of(items[new])
    if fresh is not None and fresh.dimensions != before.dimensions:
        raise several()
    found = Rounded.nothing(len(items), before.dimensions)
    found.codes[same], found.scales[same] = before.codes[old[same]], before.scales[old[same]]
    if fresh is not None:
        found.codes[new], found.scales[new] = fresh.codes, fresh.scales
    return found


def _write(kept: Kept, file: Path) -> None:
    told, arrays = kept.search.made()
    text = json.dumps({"ids": kept.ids, **told}, ensure_ascii=False).encode("utf-8")
    arrays |= {TOLD: np.frombuffer(text, np.uint8), MARKS: kept.marks.view(np.uint8)}
    try:
        with replacing(file) as draft:
            save_file(arrays, draft, {"format": FORMAT, "catalogue": kept.catalogue})
    except UnavailableError:
        pass  # as on a disk that may only be read


def _read(file: Path) -> Kept | None:
    """Read what was kept, unless it is of another version, damaged, or not there."""
    try:
        with safe_open(file, "numpy") as kept:
            about = kept.metadata() or {}
            if about.get("format") != FORMAT:
                return None
            names = kept.keys()
            arrays = {name: kept.get_tensor(name) for name in names}
        told = json.loads(arrays.pop(TOLD).tobytes())
        marks = arrays.pop(MARKS).view(np.dtype((np.void, MARK)))
        return Kept(about["catalogue"], told.pop("ids"), marks, Search.restored(told, arrays))
    except (OSError, ValueError, KeyError, SafetensorError):
        return None
