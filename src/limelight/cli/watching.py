"""limelight video describe, shots, contact-sheet, thumbnails, highlight, info: what is in video."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from limelight.cli.media import (
    Files,
    InputsArgument,
    OverwriteOption,
    ResumeOption,
    examined,
    finished,
    planned,
)
from limelight.cli.session import Answer, Session, command
from limelight.cli.titles import Titles
from limelight.media.inputs import VIDEO

if TYPE_CHECKING:
    from limelight.media.outputs import Job
    from limelight.progress import Progress

PICTURES = (".jpg", ".jpeg", ".png", ".webp")

app = typer.Typer()


@dataclass(frozen=True)
class ContactSheet:
    """How a sheet is laid, for what its file says of itself."""

    name: ClassVar[str] = "contact-sheet"
    columns: int
    rows: int
    width: int


@dataclass(frozen=True)
class Still:
    """Which picture of a video a file is, for what it says of itself."""

    name: ClassVar[str] = "thumbnail"
    seconds: float


@command(app, "describe")
def describe(session: Session, inputs: InputsArgument, into: Titles) -> Answer:
    """Say how videos look: pace, motion, light and colours.

    \b
    Examples:
      limelight video describe trailer.mp4
      limelight video describe trailers --titles
    """
    from limelight.video.understand import Description
    from limelight.video.understand import describe as look_at

    def look(path: Path, progress: Progress) -> Description:
        return look_at(path, progress=progress)

    return into.described(session, inputs, VIDEO, look, _look)


def _look(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    named = ("seconds", "shots", "cuts_per_minute", "dark", "bright", "motion", "moods")
    return {name: facts[name] for name in named}


@command(app, "shots")
def shots(session: Session, inputs: InputsArgument) -> Answer:
    """Find where shots begin and end.

    \b
    Example:
      limelight video shots film.mp4 --json
    """
    from limelight.video.understand import shots as found_in

    def work(path: Path, progress: Progress) -> Mapping[str, Any]:
        return {"shots": [asdict(shot) for shot in found_in(path, progress)]}

    return examined(session, inputs, VIDEO, work, _beginnings)


def _beginnings(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    starts = [f"{shot['start']:.2f}" for shot in facts["shots"]]
    return {"shots": len(starts), "begin at seconds": ", ".join(starts)}


@command(app, "contact-sheet")
def contact_sheet(
    session: Session,
    files: Files,
    columns: Annotated[int, typer.Option(metavar="N", help="Pictures side by side.")] = 5,
    rows: Annotated[int, typer.Option(metavar="N", help="Pictures one below the other.")] = 4,
    width: Annotated[int, typer.Option(metavar="N", help="Pixels of the whole.")] = 1600,
) -> Answer:
    """Lay pictures from all over a video on one sheet, with their times.

    \b
    Example:
      limelight video contact-sheet film.mp4 -o film.jpg
    """
    from limelight.media.whole import replacing
    from limelight.video.understand import contact_sheet as laid

    def work(job: Job, progress: Progress) -> Mapping[str, Any]:
        sheet = laid(job.source, columns, rows, width, progress)
        with replacing(job.target) as draft:
            _save(sheet, draft, ContactSheet(columns, rows, width), job)
        return {}

    format = files.format or (None if Path(files.out).suffix.lower() in PICTURES else "jpg")
    return finished(session, replace(files, format=format).jobs(VIDEO), work)


@command(app, "thumbnails")
def thumbnails(
    session: Session,
    inputs: InputsArgument,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            show_default=False,
            help="A folder, in which every input gets one: 1.jpg is the best.",
        ),
    ],
    count: Annotated[int, typer.Option(metavar="N", help="How many pictures at most.")] = 3,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Choose the best pictures of a video: sharp, well lit, with faces, and unlike each other.

    \b
    Example:
      limelight video thumbnails trailers --count 5 -o thumbnails
    """
    from limelight.media.whole import filling
    from limelight.video.understand import thumbnails as chosen

    def work(job: Job, progress: Progress) -> Mapping[str, Any]:
        found = chosen(job.source, count, progress=progress)
        with filling(job.target) as draft:
            for place, one in enumerate(found, 1):
                _save(one.picture, draft / f"{place}.jpg", Still(round(one.time, 3)), job)
        return {
            "thumbnails": [
                {
                    "file": str(job.target / f"{place}.jpg"),
                    "seconds": one.time,
                    "quality": one.quality,
                    "faces": one.faces,
                }
                for place, one in enumerate(found, 1)
            ]
        }

    return finished(session, planned(inputs, f"{out}/", VIDEO, "", overwrite, resume), work)


@command(app, "highlight")
def highlight(
    session: Session,
    files: Files,
    seconds: Annotated[float, typer.Option(metavar="N", help="How long it may be at most.")] = 30.0,
) -> Answer:
    """Cut a video down to its best stretches, in order, with their sound.

    \b
    Example:
      limelight video highlight match.mp4 --seconds 60 -o short.mp4
    """
    from limelight.video.understand import Highlight

    highlight = Highlight(seconds)

    def work(job: Job, progress: Progress) -> Mapping[str, Any]:
        stretches = highlight.write(job.source, job.target, progress)
        return {"stretches": [asdict(stretch) for stretch in stretches]}

    return finished(session, files.jobs(VIDEO), work)


@command(app, "info")
def info(session: Session, inputs: InputsArgument) -> Answer:
    """Show what files say of themselves: tracks, tags, and what Limelight did to them.

    \b
    Example:
      limelight video info restored.mkv
    """
    from limelight.media.provenance import history
    from limelight.video.reading import opened

    def work(path: Path, progress: Progress) -> Mapping[str, Any]:
        with opened(path) as reader:
            tags = dict(reader.metadata)
            return {
                "seconds": None if reader.duration is None else reader.duration / 1e6,
                "tracks": [_track(stream) for stream in reader.streams],
                "tags": tags,
                "history": [one.facts() for one in history(tags)],
            }

    return examined(session, inputs, VIDEO, work, _short)


def _track(stream: Any) -> dict[str, Any]:
    context = stream.codec_context
    told = {"kind": stream.type, "codec": None if context is None else context.name}
    if context is not None and stream.type == "video":
        rate = stream.average_rate
        told |= {
            "width": context.width,
            "height": context.height,
            "frames_a_second": None if rate is None else round(float(rate), 3),
        }
    if context is not None and stream.type == "audio":
        told |= {"rate": context.sample_rate, "layout": context.layout.name}
    return told | {"language": stream.metadata.get("language")}


def _short(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    tracks = [
        " ".join(str(part) for name, part in track.items() if part is not None and name != "kind")
        for track in facts["tracks"]
    ]
    done = [step for record in facts["history"] for step in record["steps"]]
    return {"seconds": facts["seconds"], "tracks": "; ".join(tracks), "done": "; ".join(done)}


def _save(picture: Any, draft: Path, operation: Any, job: Job) -> None:
    """Write a picture (height, width, 3) that says what was done."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    from limelight.errors import BadInputError
    from limelight.media.provenance import TAG, recorded

    said = recorded({}, [operation], job.source)[TAG]
    image = Image.fromarray(picture)
    if draft.suffix.lower() == ".png":
        chunk = PngInfo()
        chunk.add_itxt("Comment", said)
        image.save(draft, pnginfo=chunk)
    elif draft.suffix.lower() in PICTURES:
        image.save(draft, quality=90, comment=said.encode())
    else:
        raise BadInputError(f"pictures end in {', '.join(PICTURES)}, not in {draft.suffix}")
