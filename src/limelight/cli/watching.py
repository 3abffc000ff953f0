"""limelight video shots, sheet, thumbnails, highlight and describe: what is in a video."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.media import (
    InputsArgument,
    OutOption,
    OverwriteOption,
    ResumeOption,
    examined,
    finished,
    planned,
)
from limelight.cli.session import Answer, Session, command
from limelight.media.inputs import VIDEO

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from limelight.media.outputs import Job
    from limelight.progress import Progress
    from limelight.video.understand import Description, Shot

app = typer.Typer()

PICTURES = ("png", "jpg", "jpeg", "webp")
JPEG_QUALITY = 92

PictureOption = Annotated[
    str | None,
    typer.Option("--format", metavar="SUFFIX", help="png, jpg or webp, where -o does not say."),
]


@command(app, "shots")
def shots(session: Session, inputs: InputsArgument) -> Answer:
    """Find where shots begin and end: --json has all of them, with their frames.

    \b
    Example:
      limelight video shots film.mp4 --json
    """
    from limelight.video.understand import shots as found_in

    def work(path: Path, progress: Progress) -> dict[str, Any]:
        return {"shots": [_told(shot) for shot in found_in(path, progress)]}

    def row(facts: Mapping[str, Any]) -> dict[str, Any]:
        found = facts["shots"]
        longest = max(shot["end"] - shot["start"] for shot in found)
        return {"shots": len(found), "until": found[-1]["end"], "longest": round(longest, 2)}

    return examined(session, inputs, VIDEO, work, row)


@command(app, "describe")
def describe(
    session: Session,
    inputs: InputsArgument,
    titles: Annotated[
        bool,
        typer.Option(
            "--titles",
            help="Write what was seen into the catalogue: a file's name is its title's id.",
        ),
    ] = False,
) -> Answer:
    """Say how fast, lively, dark and colourful videos are.

    \b
    Examples:
      limelight video describe trailer.mp4
      limelight video describe trailers --titles
    """
    from limelight.video.understand import describe as described

    seen: dict[str, Description] = {}

    def work(path: Path, progress: Progress) -> dict[str, Any]:
        found = seen[path.stem] = described(path, progress=progress)
        return found.facts()

    def row(facts: Mapping[str, Any]) -> dict[str, Any]:
        told = {**facts, "moods": ", ".join(facts["moods"])}
        return {
            name: told[name] for name in ("seconds", "shots", "cuts_per_minute", "dark", "moods")
        }

    answer = examined(session, inputs, VIDEO, work, row)
    if titles and seen:
        from limelight.catalog import describe_items, open_store

        with open_store(session.store_url) as store:
            describe_items(store, {title: found.attributes() for title, found in seen.items()})
        session.note(f"{len(seen):,} titles of the catalogue know how they look")
    return answer


@command(app, "sheet")
def sheet(
    session: Session,
    inputs: InputsArgument,
    out: OutOption,
    columns: Annotated[int, typer.Option(metavar="N", help="Pictures side by side.")] = 5,
    rows: Annotated[int, typer.Option(metavar="N", help="Rows of pictures.")] = 4,
    width: Annotated[int, typer.Option(metavar="N", help="Pixels across the sheet.")] = 1600,
    format: PictureOption = None,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Lay a contact sheet: pictures from all over a video, with their times.

    \b
    Example:
      limelight video sheet film.mp4 -o film.png
    """
    from limelight.video.understand import contact_sheet

    def work(job: Job, progress: Progress) -> dict[str, Any]:
        _save(contact_sheet(job.source, columns, rows, width, progress), job.target)
        return {"columns": columns, "rows": rows}

    suffix = _picture_format(out, format)
    return finished(session, planned(inputs, out, VIDEO, suffix, overwrite, resume), work)


@command(app, "thumbnails")
def thumbnails(
    session: Session,
    inputs: InputsArgument,
    out: OutOption,
    count: Annotated[int, typer.Option("--count", "-n", metavar="N", help="How many.")] = 3,
    format: Annotated[
        str, typer.Option("--format", metavar="SUFFIX", help="png, jpg or webp.")
    ] = "jpg",
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Choose the pictures that show a video best: OUT/NAME/1.jpg is the best of them.

    \b
    Example:
      limelight video thumbnails film.mp4 -n 5 -o thumbnails
    """
    from limelight.video.understand import thumbnails as chosen

    suffix = _picture_format("", format)

    def work(job: Job, progress: Progress) -> dict[str, Any]:
        told = []
        for place, one in enumerate(chosen(job.source, count, progress=progress), 1):
            path = job.target / f"{place}.{suffix}"
            _save(one.picture, path)
            told.append({"path": str(path), "time": round(one.time, 3), "faces": one.faces})
        return {"thumbnails": told}

    return finished(session, planned(inputs, f"{out}/", VIDEO, "", overwrite, resume), work)


@command(app, "highlight")
def highlight(
    session: Session,
    inputs: InputsArgument,
    out: OutOption,
    seconds: Annotated[
        float, typer.Option(metavar="NUMBER", help="How long the highlight may be.")
    ] = 30.0,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Cut the best of a video, with its sound, on borders of shots, in order.

    \b
    Example:
      limelight video highlight match.mp4 --seconds 60 -o best.mp4
    """
    from limelight.video.understand import Highlight

    wanted = Highlight(seconds)

    def work(job: Job, progress: Progress) -> dict[str, Any]:
        stretches = wanted.write(job.source, job.target, progress)
        return {"stretches": [_told(stretch) for stretch in stretches]}

    return finished(session, planned(inputs, out, VIDEO, None, overwrite, resume), work)


def _told(shot: Shot) -> dict[str, Any]:
    return {
        "start": round(shot.start, 3),
        "end": round(shot.end, 3),
        "first_frame": shot.first,
        "last_frame": shot.last,
    }


def _picture_format(out: str, format: str | None) -> str:
    """Choose what pictures are written as: what is asked for, else what the name says."""
    from limelight.errors import BadInputError

    named = Path(out).suffix.lower().lstrip(".")
    chosen = (format or named or PICTURES[0]).lower().lstrip(".")
    if chosen not in PICTURES:
        raise BadInputError(f"{chosen!r} is no format of pictures; take {', '.join(PICTURES)}")
    return chosen


def _save(picture: NDArray[np.uint8], target: Path) -> None:
    from PIL import Image

    from limelight.media.whole import replacing

    with replacing(target) as draft:
        Image.fromarray(picture).save(draft, quality=JPEG_QUALITY)
