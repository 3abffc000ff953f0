"""limelight video: every operation on pictures and on the sound that goes with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli import watching
from limelight.cli.generated import Generated, operation_command
from limelight.cli.media import (
    FormatOption,
    InputsArgument,
    OutOption,
    OverwriteOption,
    PresetOption,
    ResumeOption,
    finished,
    planned,
)
from limelight.cli.session import Answer, Session, command
from limelight.errors import BadInputError
from limelight.extras import require
from limelight.media.inputs import VIDEO

if TYPE_CHECKING:
    from limelight.audio.operation import Operation as SoundOperation
    from limelight.media.batch import Work
    from limelight.media.outputs import Job
    from limelight.progress import Progress
    from limelight.video.operation import Operation

StepsOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="STEP",
        help="An operation on pictures, as deflicker or upscale:factor=2; repeatable, in order.",
    ),
]
SoundOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="STEP",
        help="An operation that `limelight audio` has, for the sound; repeatable, in order.",
    ),
]
CodecOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="h264, hevc, vp9, av1, prores, ffv1. Default: the input's."),
]
QualityOption = Annotated[
    int | None,
    typer.Option(metavar="N", help="The codec's constant rate factor: lower is better and larger."),
]


class Operations(Generated):
    """The operations on pictures, and the commands below."""

    @staticmethod
    def fill(app: typer.Typer) -> None:
        """Make a command of every operation."""
        require("cv2", "video", "Video")
        from limelight.video.operations import OPERATIONS

        for kind in OPERATIONS.values():
            operation_command(app, kind, "video", _operate)


app = typer.Typer(
    cls=Operations,
    no_args_is_help=True,
    help="Restore, enhance, key and understand video, sound included: files of any length.",
)
app.add_typer(watching.app)


def _operate(
    session: Session,
    described: str,
    settings: Sequence[str],
    inputs: InputsArgument,
    out: OutOption,
    sound: SoundOption = None,
    codec: CodecOption = None,
    quality: QualityOption = None,
    format: FormatOption = None,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    from limelight.video.operations import configure

    work = _work([configure(described, settings)], _heard(sound), codec, quality)
    return finished(session, planned(inputs, out, VIDEO, format, overwrite, resume), work)


@command(app, "chain")
def chain(
    session: Session,
    inputs: InputsArgument,
    out: OutOption,
    step: StepsOption = None,
    sound: SoundOption = None,
    codec: CodecOption = None,
    quality: QualityOption = None,
    format: FormatOption = None,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Do several operations in one go, on pictures, on sound, or on both.

    What is worked on by neither is copied as it is.

    \b
    Examples:
      limelight video chain old.mp4 --step scratches --step deflicker --sound denoise -o new.mp4
      limelight video chain talks --sound hum --sound loudness:target=-16 -o finished
    """
    from limelight.video.operations import configure

    work = _work(list(map(configure, step or ())), _heard(sound), codec, quality)
    return finished(session, planned(inputs, out, VIDEO, format, overwrite, resume), work)


@command(app, "enhance")
def enhance(
    session: Session,
    inputs: InputsArgument,
    out: OutOption,
    preset: PresetOption = "user-upload",
    codec: CodecOption = None,
    quality: QualityOption = None,
    format: FormatOption = None,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Do all that makes a video better, as a preset lists it.

    A file without sound gets what the preset has for pictures alone.

    \b
    Examples:
      limelight video enhance uploads -o finished --resume
      limelight video enhance reel.mkv --preset old-film -o restored.mkv
    """
    from limelight.media.presets import load
    from limelight.video.operations import configure

    chosen = load(preset)
    if not chosen.video:
        raise BadInputError(f"the preset {preset} has nothing for video; see `limelight presets`")
    pictures = list(map(configure, chosen.video))
    work = _work(pictures, _heard(chosen.sound), codec, quality, silent_too=True)
    return finished(session, planned(inputs, out, VIDEO, format, overwrite, resume), work)


@command(app, "subtitle")
def subtitle(
    session: Session,
    inputs: InputsArgument,
    out: OutOption,
    file: Annotated[
        Path,
        typer.Option(metavar="FILE", help="The captions, .srt or .vtt.", show_default=False),
    ],
    language: Annotated[
        str, typer.Option(metavar="CODE", help="Which language they are in: en or eng.")
    ] = "",
    format: FormatOption = None,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Add captions as a track that players show or don't; all else is copied as it is.

    Outputs are .mp4, .mov, .mkv or .webm. `limelight video captions` draws them into the picture.

    \b
    Example:
      limelight video subtitle film.mp4 --file film.srt --language en -o captioned.mp4
    """
    from limelight.video.subtitles import Subtitle

    track = Subtitle(file, language)

    def work(job: Job, progress: Progress) -> Mapping[str, Any]:
        return {"captions": track.write(job.source, job.target, progress)}

    return finished(session, planned(inputs, out, VIDEO, format, overwrite, resume), work)


def _heard(described: Sequence[str] | None) -> list[SoundOperation]:
    from limelight.audio.operations import configure

    return list(map(configure, described or ()))


def _work(
    pictures: Sequence[Operation],
    sound: Sequence[SoundOperation],
    codec: str | None,
    quality: int | None,
    silent_too: bool = False,
) -> Work:
    """Say what is done to every file; with ``silent_too``, sound only where there is some."""
    from limelight.video.pipeline import process
    from limelight.video.reading import opened

    if not pictures and not sound and codec is None and quality is None:
        raise BadInputError("nothing is asked for; give --step, --sound, --codec or --quality")

    def work(job: Job, progress: Progress) -> Mapping[str, Any]:
        heard = sound
        if silent_too:
            with opened(job.source) as reader:
                heard = sound if reader.streams.audio else ()
        return asdict(process(job.source, job.target, pictures, heard, codec, quality, progress))

    return work
