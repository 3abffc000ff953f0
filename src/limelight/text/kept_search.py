"""Titles made ready to be searched once, and kept in a file until the catalogue changes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from limelight.catalog import Store
from limelight.errors import UnavailableError
from limelight.media.whole import replacing
from limelight.progress import Progress, silent
from limelight.text.search import Search
from limelight.text.titles import searching

FORMAT = "2"
"""Another one for every change of what a `Search` is made of."""
TOLD = "told"


def kept_search(store: Store, file: Path, progress: Progress = silent) -> tuple[list[str], Search]:
    """Give the ids of the catalogue's titles, and the search in which they are the rows.

    It is read from ``file`` where that was made of this catalogue as it stands, else made and kept
    there; where nothing can be written, it is made each time. Raises NotFoundError for a catalogue
    without titles.
    """
    # Before the titles are read: if they change meanwhile, what is kept is taken for old.
    catalogue = f"{FORMAT} {store.fingerprint()}"
    if (kept := _read(file, catalogue)) is not None:
        return kept
    progress(0, None, "making titles ready to be searched")
    items = store.items()
    ids, search = items["item_id"].to_list(), searching(items)
    told, arrays = search.made()
    text = json.dumps({"ids": ids, **told}, ensure_ascii=False).encode("utf-8")
    try:
        with replacing(file) as draft:
            whole = {**arrays, TOLD: np.frombuffer(text, np.uint8)}
            save_file(whole, draft, {"catalogue": catalogue})
    except UnavailableError:
        pass  # as on a disk that may only be read
    return ids, search


def _read(file: Path, catalogue: str) -> tuple[list[str], Search] | None:
    """Read what was kept, unless it is of another catalogue, damaged, or not there."""
    try:
        with safe_open(file, "numpy") as kept:
            if (kept.metadata() or {}).get("catalogue") != catalogue:
                return None
            names = kept.keys()
            arrays = {name: kept.get_tensor(name) for name in names}
        told = json.loads(arrays.pop(TOLD).tobytes())
        return told.pop("ids"), Search.restored(told, arrays)
    except (OSError, ValueError, KeyError, SafetensorError):
        return None
