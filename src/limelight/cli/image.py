"""limelight image: every operation on pictures, alone and in chains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli import classify, generate, moderate, seeing
from limelight.cli.generated import Generated, operation_command
from limelight.cli.media import (
    Files,
    InputsArgument,
    PresetOption,
    examined,
    finished,
    preset_with,
)
from limelight.cli.session import Answer, Session, command
from limelight.extras import require
from limelight.media.inputs import PICTURES

if TYPE_CHECKING:
    from limelight.image.operation import Operation
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


@dataclass(frozen=True)
class Pictures(Files):
    """The options of a command that makes a picture of every input."""

    quality: QualityOption = None
    background: BackgroundOption = None
    pixels: PixelsOption = None

    def worked_on(self, session: Session, steps: Sequence[Operation]) -> Answer:
        """Do ``steps`` to every picture."""
        require("cv2", "image", "Working on pictures")
        from limelight.image.process import process
        from limelight.image.reading import LIMIT

        def work(job: Job, progress: Progress) -> Mapping[str, Any]:
            settled = process(
                job.source,
                job.target,
                steps,
                progress,
                quality=self.quality,
                background=self.background,
                pixels=LIMIT if self.pixels is None else self.pixels,
            )
            told = [f"{step.name}: {step.told()}" for step in settled if step.told()]
            return {"did": "; ".join(told)} if told else {}

        return finished(session, self.jobs(PICTURES), work)


def _operate(session: Session, described: str, settings: Sequence[str], files: Pictures) -> Answer:
    return files.worked_on(session, _configured([described], settings))


@command(app, "chain")
def chain(session: Session, step: StepOption, files: Pictures) -> Answer:
    """Do several operations in one go.

    \b
    Example:
      limelight image chain stills --step denoise --step upscale:factor=2 -o finished
    """
    return files.worked_on(session, _configured(step))


@command(app, "enhance")
def enhance(session: Session, files: Pictures, preset: PresetOption = "user-upload") -> Answer:
    """Do all that makes a picture better, as a preset lists it.

    \b
    Examples:
      limelight image enhance photo.jpg -o better.jpg
      limelight image enhance uploads -o finished --resume
    """
    return files.worked_on(session, _configured(preset_with("image", preset).image))


@command(app, "restore")
def restore(session: Session, files: Pictures, preset: PresetOption = "old-photo") -> Answer:
    """Take age and damage out of old photographs, as a preset lists it.

    \b
    Examples:
      limelight image restore scan.tif -o restored.tif
      limelight image restore album -o restored --format png
    """
    return files.worked_on(session, _configured(preset_with("image", preset).image))


@command(app, "convert")
def convert(session: Session, files: Pictures) -> Answer:
    """Change the format, turn pictures upright, and nothing else.

    \b
    Example:
      limelight image convert artwork --format webp -o small
    """
    return files.worked_on(session, [])


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


def _configured(steps: Iterable[str], settings: Sequence[str] = ()) -> list[Operation]:
    from limelight.image.operations import configure

    return [configure(step, settings) for step in steps]
