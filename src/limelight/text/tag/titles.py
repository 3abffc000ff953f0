"""Predicted tags of a catalogue's titles, beside what editors wrote and never over it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from limelight.catalog import Store, describe_items
from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.text.tag.tagger import Tagger

SCORES = "_scores"


@dataclass(frozen=True)
class Tagged:
    """What became of the titles: the tags of those that were told, and how many were passed over.

    ``kept`` have the attribute from somebody else, ``silent`` have no text.
    """

    tags: Mapping[str, Mapping[str, float]]
    kept: int
    silent: int


def tag_titles(store: Store, tagger: Tagger, attribute: str, progress: Progress = silent) -> Tagged:
    """Write tags into the titles as ``attribute``, a list, and ``attribute``_scores, an object.

    A title whose attribute is there and is not what a tagger wrote (it has no scores, or those of
    other tags: an editor corrected it) keeps it. Raises BadInputError for a name that can't be an
    attribute's, or a catalogue without a text.
    """
    if not attribute.strip() or attribute.endswith(SCORES):
        raise BadInputError(f"{attribute!r} can't be the attribute's name; choose another")
    items = store.items()
    rows = items.select("item_id", "text", "attributes").iter_rows()
    chosen: list[tuple[str, str]] = []
    kept = without = 0
    for item_id, text, attributes in rows:
        if _is_somebodys(json.loads(attributes) if attributes else {}, attribute):
            kept += 1
        elif not text or not text.strip():
            without += 1
        else:
            chosen.append((item_id, text))
    if not chosen and not kept:
        raise BadInputError(
            "the catalogue has no title with a text; import items with a column text"
        )
    tags = tagger.tags([text for _, text in chosen], progress) if chosen else []
    found = {item_id: given for (item_id, _), given in zip(chosen, tags, strict=True)}
    if found:
        describe_items(
            store,
            {
                item_id: {attribute: list(given), attribute + SCORES: given}
                for item_id, given in found.items()
            },
        )
    return Tagged(found, kept, without)


def _is_somebodys(attributes: Mapping[str, Any], name: str) -> bool:
    if name not in attributes:
        return False
    scores, given = attributes.get(name + SCORES), attributes[name]
    if not isinstance(scores, dict) or not isinstance(given, list):
        return True
    return sorted(map(str, given)) != sorted(scores)
