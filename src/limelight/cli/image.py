"""limelight image: every operation on pictures, alone and in chains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli import classify, generate, moderate, seeing
from limelight.cli.generated import Generated, operation_command
from limelight.cli.media import (
    FormatOption,
    InputsArgument,
    OutOption,
    OverwriteOption,
    PresetOption,
    ResumeOption,
    examined,
    finished,
    planned,
)
from limelight.cli.session import Answer, Session, command
from limelight.errors import BadInputError
from limelight.extras import require
from limelight.media.inputs import PICTURES

if TYPE_CHECKING:
    from limelight.image.operation import Operation
    from limelight.media.batch import Work
    from limelight.media.outputs import Job
    from limelight.progress import Progress

StepOption = Annotated[
    list[str],
    typer.Option(
        metavar="STEP",
        help="An operation, as denoise or upscale:factor=2; repeatable, in order.",
    ),
]
QualityOption = Annotated[
    int | None,
    typer.Option(
        metavar="1-100", help="Of JPEG, WebP and AVIF. Default: as good as the input's own."
    ),
]
BackgroundOption = Annotated[
    str | None,
    typer.Option(metavar="COLOUR", help="Lay what is transparent over white, #ff8800, …"),
]
PixelsOption = Annotated[
    int | None,
    typer.Option(metavar="N", help="The most pixels a file may have. Default: 268 million."),
]


class Operations(Generated):
    """The operations on pictures, and the commands below."""

    @staticmethod
    def fill(app: typer.Typer) -> None:
        """Make a command of every operation."""
        require("cv2", "image", "Working on pictures")
        from limelight.image.operations import OPERATIONS

        for kind in OPERATIONS.values():
            operation_command(app, kind, "image", _operate)


app = typer.Typer(
    cls=Operations,
    no_args_is_help=True,
    help="Enhance, restore, key, understand and generate pictures of any size.",
)
app.add_typer(seeing.app)
app.add_typer(moderate.app, name="moderate")
app.add_typer(classify.app, name="classify")
app.add_typer(generate.app, name="generate")


def _operate(
    session: Session,
    described: str,
    settings: Sequence[str],
    inputs: InputsArgument,
    out: OutOption,
    format: FormatOption = None,
    quality: QualityOption = None,
    background: BackgroundOption = None,
    pixels: PixelsOption = None,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    from limelight.image.operations import configure

    work = _work([configure(described, settings)], quality, background, pixels)
    return finished(session, planned(inputs, out, PICTURES, format, overwrite, resume), work)


@command(app, "chain")
def chain(
    session: Session,
    inputs: InputsArgument,
    step: StepOption,
    out: OutOption,
    format: FormatOption = None,
    quality: QualityOption = None,
    background: BackgroundOption = None,
    pixels: PixelsOption = None,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Do several operations in one go.

    \b
    Example:
      limelight image chain stills --step denoise --step upscale:factor=2 -o finished
    """
    from limelight.image.operations import configure

    work = _work(list(map(configure, step)), quality, background, pixels)
    return finished(session, planned(inputs, out, PICTURES, format, overwrite, resume), work)


@command(app, "enhance")
def enhance(
    session: Session,
    inputs: InputsArgument,
    out: OutOption,
    preset: PresetOption = "user-upload",
    format: FormatOption = None,
    quality: QualityOption = None,
    background: BackgroundOption = None,
    pixels: PixelsOption = None,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Do all that makes a picture better, as a preset lists it.

    \b
    Examples:
      limelight image enhance photo.jpg -o better.jpg
      limelight image enhance uploads -o finished --resume
    """
    work = _work(_preset(preset), quality, background, pixels)
    return finished(session, planned(inputs, out, PICTURES, format, overwrite, resume), work)


@command(app, "restore")
def restore(
    session: Session,
    inputs: InputsArgument,
    out: OutOption,
    preset: PresetOption = "old-photo",
    format: FormatOption = None,
    quality: QualityOption = None,
    background: BackgroundOption = None,
    pixels: PixelsOption = None,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Take age and damage out of old photographs, as a preset lists it.

    \b
    Examples:
      limelight image restore scan.tif -o restored.tif
      limelight image restore album -o restored --format png
    """
    work = _work(_preset(preset), quality, background, pixels)
    return finished(session, planned(inputs, out, PICTURES, format, overwrite, resume), work)


@command(app, "convert")
def convert(
    session: Session,
    inputs: InputsArgument,
    out: OutOption,
    format: FormatOption = None,
    quality: QualityOption = None,
    background: BackgroundOption = None,
    pixels: PixelsOption = None,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Change the format, turn pictures upright, and nothing else.

    \b
    Example:
      limelight image convert artwork --format webp -o small
    """
    work = _work([], quality, background, pixels)
    return finished(session, planned(inputs, out, PICTURES, format, overwrite, resume), work)


@command(app, "info")
def info(session: Session, inputs: InputsArgument, pixels: PixelsOption = None) -> Answer:
    """Show a picture's format and size, what it says, and what Limelight did to it.

    \b
    Example:
      limelight image info better.jpg
    """
    require("cv2", "image", "Working on pictures")
    from limelight.image.info import told
    from limelight.image.reading import LIMIT

    def look(path: Path, progress: Progress) -> Mapping[str, Any]:
        return told(path, LIMIT if pixels is None else pixels)

    return examined(session, inputs, PICTURES, look, _short)


def _short(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    several = f", {facts['count']} {facts['kind']}" if facts["count"] > 1 else ""
    done = [step for record in facts["history"] for step in record["steps"]]
    size = f"{facts['width']} x {facts['height']}, {facts['bits']} bits{several}"
    return {
        "format": facts["format"],
        "pixels": size,
        "says": ", ".join(facts["says"]),
        "done": "; ".join(done),
    }


def _preset(name: str) -> list[Operation]:
    from limelight.image.operations import configure
    from limelight.media.presets import load

    chosen = load(name)
    if not chosen.image:
        raise BadInputError(f"the preset {name} has nothing for pictures; see `limelight presets`")
    return list(map(configure, chosen.image))


def _work(
    steps: Sequence[Operation], quality: int | None, background: str | None, pixels: int | None
) -> Work:
    require("cv2", "image", "Working on pictures")
    from limelight.image.process import process
    from limelight.image.reading import LIMIT

    def work(job: Job, progress: Progress) -> Mapping[str, Any]:
        limit = LIMIT if pixels is None else pixels
        settled = process(
            job.source,
            job.target,
            steps,
            progress,
            quality=quality,
            background=background,
            pixels=limit,
        )
        told = [f"{step.name}: {step.told()}" for step in settled if step.told()]
        return {"did": "; ".join(told)} if told else {}

    return work
