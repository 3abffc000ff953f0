"""What limelight image duplicates does: groups of files, or of titles, that look alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from limelight.cli.session import Answer, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from limelight.cli.session import Session
    from limelight.errors import LimelightError
    from limelight.image.understand import Fingerprint


def of_files(
    session: Session, inputs: Sequence[str], page: Path | None, overwrite: bool, pixels: int | None
) -> Answer:
    """Compare the pictures of files, and write a page of them if one is named."""
    import polars as pl

    from limelight.cli.display import table
    from limelight.cli.seeing import check_page
    from limelight.image.reading import LIMIT
    from limelight.image.understand.alike import alike, write_contact_page
    from limelight.media.inputs import PICTURES, find

    paths = [item.path for item in find(inputs, PICTURES)]
    check_page(page, paths, overwrite)

    def tell(path: Path, error: LimelightError) -> None:
        typer.echo(visible(f"error: {error}"), err=True)

    with session.progress() as progress:
        found = alike(paths, progress, pixels or LIMIT, tell)
        if page is not None:
            write_contact_page(page, found, len(paths), progress)
    if found.flat:
        session.note(
            f"{len(found.flat):,} pictures of one shade are compared with none: {found.flat[0]}"
            + (", …" if len(found.flat) > 1 else "")
        )
    rows = [
        {"group": number, "file": str(one.path), "pixels": f"{one.width:,} x {one.height:,}",
         "bytes": one.size}
        for number, group in enumerate(found.groups, 1)
        for one in group
    ]  # fmt: skip
    data = {
        "pictures": len(paths),
        "groups": [[_record(one) for one in group] for group in found.groups],
        "flat": list(map(str, found.flat)),
        "failed": [{"file": str(path), "message": str(error)} for path, error in found.failed],
        "page": None if page is None else str(page),
    }
    text = table(pl.DataFrame(rows)) if rows else f"no two of {len(paths):,} pictures are alike\n"
    codes = {error.exit_code for _, error in found.failed}
    return Answer(data, text, codes.pop() if len(codes) == 1 else int(bool(codes)))


def of_titles(session: Session) -> Answer:
    """Compare what `limelight image describe` told the catalogue of its titles' pictures."""
    import polars as pl

    from limelight.catalog import open_store
    from limelight.cli.display import table
    from limelight.errors import NotFoundError
    from limelight.image.understand import near_duplicates

    with open_store(session.store_url) as store:
        items = store.items().select("item_id", "title", "attributes")
    known = list(_fingerprints(items.iter_rows()))
    if not known:
        raise NotFoundError(
            "the catalogue knows no title's picture; limelight image describe FOLDER --titles "
            "tells it of them"
        )
    groups = [[known[i] for i in group] for group in near_duplicates([mark for *_, mark in known])]
    rows = [
        {"group": number, "item_id": item_id, "title": title}
        for number, group in enumerate(groups, 1)
        for item_id, title, _ in group
    ]
    data = {
        "titles": len(known),
        "groups": [[{"item_id": one[0], "title": one[1]} for one in group] for group in groups],
    }
    text = table(pl.DataFrame(rows)) if rows else f"no two of {len(known):,} titles are alike\n"
    return Answer(data, text)


def _fingerprints(rows: Any) -> Iterator[tuple[str, str | None, Fingerprint]]:
    from limelight.errors import BadInputError
    from limelight.image.understand import Fingerprint

    for item_id, title, text in rows:
        if not text or "artwork_measures" not in text:
            continue
        measures = json.loads(text).get("artwork_measures")
        mark = measures.get("fingerprint") if isinstance(measures, dict) else None
        try:
            if isinstance(mark, str):
                yield item_id, title, Fingerprint.read(mark)
        except BadInputError:  # somebody else's attribute of the same name
            continue


def _record(one: Any) -> dict[str, Any]:
    return {"file": str(one.path), "width": one.width, "height": one.height, "bytes": one.size}
