"""A file's pictures through a chain of operations into another file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path

from limelight.errors import BadInputError
from limelight.image.formats import format_of
from limelight.image.metadata import worked_on
from limelight.image.operation import Operation
from limelight.image.picture import Picture
from limelight.image.reading import LIMIT, Frame, PictureFile, open_picture
from limelight.image.tiles import in_tiles
from limelight.image.writing import colour_of, refuse, write_frames
from limelight.progress import Progress, silent


def process(
    source: Path,
    target: Path,
    steps: Sequence[Operation],
    progress: Progress = silent,
    *,
    quality: int | None = None,
    background: str | None = None,
    pixels: int = LIMIT,
    generated: bool = False,
) -> list[Operation]:
    """Write to ``target`` what ``steps``, in order, make of the pictures in ``source``.

    The suffix of ``target`` says the format. All frames of an animation and all pages are worked
    on; a step that surveys settles for each page, and once for an animation, by its first frame.
    What the file says of its pictures is kept, and its history tells what was done; with
    ``generated`` also that it was generated. Gives the operations as they were settled for the
    first picture. ``progress`` hears of pixels; if it raises, nothing is left. Raises and warns as
    `open_picture` and `write_frames` do.
    """
    source, target = Path(source), Path(target)
    form = format_of(target)
    if background is not None:
        colour_of(background)
    with open_picture(source, pixels) as file:
        if target.exists() and target.samefile(source):
            raise BadInputError(f"{target} is the original, which is never written over")
        larger = prod(step.factor for step in steps)
        refuse(target, form, file.form, file.width * larger, file.height * larger)
        work = _Work(file, steps, progress, source, generated)
        write_frames(target, work.frames(), file.form, quality=quality, background=background)
    return work.settled


class _Work:
    """The frames of a file on their way through the steps."""

    def __init__(
        self,
        file: PictureFile,
        steps: Sequence[Operation],
        progress: Progress,
        source: Path,
        generated: bool,
    ) -> None:
        self._file, self._steps, self._progress = file, steps, progress
        self._source, self._generated = source, generated
        self._parts, self._begun = max(file.form.count * len(steps), 1), 0
        self.settled: list[Operation] = []

    def frames(self) -> Iterator[Frame]:
        """Give each frame as the steps make it, and what is then said of it."""
        self._progress(0, None, "reading")
        for frame in self._file.frames():
            picture, settled = frame.picture, []
            known = self.settled if self._file.form.kind == "animation" else []
            for number, step in enumerate(self._steps):
                chosen = known[number] if known else self._chosen(step, picture)
                picture = in_tiles(chosen, picture, self._part())
                settled.append(chosen)
            self.settled = self.settled or settled
            said = frame.metadata
            if self._steps or self._generated:
                said = worked_on(said, settled or self._steps, self._source, self._generated)
            yield replace(frame, picture=picture, metadata=said)
        self._progress(self._parts, self._parts, "writing")

    def _chosen(self, step: Operation, picture: Picture) -> Operation:
        if not step.needs_survey:
            return step
        self._progress(self._begun, self._parts, f"looking for {step.name}")
        return step.surveyed(picture)

    def _part(self) -> Progress:
        """Count one step on one frame as one part of all."""
        before = self._begun
        self._begun += 1

        def tell(done: float, total: float | None, message: str) -> None:
            self._progress(before + (done / total if total else 0), self._parts, message)

        return tell
