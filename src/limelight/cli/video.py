"""limelight video: every operation on pictures and on the sound that goes with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli import watching
from limelight.cli.generated import Generated, operation_command
from limelight.cli.media import Files, PresetOption, finished, preset_with
from limelight.cli.session import Answer, Session, command
from limelight.errors import BadInputError
from limelight.extras import require
from limelight.media.inputs import VIDEO

if TYPE_CHECKING:
    from limelight.audio.operation import Operation as SoundOperation
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


@dataclass(frozen=True)
class Videos(Files):
    """The options of a command that makes a video of every input."""

    codec: CodecOption = None
    quality: QualityOption = None

    def worked_on(
        self,
        session: Session,
        pictures: Sequence[Operation],
        sound: Sequence[SoundOperation],
        silent_too: bool = False,
    ) -> Answer:
        """Work on pictures and sound; with ``silent_too``, on sound only where there is some."""
        from limelight.video.pipeline import process
        from limelight.video.reading import opened

        if not (pictures or sound) and self.codec is None and self.quality is None:
            raise BadInputError("nothing is asked for; give --step, --sound, --codec or --quality")

        def work(job: Job, progress: Progress) -> Mapping[str, Any]:
            heard = sound
            if silent_too:
                with opened(job.source) as reader:
                    heard = sound if reader.streams.audio else ()
            done = process(
                job.source, job.target, pictures, heard, self.codec, self.quality, progress
            )
            return asdict(done)

        return finished(session, self.jobs(VIDEO), work)


def _operate(
    session: Session,
    described: str,
    settings: Sequence[str],
    files: Videos,
    sound: SoundOption = None,
) -> Answer:
    return files.worked_on(session, _seen([described], settings), _heard(sound))


@command(app, "chain")
def chain(
    session: Session, files: Videos, step: StepsOption = None, sound: SoundOption = None
) -> Answer:
    """Do several operations in one go, on pictures, on sound, or on both.

    What is worked on by neither is copied as it is.

    \b
    Examples:
      limelight video chain old.mp4 --step scratches --step deflicker --sound denoise -o new.mp4
      limelight video chain talks --sound hum --sound loudness:target=-16 -o finished
    """
    return files.worked_on(session, _seen(step), _heard(sound))


@command(app, "enhance")
def enhance(session: Session, files: Videos, preset: PresetOption = "user-upload") -> Answer:
    """Do all that makes a video better, as a preset lists it.

    A file without sound gets what the preset has for pictures alone.

    \b
    Examples:
      limelight video enhance uploads -o finished --resume
      limelight video enhance reel.mkv --preset old-film -o restored.mkv
    """
    chosen = preset_with("video", preset)
    return files.worked_on(session, _seen(chosen.video), _heard(chosen.sound), silent_too=True)


@command(app, "subtitle")
def subtitle(
    session: Session,
    files: Files,
    file: Annotated[
        Path,
        typer.Option(metavar="FILE", help="The captions, .srt or .vtt.", show_default=False),
    ],
    language: Annotated[
        str, typer.Option(metavar="CODE", help="Which language they are in: en or eng.")
    ] = "",
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

    return finished(session, files.jobs(VIDEO), work)


def _seen(described: Iterable[str] | None, settings: Sequence[str] = ()) -> list[Operation]:
    from limelight.video.operations import configure

    return [configure(step, settings) for step in described or ()]


def _heard(described: Iterable[str] | None) -> list[SoundOperation]:
    from limelight.audio.operations import configure

    return list(map(configure, described or ()))
